"""The geometry of pictures that the server draws. Pure; templates draw what it gives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, LEFT, TOP, ROW = 760, 150, 30, 26
MOST_YEARS = 60
# What a year's label takes. The last one is moved by half of it at most, so that it does not leave the picture.
_LABEL = 36
_HALF_LABEL = 16


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a row: where it begins, how wide it is, and what it says."""

    kind: str
    x: float
    width: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    y: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    middle: float
    label: str


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A time line of years."""

    width: int
    height: int
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]


Stretch = tuple[str, int, int]


def coverage_line(rows: Sequence[tuple[str, Iterable[Stretch]]], first: int, last: int) -> CoverageLine:
    """Draw rows of stretches of years.

    :param rows: label, and stretches as kind (``seen between held missing unknown open``), first and last year.
    :param first: the first year drawn; at most 60 years before ``last`` are.
    """
    first = max(first, last - MOST_YEARS + 1)
    step = (WIDTH - LEFT) / (last - first + 1)
    every = 1 if step >= _LABEL else math.ceil((_LABEL + _HALF_LABEL) / step)
    ticks = tuple(
        Tick(
            round(LEFT + (year - first) * step, 1),
            round(min(LEFT + (year - first + 0.5) * step, WIDTH - _HALF_LABEL), 1),
            str(year) if (last - year) % every == 0 else "",
        )
        for year in range(first, last + 1)
    )
    drawn = tuple(
        Row(label, TOP + place * ROW, tuple(_bars(stretches, first, last, step)))
        for place, (label, stretches) in enumerate(rows)
    )
    return CoverageLine(WIDTH, TOP + ROW * len(rows), ticks, drawn)


def _bars(stretches: Iterable[Stretch], first: int, last: int, step: float) -> Iterable[Bar]:
    for kind, start, end in stretches:
        begin, finish = max(start, first), min(end, last)
        if begin <= finish:
            x = round(LEFT + (begin - first) * step, 1)
            yield Bar(kind, x, round((finish - begin + 1) * step, 1), begin, finish)
