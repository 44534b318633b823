"""The search finds exactly what a naive filter over all rows finds, in the same order, whichever way it goes."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.search import fold
from positions import facets, search, search_form
from positions.models import SAMPLE, Position, TokenShare
from positions.search import Cursor, Query
from tests.factories import CITY, COUNTY, OTHER_COUNTY, make_unit
from tests.positions.support import build_position

pytestmark = pytest.mark.django_db

NAMES = ("软件测试助理", "会计", "数据库管理员", "ＩＴ 运维", "库管", "行政专员")
CONTENTS = ("协助整理数据，维护仓库", "软件开发与测试", "财务会计凭证归档", "数据 库存盘点", "接待来访")
PLACES = (COUNTY, OTHER_COUNTY, CITY, "140212")


@pytest.fixture
def positions() -> list[Position]:
    """Sixty positions that differ in everything the search asks for."""
    units = [make_unit(unit_type=kind, industry=trade) for kind, trade in (("10", "I"), ("21", "P"), ("60", "F"))]
    now = timezone.now()
    made = []
    for number, (name, content) in enumerate(list(product(NAMES, CONTENTS)) * 2):
        made.append(
            build_position(
                units[number % 3],
                number,
                name=f"{name}{number}",
                content=content,
                work_region=PLACES[number % 4],
                region=PLACES[number % 3],
                category=str(number % 5 + 1),
                education=("21", "31", "90")[number % 3],
                months=(3, 4, 6, 7, 9, 10, 12)[number % 7],
                allowance=Decimal(1800 + 150 * (number % 20)),
                # Some at the very same moment: the order then goes by the key.
                published_at=now - timedelta(hours=number // 3 * 7),
            )
        )
    return Position.objects.bulk_create(made)


def naive(rows: list[Position], query: Query) -> list[int]:
    """The keys that match, in order, by looking at every row."""
    found = []
    for row in rows:
        values = {
            "category": row.category,
            "education": row.education,
            "industry": row.industry,
            "unit_type": row.unit_type,
            "pay": facets.pay_band(row.allowance),
            "months": facets.months_band(row.months),
        }
        text = fold("\n".join((row.name, row.unit_name, row.content)))
        fits = all(values[key] == value for key, value in query.filters.items())
        fits &= all(word in text for word in query.words)
        fits &= not query.region or row.work_region_id == query.region
        fits &= bool(query.region) or not query.city or row.work_city == query.city
        fits &= query.since is None or row.published_at >= query.since
        kept_by = {("office", row.region_id), ("office_city", row.region_city)}
        fits &= not query.offices or bool(kept_by & set(query.offices))
        if fits:
            found.append(row)
    column = search.SORTS[query.sort][0]
    found.sort(key=lambda row: (getattr(row, column), row.pk), reverse=True)
    return [row.pk for row in found]


def every_page(query: Query) -> list[int]:
    """All hits by turning pages forward."""
    form = search_form.SearchForm({"sort": query.sort})
    found: list[int] = []
    cursor = None
    while True:
        result = search.run(query, cursor)
        found += [hit.id for hit in result.hits]
        if not result.has_next:
            return found
        last = result.hits[-1]
        assert form.pages(result)["next"]
        cursor = Cursor(last.allowance if query.sort == "pay" else last.published_at, last.id)


QUERIES = [
    Query(),
    Query(city=CITY),
    Query(city=CITY, region=CITY),
    Query(city=CITY, region=COUNTY),
    Query(filters={"category": "2"}),
    Query(filters={"education": "21", "months": "1"}),
    Query(filters={"pay": "0", "unit_type": "10", "industry": "I"}),
    Query(filters={"pay": "4"}, sort="pay"),
    Query(sort="pay"),
    Query(words=search_form.search.words_of("库")),
    Query(words=search_form.search.words_of("会计")),
    Query(words=search_form.search.words_of("数据库")),
    Query(words=search_form.search.words_of("it")),
    Query(words=search_form.search.words_of("软件 测试")),
    Query(words=search_form.search.words_of("鲸鱼")),
    Query(words=search_form.search.words_of("数据"), city=CITY, filters={"category": "1"}),
    Query(offices=(("office", COUNTY), ("office", CITY))),
    Query(offices=(("office_city", CITY),), words=("数据",), sort="pay"),
    Query(offices=(("office", COUNTY),), filters={"category": "1", "education": "21"}),
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_finds_what_a_naive_filter_finds_page_by_page(positions: list[Position], query: Query) -> None:
    expected = naive(positions, query)
    result = search.run(query)
    assert result.total == len(expected)
    assert every_page(query) == expected


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_many_hits_are_walked_and_still_the_same(
    positions: list[Position], query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A cap of two makes sixty rows "many"; short walks fall back to the token index.
    monkeypatch.setattr(search, "CAP", 2)
    monkeypatch.setattr(search, "PAGE_SIZE", 4)
    monkeypatch.setattr(search, "WALK_ROWS", 9)
    monkeypatch.setattr(search, "COUNT_ROWS", 9)
    expected = naive(positions, query)
    assert every_page(query) == expected
    assert search.run(query).total in (len(expected), None if len(expected) > 2 else len(expected))


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_frequent_words_change_the_way_and_not_the_answer(
    positions: list[Position], query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = {token for group in search._token_groups(query) for token in group}
    TokenShare.objects.bulk_create(TokenShare(token=token, share=0.5) for token in sorted(tokens))
    monkeypatch.setattr(search, "CAP", 3)
    monkeypatch.setattr(search, "PAGE_SIZE", 4)
    assert every_page(query) == naive(positions, query)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_sample_changes_the_way_and_not_the_answer(
    positions: list[Position], query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One hit in the sample counts as many.
    monkeypatch.setattr(search, "CAP", 2)
    monkeypatch.setattr(search, "PAGE_SIZE", 4)
    monkeypatch.setattr(search, "SAMPLED_FROM", 0)
    monkeypatch.setattr(search, "SAMPLE_HITS", 1)
    assert every_page(query) == naive(positions, query)


def test_the_sample_is_one_open_position_in_sixteen(positions: list[Position], monkeypatch: pytest.MonkeyPatch) -> None:
    sampled = sum(position.pk % SAMPLE == 0 for position in positions if position.state == "open")
    query = Query(words=())
    for hits, has_many in ((sampled, True), (sampled + 1, False)):
        monkeypatch.setattr(search, "SAMPLE_HITS", hits)
        assert search._sample_has_many(query, search._Shares(query)) is has_many


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=st.sampled_from(["", "库", "数据", "会计凭", "软件测", "行政 接待", "ＩＴ", "据，维"]),
    filters=st.dictionaries(
        st.sampled_from(["category", "education", "pay", "months", "unit_type", "industry"]),
        st.sampled_from(["0", "1", "2", "3", "10", "21", "I"]),
        max_size=3,
    ),
    place=st.sampled_from([("", ""), (CITY, ""), (CITY, COUNTY), (CITY, CITY)]),
    sort=st.sampled_from(["new", "pay"]),
)
def test_any_search_agrees_with_the_naive_filter(
    positions: list[Position], word: str, filters: dict[str, str], place: tuple[str, str], sort: str
) -> None:
    known = {d.key: dict(d.options) for d in facets.DIMENSIONS}
    asked = {key: value for key, value in filters.items() if value in known[key]}
    query = Query(city=place[0], region=place[1], filters=asked, words=search.words_of(word), sort=sort)
    assert every_page(query) == naive(positions, query)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_counts_beside_the_filters_are_exact(positions: list[Position], query: Query) -> None:
    counts = search.run(query).counts
    for dimension in facets.DIMENSIONS:
        for value, _ in dimension.options:
            if dimension.key not in counts:
                continue
            chosen = Query(
                city=query.city,
                region=query.region,
                filters=query.filters | {dimension.key: value},
                since=query.since,
                words=query.words,
                offices=query.offices,
            )
            assert counts[dimension.key].get(value, 0) == len(naive(positions, chosen))


def test_kept_totals_follow_every_kind_of_write(positions: list[Position]) -> None:
    def as_rebuilt() -> bool:
        scopes = (facets.EVERYWHERE,), (facets.work_city_scope(CITY),), (facets.office_scope(COUNTY),)
        givens = "", "category:2"
        before = [facets.totals(scope, given) for scope in scopes for given in givens]
        facets.rebuild()
        return before == [facets.totals(scope, given) for scope in scopes for given in givens]

    assert as_rebuilt()
    Position.objects.filter(category="2").update(category="3")
    assert as_rebuilt()
    Position.objects.filter(education="21").update(state="ended", closed_at=timezone.now())
    assert as_rebuilt()
    Position.objects.filter(months=6).delete()
    assert as_rebuilt()


def test_backwards_from_the_last_page_shows_the_same_rows(positions: list[Position]) -> None:
    query = Query()
    expected = naive(positions, query)
    result = search.run(query, Cursor(None, 0, backwards=True))
    assert [hit.id for hit in result.hits] == expected[-search.PAGE_SIZE :]
    assert result.has_previous
    assert not result.has_next
    first = result.hits[0]
    before = search.run(query, Cursor(first.published_at, first.id, backwards=True))
    assert [hit.id for hit in before.hits] == expected[-2 * search.PAGE_SIZE : -search.PAGE_SIZE]


def test_closed_positions_are_not_found(positions: list[Position]) -> None:
    Position.objects.filter(pk=positions[0].pk).update(state="closed", closed_at=timezone.now())
    assert positions[0].pk not in every_page(Query())


@pytest.mark.parametrize(
    "address",
    [
        "region=nowhere&city=xyz&category=99&days=12345&sort=worst",
        "after=abc&before=-1.5",
        "after=99999999999999999999.1",
        "q=" + "长" * 500,
        "q=%27%22%3B--",
    ],
)
def test_a_mangled_address_is_a_plain_search(client, positions: list[Position], address: str) -> None:
    assert client.get(f"/positions/?{address}").status_code == 200


def test_the_database_gathers_enough_statistics_about_tokens() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'positions_position'::regclass AND attname = 'tokens'"
        )
        assert cursor.fetchone() == (500,)


def test_shares_of_frequent_tokens_come_from_the_statistics(positions: list[Position]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE positions_position")
    assert search.refresh_token_shares() > 0
    assert TokenShare.objects.get(token="会计").share > 0.1
