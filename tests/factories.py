"""People, units and staff for tests: plain functions, the same result for the same calls.

Numbers follow from what the database already holds, so a test never depends on another one.
All data is fictitious.
"""

import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from stdnum.cn import ric, uscc

from accounts.consents import AT_REGISTRATION
from accounts.models import BankAccount, Consent, Handler, Individual, StaffProfile, StaffScope, Unit, User
from accounts.roles import ROLE_GROUPS, permissions_of
from common import regions
from common.models import Region

PASSWORD = "Tongban-2026"
PROVINCE, CITY, COUNTY, OTHER_COUNTY = "140000", "140100", "140105", "140106"

_NAMES = {
    "140000": "山西省",
    "140100": "太原市",
    "140105": "小店区",
    "140106": "迎泽区",
    "140200": "大同市",
    "140212": "新荣区",
    "220000": "吉林省",
    "220100": "长春市",
    "220102": "南关区",
}


def make_id_no(number: int, *, birth: datetime.date = datetime.date(2002, 5, 17), region: str = COUNTY) -> str:
    """A valid resident ID number: same region and birth date, another sequence for each ``number``."""
    body = f"{region}{birth:%Y%m%d}{number % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")


def make_credit_code(number: int) -> str:
    """A valid unified social credit code."""
    body = f"91{COUNTY}MA{number:06d}A"
    return body + uscc.calc_check_digit(body)


def make_mobile(number: int) -> str:
    """A mobile number in the range 138 0000 0000."""
    return f"138{number:08d}"


def make_region(code: str = COUNTY) -> Region:
    """The region with its parents, made where they are missing."""
    found = Region.objects.filter(code=code).first()
    if found:
        return found
    parent, level = None, "province"
    if not code.endswith("0000"):
        level = "city" if code.endswith("00") else "county"
        parent = make_region(code[:2] + "0000" if level == "city" else code[:4] + "00")
    region = Region.objects.create(code=code, name=_NAMES.get(code, f"演示地区{code}"), parent=parent, level=level)
    regions.forget()
    return region


def make_user(username: str = "", *, name: str = "演示用户", mobile: str = "", **fields: Any) -> User:
    """An account whose password is PASSWORD and which agreed to the texts; a given mobile number counts as verified."""
    number = User.objects.count() + 1
    if mobile:
        fields.setdefault("mobile_verified_at", timezone.now())
    user = User.objects.create_user(username or f"user{number}", PASSWORD, name=name, mobile=mobile, **fields)
    Consent.objects.bulk_create(Consent(user=user, kind=text.kind, version=text.version) for text in AT_REGISTRATION)
    return user


def make_individual(*, name: str = "张演示", user: User | None = None, **fields: Any) -> Individual:
    """An individual, verified (level 3), with a mobile number that signs in."""
    number = User.objects.count() + 1
    user = user or make_user(name=name, mobile=make_mobile(number))
    values: dict[str, Any] = {"id_no": make_id_no(number), "level": 3, "sex": "1", "birth_date": "2002-05-17"}
    return Individual.objects.create(user=user, name=name, **(values | fields))


def make_unit(*, name: str = "", **fields: Any) -> Unit:
    """A unit whose data is complete (A8), in COUNTY unless ``region`` or ``handling_region`` say otherwise.

    Regions may be given as codes.
    """
    number = Unit.objects.count() + 1
    for key in ("region", "handling_region"):
        value = fields.get(key, COUNTY)
        fields[key] = make_region(value) if isinstance(value, str) else value
    values: dict[str, Any] = {
        "name": name or f"演示单位{number}（虚构）",
        "uscc": make_credit_code(number),
        "legal_person_type": "01",
        "legal_representative": "李演示",
        "legal_representative_id_no": make_id_no(500 + number),
        "unit_type": "10",
        "industry": "I",
        "registered_address": "演示路1号",
        "office_address": "演示路1号",
        "employee_count": 30,
    }
    return Unit.objects.create(**(values | fields))


def make_handler(
    unit: Unit | None = None, user: User | None = None, *, role: str = "supervisor", **fields: Any
) -> Handler:
    """An active handler whom staff have entered, with unit and account where they are not given."""
    fields.setdefault("origin", "staff")
    user = user or make_user(name="王演示")
    return Handler.objects.create(unit=unit or make_unit(), user=user, role=role, name=user.name, **fields)


def make_staff(role: str = "first", region: str = COUNTY, *, name: str = "审核演示", **fields: Any) -> User:
    """A staff member in the group of ``role`` (accounts.roles) whose scope is ``region``."""
    user = make_user(name=name, is_staff=True, **fields)
    StaffProfile.objects.create(user=user, employee_no=f"T{user.pk:05d}")
    StaffScope.objects.create(user=user, region=make_region(region))
    group, created = Group.objects.get_or_create(name=ROLE_GROUPS[role])
    if created:
        group.permissions.set(permissions_of(role))
    user.groups.add(group)
    return user


def make_bank_account(owner: Individual | Unit, **fields: Any) -> BankAccount:
    """A bank account of an individual or a unit."""
    values: dict[str, Any] = {
        "unit" if isinstance(owner, Unit) else "individual": owner,
        "holder": owner.name,
        "bank": "演示银行",
        "cnaps": "102161000018",
        "account_no": f"62220200000000{BankAccount.objects.count():05d}",
    }
    return BankAccount.objects.create(**(values | fields))
