"""The figures that benchmarks print mean what quality asks: ratios to a floor, medians, honest rows."""

import json

import pytest

from benchmarks import __main__ as runner
from benchmarks.harness import Row, Timing, json_line, ratio_row, table, time_pair


def test_a_row_with_a_floor_is_judged_by_its_ratio():
    row = Row("search", value=15, floor=10, reach=1.5, unit="ms")
    assert (row.ratio, row.ok) == (1.5, True)
    assert not Row("search", value=15.1, floor=10, reach=1.5).ok


def test_a_row_without_a_floor_is_judged_by_its_value():
    assert Row("queries", value=12, reach=12).ok
    assert not Row("queries", value=13, reach=12).ok


def test_at_least_turns_the_comparison_round():
    assert Row("times faster", value=11, reach=10, at_least=True).ok
    assert not Row("times faster", value=9, reach=10, at_least=True).ok


def test_a_pair_is_timed_in_turn_and_the_first_round_only_warms_up():
    calls = []
    timing = time_pair(lambda: calls.append("measured"), lambda: calls.append("floor"), rounds=5)
    assert calls.count("measured") == calls.count("floor") == 6
    assert len(timing.seconds) == len(timing.floor_seconds) == 5
    assert calls[:4] == ["measured", "floor", "floor", "measured"]


def test_fewer_than_five_rounds_are_refused():
    with pytest.raises(ValueError, match="at least 5"):
        time_pair(lambda: None, lambda: None, rounds=4)


def test_median_and_percentile_of_a_timing():
    timing = Timing(seconds=(5.0, 1.0, 2.0, 4.0, 3.0), floor_seconds=(1.0, 1.0, 1.0, 1.0, 9.0))
    assert (timing.median, timing.percentile(95), timing.floor_median) == (3.0, 5.0, 1.0)
    assert ratio_row("median", timing, 3).ok
    assert ratio_row("p95", timing, 0.6, percent=95).ratio == pytest.approx(5 / 9)


def test_the_last_line_is_one_json_object():
    rows = [Row("每页查询数", 11, 12), Row("search", 20, 2, 10, "ms")]
    assert json.loads(json_line("pages", rows)) == {
        "bench": "pages",
        "rows": [
            {"what": "每页查询数", "value": 11.0, "floor": None, "ratio": None, "reach": 12, "ok": True},
            {"what": "search", "value": 20.0, "floor": 10.0, "ratio": 2.0, "reach": 2, "ok": True},
        ],
    }


def test_the_table_stays_aligned_with_chinese_words():
    lines = table([Row("每页查询数", 11, 12), Row("search by a word", 30, 2, 10, "ms")]).splitlines()
    assert [len(line.split("  ")) > 1 for line in lines] == [True, True, True]
    assert lines[1].startswith("每页查询数" + " " * 6)
    assert lines[2].endswith("NO")


def test_an_unknown_name_is_answered_with_the_list(capsys):
    assert runner.main(["no-such-benchmark"]) == 2
    assert "NAME is one of" in capsys.readouterr().err
