"""The judged questions name records that exist, cover what people ask, and keep their two halves apart."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SEED = ROOT / "catalog" / "region" / "seed"
HALVES = ("tuning", "held_out")
CLASSES = {
    "accents",
    "acronym",
    "breakdown",
    "country",
    "country_indicator",
    "cross_language",
    "institution",
    "number",
    "question",
    "sdg",
    "silence",
    "synonym",
    "topic",
    "typo",
}
FIELDS = {"id", "lang", "query", "class", "judgements", "right_holder", "country"}


def read(half: str) -> list[dict[str, Any]]:
    path = ROOT / "tests" / "data" / "relevance" / f"{half}.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def seed(collection: str) -> list[dict[str, str]]:
    with (SEED / f"{collection}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def known_records() -> set[str]:
    collections = {"institution": "institutions", "indicator": "indicators", "production": "productions"}
    records = {f"{kind}:{row['id']}" for kind, collection in collections.items() for row in seed(collection)}
    return records | {f"country:{row['iso3']}" for row in seed("countries")}


def normal(question: dict[str, Any]) -> str:
    return " ".join(question["query"].lower().split())


def several(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


@pytest.mark.parametrize("half", HALVES)
def test_every_judged_record_is_in_the_seed(half: str) -> None:
    known = known_records()
    countries = {row["iso3"] for row in seed("countries")}
    for question in read(half):
        assert set(question) == FIELDS, question["id"]
        assert set(question["judgements"]) <= known, question["id"]
        assert set(question["judgements"].values()) <= {1, 2, 3}, question["id"]
        assert set(several(question["country"])) <= countries, question["id"]


@pytest.mark.parametrize("half", HALVES)
def test_every_question_has_a_record_asked_for(half: str) -> None:
    for question in read(half):
        judged = question["judgements"]
        assert 3 in judged.values(), question["id"]
        assert all(judged.get(holder, 0) >= 2 for holder in several(question["right_holder"])), question["id"]
        assert all(holder.startswith(("production:", "institution:")) for holder in several(question["right_holder"]))


def test_the_set_is_large_and_in_both_languages() -> None:
    languages = Counter(question["lang"] for half in HALVES for question in read(half))
    assert sum(languages.values()) >= 120
    assert set(languages) == {"es", "en"}
    assert 0.5 <= languages["es"] / sum(languages.values()) <= 0.7


@pytest.mark.parametrize("half", HALVES)
def test_each_half_covers_every_class_in_both_languages(half: str) -> None:
    questions = read(half)
    assert {question["class"] for question in questions} == CLASSES
    for lang in ("es", "en"):
        assert {question["class"] for question in questions if question["lang"] == lang} == CLASSES
    assert sum(question["right_holder"] is not None for question in questions) >= 10


def test_the_halves_share_no_question() -> None:
    tuning, held_out = (read(half) for half in HALVES)
    assert abs(len(tuning) - len(held_out)) <= 1
    # The same words may be asked in both languages, within one half only.
    assert not {normal(question) for question in tuning} & {normal(question) for question in held_out}
    identifiers = [question["id"] for question in tuning + held_out]
    assert len(set(identifiers)) == len(identifiers)
