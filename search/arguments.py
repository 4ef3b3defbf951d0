"""A search in an address: the same parameters for pages, API and downloads."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from search.backend import FACETS, PLACE_LENGTHS, SORTS, Place
from search.serving import Request
from web import cursors

MOST_VALUES = 100
LONGEST_VALUE = 200
LONGEST_TEXT = 10_000
_TRUE = ("1", "true", "on", "yes")


def request_of(values: MultiDict[str, str], lang: str, *, limit: int = 25) -> Request:
    """Read a search out of an address; what cannot be is passed over, but a broken cursor is refused.

    :raises BadCursor: the cursor was not given by a search.
    """
    asked = values.get("limit", type=int) or limit
    sort = values.get("sort", "relevance")
    return Request(
        text=values.get("q", "")[:LONGEST_TEXT],
        lang=lang,
        filters=filters_of(values),
        limit=min(max(asked, 1), 100),
        after=place(values.get("cursor")),
        sort=sort if sort in SORTS else "relevance",
        literal=values.get("literal", "").lower() in _TRUE,
    )


def filters_of(values: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    """The facets in an address, each with its values; any other parameter is none of ours."""
    filters = {
        facet: tuple(dict.fromkeys(_value(facet, value) for value in values.getlist(facet) if value))[:MOST_VALUES]
        for facet in FACETS
    }
    return {facet: chosen for facet, chosen in filters.items() if chosen}


def _value(facet: str, value: str) -> str:
    """The codes of countries are taken in either case."""
    return value[:LONGEST_VALUE].upper() if facet == "country" else value[:LONGEST_VALUE]


def place(text: str | None) -> Place | None:
    """A place in a list of hits.

    :raises BadCursor: it was not given by a search.
    """
    if not text:
        return None
    values = cursors.decode(text, *PLACE_LENGTHS)
    if any(isinstance(value, str) or not abs(value) < 2**63 for value in values):
        raise cursors.BadCursor("broken cursor")
    return tuple(values)
