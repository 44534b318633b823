"""Code lists: unique codes, labels both ways, widths that fit their columns."""

import pytest

from common import codes

LISTS = [value for value in vars(codes).values() if isinstance(value, codes.CodeList)]


@pytest.mark.parametrize("code_list", LISTS, ids=lambda found: found.name)
def test_codes_and_labels_are_unique_and_lead_to_each_other(code_list: codes.CodeList) -> None:
    assert len(set(code_list.labels)) == len(code_list) == len(set(code_list.codes))
    for code, label in code_list.choices:
        assert code
        assert label
        assert code_list.label(code) == label
        assert code_list.code_of(label) == code_list.code_of(f" {code} ") == code
        assert code in code_list


def test_the_counts_of_the_standards() -> None:
    assert len(codes.NATION) == 58
    assert len(codes.POLITICS) == 13
    assert len(codes.INDUSTRY) == 20
    assert len(codes.ID_TYPE) == 12


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert codes.EDUCATION.label("99") == "99"
    assert codes.EDUCATION.code_of("没有的学历") is None


def test_a_shorter_list_keeps_order_and_labels() -> None:
    few = codes.ID_TYPE.only("16", "01")
    assert few.choices == [("16", "港澳台居民居住证"), ("01", "居民身份证（户口簿）")]


def test_labels_that_begin_with_a_digit_stay_whole() -> None:
    assert codes.TRAINEE_CATEGORY.label("Y1") == "16–24岁失业青年"
