"""The command ``retirement_date``: one answer for one person, and a stream of answers for a stream of lines."""

import io
import json
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from insurance.management.commands.retirement_date import answers


def ask(**options: object) -> dict[str, object]:
    out = io.StringIO()
    call_command("retirement_date", stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1])


def test_one_person_gets_one_object_as_the_last_line():
    assert ask(group="male", birth="1965-05") == {
        "delay_months": 2,
        "age_years": 60,
        "age_months": 2,
        "retirement_month": "2025-07",
        "min_contribution_months": 180,
        "flex_earliest": "2025-05",
        "flex_latest": "2028-07",
        "payout_months": 137.8,  # 139 − 7 × 2 ÷ 12 = 137.83…
    }


def test_a_whole_age_has_a_whole_number_of_months_to_pay_out():
    answer = ask(group="female50", birth="1984-11")

    assert (answer["age_years"], answer["age_months"], answer["retirement_month"]) == (55, 0, "2039-11")
    assert (answer["payout_months"], answer["min_contribution_months"]) == (170, 240)
    assert isinstance(answer["payout_months"], int)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"group": "men", "birth": "1965-01"}, "人员类别“men”不存在，应为male（男职工）"),
        ({"group": "male", "birth": "1965-13"}, "“1965-13”不是有效的年月"),
        ({"group": "male", "birth": "1899-12"}, "出生年月1899-12不在1900-01至2100-12之间"),
        ({"group": "male", "birth": "2101-01"}, "出生年月2101-01不在1900-01至2100-12之间"),
        ({"group": "male"}, "请同时填写--group和--birth"),
        ({}, "请同时填写--group和--birth"),
        ({"stdin": True, "group": "male"}, "--stdin不能与--group、--birth同时使用"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_in_chinese(options, reason):
    with pytest.raises(CommandError, match=reason):
        ask(**options)


def run_stream(monkeypatch: pytest.MonkeyPatch, text: bytes) -> list[dict[str, object]]:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    out = io.StringIO()
    call_command("retirement_date", stdin=True, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_line_gets_its_object_in_order(monkeypatch):
    objects = run_stream(monkeypatch, b"male 1965-01\r\nfemale55\t1970-05\n  female50  1975-03")

    assert [answer["retirement_month"] for answer in objects] == ["2025-02", "2025-07", "2025-05"]


def test_no_lines_give_no_objects(monkeypatch):
    assert run_stream(monkeypatch, b"") == []


def test_bad_lines_are_answered_in_place_and_fail_the_command_at_the_end(monkeypatch):
    text = "male 1965-01\nmale\n\nmale 1965-1\n男 1965-01\nfemale50 1975-01\n".encode() + b"male \xb0\xa1\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    out = io.StringIO()

    with pytest.raises(CommandError, match="5行有误") as failed:
        call_command("retirement_date", stdin=True, stdout=out)

    assert failed.value.returncode == 1
    objects = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer.get("line") for answer in objects] == [None, 2, 3, 4, 5, None, 7]
    assert objects[1] == {"error": "每行应为人员类别和出生年月，以空格分隔，例如male 1965-03", "line": 2}
    assert objects[3]["error"].startswith("“1965-1”不是有效的年月")
    assert objects[4]["error"].startswith("人员类别“男”不存在")
    assert objects[5]["retirement_month"] == "2025-02"
    assert objects[6]["error"] == "本行不是UTF-8编码的文字，请转换编码后重试"


def test_a_byte_order_mark_before_the_first_line_does_no_harm(monkeypatch):
    [answer] = run_stream(monkeypatch, b"\xef\xbb\xbfmale 1965-01\n")

    assert answer["retirement_month"] == "2025-02"


def test_an_answer_is_given_before_the_next_line_is_read():
    taken = []

    def source() -> Iterator[bytes]:
        for line in (b"male 1965-01\n", b"male 1965-05\n"):
            taken.append(line)
            yield line

    stream = answers(source())
    next(stream)
    assert len(taken) == 1
    next(stream)
    assert len(taken) == 2


def test_a_hundred_thousand_lines_are_answered_from_what_was_computed_once():
    lines = (f"female55 {1960 + index % 40}-{index % 12 + 1:02d}".encode() for index in range(100_000))

    assert sum(good for _, good in answers(lines)) == 100_000


def test_no_database_is_asked():
    """pytest-django blocks every access in a test that does not ask for the database."""
    assert ask(group="male", birth="1970-01")["retirement_month"] == "2031-05"
