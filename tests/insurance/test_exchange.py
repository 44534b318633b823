"""The exchange with the core system: loads that are all or nothing, changes that leave, answers that come back."""

import csv
import io
import json
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.models import UnitNumber
from common import identifiers
from insurance import actions
from insurance.exchange import layouts, load, outbound
from insurance.exchange.faults import Refused
from insurance.models import (
    ContributionMonth,
    Enrolment,
    InsuredPerson,
    InsuredUnit,
    LoadConflict,
    LoadRun,
    OutboundChange,
    OutboundFile,
    Retiree,
)
from tests.factories import COUNTY, make_id_no, make_region, make_staff, make_unit
from tests.insurance.support import day, make_enrolment, make_insured_unit, make_person

pytestmark = pytest.mark.django_db

UNIT, PERSON = "140105000001", "3600000001"
SET = {
    "units": [{"number": UNIT, "name": "演示单位（虚构）", "agency": "演示中心", "region": COUNTY, "unit_type": "21"}],
    "unit_insurances": [{"unit_number": UNIT, "kind": "120", "starts_on": "2014-10", "state": "active"}],
    "persons": [
        {
            "number": PERSON, "name": "张演示", "id_type": "01", "id_no": make_id_no(1), "sex": "1",
            "birth_date": "2002-05-17", "identity": "302", "account_balance": "1234.56",
        }
    ],
    "enrolments": [
        {"unit_number": UNIT, "person_number": PERSON, "kind": "120", "starts_on": "2024-01", "state": "active", "base": "6000"}
    ],
    "months": [
        {
            "unit_number": UNIT, "person_number": PERSON, "kind": "120", "month": f"2024-{month:02d}", "base": "6000",
            "unit_share": "960.00", "personal_share": "480.00", "is_paid": "1" if month < 3 else "0",
        }
        for month in (1, 2, 3)
    ],
    "retirees": [],
}  # fmt: skip


def write(folder: Path, encoding: str = "utf-8", **changed) -> Path:
    """A set of files; ``changed`` replaces whole files."""
    for name, rows in (SET | changed).items():
        if not rows:
            continue
        columns = [column.name for layout in layouts.LAYOUTS if layout.name == name for column in layout.columns]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)
        (folder / f"{name}.csv").write_text(text.getvalue(), encoding=encoding, newline="")
    return folder


def faults(folder: Path) -> list[str]:
    """What a refused load tells."""
    with pytest.raises(Refused) as refused:
        load.load(folder, by=None)
    return [str(fault) for fault in refused.value.faults.kept]


def nothing_is_stored() -> bool:
    return not any(
        model.objects.exists() for model in (InsuredUnit, InsuredPerson, Enrolment, ContributionMonth, Retiree, LoadRun)
    )


@pytest.fixture(autouse=True)
def _region():
    make_region()


# --- Loads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_set_of_files_becomes_units_people_enrolments_and_months(tmp_path, encoding):
    result = load.load(write(tmp_path, encoding), by=None)
    assert result.counts["months"] == {"rows": 3, "new": 3, "changed": 0}
    person = InsuredPerson.objects.by_id_no(make_id_no(1)).get()
    assert (person.name, person.id_no, person.account_balance) == ("张演示", make_id_no(1), Decimal("1234.56"))
    enrolment = Enrolment.objects.get()
    assert (enrolment.first_paid, enrolment.last_paid, enrolment.paid_months) == (day("2024-01"), day("2024-02"), 2)
    assert "演示" in enrolment.tokens
    assert ContributionMonth.objects.arrears().count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_no FROM insurance_insuredperson")
        assert make_id_no(1) not in cursor.fetchone()[0]


def test_the_same_files_again_change_nothing(tmp_path):
    load.load(write(tmp_path), by=None)
    assert load.load(tmp_path, by=None).repeated
    # The same rows in another file are no change either.
    SET_AGAIN = SET | {"units": [*SET["units"], SET["units"][0] | {"number": "140105000002"}]}
    result = load.load(write(tmp_path, **SET_AGAIN), by=None)
    assert {name: counts["changed"] for name, counts in result.counts.items()} == dict.fromkeys(result.counts, 0)
    assert result.counts["units"]["new"] == 1
    assert InsuredPerson.pgh_event_model.objects.count() == 1


def test_a_later_load_changes_what_differs_and_deletes_nothing(tmp_path):
    load.load(write(tmp_path), by=None)
    renamed = [SET["persons"][0] | {"name": "李示例"}]
    ended = [SET["enrolments"][0] | {"state": "ended", "ends_on": "2024-03", "end_reason": "6302"}]
    paid = [SET["months"][2] | {"is_paid": "1"}]
    load.load(write(tmp_path, persons=renamed, enrolments=ended, months=paid), by=None)
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.paid_months) == ("ended", 3)
    assert "示例" in enrolment.tokens
    assert "张演" not in enrolment.tokens
    assert ContributionMonth.objects.count() == 3
    event = ContributionMonth.pgh_event_model.objects.get()
    assert (event.pgh_label, event.is_paid) == ("update", False)


def test_a_transfer_in_one_file_ends_here_and_begins_there(tmp_path):
    other = "140105000002"
    units = [*SET["units"], SET["units"][0] | {"number": other}]
    load.load(write(tmp_path, units=units), by=None)
    moved = [
        SET["enrolments"][0] | {"unit_number": other, "starts_on": "2024-04"},
        SET["enrolments"][0] | {"state": "ended", "ends_on": "2024-03"},
    ]
    load.load(write(tmp_path, units=units, enrolments=moved), by=None)
    assert list(Enrolment.objects.order_by("starts_on").values_list("unit__number", "state")) == [
        (UNIT, "ended"), (other, "active"),
    ]  # fmt: skip


def test_retirees_keep_their_account_encrypted_and_a_new_account_is_a_change(tmp_path):
    row = {
        "person_number": PERSON, "unit_number": UNIT, "kind": "2", "retired_on": "2026-01-31", "pay_state": "1",
        "account_no": "6222020000000001",
    }  # fmt: skip
    load.load(write(tmp_path, retirees=[row]), by=None)
    result = load.load(write(tmp_path, retirees=[row | {"account_no": "6222020000000002"}]), by=None)
    assert result.counts["retirees"]["changed"] == 1
    assert Retiree.objects.get().account_no == "6222020000000002"


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("units", {"number": "12"}, "units.csv 第2行 number：应为12位数字"),
        ("units", {"region": "999999"}, "units.csv 第2行 region：没有这个行政区划：999999"),
        ("persons", {"id_no": "140105200205170019"}, "id_no：身份证号"),
        ("persons", {"birth_date": "2002-13-01"}, "persons.csv 第2行 birth_date：应为日期，例如2026-11-01"),
        ("persons", {"account_balance": "1,234"}, "account_balance：应为数字，不带千位分隔符和单位"),
        ("persons", {"account_balance": "-1"}, "account_balance：应为不小于0的数字"),
        ("persons", {"account_balance": "NaN"}, "account_balance：应为不小于0的数字"),
        ("persons", {"name": ""}, "persons.csv 第2行 name：不能为空"),
        ("persons", {"sex": "7"}, "persons.csv 第2行 sex：不是性别的代码"),
        (
            "enrolments",
            {"unit_number": "999999999999"},
            "enrolments.csv 第2行 unit_number：没有这个单位编号：999999999999",
        ),
        ("enrolments", {"person_number": "X"}, "enrolments.csv 第2行 person_number：没有这个个人代码：X"),
        ("enrolments", {"state": "ended"}, "ends_on：参保缴费的不能有停保年月，暂停或终止的应有停保年月"),
        ("enrolments", {"state": "ended", "ends_on": "2023-01"}, "ends_on：停保年月不能早于参保起始年月"),
        ("months", {"is_paid": "2"}, "months.csv 第2行 is_paid：应为1（已到账）或0（应缴未缴）"),
        ("months", {"base": "1e9"}, "base：最多8位整数、2位小数"),
        ("months", {"month": "2024-13"}, "month：应为年月，例如2026-11"),
    ],
)
def test_each_wrong_cell_is_told_by_line_and_nothing_is_loaded(tmp_path, file, change, told):
    rows = [SET[file][0] | change, *SET[file][1:]]
    (found,) = faults(write(tmp_path, **{file: rows}))
    assert told in found
    assert nothing_is_stored()


def test_rows_twice_and_overlapping_enrolments_are_told(tmp_path):
    twice = [SET["months"][0], SET["months"][0]]
    assert faults(write(tmp_path, months=twice)) == ["months.csv 第3行 person_number, kind, month：与第2行重复"]
    overlapping = [
        SET["enrolments"][0] | {"state": "suspended", "ends_on": "2024-06"},
        SET["enrolments"][0] | {"starts_on": "2024-06"},
    ]
    assert faults(write(tmp_path, enrolments=overlapping)) == ["enrolments.csv 第3行 starts_on：与第2行的参保时间重叠"]
    assert nothing_is_stored()


def test_an_overlap_with_what_is_stored_is_told(tmp_path):
    load.load(write(tmp_path), by=None)
    again = [SET["enrolments"][0] | {"starts_on": "2024-06"}]
    assert faults(write(tmp_path, enrolments=again)) == [
        "enrolments.csv 第2行 starts_on：与已有的2024-01起的参保记录时间重叠"
    ]


def test_one_id_number_belongs_to_one_person_number(tmp_path):
    load.load(write(tmp_path), by=None)
    second = [*SET["persons"], SET["persons"][0] | {"number": "3600000002"}]
    assert faults(write(tmp_path, persons=second)) == ["persons.csv 第3行 id_no：该证件号码已属于另一个人代码"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("units.csv", b"number,name\n", "缺少列：agency、region"),
        ("units.csv", b"number,name,agency,region,colour\n", "不认识的列：colour"),
        ("units.csv", b"number,name,agency,region,name\n", "有重复的列"),
        ("units.csv", b"number,name,agency,region\n1,2\n", "第2行：应有4列，现在是2列"),
        ("units.csv", b'number,name,agency,region\n"1,2\n', "不是有效的CSV"),
        ("units.csv", b"\xff\xff\xff", "编码既不是UTF-8也不是GB18030"),
        ("units.csv", b"", "缺少列"),
        ("people.csv", b"a\n", "不认识的文件"),
        ("notes.txt", b"a\n", "没有可导入的文件"),
    ],
)
def test_a_broken_file_is_told_and_nothing_is_loaded(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    assert any(told in found for found in faults(tmp_path))
    assert nothing_is_stored()


def test_a_load_that_dies_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    def die(*_):
        raise SystemExit(9)

    monkeypatch.setattr("insurance.exchange.merging.follow_people", die)
    with pytest.raises(SystemExit):
        load.load(write(tmp_path), by=None)
    assert nothing_is_stored()
    monkeypatch.undo()
    assert not load.load(tmp_path, by=None).repeated


def test_the_command_answers_in_json_and_in_words(tmp_path, capsys):
    write(tmp_path, units=[SET["units"][0] | {"number": "12"}])
    with pytest.raises(CommandError):
        call_command("insurance_load", str(tmp_path), json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["errors"][0] == {"file": "units.csv", "line": 2, "column": "number", "message": "应为12位数字"}
    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("insurance_load", str(tmp_path))
    assert "units.csv 第2行" in capsys.readouterr().err
    write(tmp_path)
    call_command("insurance_load", str(tmp_path), json=True)
    assert json.loads(capsys.readouterr().out)["files"]["persons"]["new"] == 1
    call_command("insurance_load", str(tmp_path))
    assert "loaded before" in capsys.readouterr().out


@pytest.mark.parametrize(("level", "linked"), [(2, False), (3, True)])
def test_only_an_institution_whose_credit_code_is_verified_gets_its_number(tmp_path, level, linked):
    unit = make_unit(level=level)
    load.load(write(tmp_path, units=[SET["units"][0] | {"uscc": unit.uscc}]), by=None)
    assert UnitNumber.objects.filter(unit=unit, number=UNIT).exists() is linked


# --- Changes approved here -----------------------------------------------------------------------


def changed_person(tmp_path) -> OutboundChange:
    """A loaded person whose enrolment the hall has ended, not acknowledged yet."""
    load.load(write(tmp_path), by=None)
    enrolment = Enrolment.objects.get()
    enrolment.state, enrolment.ends_on = Enrolment.State.SUSPENDED, day("2024-03")
    enrolment.save()
    return actions.record_change(
        OutboundChange.Kind.WITHDRAW, enrolment.person, {"ends_on": "2024-03"}, None, by=None, unit=enrolment.unit
    )


def load_again(tmp_path, note: str) -> load.Result:
    """The core system's old view of the enrolment, in files that were not loaded yet."""
    return load.load(write(tmp_path, units=[SET["units"][0] | {"contact": note}]), by=None)


def test_a_load_never_undoes_a_change_that_is_not_acknowledged(tmp_path):
    change = changed_person(tmp_path)
    result = load_again(tmp_path, "甲")
    assert result.conflicts == 1
    assert Enrolment.objects.get().state == "suspended"
    conflict = LoadConflict.objects.get()
    assert (conflict.change, conflict.line, conflict.fields) == (change, 2, "ends_on, state")
    assert conflict.theirs["state"] == "active"
    # Told once, however often the night's files repeat it.
    load_again(tmp_path, "乙")
    assert LoadConflict.objects.count() == 1


def test_after_the_acknowledgement_the_core_system_has_the_last_word_again(tmp_path):
    change = changed_person(tmp_path)
    out = outbound.export(tmp_path, by=None)
    assert load_again(tmp_path, "甲").conflicts == 1
    answer(tmp_path, f"{change.pk},refused,,演示原因")
    assert load_again(tmp_path, "乙").conflicts == 0
    assert Enrolment.objects.get().state == "active"
    assert out.exists()


def test_a_row_that_says_the_same_is_no_conflict(tmp_path):
    changed_person(tmp_path)
    agreed = [SET["enrolments"][0] | {"state": "suspended", "ends_on": "2024-03"}]
    assert load.load(write(tmp_path, enrolments=agreed), by=None).conflicts == 0


# --- Out and back --------------------------------------------------------------------------------


def answer(folder: Path, *lines: str) -> dict[str, int]:
    """An acknowledgement file with these lines."""
    (folder / "answers").mkdir(exist_ok=True)
    path = folder / "answers" / "ack.csv"
    path.write_text("\n".join(["sequence,result,person_number,message", *lines]) + "\n", encoding="utf-8")
    return outbound.acknowledge(path, by=None)


def waiting(kind: str = "withdraw", **fields) -> OutboundChange:
    person = make_person(**fields)
    return actions.record_change(OutboundChange.Kind(kind), person, {"reason": "6302"}, None, by=None)


def test_changes_leave_in_a_numbered_file_once(tmp_path):
    first, second = waiting(), waiting()
    path = outbound.export(tmp_path, by=None)
    assert path.name == "changes-00000001.jsonl"
    head, one, two, end = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert head == {"format": outbound.FORMAT, "number": 1, "count": 2}
    assert [one["sequence"], two["sequence"]] == [first.pk, second.pk]
    assert one["id_no"] == first.person.id_no
    assert one["content"] == {"reason": "6302"}
    assert end["sha256"] == OutboundFile.objects.get().sha256
    assert path.stat().st_mode & 0o077 == 0
    assert outbound.export(tmp_path, by=None) is None
    waiting()
    assert outbound.export(tmp_path, by=None).name == "changes-00000002.jsonl"


def test_an_export_that_dies_after_writing_writes_the_same_number_again(tmp_path, monkeypatch):
    waiting()

    def die(*_, **__):
        raise SystemExit(9)

    monkeypatch.setattr(OutboundFile.objects, "create", die)
    with pytest.raises(SystemExit):
        outbound.export(tmp_path, by=None)
    assert OutboundChange.objects.get().state == "pending"
    monkeypatch.undo()
    assert outbound.export(tmp_path, by=None).name == "changes-00000001.jsonl"
    assert len(list(tmp_path.iterdir())) == 1


def test_answers_are_noted_once_and_give_the_final_person_number(tmp_path):
    new, other = waiting("register", number="H00000000007"), waiting()
    enrolment = make_enrolment(make_insured_unit(), new.person)
    outbound.export(tmp_path, by=None)
    lines = (f"{new.pk},accepted,3699000001,", f"{other.pk},refused,,人员信息不符")
    assert answer(tmp_path, *lines) == {"accepted": 1, "refused": 1, "repeated": 0}
    assert answer(tmp_path, *lines) == {"accepted": 0, "refused": 0, "repeated": 2}
    new.refresh_from_db()
    other.refresh_from_db()
    enrolment.refresh_from_db()
    assert (new.state, new.person.number, enrolment.person_number) == ("accepted", "3699000001", "3699000001")
    assert (other.state, other.answer) == ("refused", "人员信息不符")
    assert OutboundFile.objects.get().acknowledged_at


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("999999,accepted,,", "没有发送过序号为999999的变更"),
        ("x,accepted,,", "应为变更的序号"),
        ("{change},maybe,,", "应为accepted或refused"),
        ("{change},accepted,36-1,", "应为不超过20位的数字或字母"),
        ("{change},accepted,{taken},", "已属于另一人员"),
        ("{change},accepted", "应有4列"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_noted(tmp_path, line, told):
    good, change, taken = waiting(), waiting(), make_person()
    outbound.export(tmp_path, by=None)
    with pytest.raises(Refused) as refused:
        answer(tmp_path, f"{good.pk},accepted,,", line.format(change=change.pk, taken=taken.number))
    assert told in str(refused.value.faults.kept[0])
    good.refresh_from_db()
    assert good.state == "sent"


def test_a_change_that_was_not_sent_cannot_be_answered(tmp_path):
    change = waiting()
    with pytest.raises(Refused):
        answer(tmp_path, f"{change.pk},accepted,,")


@pytest.mark.django_db(transaction=True)
def test_two_exports_at_once_send_each_change_once(tmp_path):
    make_region()
    for _ in range(5):
        waiting()
    written = []

    def export():
        try:
            written.append(outbound.export(tmp_path, by=None))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=export) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, written)) == [False, True]
    assert OutboundChange.objects.filter(state="sent").count() == 5
    assert identifiers.mask_id(OutboundChange.objects.first().person.id_no)


# --- Staff ---------------------------------------------------------------------------------------


def test_staff_settle_a_conflict_once_and_their_name_stays(tmp_path, client):
    changed_person(tmp_path)
    load_again(tmp_path, "甲")
    conflict = LoadConflict.objects.get()
    page = f"/admin/insurance/loadconflict/{conflict.pk}/change/"
    reader, business = make_staff("first"), make_staff("business")
    client.force_login(reader)
    assert client.post(page, {"settlement": "演示"}).status_code == 403
    client.force_login(business)
    assert "ends_on, state" in client.get("/admin/insurance/loadconflict/").content.decode()
    assert client.post(page, {"settlement": "以网厅审核结果为准"}).status_code == 302
    conflict.refresh_from_db()
    assert (conflict.settled_by, conflict.settlement) == (business, "以网厅审核结果为准")
    assert client.post(page, {"settlement": "改口"}).status_code == 403
    client.force_login(make_staff("business", "140106"))
    assert client.get(page).status_code in (302, 404)
