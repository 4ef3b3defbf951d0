"""The corpus's load, in the words of the API and of the search page."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.seed_form import CODES, PERIODICITIES, TOPICS, TYPES

KINDS = frozenset({"text", "text_filter", "filter"})
# How the corpus's codes are called in the catalogue.
_CODES = {
    "topic": TOPICS,
    "periodicity": PERIODICITIES,
    "source_type": CODES["source_type"],
}

Filters = dict[str, tuple[str, ...]]


def faceted(queries: Path, most: int | None = None) -> list[dict[str, Any]]:
    """The searches of ``queries.jsonl``: free text, facets, or both; ``{"q", "lang", "filters"}``."""
    with queries.open(encoding="utf-8") as lines:
        wanted = (row for row in map(json.loads, lines) if row["kind"] in KINDS)
        return [
            {"q": row.get("q", ""), "lang": row["lang"], "filters": filters_of(row.get("filters", {}))}
            for row in itertools.islice(wanted, most)
        ]


def filters_of(given: dict[str, Any]) -> Filters:
    """A load's filters as facets and their values; a span of years is each of its years."""
    found: Filters = {}
    for name, value in given.items():
        if name == "institution_type":
            found[name] = (TYPES.get(value, "other"),)
        elif name not in ("year_from", "year_to"):
            found[name] = (_CODES.get(name, {}).get(value, value),)
    if "year_from" in given:
        found["year"] = tuple(str(year) for year in range(given["year_from"], given["year_to"] + 1))
    return found


def as_parameters(query: dict[str, Any], limit: int) -> str:
    """A search as the query string that the API and the page take."""
    repeated = [(name, value) for name, values in query["filters"].items() for value in values]
    return urlencode([("q", query["q"]), ("lang", query["lang"]), ("limit", str(limit)), *repeated])
