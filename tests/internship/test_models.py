"""The database refuses rows that cannot be, each with the sentence that says why."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common import constraints
from internship.models import InternshipUnit, Mentor, StaffPerson, Trainee, TraineeApplication, UnitQualification
from tests.factories import make_bank_account, make_individual, make_region, make_unit, make_user
from tests.internship.support import make_case

pytestmark = pytest.mark.django_db


def refused(row) -> str:
    """The sentence with which the database refuses a row."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        row.save(force_insert=True)
    return constraints.explain(refusal.value) or ""


def qualification(**values) -> UnitQualification:
    unit = make_unit()
    typical = {
        "case": make_case("unit-qualification", unit),
        "name": unit.name,
        "uscc": unit.uscc,
        "unit_type": "10",
        "industry": "I",
        "legal_representative": "李演示",
        "registered_address": "演示路1号",
        "office_address": "演示路1号",
        "region": unit.region,
        "handling_region": unit.handling_region,
        "employee_count": 30,
        "introduction": "演示单位",
        "planned_positions": 2,
        "planned_trainees": 4,
        "contact": "王演示",
        "mobile": "13800000001",
        "account_holder": unit.name,
        "bank": "中国工商银行",
        "account_no": "1402020200000000001",
    }
    return UnitQualification(**(typical | values))


def application(**values) -> TraineeApplication:
    person = make_individual()
    typical = {
        "case": make_case("trainee-application", person),
        "name": person.name,
        "id_type": "01",
        "id_no": person.id_no,
        "mobile": "13800000001",
        "handling_region": make_region(),
        "category": "G1",
        "education": "21",
        "school": "演示大学",
        "graduated_on": "2026-06-30",
    }
    return TraineeApplication(**(typical | values))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"account_holder": "另一单位"}, "开户名称与单位名称不一致，请填写账户名称不一致说明"),
        ({"employee_count": 0}, "职工人数应不少于1人"),
        ({"planned_positions": 0}, "拟提供岗位数和拟接收人数均应不少于1"),
        ({"planned_positions": 3, "planned_trainees": 2}, "拟接收人数不能少于拟提供岗位数，每个岗位至少接收1人"),
        ({"registered_capital": "-1"}, "注册资本不能小于0"),
        ({"cnaps": "1021610000"}, "联行号应为12位数字"),
    ],
)
def test_qualifications_that_cannot_be(values, sentence):
    assert refused(qualification(**values)) == sentence


def test_another_holder_is_possible_with_a_reason():
    qualification(account_holder="上级单位", holder_reason="由上级单位统一开户").save()


def test_one_live_qualification_per_credit_code():
    first = qualification(live=True)
    first.save()
    assert "不能重复申请" in refused(qualification(uscc=first.uscc, live=True))
    qualification(uscc=first.uscc, live=False).save()


def test_a_staff_person_is_named_once_and_mentors_cannot_be_ancient():
    record = qualification()
    record.save()
    person = {"record": record, "name": "赵演示", "id_no": "140105198503070018", "phone": "13800000001"}
    StaffPerson.objects.create(**person)
    assert refused(StaffPerson(**person)) == "同一专职人员不能重复填写"
    assert refused(Mentor(record=record, name="钱演示", post="工程师", years=71)) == "专业年限应不超过70年"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"category": "Z9"}, "请从列表中选择人员类别"),
        ({"school": ""}, "毕业生应填写毕业院校和毕业时间"),
        ({"category": "G2", "graduated_on": None}, "毕业生应填写毕业院校和毕业时间"),
        ({"category": "Y1"}, "失业青年应填写失业登记日期"),
        ({"bank": "中国银行"}, "开户银行和账号应同时填写，或都不填写"),
        ({"account_no": "6222020000000001"}, "开户银行和账号应同时填写，或都不填写"),
        ({"bank": "中国银行", "account_no": "6222020000000001"}, "填写银行账号的，请勾选同意其用途"),
    ],
)
def test_applications_that_cannot_be(values, sentence):
    assert refused(application(**values)) == sentence


def test_constraints_over_digests_hold_before_the_row_is_saved():
    record = application(bank="中国银行", account_no="6222020000000001", bank_consent=True)
    record.full_clean(exclude=["case"])
    assert record.account_no_digest


def internship_unit(**values) -> InternshipUnit:
    unit = make_unit()
    typical = {
        "unit": unit,
        "case": make_case("unit-qualification", unit),
        "handling_region": unit.handling_region,
        "bank_account": make_bank_account(unit),
        "qualified_by": make_user(),
        "confirmed_on": "2026-05-06",
    }
    return InternshipUnit(**(typical | values))


def test_internship_units_that_cannot_be():
    now, user = timezone.now(), make_user()
    assert refused(internship_unit(state="gone")) == "见习单位状态无效"
    assert refused(internship_unit(state="revoked")) == "撤销时间与见习单位状态不一致"
    assert refused(internship_unit(revoked_at=now, revoked_by=user)) == "撤销时间与见习单位状态不一致"
    assert refused(internship_unit(state="suspended", suspension_reason="原因")) == "暂停时间与见习单位状态不一致"
    assert refused(internship_unit(state="suspended", suspended_at=now, suspension_reason="原因")) == (
        "时间与操作人必须同时存在"
    )
    assert refused(internship_unit(state="suspended", suspended_at=now, suspended_by=user)) == "暂停新增必须说明原因"
    assert refused(internship_unit(state="revoked", revoked_at=now)) == "时间与操作人必须同时存在"


def trainee(**values) -> Trainee:
    person = values.pop("individual", None) or make_individual()
    typical = {
        "individual": person,
        "case": make_case("trainee-application", person),
        "name": person.name,
        "id_type": "01",
        "id_no": person.id_no,
        "handling_region": make_region(),
        "category": "G1",
        "education": "21",
        "mobile": "13800000001",
        "approved_by": make_user(),
    }
    return Trainee(**(typical | values))


def test_trainees_that_cannot_be():
    now, user = timezone.now(), make_user()
    for values in ({"state": "gone"}, {"state": "ended"}, {"ended_at": now, "ended_by": user}):
        assert refused(trainee(**values)) == "见习人员状态无效，或与终止时间不一致"
    assert refused(trainee(state="ended", ended_at=now, ended_reason="原因")) == "时间与操作人必须同时存在"
    assert refused(trainee(state="ended", ended_at=now, ended_by=user)) == "终止见习人员资格必须说明原因"


def test_a_person_and_an_id_number_are_a_trainee_once_at_a_time():
    first = trainee()
    first.save()
    assert refused(trainee(individual=first.individual, id_no="140105199901010011")) == "该人员已是就业见习人员"
    assert "该证件号码已登记为就业见习人员" in refused(trainee(id_no=first.id_no))
    ended = {"state": "ended", "ended_at": timezone.now(), "ended_by": make_user(), "ended_reason": "期满"}
    trainee(individual=first.individual, id_no=first.id_no, **ended).save()
