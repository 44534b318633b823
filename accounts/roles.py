"""Groups and permissions of the staff, as code: ``manage.py sync_roles`` brings the database in line.

The separation of duties follows GB/T 22239-2019 level 3: who keeps accounts (系统管理) neither
decides cases nor reads the audit trail (审计), and who keeps security settings (安全管理) does not
create accounts.
"""

from collections.abc import Iterable
from fnmatch import fnmatch

from django.contrib.auth.models import Group, Permission
from django.db import transaction

# Code of the role → title of its group.
ROLE_GROUPS = {
    "first": "初审",
    "second": "复审",
    "finance": "财政复核",
    "hall": "网厅管理",
    "business": "业务管理",
    "audit": "审计",
    "system": "系统管理",
    "security": "安全管理",
}

_READ_PARTIES = ("accounts.view_individual", "accounts.view_unit", "accounts.view_handler")
# Reviewers read about people in the cases that they decide, not by browsing everybody (PIPL §6: as little as needed).
_REVIEW = (
    "accounts.view_unit",
    "review.view_*",
    "insurance.view_*",
    "internship.view_*",
    "positions.view_*",
    "reporting.view_*",
    "documents.view_*",
)

# Code of the role → patterns over "app_label.codename". Decisions on cases are not permissions of
# models: they follow from the role and region of a case's step.
ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "first": _REVIEW,
    "second": _REVIEW,
    "finance": (*_REVIEW, "reporting.review_batch"),
    "hall": (
        *_READ_PARTIES,
        "accounts.change_unit",
        "accounts.change_individual",
        "accounts.add_handler",
        "accounts.change_handler",
        "accounts.*_unitnumber",
        "accounts.view_appeal",
        "accounts.change_appeal",
        "accounts.view_bankaccount",
        "accounts.view_messagetemplate",
        "accounts.change_messagetemplate",
        "accounts.view_delivery",
        "accounts.change_delivery",
        "hall.*_notice",
        "hall.*_supportcontact",
        "hall.view_sitefacts",
        "hall.change_sitefacts",
    ),
    "business": (
        *_REVIEW,
        "common.view_*",
        "common.*_policyvalue",
        "common.*_calendarday",
        "review.*_reviewstep",
        "review.*_reasontemplate",
        "internship.suspend_internshipunit",
        "internship.end_trainee",
        "reporting.make_batch",
        "reporting.decide_publicityobjection",
        "review.change_caserating",
        "review.revoke_case",
        "review.release_case",
        "documents.revoke_issueddocument",
        "insurance.change_loadconflict",
    ),
    "audit": ("*.view_*",),
    "system": (
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.*_staffprofile",
        "accounts.*_staffscope",
        "auth.view_group",
        "common.view_region",
        "procrastinate.view_procrastinatejob",
    ),
    "security": (
        "accounts.view_user",
        "accounts.view_staffprofile",
        "accounts.view_staffscope",
        "accounts.view_mobilecode",
        "accounts.view_signin",
        "accounts.view_failedsignin",
        "accounts.view_consent",
        "hall.view_dataexport",
        "hall.view_accountclosure",
        "auth.view_group",
        "auth.view_permission",
    ),
}


def _label(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def _matches(label: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(label, pattern) for pattern in patterns)


def permissions_of(role: str) -> list[Permission]:
    """The permissions that a role has, by label; history tables are for 审计 alone."""
    found = {
        _label(permission): permission
        for permission in Permission.objects.select_related("content_type")
        if _matches(_label(permission), ROLE_PERMISSIONS[role])
        and (role == "audit" or not permission.codename.endswith("event"))
    }
    return [found[label] for label in sorted(found)]


@transaction.atomic
def sync_roles() -> dict[str, int]:
    """Create the groups and set their permissions; returns how many each has. Safe to repeat."""
    counts = {}
    for role, title in ROLE_GROUPS.items():
        group, _ = Group.objects.get_or_create(name=title)
        permissions = permissions_of(role)
        group.permissions.set(permissions)
        counts[title] = len(permissions)
    return counts
