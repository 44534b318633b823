"""在职人员增加 (E7; JX 7.2) and 在职人员减少 (E8): reviewed by the county in 10 working days, effective at approval."""

from typing import Any

from accounts.models import Individual, Unit, User
from common.transitions import TransitionRefused
from insurance import enrolment_actions, enrolment_facts, enrolment_forms, enrolment_rules, withdrawal_facts
from insurance.enrolment_facts import judged, kind_of, pending_words, text
from insurance.enrolment_rules import EnrolmentRefused
from insurance.models import EnrolmentKind, EnrolmentRequest, WithdrawalRequest
from review import submission
from review.matters import (
    AnyPage,
    CaseValues,
    DefaultStep,
    Guide,
    Info,
    Matter,
    Page,
    Problems,
    Slot,
    StartRefused,
    register,
)
from review.models import Case, Status

REGULATION = "《社会保险经办条例》（国务院令第765号）第六条、第十条"
REFORM = "《国务院关于机关事业单位工作人员养老保险制度改革的决定》（国发〔2015〕2号）"
TEN_DAYS = "10个工作日；退回补正期间不计时"


def check_unit(subject: Individual | Unit, name: str) -> None:
    """Only a unit that takes part in the scheme changes its people. Raises StartRefused."""
    if not isinstance(subject, Unit):
        raise StartRefused(f"{name}由单位经办人在单位网厅办理")
    if not enrolment_facts.own_units(subject):
        raise StartRefused("本单位没有参加机关事业单位养老保险的单位编号，请联系参保地经办机构登记后办理")


def _decision_facts(case: Case) -> list[tuple[str, str]]:
    """办理类型 in words, with what it asks for."""
    values = submission.current_values(case)
    kind = kind_of(case, values)
    if kind is not None:
        return [("办理类型", kind.label), ("需要填写", enrolment_rules.PAGES_OF[kind])]
    found = judged(case, values)
    if found is None:
        return [("办理类型", "请先填写证件号码和姓名")]
    return [("办理类型", "不能办理"), ("原因和办法", found.reason)]


def _base_facts(case: Case) -> list[tuple[str, str]]:
    return enrolment_facts.base_facts(case, submission.current_values(case))


@register
class EnrolmentMatter(Matter):
    """在职人员增加: the system decides 新登记, 新参保 or 续保, and with it the pages."""

    code = "employee-enrolment"
    name = "在职人员增加"
    prefix = "ZYZJ"
    portal = "unit"
    group = "社会保险"
    record = EnrolmentRequest
    guide = Guide(
        who="参加机关事业单位养老保险的单位，为录用、聘用、调入、安置的人员办理参保，或者为暂停缴费的人员办理续保。"
        "填写证件号码和姓名后，系统自动判断新登记、新参保或续保。",
        materials=(
            "身份证件（已登记或已通过实名核验的免提交）",
            "录用、聘用、调动或任职文件",
            "工资核定表",
            "编制证明（有编制的）",
        ),
        time_limit=TEN_DAYS,
        legal_basis=(REGULATION, REFORM),
        steps=("填写证件号码和姓名，系统判断办理类型", "填写参保信息和工资构成，核对缴费基数", "上传材料并提交"),
        result="该人员列入在职花名册，按核定的缴费基数缴费",
    )
    steps = (DefaultStep("first", "county", 10),)
    slots = (
        Slot("id_card", "身份证", required=True, hint="正反两面", covered=enrolment_facts.identity_is_held),
        Slot("appointment", "录用、调动或任职文件", required=True, hint="录用、聘用、调动、安置或任职的正式文件"),
        Slot("wage_approval", "工资核定表", required=True, hint="主管部门核定的工资构成"),
        Slot("staffing", "编制证明", hint="机构编制部门出具的入编证明"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        check_unit(subject, self.name)

    def key(self, case: Case, values: CaseValues) -> str | None:
        found = enrolment_facts.typed_id_no(values)
        return enrolment_facts.person_key(found) if found else None

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        kind = kind_of(case, values)
        intro = "填写后系统自动判断办理类型：新登记、新参保或续保，并显示需要填写的内容。"
        pages: list[AnyPage] = [
            Page("identity", "人员", enrolment_forms.IdentityForm, intro=intro),
            Info("decision", "办理类型", _decision_facts),
        ]
        if kind in (EnrolmentKind.REGISTER, EnrolmentKind.ENROL):
            pages.append(Page("key", "关键信息", enrolment_forms.KeyFactsForm))
        if kind == EnrolmentKind.REGISTER:
            pages.append(Page("general", "一般信息", enrolment_forms.GeneralFactsForm))
        if kind is not None:
            pages += [
                Page("insurance", "参保信息", enrolment_forms.InsuranceForm),
                Page("wages", "工资构成", enrolment_forms.WagesForm, intro="按工资核定表填写月工资，没有的项目不填。"),
                Info("base", "缴费基数", _base_facts, intro="缴费基数由月工资和当地的上下限算出，不用填写。"),
            ]
        return pages

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        """The decision and the age once more on the day of submission, over all pages."""
        try:
            found = enrolment_facts.judge(case.unit, record.id_type, record.id_no, record.name, case)
            found.check()
            reached = enrolment_facts.retires_on(record.birth_date, record.sex, record.identity)
            enrolment_rules.check_age(reached, enrolment_facts.today())
        except EnrolmentRefused as refused:
            return {f"identity.{refused.field}" if refused.field else "identity": refused.reason}
        return {}

    def region(self, case: Case, record: Any) -> str:
        return str(record.insured_unit.region_id)

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.name, record.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None:
            return
        if transition == "approve" and case.status == Status.APPROVED:
            try:
                enrolment_actions.enrol(record=record, by=by)
            except EnrolmentRefused as refused:
                raise TransitionRefused(refused.reason) from refused
        elif transition == "revoke":
            enrolment_actions.undo_enrolment(record=record, by=by)

    def outcome(self, case: Case) -> str:
        record = EnrolmentRequest.objects.filter(pk=case.pk).select_related("person").first()
        if record is None or record.person is None:
            return ""
        base = f"缴费基数{record.base:.2f}元" if record.base is not None else "缴费基数待经办机构核定"
        return (
            f"{record.name}已{record.get_decision_display()}，个人代码{record.person.number}，"
            f"自{record.starts_on:%Y年%-m月}起参保，{base}"
        )

    def next_words(self, case: Case) -> str:
        return "参保地经办机构将在10个工作日内审核；通过后列入在职花名册。如需补正，将一次性告知全部内容。"


@register
class WithdrawalMatter(Matter):
    """在职人员减少: leaving suspends or ends the enrolment; retirement is a pension claim instead."""

    code = "employee-withdrawal"
    name = "在职人员减少"
    prefix = "ZYJS"
    portal = "unit"
    group = "社会保险"
    record = WithdrawalRequest
    entry = "enrolments:withdraw_people"
    guide = Guide(
        who="参加机关事业单位养老保险的单位，有人员调出、辞职、辞退、开除、解聘、死亡、出国定居等情形的。"
        "达到退休条件的，请办理养老金申领。",
        materials=("能够证明减少原因的文件（调动通知、解聘文件、死亡证明等）",),
        time_limit=TEN_DAYS,
        legal_basis=("《社会保险经办条例》（国务院令第765号）第十条", REFORM),
        steps=("选择人员，填写减少原因、日期和停保年月", "上传材料并提交", "县（市、区）经办机构审核"),
        result="暂停缴费或终止参保，在职花名册同时更新",
    )
    steps = (DefaultStep("first", "county", 10),)
    slots = (
        Slot("proof", "减少原因证明材料", required=True, hint="调动、辞职、解聘、死亡等的证明文件"),
        Slot("other", "其他材料"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        check_unit(subject, self.name)

    def key(self, case: Case, values: CaseValues) -> str | None:
        person = text(values, withdrawal_facts.PAGE, "person")
        return f"person:{person}" if person else None

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [Page(withdrawal_facts.PAGE, "减少信息", enrolment_forms.WithdrawalForm)]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        if pending := pending_words(record.person.id_no, case.unit, case):
            return {withdrawal_facts.PAGE: f"{record.person.name}{pending}，请待其办结后再办理"}
        return {}

    def region(self, case: Case, record: Any) -> str:
        return str(record.insured_unit.region_id)

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.person.name, record.person.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None:
            return
        if transition == "approve" and case.status == Status.APPROVED:
            try:
                enrolment_actions.withdraw(record=record, by=by)
            except EnrolmentRefused as refused:
                raise TransitionRefused(refused.reason) from refused
        elif transition == "revoke":
            enrolment_actions.undo_withdrawal(record=record, by=by)

    def outcome(self, case: Case) -> str:
        record = WithdrawalRequest.objects.filter(pk=case.pk).select_related("person", "enrolment").first()
        if record is None or record.enrolment is None:
            return ""
        state = enrolment_rules.state_after(record.cause).label
        return f"{record.person.name}自{record.ends_on:%Y年%-m月}后{state}"

    def next_words(self, case: Case) -> str:
        return "参保地经办机构将在10个工作日内审核；通过后在职花名册同时更新。"
