"""Pages of lists as the API answers them, and the cursors that lead from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.lists import RecordPage
from web import cursors
from web.api import next_address

# Larger numbers are no key of a row: the database could not even compare them.
_MOST = 2**62


def as_page(page: RecordPage, shape: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """The items, how many there are in all, and the address of the next page."""
    following = next_address(cursors.encode(list(page.next))) if page.next else None
    return {"items": [shape(record) for record in page.records], "total": page.total, "next": following}


def text_after(cursor: str | None) -> str | None:
    """The identifier that a list goes on after.

    :raises BadCursor: the cursor is none of such a list.
    """
    if not cursor:
        return None
    value = cursors.decode(cursor, 1)[0]
    if not isinstance(value, str):
        raise cursors.BadCursor("broken cursor")
    return value


def number_after(cursor: str | None) -> int | None:
    """The number that a list goes on after.

    :raises BadCursor: the cursor is none of such a list.
    """
    if not cursor:
        return None
    value = cursors.decode(cursor, 1)[0]
    if not isinstance(value, int) or abs(value) > _MOST:
        raise cursors.BadCursor("broken cursor")
    return value
