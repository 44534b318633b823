"""One journey over HTTP by everybody who takes part: registration, application, correction, position, interest."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sms import MemorySms
from positions.models import Favourite, Position
from review import workflow
from review.models import Case
from tests.factories import COUNTY, PASSWORD, make_credit_code, make_id_no, make_region, make_staff
from tests.internship.support import place
from tests.internship.support import set_figures as set_internship_figures
from tests.internship.test_journeys import start, type_in, upload, url
from tests.positions import support as positions
from tests.review.cases import load_steps
from tests.support.deliveries import work_off

MOBILE, UNIT_MOBILE = "13911110001", "13911110002"
ID_NO, LEGAL_ID_NO = make_id_no(7), make_id_no(9)
ACCOUNT_NO = "1402020200000000001"
NEW_PASSWORD = "Renshe-2027-demo"


@dataclass
class Journey:
    """What was typed on the way and must stay secret; the users who acted."""

    secrets: set[str] = field(default_factory=lambda: {MOBILE, UNIT_MOBILE, ID_NO, LEGAL_ID_NO, ACCOUNT_NO, PASSWORD})
    users: list[User] = field(default_factory=list)


@dataclass
class Prepared:
    """What is there before anybody comes: a reviewer, and a unit with an application that is filled in."""

    office: User
    owner: User
    case: Case


def prepare() -> Prepared:
    """Rules of the office, a reviewer, an internship unit; made without requests, and no part of the journey."""
    make_region(COUNTY)
    set_internship_figures()
    positions.set_figures()
    for code in ("trainee-application", "position-application"):
        load_steps(code)
    unit = positions.qualify()
    return Prepared(make_staff("first", COUNTY), positions.handler_of(unit), positions.apply_for_position(unit))


def register_person(client: Client, journey: Journey, committed: Callable[..., object]) -> User:
    """个人注册 with a code, and a wrong code before."""
    path = reverse("accounts:register_individual")
    with committed(execute=True):
        client.post(path, {"mobile": MOBILE, "send_code": "1"})
    work_off()
    code = re.search(r"验证码(\d{6})", MemorySms.sent[-1][1])[1]
    journey.secrets.add(code)
    values = {"mobile": MOBILE, "name": "张演示", "id_type": "01", "id_no": ID_NO, "agreement": "on"}
    values |= {"password": PASSWORD, "password_again": PASSWORD}
    client.post(path, values | {"code": "000000" if code != "000000" else "111111"})
    assert client.post(path, values | {"code": code}).status_code == 302
    return User.objects.get(individual__name="张演示")


def seen(case: Case) -> str:
    """What who opens the case now has seen."""
    return workflow.mark(Case.objects.get(pk=case.pk))


def target_keys(html: str) -> list[str]:
    """The places of the wishes page that can be returned."""
    return [key for key in re.findall(r'name="reason-([^"]+)"', html) if "skills" in key]


def apply(client: Client, reviewer: User) -> Case:
    """就业见习人员申请, returned once, corrected, approved over the staff's pages."""
    case = start(client, "individual", "trainee-application")
    type_in(client, case, "person", {"nation": "01"})
    type_in(client, case, "category", {"category": "G1", "education": "21", **place(COUNTY, "handling_region")})
    type_in(client, case, "background", {"school": "演示大学", "graduated_on": "2026-06-30"})
    type_in(client, case, "wishes", {"skills": "篮球"})
    type_in(client, case, "bank", {"bank": "中国工商银行", "account_no": ACCOUNT_NO, "bank_consent": "on"})
    upload(client, case, "id_card")
    upload(client, case, "diploma")
    answer = client.post(url(case, "check"))
    assert answer.status_code == 302, re.findall(r'href="[^"]*#[^"]+">([^<]+)<', answer.content.decode())
    office = Client()
    office.force_login(reviewer)
    base = f"/admin/review/case/{case.number}"
    office.get(f"{base}/review/")
    office.post(f"{base}/clear-text/", {"what": "person.id_no"})
    asked = {"seen": seen(case), "notes": ""}
    asked |= {f"reason-{key}": "请写明水平" for key in target_keys(office.get(f"{base}/return/").content.decode())}
    answer = office.post(f"{base}/return/", asked)
    assert answer.status_code == 302, (asked, re.findall(r"(?s)error[^>]*>([^<]{4,})<", answer.content.decode()))
    type_in(client, case, "wishes", {"skills": "篮球，校队成员"})
    assert client.post(url(case, "check")).status_code == 302
    assert office.post(f"{base}/approve/", {"seen": seen(case), "notes": "", "reason": ""}).status_code == 302
    return case


def register_unit(client: Client) -> User:
    """法人注册."""
    values = {
        "username": "Yanshi_Unit",
        "legal_person_type": "01",
        "name": "演示单位（虚构）",
        "uscc": make_credit_code(77),
        "legal_representative": "李演示",
        "legal_representative_id_type": "01",
        "legal_representative_id_no": LEGAL_ID_NO,
        "mobile": UNIT_MOBILE,
        "password": PASSWORD,
        "password_again": PASSWORD,
        "agreement": "on",
    }
    assert client.post(reverse("accounts:register_unit"), values).status_code == 302
    return User.objects.get(username__iexact="yanshi_unit")


def be_interested(client: Client, position: Position) -> None:
    """Keep a position as a favourite, with consent."""
    path = reverse("positions:add_favourite", args=[position.number])
    client.get(path)
    client.post(path, {"asked": "1", "agree": "1"})


def walk(prepared: Prepared, committed: Callable[..., object]) -> Journey:
    """The whole journey, by requests alone."""
    journey = Journey()
    person, unit, office, owner, case = Client(), Client(), prepared.office, prepared.owner, prepared.case
    journey.users += [office, owner]
    journey.users.append(register_person(person, journey, committed))
    apply(person, office)
    journey.users.append(register_unit(unit))
    unit.post(
        reverse("accounts:add_unit_account"),
        {"holder": "演示单位（虚构）", "bank": "中国工商银行", "account_no": ACCOUNT_NO},
    )
    employer = Client()
    employer.force_login(owner)
    employer.post(url(case, "check"))
    staff = Client()
    staff.force_login(office)
    staff.post(f"/admin/review/case/{case.number}/approve/", {"seen": seen(case), "notes": "", "reason": ""})
    position = Position.objects.get(case=case)
    be_interested(person, position)
    employer.get(reverse("positions:interested_people", args=[position.number]))
    for favourite in Favourite.objects.all():
        employer.post(reverse("positions:answer", args=[favourite.pk]), {"kind": "invited", "message": "请于周一面试"})
    person.get(reverse("positions:search"), {"q": ID_NO})
    person.get("/individual/cases/", {"person": MOBILE})
    person.get(f"/individual/cases/{ID_NO}/")
    journey.secrets.add(NEW_PASSWORD)
    person.post(
        reverse("account_change_password"),
        {"old_password": PASSWORD, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD},
    )
    person.post(reverse("accounts:read_all"))
    person.post(reverse("account_logout"))
    stranger = Client()
    stranger.post(reverse("account_login"), {"login": MOBILE, "password": "Falsch-2026-demo"})
    stranger.post(reverse("account_login"), {"login": MOBILE, "password": NEW_PASSWORD})
    return journey
