"""Partial dates and intervals (ISO 8601-2, EDTF level 0 and 1): pure.

``2014`` a year, ``2014-05`` a month, ``2014-05-31`` a day. An interval is two of them and a slash; an empty end is
unknown, ``..`` is open: ``2014/2016``, ``/2016``, ``2014/``, ``2014/..``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_PARTIAL = re.compile(r"(1[0-9]{3}|20[0-9]{2})(?:-(0[1-9]|1[0-2])(?:-([0-2][0-9]|3[01]))?)?")
OPEN = ".."


class InvalidPeriod(ValueError):
    """The text is no partial date or interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From one partial date to another; ``None`` is an unknown end, :data:`OPEN` one still going on."""

    start: str | None
    end: str | None


def parse_partial_date(text: str) -> str:
    """Check a partial date and give it back.

    :raises InvalidPeriod: it is not one, or names a day that no month has.
    """
    found = _PARTIAL.fullmatch(text)
    if not found:
        raise InvalidPeriod(text)
    if found[3]:
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise InvalidPeriod(text) from error
    return text


def parse_interval(text: str) -> Interval:
    """Read an interval; a lone partial date is the interval that it spans.

    :raises InvalidPeriod: an end cannot be read, both are unknown, or the end comes before the start.
    """
    start, slash, end = text.partition("/")
    if not slash:
        return Interval(parse_partial_date(start), parse_partial_date(start))
    left = parse_partial_date(start) if start else None
    right = end if end == OPEN else parse_partial_date(end) if end else None
    if left is None and right in (None, OPEN):
        raise InvalidPeriod(text)
    if left and right and right != OPEN and right < left[: len(right)]:
        raise InvalidPeriod(text)
    return Interval(left, right)


def years(interval: Interval, last: int) -> range:
    """The calendar years that an interval is known to touch; an open end reaches ``last``, an unknown one nothing."""
    start = int((interval.start or interval.end or "0")[:4])
    if interval.end == OPEN:
        return range(start, max(start, last) + 1)
    return range(start, int((interval.end or interval.start or "0")[:4]) + 1)
