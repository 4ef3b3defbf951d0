"""The shape in which a search is answered to machines; the command and the API give the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from search.answers import Answer
from search.backend import Hit
from search.serving import Result, labelled_facets
from web import cursors
from web.locale import LANGUAGES

_MARKS = re.compile(r"</?mark>")


def search_as_json(result: Result, lang: str, address_of: Callable[[str], str]) -> dict[str, Any]:
    """The whole answer.

    :param address_of: the address of the next page for its cursor.
    """
    page = result.page
    return {
        "items": [hit_as_json(hit) for hit in page.hits],
        "total": page.total,
        "next": address_of(cursors.encode(list(page.next))) if page.next else None,
        # What nobody counted is left out: a 0 would be a statement.
        "facets": {} if result.degraded else labelled_facets(result, lang),
        "corrected": {
            "typed": page.corrected.typed,
            "searched": page.corrected.searched,
            "words": dict(page.corrected.words),
        }
        if page.corrected
        else None,
        "understood": [{"facet": one.facet, "value": one.value, "words": one.words} for one in result.understood],
        "loosened": page.loosened,
        "related": list(page.related),
        "answer": answer_as_json(result.answer) if result.answer else None,
        "degraded": result.degraded,
    }


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """One hit: the record's card, and where the words were found."""
    return {
        "kind": hit.kind,
        "id": hit.id,
        **{name: _in_both(value) for name, value in hit.card.items() if name != "checked"},
        "confirmed": bool(hit.card.get("checked")),
        "changed_at": hit.changed_at,
        "highlight": {"title": hit.title, "passage": hit.passage},
    }


def _in_both(value: Any) -> Any:
    """A text says of each language whether it is there, wherever in the card it stands."""
    if not isinstance(value, Mapping):
        return value
    if value.keys() <= set(LANGUAGES):
        return {lang: value.get(lang) for lang in LANGUAGES}
    return {name: _in_both(inner) for name, inner in value.items()}


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The direct answer with the records that each line rests on."""
    return {
        "title": dict(answer.title),
        "lines": [
            {
                "text": dict(line.text),
                "records": [
                    {"kind": kind, "id": identifier, "label": dict(label)} for kind, identifier, label in line.records
                ],
                "sources": list(line.sources),
                "unconfirmed": line.unconfirmed,
                "notes": [dict(note) for note in line.notes],
            }
            for line in answer.lines
        ],
        "closing": [dict(text) for text in answer.closing],
        "about": {name: list(values) for name, values in answer.about.items()},
    }


def without_marks(markup: str) -> str:
    """A hit's title or passage as plain text."""
    return _MARKS.sub("", markup)
