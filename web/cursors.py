"""Opaque cursors: where a list goes on, kept by the reader and not by the server."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any

LONGEST = 1_000
# What no database and no engine can compare with a key.
_NO_NUMBER = 2**63


class BadCursor(ValueError):
    """The text is no cursor of ours."""


def encode(values: list[Any]) -> str:
    """Pack a sort key and an identifier."""
    packed = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str, *lengths: int) -> list[Any]:
    """Unpack a cursor of so many values, or of one of several numbers of them.

    :raises BadCursor: it was not made by :func:`encode`, or is of another list.
    """
    try:
        if len(text) > LONGEST or not text.isascii():
            raise ValueError(text[:20])
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise BadCursor("broken cursor") from None
    if not isinstance(values, list) or len(values) not in lengths:
        raise BadCursor("broken cursor")
    if not all(map(_is_key, values)):
        raise BadCursor("broken cursor")
    return values


def _is_key(value: Any) -> bool:
    """Whether a list can be sorted by it; JSON as Python reads it knows numbers that are none."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        # Half a pair of surrogates is no text for a database.
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _NO_NUMBER
