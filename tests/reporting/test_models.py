"""The database refuses placements that cannot be, each with the sentence that says why."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common import constraints
from positions.models import Position
from reporting.models import Placement, PlacementEnd
from tests.factories import make_individual, make_unit, make_user
from tests.internship.support import make_case
from tests.reporting.support import day, make_placement, make_position, terms

pytestmark = pytest.mark.django_db


def refused(row, **changes) -> str:
    """The sentence with which the database refuses a change of a row."""
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        row.save()
    return constraints.explain(refusal.value) or ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": day("2026-02-28")}, "见习结束日期不能早于见习开始日期"),
        ({"insured_from": day("2026-03-02")}, "保险期间必须覆盖整个见习期限"),
        ({"insured_to": day("2026-08-30")}, "保险期间必须覆盖整个见习期限"),
        ({"signed_on": day("2026-09-01")}, "签订日期不能晚于见习结束日期"),
        ({"living_standard": 0}, "生活费标准应大于0，保费不能为负数"),
        ({"premium": -1}, "生活费标准应大于0，保费不能为负数"),
        ({"category": "Z9"}, "请从列表中选择人员类别"),
        ({"state": "ended", "holds_place": False}, "见习状态与实际结束日期、结束原因不一致"),
        ({"ended_on": day("2026-05-01")}, "见习状态与实际结束日期、结束原因不一致"),
        ({"state": "cancelled", "holds_place": False}, "取消时间与见习状态不一致"),
    ],
)
def test_impossible_terms_and_states(changes, sentence) -> None:
    placement = make_placement(make_unit(), starts_on=day("2026-03-01"))
    assert refused(placement, **changes) == sentence


def test_an_end_outside_the_term_is_refused() -> None:
    placement = make_placement(make_unit(), starts_on=day("2026-03-01"))
    ended = {
        "state": "ended",
        "end_reason": "1",
        "ended_at": timezone.now(),
        "ended_by": make_user(),
        "holds_place": False,
    }
    assert refused(placement, ended_on=day("2026-09-01"), **ended) == "实际结束日期应在见习期限以内"


def test_an_ended_placement_holds_no_place() -> None:
    placement = make_placement(make_unit(), starts_on=day("2026-03-01"))
    ended = {"state": "ended", "end_reason": "1", "ended_at": timezone.now(), "ended_by": make_user()}
    assert refused(placement, ended_on=day("2026-05-01"), **ended) == "只有未结束的见习占用岗位名额"


def another(person, unit, **values) -> Placement:
    """A second placement of a person, not yet stored."""
    position = make_position(unit)
    return Placement(
        case=make_case("placement-registration", unit),
        created_by=make_user(),
        individual=person,
        unit=unit,
        position=position,
        name=person.name,
        id_no=person.id_no,
        category="G1",
        **terms(**values),
    )


@pytest.mark.parametrize("starts_on", ["2025-09-01", "2026-01-01", "2026-08-31"])
def test_a_person_is_at_one_place_at_a_time_whatever_the_unit(starts_on) -> None:
    person = make_individual()
    make_placement(make_unit(), person=person, starts_on=day("2026-03-01"))
    values = {"starts_on": day(starts_on)}
    if starts_on == "2025-09-01":
        values["ends_on"] = day("2026-03-01")
    assert refused(another(person, make_unit(), **values)) == "该人员在此期间已有见习，同一人员的见习期限不能重叠"


def test_the_next_day_is_free_and_so_is_another_person() -> None:
    person = make_individual()
    make_placement(make_unit(), person=person, starts_on=day("2026-03-01"))
    another(person, make_unit(), starts_on=day("2026-09-01")).save()
    another(make_individual(), make_unit(), starts_on=day("2026-03-01")).save()
    assert Placement.objects.count() == 3


def test_an_early_end_frees_the_rest_of_the_term() -> None:
    person = make_individual()
    placement = make_placement(make_unit(), person=person, starts_on=day("2026-03-01"))
    placement.state, placement.ended_on, placement.end_reason = "ended", day("2026-05-31"), "3"
    placement.ended_at, placement.ended_by, placement.holds_place = timezone.now(), make_user(), False
    placement.save()
    assert "不能重叠" in refused(another(person, make_unit(), starts_on=day("2026-05-31")))
    another(person, make_unit(), starts_on=day("2026-06-01")).save()


def test_an_agreement_number_is_used_once_per_unit() -> None:
    unit = make_unit()
    make_placement(unit, agreement_no="XY-1")
    assert refused(another(make_individual(), unit, agreement_no="XY-1")) == "本单位已有相同协议编号的见习"
    another(make_individual(), unit).save()
    another(make_individual(), make_unit(), agreement_no="XY-1").save()


def test_no_more_people_than_places() -> None:
    position = make_position(make_unit(), places=1)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Position.objects.filter(pk=position.pk).update(places_taken=2)
    assert constraints.explain(refusal.value) == "招收人数不能少于已录用人数"


@pytest.mark.parametrize(
    ("values", "possible"),
    [
        ({"reason": "1", "destination": "02"}, True),
        ({"reason": "1"}, False),
        ({"reason": "2", "other_employment": "继续求职"}, True),
        ({"reason": "2"}, False),
        ({"reason": "2", "other_employment": "继续求职", "destination": "02"}, False),
        ({"reason": "3", "unable_reason": "参军", "other_employment": "服役"}, True),
        ({"reason": "3", "unable_reason": "参军"}, False),
        ({"reason": "3", "other_employment": "服役"}, False),
    ],
)
def test_each_reason_is_explained_in_its_own_way(values, possible) -> None:
    placement = make_placement(make_unit(), starts_on=day("2026-03-01"))
    case = make_case("placement-end", placement.unit)
    row = PlacementEnd(case=case, placement=placement, ended_on=day("2026-05-01"), **values)
    if possible:
        row.save(force_insert=True)
    else:
        assert "请按见习结束原因填写" in refused(row)


def test_the_latest_date_fixes_the_retention() -> None:
    kept = PlacementEnd(
        retained=True,
        contract_from=day("2026-09-01"),
        social_insured_from=day("2026-10-01"),
        filed_on=day("2026-09-15"),
    )
    assert kept.retained_on == day("2026-10-01")
    kept.filed_on = kept.social_insured_from + timedelta(days=100)
    assert kept.retained_on == day("2027-01-09")
    assert PlacementEnd(retained=False).retained_on is None
