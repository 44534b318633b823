"""Search tokens: every word of a keyword is found by exactly the rows that hold it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import search

WORDS = st.text(alphabet="软件开发工程师太原会计实习abA1", min_size=1, max_size=8)


def test_bigrams_are_pairs_within_a_word() -> None:
    assert search.bigrams("软件开发，Java") == ["软件", "件开", "开发", "ja", "av", "va"]
    assert search.bigrams("工") == []


def test_width_and_case_do_not_matter() -> None:
    assert search.query_tokens("ＩＴ") == search.query_tokens("it") == ["it"]


def test_a_single_character_is_searched_by_itself() -> None:
    assert search.query_tokens("工") == ["1:工"]
    assert "1:工" in search.text_tokens("软件工程师")


def test_blank_input_asks_for_nothing() -> None:
    assert search.query_tokens(" ，。 ") == []


def test_codes_and_regions_are_tokens_beside_the_words() -> None:
    assert search.code_tokens([("category", "2"), ("education", "")]) == ["category:2"]
    assert search.region_token("140100") != search.own_region_token("140100")


@pytest.mark.django_db
def test_a_row_is_found_by_each_region_above_it(all_regions: None) -> None:
    assert search.region_tokens("140105") == ["r:140105", "r:140100", "r:140000"]


@given(before=WORDS, word=WORDS, after=WORDS)
def test_a_row_is_found_by_every_part_of_its_text(before: str, word: str, after: str) -> None:
    text = before + word + after
    assert set(search.query_tokens(word)) <= set(search.text_tokens(text))
    assert search.matches(word, text)


@given(keyword=WORDS, text=WORDS)
def test_whatever_really_matches_has_all_the_tokens(keyword: str, text: str) -> None:
    if search.matches(keyword, text):
        assert set(search.query_tokens(keyword)) <= set(search.text_tokens(text))


def test_pairs_apart_from_each_other_are_sorted_out_afterwards() -> None:
    assert set(search.query_tokens("会计师")) <= set(search.text_tokens("会计", "计师"))
    assert not search.matches("会计师", "会计", "计师")
