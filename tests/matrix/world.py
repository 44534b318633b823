"""One of everything, with an owner and somebody else: what the matrix of role × address × owner is asked about."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.admin.sites import site
from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone

from accounts.messaging.actions import send_message
from accounts.models import Consent, Message, SignIn, UnitNumber, User
from accounts.roles import ROLE_GROUPS, sync_roles
from hall.models import Notice, SiteFacts, SupportContact
from insurance.actions import export_roster
from insurance.models import PensionClaim, RosterExport
from insurance.roster import Choice
from positions import indexing
from positions.models import Favourite, Position
from reporting import disbursement, ledger, publicity
from reporting.models import ClaimedMonth, LivingSubsidyClaim, PersonMonth
from reporting.subsidy import Figures, facts
from reporting.trainee_actions import raise_objection
from review import actions, workflow
from review.models import Case, CaseRating
from tests.accounts.appeals import submitted_appeal
from tests.documents.support import make_document, make_finished_batch
from tests.factories import (
    make_bank_account,
    make_handler,
    make_individual,
    make_region,
    make_staff,
    make_unit,
)
from tests.insurance.claims import Claimant, make_claimant, pages
from tests.insurance.support import make_enrolment, make_insured_unit
from tests.internship.support import (
    attach,
    draft_trainee,
    make_case,
    make_internship_unit,
    make_trainee,
    set_figures,
    write,
)
from tests.reporting.support import make_placement
from tests.review.cases import attach as attach_image
from tests.review.cases import load_steps

HERE, ELSEWHERE = "140105", "220102"
# In the order of an access row.
ACTORS = ("anonymous", "owner", "stranger", "unit", "other_unit", "staff", "staff_elsewhere")


@dataclass
class World:
    """Who asks, and the parameters that the addresses need."""

    users: dict[str, User | None] = field(default_factory=dict)
    args: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[type[Model], Any] = field(default_factory=dict)


def _all_round_staff(region: str) -> User:
    """Somebody with every role at once: what is refused to him is refused for his region."""
    user = make_staff("first", region)
    sync_roles()
    user.groups.set(Group.objects.filter(name__in=ROLE_GROUPS.values()))
    return user


def build() -> World:
    """Everything in HERE (小店区), owned by "owner" and "unit"; "stranger" and "other_unit" own nothing of it."""
    make_region(HERE)
    make_region(ELSEWHERE)
    set_figures()
    load_steps("trainee-application")
    internship_unit = make_internship_unit()
    unit, handler = internship_unit.unit, internship_unit.unit.handlers.get()
    owner, stranger = make_individual(), make_individual(name="李演示")
    other = make_handler(make_unit(region=ELSEWHERE, handling_region=ELSEWHERE))
    staff, elsewhere = _all_round_staff(HERE), _all_round_staff(ELSEWHERE)

    draft = draft_trainee(owner)
    attachment = attach_image(draft, "other")
    unit_case = actions.start_case("position-application", unit, by=handler.user)
    unit_file = attach(unit_case, "none", handler.user)
    waiting = workflow.perform(draft_trainee(make_individual(name="王演示")), "submit", by=_applicant())
    position = _position(unit)
    favourite = Favourite.objects.create(individual=owner, position=position, consent_version="1")
    account = make_bank_account(unit, account_no="1402020200000000099")
    own_account = make_bank_account(owner)
    trainee = make_trainee(make_individual(name="赵演示"))
    message = _message(owner.user)
    notice = Notice.objects.create(
        title="演示公告", body="演示", region_id=HERE, published_at=timezone.now(), created_by=staff
    )
    rating = CaseRating.objects.create(case=trainee.case, level=1, rated_by=trainee.individual.user)

    sign_in = SignIn.objects.create(user=owner.user, session_key="matrix")
    number = UnitNumber.objects.create(unit=unit, number=f"{HERE}000100")
    insured = make_insured_unit(number=number.number)
    enrolment = make_enrolment(insured)
    roster_export = export_roster(
        unit=unit, insured_unit=insured, kind=RosterExport.Roster.SERVICE, format=RosterExport.Format.XLSX,
        choice=Choice(), by=handler.user,
    )  # fmt: skip
    placement = make_placement(unit, position=position, person=owner)
    objection = raise_objection(placement=placement, subject="pay", text="演示", by=owner.user)
    month = timezone.localdate().replace(day=1)
    figures = {"category": "G1", "days": 20, "due_pay": 3100, "net_pay": 3100, "paid_on": month, "subsidy": 1880}
    reported = PersonMonth.objects.create(placement=placement, case=placement.case, month=month, **figures)
    claim = actions.start_case("living-subsidy", unit, by=handler.user)
    record = LivingSubsidyClaim.objects.create(
        case=claim, unit=unit, bank_account=account, first_month=month, last_month=month
    )
    why = facts(month, reported.net_pay, Figures(None, None, None, None), None)
    ClaimedMonth.objects.create(
        claim=record, person_month=reported, placement=placement, month=month, amount=1880, explanation=why
    )
    document = make_document(placement)
    batch = make_finished_batch(unit, document)
    money = _money(unit, placement, account, staff)
    import_case = actions.start_case("attendance-import", unit, by=handler.user)

    claimant = make_claimant((unit, handler.user, insured), paid=12)
    pension_claim = _pension_claim(claimant)

    appeal = submitted_appeal(unit)
    world = World()
    users = (None, owner.user, stranger.user, handler.user, other.user, staff, elsewhere)
    world.users = dict(zip(ACTORS, users, strict=True))
    world.args = {
        "individual case": {"portal": "individual", "number": draft.number},
        "unit case": {"portal": "unit", "number": unit_case.number},
        "individual attachment": {"attachment": attachment.pk},
        "unit attachment": {"attachment": unit_file.pk},
        "file": {"key": attachment.pk},
        "position": {"number": position.number},
        "favourite": {"pk": favourite.pk},
        "placement": {"pk": placement.pk},
        "objection": {"pk": objection.pk},
        "document": {"number": document.number},
        "batch": {"pk": batch.pk},
        "issued document": {"pk": document.pk},
        "registration": {"number": placement.case.number},
        "import case": {"portal": "unit", "number": import_case.number},
        "claim": {"number": claim.number},
        "insured person": {"number": enrolment.person.number},
        "roster export": {"pk": roster_export.pk},
        **money,
        "account": {"pk": account.pk},
        "own account": {"pk": own_account.pk},
        "pension claim": {"number": pension_claim.number},
        "handler": {"pk": handler.pk},
        "appeal": {"pk": appeal.pk},
        "appeal paper": {"pk": appeal.files.first().pk, "number": 1},
        "unit": {"pk": unit.pk},
        "message": {"pk": message.pk},
        "sign in": {"pk": sign_in.pk},
        "notice": {"pk": notice.pk},
        "waiting": {"number": waiting.number},
        "waiting attachment": {"number": waiting.number, "attachment": attach_of(waiting)},
        "internship unit": {"pk": internship_unit.pk},
        "trainee": {"pk": trainee.pk},
        "user": {"id": stranger.user.pk},
        "colleague": {"id": make_staff("second", HERE, name="复审演示").pk},
        "rating": {"pk": rating.pk},
    }
    SiteFacts.objects.create(region_id="140000", host="演示厅")
    SupportContact.objects.create(region_id=HERE, title="演示电话", phone="12333", hours="工作日")
    Consent.objects.create(user=owner.user, kind="demo", version="1")
    world.objects = {
        type(found): found
        for found in (
            waiting,
            unit,
            handler,
            owner,
            account,
            position,
            favourite,
            trainee,
            internship_unit,
            notice,
            rating,
            number,
            document,
            appeal,
        )
    }
    world.objects[User] = owner.user
    return world


def _pension_claim(claimant: Claimant) -> Case:
    """A claim that was handed in, as far as its printed forms need it."""
    case = make_case("pension-claim", claimant.unit)
    case.region_id = HERE
    case.save(update_fields=["region"])
    write(case, "claimant", pages(claimant)["claimant"], claimant.by)
    wages = {"identity": "3", "rank": "M05", "post_wage": 3820}
    PensionClaim.objects.create(
        case=case,
        person=claimant.person,
        insured_unit=claimant.insured_unit,
        kind="2",
        age_group="male",
        retired_on=claimant.retired_on,
        work_started_on="1988-07-01",
        work_years=37,
        work_months=0,
        **wages,
    )
    return case


def attach_of(case: Any) -> Any:
    """Any attachment of a case."""
    return case.attachments.first().pk


def _applicant() -> User:
    return User.objects.get(name="王演示", individual__isnull=False)


def _position(unit: Any) -> Position:
    position = Position(
        case=make_case("position-application", unit),
        number="GW0000000001",
        unit=unit,
        region_id=HERE,
        name="演示岗位",
        name_key="演示岗位",
        category="2",
        places=2,
        education="31",
        work_region_id=HERE,
        work_address="演示路1号",
        months=6,
        allowance=2500,
        content="演示内容",
        mentor="张演示",
        valid_from="2026-01-01",
        valid_to="2099-12-31",
        contact_name="王演示",
        contact_phone="13800000000",
    )
    indexing.fill(position)
    position.save()
    return position


def _money(unit: Any, placement: Any, account: Any, staff: User) -> dict[str, dict[str, Any]]:
    """A public claim of two months: one is objected to, the other one stands in a batch."""
    case = make_case("living-subsidy", unit)
    first, second = date(2001, 1, 1), date(2001, 2, 1)
    months = {"first_month": first, "last_month": second, "months_amount": 3760, "amount": 3760}
    record = LivingSubsidyClaim.objects.create(case=case, unit=unit, bank_account=account, **months)
    report = PersonMonth.objects.filter(placement=placement).earliest("pk")
    entries = [
        ClaimedMonth.objects.create(
            claim=record, person_month=report, placement=placement, month=month, amount=1880, explanation={}
        )
        for month in (first, second)
    ]
    found = publicity.open_publicity(case=case, region=HERE, entries=entries, by=staff)
    words = {"name": "路人演示", "contact": "13900000001", "reason": "演示"}
    objection = publicity.raise_objection(publicity=found, numbers=[1], key=uuid.uuid4(), **words)
    ledger.move("clear", ledger.locked(found.entries.filter(number=2)), by=None)
    seen = disbursement.preview(HERE).seen
    batch = disbursement.make_batch(region=HERE, year=2026, quarter=1, cases=[case.pk], seen=seen, by=staff)
    return {
        "public claim": {"number": case.number},
        "publicity": {"pk": found.pk},
        "receipt": {"number": objection.number},
        "publicity objection": {"pk": objection.pk},
        "payment batch": {"pk": batch.pk},
        "payment": {"pk": batch.payments.get().pk},
    }


def _message(user: User) -> Message:
    send_message(user=user, occasion="password-changed", values={}, key="matrix")
    return Message.objects.get(key="matrix")


def model_object(world: World, model: type[Model]) -> Any:
    """A row of a model of the staff site: the world's own, or any that exists; None where there is none."""
    return world.objects.get(model) or model._default_manager.order_by("pk").first()


def registered_models() -> list[type[Model]]:
    """All models of the staff site."""
    return sorted(site._registry, key=lambda model: model._meta.label)


__all__ = ["ACTORS", "World", "build", "model_object", "registered_models"]
