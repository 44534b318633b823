"""All that the hall holds about a person, by purpose, with its basis and how long it is kept (PIPL §17, §45)."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts import consents
from accounts.messaging.channels import mask_email
from accounts.models import Consent, Individual, SignIn
from accounts.queries import messages_of, sign_ins_of
from common import identifiers, regions
from common.models import Region
from documents.models import IssuedDocument
from hall.my_data import retention
from insurance.models import ContributionMonth, Enrolment, InsuredPerson
from internship.models import Trainee
from positions.models import ContactViewLog, Favourite
from reporting.models import LogEntry, Objection, PersonMonth, Placement
from reporting.queries import placements_of_person
from review import answers, matters, submission
from review.models import Attachment, Case


def _mask_address(text: str) -> str:
    return f"{text[:6]}***" if text else ""


MASKS: dict[str, Callable[[str], str]] = {
    "id_no": identifiers.mask_id,
    "mobile": identifiers.mask_mobile,
    "account_no": identifiers.mask_account,
    "address": _mask_address,
    "email": mask_email,
}


@dataclass(frozen=True)
class Item:
    """One fact: its title, what pages show, and the whole of it for a copy."""

    label: str
    shown: str
    full: str


Record = list[Item]


@dataclass(frozen=True)
class Holding:
    """What is held for one purpose. ``more`` counts records that the page leaves to the copy."""

    key: str
    title: str
    basis: str
    retention: str
    records: list[Record] = field(default_factory=list)
    correct: str = ""
    correct_url: str = ""
    more: int = 0

    @property
    def count(self) -> int:
        """How many records there are in all."""
        return len(self.records) + self.more

    @property
    def is_table(self) -> bool:
        """Several records of the same kind are drawn as a table."""
        return len(self.records) > 1


def in_words(value: Any) -> str:
    """A value as it is read."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, datetime.date | Decimal | int | str):
        return str(value)
    return regions.path_name(value.pk) if isinstance(value, Region) else str(value)


def facts(row: models.Model, *names: str) -> Record:
    """Columns of a row as items; what is sensitive is masked where it is shown."""
    return [_fact(row, name) for name in names]


def _fact(row: models.Model, name: str) -> Item:
    column = row._meta.get_field(name)
    value = getattr(row, name)
    display = getattr(row, f"get_{name}_display", None)
    text = str(display()) if display and value not in ("", None) else in_words(value)
    mask = MASKS.get(name)
    return Item(str(column.verbose_name), mask(text) if mask and text else text, text)  # type: ignore[union-attr]


def plain(**texts: Any) -> Record:
    """Items whose titles are the names given, with nothing to mask."""
    return [Item(label, in_words(value), in_words(value)) for label, value in texts.items()]


SHOWN = 10


def holdings(person: Individual, *, whole: bool) -> list[Holding]:
    """Everything, purpose by purpose; a page (not ``whole``) shows the newest of long lists."""
    limit = None if whole else SHOWN
    found = [
        *_account(person),
        _bank(person),
        _cases(person, limit, whole),
        *_internship(person, limit),
        *_insurance(person, limit),
        _documents(person, limit),
        _consents(person),
        _messages(person, limit),
        _sign_ins(person, limit),
    ]
    return found


def _account(person: Individual) -> list[Holding]:
    user = person.user
    profile = facts(
        person,
        "nation",
        "politics",
        "household_region",
        "address",
        "education",
        "degree",
        "school",
        "graduated_on",
        "major",
        "unemployed_on",
    )
    return [
        Holding(
            "account",
            "注册和登录",
            "您的同意；网络安全法第二十一条",
            "账号注销时删除",
            [facts(user, "username", "mobile", "email", "date_joined", "password_changed_at")],
            "变更手机号、邮箱",
            reverse("mfa_index"),
        ),
        Holding(
            "identity",
            "核对身份",
            "履行法定职责（个人信息保护法第十三条第三项）",
            "账号注销时删除；办理过业务的，随业务档案保存",
            [facts(person, "name", "id_type", "id_no", "sex", "birth_date", "level")],
            "姓名、证件已核验，不能自行修改；有误请到经办窗口更正"
            if person.is_verified
            else "有误请到经办窗口核验更正",
            reverse("hall:help"),
        ),
        Holding(
            "profile",
            "就业基本信息",
            "您的申请；履行法定职责",
            "账号注销时删除",
            [profile],
            "修改就业基本信息",
            reverse("accounts:individual_profile"),
        ),
    ]


def _bank(person: Individual) -> Holding:
    names = ("holder", "bank", "branch", "cnaps", "account_no", "created_at", "ended_at")
    return Holding(
        "bank",
        "发放补贴和待遇",
        "您的单独同意（个人信息保护法第二十九条）",
        "停用后不再使用；已用于发放的，按会计档案保存",
        [facts(account, *names) for account in person.bank_accounts.order_by("pk")],
        "添加、停用银行账户",
        reverse("accounts:own_accounts"),
    )


def _limited(rows: Iterable[Any], limit: int | None) -> tuple[list[Any], int]:
    """The first of the rows, and how many are left out."""
    found = list(rows)
    return (found, 0) if limit is None else (found[:limit], max(len(found) - limit, 0))


def _cases(person: Individual, limit: int | None, whole: bool) -> Holding:
    cases, more = _limited(Case.objects.filter(individual=person).order_by("-pk"), limit)
    return Holding(
        "cases",
        "办理业务",
        "您的申请；履行法定职责",
        retention.archive_words(),
        [_case(case, whole) for case in cases],
        "未提交或退回的可以修改，其他的请联系受理机关",
        reverse("review:cases", args=["individual"]),
        more,
    )


def _case(case: Case, whole: bool) -> Record:
    found = plain(
        办件编号=case.number,
        事项=matters.get(case.matter).name,
        状态=str(case.get_status_display()),
        提交时间=case.submitted_at,
    )
    if whole:
        values = submission.current_values(case)
        for section in answers.sections(case, values):
            rows = [section.answers, *(row.answers for row in section.rows)]
            found += [
                Item(f"{section.title}：{answer.label}", answer.text, answer.text) for row in rows for answer in row
            ]
        files = Attachment.objects.filter(case=case, removed_at__isnull=True).select_related("file")
        found += plain(上传资料="、".join(attachment.file.original_name for attachment in files))
    return found


def _internship(person: Individual, limit: int | None) -> list[Holding]:
    placements = list(placements_of_person(person))
    archive = retention.archive_words()
    months, more = _limited(
        PersonMonth.objects.filter(placement__in=placements).select_related("placement").order_by("-month", "-pk"),
        limit,
    )
    favourites, more_favourites = _limited(
        Favourite.objects.filter(individual=person).select_related("position").order_by("-pk"), limit
    )
    views, more_views = _limited(
        ContactViewLog.objects.filter(favourite__individual=person).select_related("unit").order_by("-at", "-pk"), limit
    )
    basis = "您的申请；就业见习管理规定"
    return [
        Holding("trainee", "就业见习人员资格", basis, archive, [_trainee(row) for row in _trainees(person)]),
        Holding(
            "placements",
            "见习协议和考勤",
            basis,
            archive,
            [_placement(row) for row in placements],
            "对单位上报的内容有异议的，在“我的见习”提出",
            reverse("reporting:my_placements"),
        ),
        Holding(
            "months",
            "见习月报",
            basis,
            archive,
            [facts(row, "month", "days", "due_pay", "net_pay", "paid_on", "subsidy") for row in months],
            more=more,
        ),
        Holding(
            "written",
            "您写下的异议和日志",
            basis,
            archive,
            [
                *(
                    plain(时间=row.raised_at, 内容=f"{row.get_subject_display()}：{row.text}", 答复=row.answer)
                    for row in Objection.objects.filter(placement__in=placements).order_by("-pk")
                ),
                *(
                    plain(时间=row.day, 内容=row.text, 答复="")
                    for row in LogEntry.objects.filter(placement__in=placements).order_by("-day", "-pk")
                ),
            ],
        ),
        Holding(
            "favourites",
            "收藏的岗位",
            "您的同意",
            "取消收藏后单位不再看到；账号注销时取消",
            [plain(岗位=row.position.name, 收藏时间=row.created_at, 取消时间=row.cancelled_at) for row in favourites],
            "取消收藏",
            reverse("positions:favourites"),
            more_favourites,
        ),
        Holding(
            "views",
            "谁查看过您的联系方式",
            "个人信息保护法第五十一条",
            archive,
            [plain(单位=row.unit.name, 方式=str(row.get_purpose_display()), 时间=row.at) for row in views],
            more=more_views,
        ),
    ]


def _trainees(person: Individual) -> Iterable[Trainee]:
    return Trainee.objects.filter(individual=person).order_by("-pk")


def _trainee(row: Trainee) -> Record:
    return facts(row, "state", "category", "handling_region", "mobile", "approved_at", "ended_at", "ended_reason")


def _placement(row: Placement) -> Record:
    names = ("state", "starts_on", "ends_on", "ended_on", "living_standard", "insurer", "policy_no", "agreement_no")
    return [*plain(单位=row.unit.name, 岗位=row.position.name), *facts(row, *names)]


def _insurance(person: Individual, limit: int | None) -> list[Holding]:
    """Only once the ID number is verified (matters A1): a claimed one might be somebody else's."""
    insured = InsuredPerson.objects.of_individual(person).first()
    if insured is None:
        return []
    enrolments = Enrolment.objects.filter(person=insured).order_by("-starts_on", "-pk")
    months, more = _limited(ContributionMonth.objects.filter(person=insured).order_by("-month", "kind"), limit)
    basis, kept = "社会保险法；社会保险经办条例", "按社会保险业务档案规定长期保存"
    names = ("number", "name", "id_no", "sex", "birth_date", "mobile", "address", "work_started_on", "identity", "rank")
    counter = "参保登记信息有误的，请通过单位或到经办窗口更正"
    return [
        Holding("insured", "社会保险登记", basis, kept, [facts(insured, *names)], counter, reverse("hall:help")),
        Holding(
            "enrolments",
            "参保关系",
            basis,
            kept,
            [facts(row, "kind", "state", "starts_on", "ends_on", "base", "paid_months") for row in enrolments],
        ),
        Holding(
            "contributions",
            "缴费记录",
            basis,
            kept,
            [facts(row, "month", "kind", "base", "unit_share", "personal_share", "is_paid") for row in months],
            more=more,
        ),
    ]


def _documents(person: Individual, limit: int | None) -> Holding:
    rows, more = _limited(IssuedDocument.objects.filter(individual=person).order_by("-pk"), limit)
    return Holding(
        "documents",
        "为您出具的证明",
        "您的申请；履行法定职责",
        retention.archive_words(),
        [facts(row, "number", "subject", "issued_on", "valid_until", "revoked_at") for row in rows],
        more=more,
    )


def _consents(person: Individual) -> Holding:
    rows = Consent.objects.filter(user=person.user).order_by("-given_at", "-pk")
    return Holding(
        "consents",
        "您同意过的内容",
        "个人信息保护法第十四条",
        "账号存续期间及注销后作为证明保存",
        [
            plain(内容=consents.title_of(row.kind), 版本=row.version, 同意时间=row.given_at, 撤回时间=row.withdrawn_at)
            for row in rows
        ],
    )


def _messages(person: Individual, limit: int | None) -> Holding:
    rows, more = _limited(messages_of(person.user), limit)
    return Holding(
        "messages",
        "发给您的消息",
        "您的申请；履行法定职责",
        retention.words("retention.message_months", "发送{value}个月后删除"),
        [plain(时间=row.created_at, 标题=row.title, 内容=row.text) for row in rows],
        "选择接收哪些消息",
        reverse("accounts:message_preferences"),
        more,
    )


def _sign_ins(person: Individual, limit: int | None) -> Holding:
    rows, more = _limited(sign_ins_of(person.user), limit)
    return Holding(
        "sign_ins",
        "登录记录",
        "网络安全法第二十一条",
        retention.words("retention.sign_in_months", "保存{value}个月后删除"),
        [_sign_in(row) for row in rows],
        "查看和退出在线的会话",
        reverse("mfa_index"),
        more,
    )


def _sign_in(row: SignIn) -> Record:
    return plain(
        登录时间=row.at, 登录方式=row.method_title, 网络地址=row.address, 浏览器=row.agent, 退出时间=row.ended_at
    )
