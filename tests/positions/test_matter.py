"""就业见习岗位申请: pay, term and names are checked, revisions wait for approval, a revoked unit closes its positions."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.transitions import TransitionRefused
from internship.models import InternshipUnit
from internship.signals import internship_unit_revoked
from positions import actions, rules
from positions.models import Position, PositionApplication
from review import matters, submission
from review.matters import StartRefused
from review.workflow import perform
from tests.factories import COUNTY, make_region, make_staff, make_unit
from tests.internship.support import set_policy
from tests.positions.support import (
    apply_for_position,
    approve,
    handler_of,
    make_position,
    publish,
    qualify,
    set_figures,
    submit,
)
from tests.review.cases import fill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def figures() -> None:
    set_figures()


def problems_of(case) -> list[str]:
    with pytest.raises(submission.Incomplete) as refused:
        submit(case)
    return [problem.message for problem in refused.value.problems]


def test_approval_makes_it_public(client: Client) -> None:
    position = publish(qualify())
    assert (position.state, position.number[:2], position.region_id) == ("open", "GW", COUNTY)
    assert position.name in client.get("/positions/?q=档案资料").content.decode()


def test_only_an_internship_unit_may_apply() -> None:
    unit = make_unit()
    with pytest.raises(StartRefused, match="请先办理就业见习单位申请"):
        rules_start(unit)


def rules_start(unit) -> None:
    matters.get("position-application").check_start(None, unit)


@pytest.mark.parametrize("months", ["2", "13"])
def test_the_term_is_three_to_twelve_months(months: str) -> None:
    assert any("见习期限应为3至12个月" in words for words in problems_of(apply_for_position(qualify(), months=months)))


def test_pay_is_not_below_the_minimum_wage_of_the_place() -> None:
    make_region(COUNTY)
    set_policy("minimum_wage", "2301", COUNTY)
    case = apply_for_position(qualify(), allowance="2300")
    assert any("不得低于" in words and "2301元" in words for words in problems_of(case))
    fill(case, {"terms": {**submission.load_values(case)["terms"], "allowance": "2301"}}, handler_of(case.unit))
    assert submit(case).status == "submitted"


def test_thresholds_stand_beside_the_pay_and_warn_below(client: Client) -> None:
    make_region(COUNTY)
    for key, value in {
        "minimum_wage": "1880",
        "subsidy_unit_share": "0.6",
        "subsidy_rate.G1": "1",
        "subsidy_rate.Y1": "0.6",
    }.items():
        set_policy(key, value, COUNTY)
    amounts = {one.category: one.amount for one in rules.subsidy_thresholds(COUNTY, timezone.localdate())}
    assert {key: str(value) for key, value in amounts.items()} == {
        "G1": "3008.00",
        "G2": "None",
        "Y1": "2256.00",
        "X1": "None",
    }
    case = apply_for_position(qualify(), allowance="2300")
    client.force_login(handler_of(case.unit))
    page = client.get(reverse("review:page", args=["unit", case.number, "terms"])).content.decode()
    assert "3,008.00元/月" in page
    assert "所填生活费低于下列人员的补贴线" in page
    warning = page.split("所填生活费低于下列人员的补贴线")[1].split("</div>")[0]
    assert "3,008.00" in warning
    assert "2,256.00" not in warning


def test_a_name_is_not_repeated_while_the_first_lives() -> None:
    unit = qualify()
    first = publish(unit, name="行政 助理")
    again = apply_for_position(unit, name="行政助理")
    assert "岗位名称不允许重复" in " ".join(problems_of(again))
    actions.close_position(position=first, reason="filled", by=handler_of(unit))
    assert submit(again).status == "submitted"
    # Another one under review holds the name, too; another unit's does not.
    assert "岗位名称不允许重复" in " ".join(problems_of(apply_for_position(unit, name="行政助理")))
    assert submit(apply_for_position(qualify(), name="行政助理")).status == "submitted"


def test_the_database_holds_the_name_when_two_are_handed_in_at_once() -> None:
    unit = qualify()
    record = PositionApplication.objects.get(pk=submit(apply_for_position(unit)).pk)
    other = apply_for_position(unit, name="另一岗位")
    submit(other)
    with pytest.raises(IntegrityError, match="application_name_once_per_unit"), transaction.atomic():
        PositionApplication.objects.filter(pk=other.pk).update(name_key=record.name_key)
    first = make_position(unit, name="公开岗位")
    with pytest.raises(IntegrityError, match="position_name_once_per_unit"), transaction.atomic():
        make_position(unit, name="公开岗位")
    assert first.is_open


def test_a_change_keeps_the_old_one_public_until_it_is_approved(client: Client) -> None:
    unit = qualify()
    position, by = publish(unit, name="档案助理"), handler_of(unit)
    case = actions.start_application(unit=unit, source=position, revise=True, by=by)
    basics = submission.load_values(case)["basics"] | {"name": "档案专员", "places": "5"}
    fill(case, {"basics": basics}, by)
    with pytest.raises(StartRefused, match="已有一件变更申请"):
        actions.start_application(unit=unit, source=position, revise=True, by=by)
    case = submit(case)
    assert "档案助理" in client.get(f"/positions/{position.number}/").content.decode()
    approve(case)
    position.refresh_from_db()
    assert (position.name, position.places, Position.objects.count()) == ("档案专员", 5, 1)
    assert "档案专员" in client.get("/positions/?q=专员").content.decode()
    # Free for the next change.
    assert actions.start_application(unit=unit, source=position, revise=True, by=by).status == "draft"


def test_another_units_position_cannot_be_smuggled_into_a_change() -> None:
    foreign = publish(qualify(), name="别家岗位")
    case = apply_for_position(qualify())
    basics = submission.load_values(case)["basics"] | {"revises": foreign.number}
    fill(case, {"basics": basics}, handler_of(case.unit))
    assert "没有找到要变更的岗位" in " ".join(problems_of(case))


def test_an_ended_one_is_copied_as_new() -> None:
    unit = qualify()
    position = publish(unit, name="季度岗位")
    assert actions.end_expired_positions(on=position.valid_to + timedelta(days=1)) == 1
    case = actions.start_application(unit=unit, source=position, revise=False, by=handler_of(unit))
    values = submission.load_values(case)
    assert "valid_to" not in values["contact"]
    last = (timezone.localdate() + timedelta(days=30)).isoformat()
    fill(case, {"contact": values["contact"] | {"valid_to": last}}, handler_of(unit))
    approve(submit(case))
    assert Position.objects.filter(name="季度岗位", state="open").count() == 1
    assert Position.objects.count() == 2


def test_close_and_reopen() -> None:
    unit = qualify()
    position, by = publish(unit), handler_of(unit)
    actions.close_position(position=position, reason="filled", by=by)
    with pytest.raises(TransitionRefused):
        actions.close_position(position=position, reason="filled", by=by)
    assert actions.reopen_position(position=position, by=by).is_open
    actions.close_position(position=position, reason="filled", by=by)
    make_position(unit, name=position.name)
    with pytest.raises(TransitionRefused, match="岗位名称不允许重复"):
        actions.reopen_position(position=position, by=by)


def test_a_revoked_unit_closes_its_positions() -> None:
    unit, other = qualify(), qualify()
    mine, theirs = make_position(unit), make_position(other)
    qualified = InternshipUnit.objects.get(unit=unit)
    internship_unit_revoked.send(
        InternshipUnit, internship_unit=qualified, case=qualified.case, by=make_staff("second")
    )
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, mine.close_reason, theirs.state) == ("closed", "unit_revoked", "open")


def test_revocation_closes_the_position_but_not_a_change() -> None:
    unit = qualify()
    position = publish(unit)
    change = actions.start_application(unit=unit, source=position, revise=True, by=handler_of(unit))
    approve(submit(change))
    upper = make_staff("business", "140100")
    with pytest.raises(TransitionRefused, match="变更已经生效"):
        perform(change, "revoke", by=upper, reason="测试")
    perform(position.case, "revoke", by=upper, reason="测试")
    position.refresh_from_db()
    assert position.state == "revoked"


def test_the_last_place_is_given_once() -> None:
    position = make_position(places=1)
    by = make_staff()
    actions.take_place(position=position, by=by)
    with pytest.raises(TransitionRefused, match="名额已满"):
        actions.take_place(position=position, by=by)
    assert actions.free_place(position=position, by=by).places_left == 1


def test_a_units_new_name_reaches_the_search(client: Client) -> None:
    unit = qualify()
    make_position(unit)
    unit.name = "改名后的演示单位"
    unit.save()
    assert "改名后的演示单位" in client.get("/positions/?q=改名后").content.decode()


def test_the_reviewer_sees_the_figures_and_the_units_other_positions() -> None:
    make_region(COUNTY)
    set_policy("minimum_wage", "1980", COUNTY)
    unit = qualify()
    make_position(unit, name="已公开的岗位")
    case = submit(apply_for_position(unit))
    ((template, context),) = matters.get(case.matter).review_panels(case)
    panel = render_to_string(template, context)
    for words in ("1,980.00", "2,300.00", "待配置", "已公开的岗位"):
        assert words in panel
