"""Numbers of people, units and accounts: checked with a reason in words, read, masked."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from common import codes, identifiers
from common.validators import CnapsField, MobileField, UsccField

GOOD_ID = "140105199901010011"


def number(head: str, birth: str = "19990101", order: int = 1) -> str:
    """An 18-digit number with the right check digit."""
    body = f"{head}{birth}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


@pytest.mark.parametrize("good", [GOOD_ID, "220102200305120026", "360102196501010010"])
def test_valid_resident_numbers_pass(good: str) -> None:
    assert identifiers.clean_id_no("01", good) == good


@pytest.mark.parametrize(
    "typed",
    [" 140105 19990101 0011 ", "１４０１０５１９９９０１０１００１１", "1401051999\u200b01010011", "\ufeff" + GOOD_ID],
)
def test_blanks_full_width_and_invisible_characters_are_forgiven(typed: str) -> None:
    assert identifiers.clean_id_no("01", typed) == GOOD_ID


def test_a_small_x_is_written_large() -> None:
    ending_in_x = next(found for order in range(100) if (found := number("140105", order=order)).endswith("X"))
    assert identifiers.clean_id_no("01", ending_in_x.lower()) == ending_in_x


def test_people_born_before_their_county_got_its_code_are_accepted() -> None:
    assert identifiers.clean_id_no("01", number("140109", "19500101"))
    assert identifiers.clean_id_no("01", number("142401", "19700101"))  # a county code long abolished


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "请填写证件号码"),
        ("1401051999010100", "应为18位，现在是16位"),
        ("140105199901010012", "校验位不正确"),
        ("14010519990101001A", "17位数字加1位数字或X"),
        ("140105990101001", "15位的旧身份证号码已停用"),
        (number("140105", "19990230"), "不是有效的出生日期"),
        (number("140105", "29990101"), "不是有效的出生日期"),
        (number("140105", "18000101"), "不是有效的出生日期"),
        (number("100105"), "前两位不是有效的省级代码"),
        (number("810000"), "请将证件类型改为“港澳台居民居住证”"),
        (number("911561"), "请将证件类型改为“外国人永久居留身份证”"),
    ],
)
def test_the_reason_says_what_is_wrong_with_a_resident_number(typed: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        identifiers.clean_id_no("01", typed)


def test_residence_permits_begin_with_81_82_or_83() -> None:
    for head in ("810000", "820000", "830000"):
        assert identifiers.clean_id_no("16", number(head))
    with pytest.raises(ValidationError, match="应以81、82或83开头"):
        identifiers.clean_id_no("16", GOOD_ID)


def test_foreigners_have_a_new_card_beginning_with_9_or_an_old_one() -> None:
    new = number("911561", "19850315", 2)
    assert identifiers.clean_id_no("07", new) == new
    assert identifiers.birth_date("07", new) == datetime.date(1985, 3, 15)
    assert identifiers.sex("07", new) == codes.FEMALE
    assert identifiers.clean_id_no("07", "usa110185031512") == "USA110185031512"
    assert identifiers.birth_date("07", "USA110185031512") is None
    with pytest.raises(ValidationError, match="9开头的18位"):
        identifiers.clean_id_no("07", "12345")


@pytest.mark.parametrize(
    ("id_type", "good", "bad"),
    [
        ("02", "军字第1234567号", "x"),
        ("04", "H12345678", "A12345678"),
        ("05", "M1234567801", "H12345678"),
        ("06", "12345678", "1234567"),
        ("08", "E12345678", "E1"),
        ("09", GOOD_ID + "44", GOOD_ID),
        ("09", GOOD_ID + "11B1", GOOD_ID + "91"),
        ("90", "A12345678", "12"),
        ("99", "其他证件2026001", "?"),
    ],
)
def test_other_documents_have_shapes_of_their_own(id_type: str, good: str, bad: str) -> None:
    assert identifiers.clean_id_no(id_type, good) == good
    with pytest.raises(ValidationError):
        identifiers.clean_id_no(id_type, bad)


def test_the_kind_of_document_comes_first() -> None:
    with pytest.raises(ValidationError, match="请先选择证件类型"):
        identifiers.clean_id_no("", GOOD_ID)


def test_every_kind_of_document_can_be_checked() -> None:
    for id_type in codes.ID_TYPE.codes:
        with pytest.raises(ValidationError):
            identifiers.clean_id_no(id_type, "!")


def test_sex_and_birth_date_are_read_from_the_number() -> None:
    assert identifiers.birth_date("01", GOOD_ID) == datetime.date(1999, 1, 1)
    assert identifiers.sex("01", GOOD_ID) == codes.MALE
    assert identifiers.sex("01", "220102200305120026") == codes.FEMALE
    assert identifiers.birth_date("08", "E12345678") is None
    assert identifiers.sex("08", "E12345678") is None


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("2002-05-17", "2026-05-16", 23),
        ("2002-05-17", "2026-05-17", 24),
        ("2004-02-29", "2026-02-28", 21),
        ("2004-02-29", "2026-03-01", 22),
    ],
)
def test_a_year_of_age_is_complete_on_the_birthday(birth: str, day: str, age: int) -> None:
    assert identifiers.age_on(datetime.date.fromisoformat(birth), datetime.date.fromisoformat(day)) == age


@given(
    head=st.sampled_from(["11", "14", "22", "36", "65"]),
    county=st.integers(0, 9999),
    birth=st.dates(datetime.date(1920, 1, 1), datetime.date(2020, 12, 31)),
    order=st.integers(0, 999),
    place=st.integers(0, 16),
    change=st.integers(1, 9),
)
def test_any_single_wrong_digit_is_noticed(
    head: str, county: int, birth: datetime.date, order: int, place: int, change: int
) -> None:
    good = number(f"{head}{county:04d}", f"{birth:%Y%m%d}", order)
    assert identifiers.clean_id_no("01", good) == good
    assert identifiers.birth_date("01", good) == birth
    bad = good[:place] + str((int(good[place]) + change) % 10) + good[place + 1 :]
    with pytest.raises(ValidationError):
        identifiers.clean_id_no("01", bad)


@pytest.mark.parametrize("good", ["91140105MA0GXTY071", "12220102123456788P", "91110000600037341L"])
def test_valid_credit_codes_pass(good: str) -> None:
    assert identifiers.clean_uscc(f" {good.lower()} ") == good


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("91140105MA0GXTY07", "应为18位，现在是17位"),
        ("91140105MA0GXTY072", "校验位不正确"),
        ("91140105MAOGXTY071", "不使用字母I、O、Z、S、V"),
        ("9114A105MA0GXTY071", "第3至8位应为数字"),
    ],
)
def test_the_reason_says_what_is_wrong_with_a_credit_code(typed: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        identifiers.clean_uscc(typed)


def test_the_credit_code_suggests_the_kind_of_unit() -> None:
    assert identifiers.unit_type_from_uscc("91140105MA0GXTY071") == "10"
    assert identifiers.unit_type_from_uscc("12220102123456788P") == "21"
    assert identifiers.unit_type_from_uscc("N2140105MA0GXTY071") is None
    assert set(identifiers._UNIT_TYPE_BY_USCC.values()) <= set(codes.UNIT_TYPE.codes)


@pytest.mark.parametrize(
    "typed", ["13800000001", "+86 138-0000-0001", "１３８００００００００１"[:11], "138 0000 0001"]
)
def test_mobile_numbers_are_written_the_same(typed: str) -> None:
    assert identifiers.clean_mobile(typed).startswith("1380000000")


@pytest.mark.parametrize("typed", ["1380000000", "23800000001", "12800000001", "138000000011", "abc"])
def test_wrong_mobile_numbers_are_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="手机号码应为11位数字"):
        identifiers.clean_mobile(typed)


@pytest.mark.parametrize("typed", ["0351-2345678", "13800000001", "12333", "400-800-1234", "0351-23456789-801"])
def test_telephones_may_be_fixed_lines(typed: str) -> None:
    assert identifiers.clean_telephone(typed) == typed


def test_a_wrong_telephone_is_refused_with_an_example() -> None:
    with pytest.raises(ValidationError, match="例如0351-2345678"):
        identifiers.clean_telephone("0351-1234567")


def test_accounts_of_persons_are_digits_and_of_units_may_have_dashes() -> None:
    assert identifiers.clean_bank_account("6222 0000 0000 0000", "person") == "6222000000000000"
    assert identifiers.clean_bank_account("0502-1234-5678", "unit") == "0502-1234-5678"
    with pytest.raises(ValidationError, match="12至19位"):
        identifiers.clean_bank_account("0502-1234-5678", "person")
    with pytest.raises(ValidationError, match="6至32位"):
        identifiers.clean_bank_account("12345", "unit")
    with pytest.raises(ValidationError):
        identifiers.clean_bank_account("-12345-", "unit")


def test_the_card_check_digit_is_only_told() -> None:
    assert identifiers.luhn_ok("4539578763621486")
    assert not identifiers.luhn_ok("4539578763621487")


def test_branch_numbers_and_postcodes() -> None:
    assert identifiers.clean_cnaps("102161000012") == "102161000012"
    assert identifiers.clean_postcode("０３０００６") == "030006"
    with pytest.raises(ValidationError, match="12位"):
        identifiers.clean_cnaps("1021")
    with pytest.raises(ValidationError, match="6位"):
        identifiers.clean_postcode("0300")


def test_masks_hide_what_lists_need_not_show() -> None:
    assert identifiers.mask_id(GOOD_ID) == "140105********0011"
    assert identifiers.mask_id("E12345678") == "E******78"
    assert identifiers.mask_mobile("13812345678") == "138****5678"
    assert identifiers.mask_account("6222000011112222") == "************2222"
    assert identifiers.mask_name("张三") == "张*"
    assert identifiers.mask_name("欧阳某某") == "欧***"


@given(text=st.text(max_size=40))
def test_masks_never_show_a_whole_value(text: str) -> None:
    for mask in (identifiers.mask_id, identifiers.mask_mobile, identifiers.mask_account, identifiers.mask_name):
        shown = mask(text)
        assert len(shown) == len(text)
        assert not text or "*" in shown


def test_form_fields_normalise_and_explain() -> None:
    assert UsccField().clean("91140105ma0gxty071") == "91140105MA0GXTY071"
    assert MobileField(required=False).clean("") == ""
    with pytest.raises(ValidationError, match="联行号"):
        CnapsField().clean("1")
