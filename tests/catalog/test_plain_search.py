"""While the index is away the database answers: the same filters and totals, whole words, newest first."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.backend import FACETS, Page, Query
from search.serving import SearchParts
from tests.commands import acervo
from web.cursors import BadCursor


@pytest.fixture
def found(regional_app: Flask) -> SearchParts:
    parts = regional_app.extensions["acervo.search"]
    assert isinstance(parts, SearchParts)
    return parts


@pytest.fixture
def away(app: Flask, client: FlaskClient) -> FlaskClient:
    """A client of an application whose index is gone."""
    folder = app.extensions["acervo.installation"].data_dir / "index"
    folder.rename(folder.with_name("away"))
    return client


def keys(page: Page) -> list[tuple[str, str]]:
    return [(hit.kind, hit.id) for hit in page.hits]


@pytest.mark.parametrize("facet", FACETS)
def test_every_value_of_a_facet_has_the_total_that_the_index_gives_it(found: SearchParts, facet: str):
    counted = found.backend.search(Query(facets=(facet,))).facets[facet]
    assert counted
    for value, count in counted[:: max(1, len(counted) // 6)]:
        assert found.fallback(Query(filters={facet: (value,)})).total == count, value


@pytest.mark.parametrize(
    "filters",
    [
        {"topic": ("return",), "kind": ("production",)},
        {"country": ("HND", "GTM"), "year": ("2021", "2022")},
        {"country": ("INT",), "provenance": ("confirmed",)},
        {"kind": ("production", "indicator"), "disaggregation": ("sex",), "topic": ("return", "asylum")},
        {"topic": ("return",), "membership": ("member",)},
        {"kind": ("course",)},
    ],
)
def test_several_facets_add_up_as_in_the_index(found: SearchParts, filters: dict[str, tuple[str, ...]]):
    known = {facet: values for facet, values in filters.items() if facet in FACETS}
    expected = found.backend.search(Query(filters=known)).total if known == filters else 0
    assert found.fallback(Query(filters=filters)).total == expected


@pytest.mark.parametrize("word", ["asilo", "honduras", "Guatemala", "tránsito", "TRANSITO", "trata", "remesas", "art"])
def test_a_word_has_the_total_that_the_index_gives_it(found: SearchParts, word: str):
    assert found.fallback(Query(text=word)).total == found.backend.search(Query(text=word, exact=True)).total > 0


def test_accents_and_case_are_forgiven_and_words_are_whole(found: SearchParts):
    assert found.fallback(Query(text="ninez")).total == found.fallback(Query(text="NIÑEZ")).total > 0
    assert found.fallback(Query(text="migracio")).total == 0


def test_all_the_words_are_asked_but_those_that_say_nothing(found: SearchParts):
    assert found.fallback(Query(text="asilo en Guatemala")).total == found.fallback(Query(text="guatemala asilo")).total
    assert found.fallback(Query(text="asilo zxqw")).total == 0
    generic = found.fallback(Query(text="datos"))
    assert 0 < generic.total < found.fallback(Query()).total
    assert found.fallback(Query(text="datos asilo")).total == found.fallback(Query(text="asilo")).total


def test_pages_are_those_of_the_list_of_the_newest(found: SearchParts):
    after, walked = None, []
    while True:
        page = found.fallback(Query(limit=100, after=after))
        assert keys(page) == keys(found.backend.search(Query(limit=100, after=after, sort="changed")))
        walked += keys(page)
        after = page.next
        if after is None:
            break
    assert len(set(walked)) == len(walked) == page.total


@pytest.mark.parametrize("after", [(1.5, 3), (1, 2, 3)])
def test_a_place_in_another_list_is_refused(found: SearchParts, after: tuple[Any, ...]):
    with pytest.raises(BadCursor):
        found.fallback(Query(after=after))


@pytest.mark.parametrize(
    "address",
    [
        "productions?topic=return",
        "productions?country=INT",
        "institutions?q=guatemala",
        "indicators?source_type=census",
    ],
)
def test_lists_of_records_are_whole_without_the_index(reader: FlaskClient, away: FlaskClient, address: str):
    whole = reader.get(f"/api/v1/{address}&limit=100&sort=changed").json
    page = away.get(f"/api/v1/{address}&limit=5").json
    walked = page["items"]
    while page["next"]:
        page = away.get(page["next"]).json
        walked += page["items"]
    assert page["total"] == whole["total"] == len(walked) > 0
    assert [one["id"] for one in walked] == [one["id"] for one in whole["items"]]


def test_the_command_says_that_the_full_search_is_away(app: Flask, away: FlaskClient):
    told = acervo(app.extensions["acervo.installation"].data_dir, "search", "asilo", "--lang", "en").stdout
    assert told.startswith("The full search is away")
    assert f"{away.get('/api/v1/search?q=asilo').json['total']} records" in told
