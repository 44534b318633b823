"""Who gets what from each address, declared; test_matrix.py proves that the table is complete and true.

An access row answers for the actors of ``world.ACTORS`` in their order: anonymous, the individual who
owns the object, another individual, the unit that owns it, another unit, staff of the region, staff of
another region. ``ok`` lets in, ``login`` leads to signing in, ``403`` refuses the kind of account,
``404`` hides the object.
"""

from dataclasses import dataclass
from typing import Any

PUBLIC = "ok ok ok ok ok ok ok"
SIGNED_IN = "login ok ok ok ok ok ok"
PERSON = "login ok ok 403 403 403 403"
PERSONS_OWN = "login ok 404 403 403 403 403"
UNIT = "login 403 403 ok ok 403 403"
UNITS_OWN = "login 403 403 ok 404 403 403"
USERS_OWN = "login ok 404 404 404 404 404"
# Nobody of the actors has a second factor, and the network is not configured.
NOT_SET_UP = "login 404 404 404 404 404 404"
NOT_CONFIGURED = "404 404 404 404 404 404 404"
STAFF = "login login login login login ok ok"
STAFF_OF_REGION = "login login login login login ok 404"
# Attachments of a person's case: its owner, and staff whose region the case has reached (a draft has none).
OWN_FILE = "login ok 404 404 404 404 404"

# Printed forms of a unit's case: the unit, and staff whose regions the case lies in.
UNITS_FILE = "login 404 404 ok 404 ok 404"


@dataclass(frozen=True)
class Rule:
    """What an address answers: access row, parameters (by key of World.args, or given), and the method that acts."""

    access: str
    args: tuple[str, ...] = ()
    given: tuple[tuple[str, Any], ...] = ()
    method: str = "get"
    query: str = ""


def _rule(access: str, *args: str, method: str = "get", query: str = "", **given: Any) -> Rule:
    return Rule(access, args, tuple(given.items()), method, query)


# Rows of pages that no case has: whoever may edit is told 404 as well, so the owner's answer is not asked.
ANY_ROW = "00000000-0000-0000-0000-000000000000"


def _of_case(method: str = "get", **given: Any) -> list[Rule]:
    """The same address in both portals."""
    return [
        _rule(PERSONS_OWN, "individual case", method=method, **{k: v[0] for k, v in given.items()}),
        _rule(UNITS_OWN, "unit case", method=method, **{k: v[1] for k, v in given.items()}),
    ]


def _decision() -> list[Rule]:
    return [_rule(STAFF_OF_REGION, "waiting")]


TABLE: dict[str, list[Rule]] = {
    "home": [_rule(PUBLIC)],
    "robots": [_rule(PUBLIC)],
    "sitemap": [_rule(PUBLIC)],
    "elder_mode": [_rule(PUBLIC)],
    "individual_home": [_rule(PERSON)],
    "unit_home": [_rule(UNIT)],
    "healthz": [_rule(PUBLIC)],
    "readyz": [_rule(PUBLIC)],
    "metrics": [_rule(PUBLIC)],
    "hall:individual_services": [_rule(PUBLIC)],
    "hall:unit_services": [_rule(PUBLIC)],
    "hall:public_services": [_rule(PUBLIC)],
    "hall:guides": [_rule(PUBLIC)],
    "hall:guide": [_rule(PUBLIC, matter="trainee-application")],
    "hall:notices": [_rule(PUBLIC)],
    "hall:notice": [_rule(PUBLIC, "notice")],
    "hall:help": [_rule(PUBLIC)],
    "hall:my_data": [_rule(PERSON)],
    "hall:export_my_data": [_rule(PERSON, method="post")],
    "hall:withdraw_consent": [_rule(PERSON)],
    "hall:close_account": [_rule(PERSON)],
    "hall:switch_region": [_rule(PUBLIC)],
    "hall:sitemap_page": [_rule(PUBLIC)],
    "documents:verify": [_rule(PUBLIC)],
    "documents:verify_code": [_rule(PUBLIC, code="A" * 16)],
    "documents:verify_file": [_rule(PUBLIC, method="post")],
    "documents:download": [_rule(OWN_FILE, "document")],
    "documents:batches": [_rule(UNIT)],
    "documents:batch": [_rule(UNITS_OWN, "batch")],
    "documents:batch_file": [_rule(UNITS_OWN, "batch")],
    "certificates:unit": [_rule(UNIT)],
    "certificates:people": [_rule(UNIT)],
    "certificates:print_many": [_rule(UNIT, method="post")],
    "certificates:person": [_rule(UNITS_OWN, "insured person")],
    "certificates:own": [_rule(PERSON)],
    "common:region_options": [_rule(PUBLIC, query="?name=region&id=id_region&scope=handling&region_0=140000")],
    "insurance:unit_info": [_rule(UNIT)],
    "insurance:service_roster": [_rule(UNIT)],
    "insurance:retired_roster": [_rule(UNIT)],
    "insurance:person": [_rule(UNITS_OWN, "insured person")],
    "insurance:clear_text": [_rule(UNITS_OWN, "insured person", method="post")],
    "insurance:export": [_rule(UNITS_OWN, roster_kind="service", method="post")],
    "insurance:export_page": [_rule(UNITS_OWN, "roster export")],
    "insurance:export_file": [_rule(UNITS_OWN, "roster export")],
    "insurance:own_history": [_rule(PERSON)],
    "pension:retirement": [_rule(PUBLIC, query="?group=male&birth=1965-03")],
    "pension:estimate": [_rule(PUBLIC)],
    "pension:own": [_rule(PERSON)],
    "enrolments:withdraw_people": [_rule(UNIT)],
    "enrolments:withdraw": [_rule(UNITS_OWN, "insured person")],
    "claims:people": [_rule(UNIT)],
    "claims:choose": [_rule(UNITS_OWN, "insured person")],
    "claims:flexible_people": [_rule(UNIT)],
    "claims:choose_flexible": [_rule(UNITS_OWN, "insured person")],
    "claims:application": [_rule(UNITS_FILE, "pension claim")],
    "claims:assessment": [_rule(UNITS_FILE, "pension claim")],
    "internship:unit_status": [_rule(UNIT)],
    "internship:confirm_data": [_rule(UNIT)],
    "positions:search": [_rule(PUBLIC)],
    "positions:detail": [_rule(PUBLIC, "position")],
    "positions:trainee_search": [_rule(PERSON)],
    "positions:add_favourite": [_rule(PERSON, "position")],
    "positions:favourites": [_rule(PERSON)],
    "positions:cancel_favourite": [_rule(PERSONS_OWN, "favourite", method="post")],
    "positions:unit_list": [_rule(UNIT)],
    "positions:interested": [_rule(UNIT)],
    "positions:answer": [_rule(UNITS_OWN, "favourite")],
    "positions:unit_position": [_rule(UNITS_OWN, "position")],
    "positions:close": [_rule(UNITS_OWN, "position")],
    "positions:reopen": [_rule(UNITS_OWN, "position", method="post")],
    "positions:change": [_rule(UNITS_OWN, "position", method="post")],
    "positions:copy": [_rule(UNITS_OWN, "position", method="post")],
    "positions:interested_people": [_rule(UNITS_OWN, "position")],
    "positions:export": [_rule(UNITS_OWN, "position", method="post")],
    "reporting:my_placements": [_rule(PERSON)],
    "reporting:my_placement": [_rule(PERSONS_OWN, "placement")],
    "reporting:certificate": [_rule(PERSONS_OWN, "placement", method="post")],
    "reporting:object_to": [_rule(PERSONS_OWN, "placement", method="post")],
    "reporting:write_log": [_rule(PERSONS_OWN, "placement", method="post")],
    "reporting:placements": [_rule(UNIT)],
    "reporting:placement": [_rule(UNITS_OWN, "placement")],
    "reporting:documents": [_rule(UNIT)],
    # Nobody of the matrix has one.
    "reporting:document": [_rule("login 403 403 404 404 403 403", pk=1)],
    "reporting:upload_agreement": [_rule(UNITS_OWN, "placement", method="post")],
    "reporting:upload_policy": [_rule(UNITS_OWN, "placement", method="post")],
    "reporting:correct": [_rule(UNITS_OWN, "placement")],
    "reporting:cancel": [_rule(UNITS_OWN, "placement")],
    "reporting:correct_month": [
        _rule("login 403 403 404 404 403 403", "placement", kind="attendance", month="2026-03")
    ],
    "reporting:cancel_month": [_rule("login 403 403 404 404 403 403", "placement", kind="attendance", month="2026-03")],
    "reporting:end": [_rule(UNITS_OWN, "placement", method="post")],
    "reporting:answer_objection": [_rule(UNITS_OWN, "objection", method="post")],
    "reporting:end_registration": [_rule(UNITS_OWN, "registration", method="post")],
    "reporting:look_up": [_rule(UNITS_OWN, "registration", method="post")],
    "reporting:monthly_reports": [_rule(UNIT)],
    "reporting:revise_report": [_rule("login 403 403 404 404 403 403", pk=1, method="post")],
    "reporting:living_subsidies": [_rule(UNIT)],
    "reporting:mentoring_subsidies": [_rule(UNIT)],
    "reporting:subsidy_months": [_rule(UNITS_OWN, "placement")],
    "reporting:claim_form": [_rule(UNITS_OWN, "claim")],
    "reporting:claim_roster": [_rule(UNITS_OWN, "claim")],
    "reporting:correct_payee": [_rule(UNITS_OWN, "public claim")],
    "reporting:publicities": [_rule(PUBLIC)],
    "reporting:publicity": [_rule(PUBLIC, "publicity")],
    "reporting:object_to_publicity": [_rule(PUBLIC, "publicity")],
    "reporting:objection_receipt": [_rule(PUBLIC, "receipt")],
    "account_login": [_rule(PUBLIC)],
    "account_logout": [_rule(PUBLIC)],
    "account_inactive": [_rule(PUBLIC)],
    "account_signup": [_rule(PUBLIC)],
    "account_change_password": [_rule(SIGNED_IN)],
    "account_reset_password": [_rule(PUBLIC)],
    "account_reauthenticate": [_rule(SIGNED_IN)],
    "mfa_index": [_rule(SIGNED_IN)],
    "confirm_identity": [_rule(SIGNED_IN)],
    "change_mobile": [_rule(SIGNED_IN)],
    "change_email": [_rule(SIGNED_IN)],
    "remove_email": [_rule(SIGNED_IN, method="post")],
    "end_session": [_rule(USERS_OWN, "sign in", method="post")],
    "mfa_authenticate": [_rule(SIGNED_IN)],
    "mfa_reauthenticate": [_rule(SIGNED_IN)],
    "mfa_activate_totp": [_rule(SIGNED_IN)],
    "mfa_deactivate_totp": [_rule(NOT_SET_UP)],
    "mfa_view_recovery_codes": [_rule(NOT_SET_UP)],
    "mfa_generate_recovery_codes": [_rule(SIGNED_IN)],
    "unit_sign_in_code": [_rule(SIGNED_IN)],
    "qr_sign_in": [_rule(PUBLIC)],
    "qr_state": [_rule(PUBLIC)],
    "qr_enter": [_rule(PUBLIC, method="post")],
    "qr_confirm": [_rule(SIGNED_IN, token="none")],
    "sso_consent": [_rule(SIGNED_IN)],
    "sso_signed_out": [_rule(PUBLIC)],
    "sso_login": [_rule(NOT_CONFIGURED, method="post", portal="individual")],
    "sso_callback": [_rule(NOT_CONFIGURED, portal="individual")],
    "sso_back_channel_logout": [_rule(NOT_CONFIGURED, method="post", portal="individual")],
    "accounts:register_individual": [_rule(PUBLIC)],
    "accounts:register_unit": [_rule(PUBLIC)],
    "accounts:terms": [_rule(PUBLIC)],
    "accounts:privacy": [_rule(PUBLIC)],
    "accounts:choose_unit": [_rule(SIGNED_IN)],
    "accounts:messages": [_rule(SIGNED_IN)],
    "accounts:read_all": [_rule(SIGNED_IN, method="post")],
    "accounts:message_preferences": [_rule(SIGNED_IN)],
    "accounts:message": [_rule(USERS_OWN, "message")],
    "accounts:individual_profile": [_rule(PERSON)],
    "accounts:unit_profile": [_rule(UNIT)],
    "accounts:bank_consent": [_rule(PUBLIC)],
    "accounts:own_accounts": [_rule(PERSON)],
    "accounts:add_own_account": [_rule(PERSON)],
    "accounts:end_own_account": [_rule(PERSONS_OWN, "own account", method="post")],
    "accounts:add_unit_account": [_rule(UNIT)],
    "accounts:appeal": [_rule(PUBLIC)],
    "accounts:appeal_papers": [_rule(PUBLIC)],
    "accounts:add_appeal_paper": [_rule(PUBLIC, method="post", slot="licence")],
    "accounts:remove_appeal_paper": [_rule(PUBLIC, method="post", pk=1)],
    "accounts:submit_appeal": [_rule(PUBLIC, method="post")],
    "accounts:appeal_receipt": [_rule(PUBLIC)],
    "accounts:appeal_status": [_rule(PUBLIC)],
    "admin:appeals_decide": [_rule(STAFF_OF_REGION, "appeal")],
    "admin:appeals_paper": [_rule(STAFF_OF_REGION, "appeal paper")],
    "accounts:activate": [_rule(PUBLIC, token="none")],
    "accounts:handlers": [_rule(UNIT)],
    "accounts:add_handler": [_rule(UNIT)],
    "accounts:handler": [_rule(UNITS_OWN, "handler")],
    "accounts:end_handler": [_rule(UNITS_OWN, "handler")],
    "accounts:handler_role": [_rule(UNITS_OWN, "handler")],
    "accounts:send_link": [_rule(UNITS_OWN, "handler", method="post")],
    "admin:handlers_find": [_rule(STAFF)],
    "admin:handlers_unit": [_rule(STAFF_OF_REGION, "unit")],
    "admin:handlers_edit": [_rule(STAFF_OF_REGION, "handler")],
    "admin:handlers_end": [_rule(STAFF_OF_REGION, "handler")],
    "admin:handlers_link": [_rule(STAFF_OF_REGION, "handler", method="post")],
    "accounts:end_unit_account": [_rule(UNITS_OWN, "account", method="post")],
    "review:start": [
        _rule(PERSON, portal="individual", matter="trainee-application"),
        _rule(UNIT, portal="unit", matter="position-application"),
        # A service of the other portal is not there for anybody.
        _rule("login 404 404 403 403 403 403", portal="individual", matter="position-application"),
        _rule("login 403 403 404 404 403 403", portal="unit", matter="trainee-application"),
    ],
    "review:cases": [_rule(PERSON, portal="individual"), _rule(UNIT, portal="unit")],
    "review:case": _of_case(),
    "review:page": _of_case(page=("category", "basics")),
    "review:autosave": _of_case("post", page=("category", "basics")),
    "review:delete_row": _of_case("post", page=("category", "basics"), row=(ANY_ROW, ANY_ROW)),
    "review:sheet_template": [_rule(UNITS_OWN, "import case", page="file")],
    # No file was handed in yet, so there is none with marked faults.
    "review:sheet_marked": [_rule("login 403 403 404 404 403 403", "import case", page="file")],
    # No file has been handed in.
    "review:sheet_original": [_rule("login 403 403 404 404 403 403", "import case", page="file")],
    "review:attachments": [
        _rule(PERSONS_OWN, "individual case"),
        # A position's application asks for no attachments.
        _rule("login 403 403 404 404 403 403", "unit case"),
    ],
    "review:upload": _of_case("post", slot=("other", "other")),
    "review:remove_attachment": [
        _rule(PERSONS_OWN, "individual case", "individual attachment", method="post"),
        _rule(UNITS_OWN, "unit case", "unit attachment", method="post"),
    ],
    "review:check": _of_case(),
    # Nothing is being imported.
    "review:progress": [
        _rule("login 404 404 403 403 403 403", "individual case"),
        _rule("login 403 403 404 404 403 403", "unit case"),
    ],
    "review:receipt": _of_case(),
    "review:withdraw": _of_case(),
    "review:close": _of_case(),
    "review:reapply": _of_case("post"),
    "review:rate": _of_case(),
    "review:print": _of_case(),
    "review:file": [_rule(OWN_FILE, "file")],
    "review:file_page": [_rule(OWN_FILE, "file", number=1)],
    "admin:index": [_rule(STAFF)],
    "admin:login": [_rule("login 403 403 403 403 ok ok")],
    "admin:logout": [_rule(SIGNED_IN)],
    "admin:password_change": [_rule(STAFF)],
    "admin:password_change_done": [_rule(STAFF)],
    "admin:autocomplete": [_rule("login login login login login 403 403")],
    "admin:jsi18n": [_rule(STAFF)],
    "admin:view_on_site": [_rule("login login login login login 404 404", content_type_id=0, object_id=0)],
    "admin:app_list": [_rule(STAFF, app_label="review")],
    "admin:review_case_queue": [_rule(STAFF)],
    "admin:review_case_review": _decision(),
    "admin:review_case_clear_text": [_rule(STAFF_OF_REGION, "waiting", method="post")],
    # The matrix's case is filled by no spreadsheet.
    "admin:review_case_original": [
        _rule("login login login login login 404 404", "waiting", method="post", page="file")
    ],
    # The matrix's case is about nobody with such documents.
    "admin:reporting_placement_document": [_rule("login login login login login 404 404", "waiting", pk=1)],
    "admin:reporting_placement_document_page": [
        _rule("login login login login login 404 404", "waiting", pk=1, page=1)
    ],
    "admin:review_case_viewing": [_rule(STAFF_OF_REGION, "waiting", method="post")],
    "admin:review_case_tick": [_rule(STAFF_OF_REGION, "waiting attachment", method="post")],
    **{
        f"admin:review_case_{transition}": _decision()
        for transition in ("accept", "approve", "return", "reject", "release", "revoke")
    },
    "admin:review_caserating_handle": [_rule(STAFF_OF_REGION, "rating")],
    "admin:internship_internshipunit_suspend": [_rule(STAFF_OF_REGION, "internship unit")],
    "admin:internship_internshipunit_resume": [_rule(STAFF_OF_REGION, "internship unit")],
    "admin:documents_issueddocument_revoke": [_rule(STAFF_OF_REGION, "issued document")],
    "admin:internship_trainee_end": [_rule(STAFF_OF_REGION, "trainee")],
    "admin:reporting_objection_decide": [_rule(STAFF_OF_REGION, "publicity objection")],
    "admin:reporting_batch_make": [_rule(STAFF)],
    "admin:reporting_subsidy_figures": [_rule(STAFF)],
    "admin:reporting_batch": [_rule(STAFF_OF_REGION, "payment batch")],
    "admin:reporting_batch_review": [_rule(STAFF_OF_REGION, "payment batch")],
    "admin:reporting_batch_cancel": [_rule(STAFF_OF_REGION, "payment batch")],
    "admin:reporting_batch_export": [_rule(STAFF_OF_REGION, "payment batch", method="post")],
    "admin:reporting_batch_template": [_rule(STAFF_OF_REGION, "payment batch")],
    "admin:reporting_batch_results": [_rule(STAFF_OF_REGION, "payment batch", method="post")],
    "admin:reporting_payment_recover": [_rule(STAFF_OF_REGION, "payment")],
    # 系统管理 keeps accounts everywhere (accounts.roles), but sets passwords of staff only; the actor has every role.
    "admin:auth_user_password_change": [
        _rule(STAFF, "colleague"),
        _rule("login login login login login 403 403", "user"),
    ],
}

# Models of the staff site whose rows belong to a region: staff of another region do not find them. Ratings lead
# on to their follow-up, which has a rule of its own above.
SCOPED = {
    "review.Case",
    "accounts.Unit",
    "accounts.Handler",
    "accounts.Appeal",
    "accounts.UnitNumber",
    "insurance.InsuredUnit",
    "internship.InternshipUnit",
    "internship.Trainee",
    "positions.Position",
    "positions.Favourite",
    "documents.IssuedDocument",
    "reporting.Placement",
    "reporting.PersonMonth",
    "reporting.ClaimedMonth",
    "reporting.Objection",
    "reporting.Publicity",
    "reporting.PublicityObjection",
    "reporting.Payment",
    "reporting.LedgerLine",
    "hall.Notice",
    "hall.SupportContact",
}
