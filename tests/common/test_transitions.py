"""Transition tables: what the table does not say cannot happen, and the refusal says why."""

import pytest

from common.transitions import Transition, TransitionRefused, TransitionTable

STATES = {"open": "公示中", "closed": "已结束"}
TABLE = TransitionTable("publicity", STATES, (Transition("close", "结束公示", ("open",), ("closed",), "clock"),))


def test_a_listed_transition_may_happen() -> None:
    assert TABLE.check("close", "open").targets == ("closed",)


def test_an_unlisted_one_is_refused_with_the_present_state() -> None:
    with pytest.raises(TransitionRefused, match="当前状态为“已结束”，不能结束公示"):
        TABLE.check("close", "closed")
    with pytest.raises(TransitionRefused, match="没有“reopen”这一操作"):
        TABLE.check("reopen", "open")


def test_the_diagram_shows_every_state_and_arrow() -> None:
    diagram = TABLE.mermaid()
    assert "open --> closed: close 结束公示 (clock)" in diagram
    assert all(title in diagram for title in STATES.values())
