"""The corpus is the same on every machine, and reads as the packaged catalogue does."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from bench.corpus import Corpus, prepare
from bench.make_corpus import build
from bench.queries import KINDS, as_parameters, faceted, filters_of
from catalog.code_lists.lists import code_lists
from search.backend import FACETS

# Digests of --productions 2000 --seed 7 --queries 200, as the generator made them when the project began.
KNOWN = {
    "indicators.jsonl": "a14b2e6e8edc9c5baa9bc2e6b91945a2c9122f7eaa705508bb4825d660e7b0f9",
    "institutions.jsonl": "6b07c89c8b21360ce247b3ee864d6125667b8fed55be8e414d5b3613c029b359",
    "productions.jsonl": "81b87b518f815017f8a1917ddaf90436bccbb0704d9ebf01161f735a65eb8920",
    "quality.jsonl": "e56cde21bd5063ca68ad8146ba841463f523d04816912787159af1030c189853",
    "queries.jsonl": "a053fa1ccb074239333a52a5fc2b333466314d9cd1f36b5d9163746534f965f8",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return prepare(300, tmp_path_factory.mktemp("corpus"))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    build(2000, 7, tmp_path, 200)
    assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in tmp_path.iterdir()} == KNOWN


def test_another_seed_gives_other_productions(tmp_path: Path) -> None:
    build(2000, 8, tmp_path, 200)
    assert hashlib.sha256((tmp_path / "productions.jsonl").read_bytes()).hexdigest() != KNOWN["productions.jsonl"]


def test_a_corpus_is_made_once(corpus: Corpus) -> None:
    before = corpus.files[-1].stat().st_mtime_ns
    assert prepare(300, corpus.folder.parent) == corpus
    assert corpus.files[-1].stat().st_mtime_ns == before
    assert [folder.name for folder in corpus.folder.parent.iterdir()] == ["corpus-300"]


def test_the_corpus_speaks_the_codes_of_the_catalogue(corpus: Corpus) -> None:
    lists = {"topic": "topic", "periodicity": "periodicity", "type": "institution_type"}
    for file in corpus.files:
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                for column, name in lists.items():
                    assert not row.get(column) or row[column] in code_lists()[name]


def test_the_load_is_of_searches_that_the_catalogue_understands(corpus: Corpus) -> None:
    queries = faceted(corpus.queries)
    lines = corpus.queries.read_text(encoding="utf-8").splitlines()
    assert len(queries) == sum(json.loads(line)["kind"] in KINDS for line in lines)
    assert {name for query in queries for name in query["filters"]} <= set(FACETS)
    assert any(query["q"] and query["filters"] for query in queries)


def test_a_span_of_years_is_each_of_its_years() -> None:
    assert filters_of({"year_from": 2019, "year_to": 2021}) == {"year": ("2019", "2020", "2021")}
    assert filters_of({"institution_type": "nso", "topic": "flows"}) == {
        "institution_type": ("statistics_office",),
        "topic": ("flow",),
    }


def test_a_search_is_asked_with_repeated_parameters() -> None:
    query = {"q": "remesas, año", "lang": "es", "filters": {"year": ("2019", "2020")}}
    assert as_parameters(query, 20) == "q=remesas%2C+a%C3%B1o&lang=es&limit=20&year=2019&year=2020"
