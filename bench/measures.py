"""What a question of the benchmark answers: a figure, what it is compared with, and whether that is enough."""

from __future__ import annotations

import enum
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Bound(enum.Enum):
    """What a target speaks of: the figure itself, or its share of the floor's."""

    VALUE_AT_MOST = "≤ {}"
    VALUE_AT_LEAST = "≥ {}"
    RATIO_AT_MOST = "≤ {} × floor"
    RATIO_AT_LEAST = "≥ {} × floor"


@dataclass(frozen=True, slots=True)
class Target:
    """A bound that the figure keeps, or misses."""

    bound: Bound
    limit: float

    def __str__(self) -> str:
        return self.bound.value.format(f"{self.limit:g}")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure; ``floor`` is what the bare engine or driver reaches with the same work, in the same unit."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """The figure's share of the floor."""
        return self.value / self.floor if self.floor else None

    @property
    def hit(self) -> bool | None:
        """Whether the target is kept; None where there is none, or nothing to compare with."""
        if self.target is None:
            return None
        on_ratio = self.target.bound in (Bound.RATIO_AT_MOST, Bound.RATIO_AT_LEAST)
        figure = self.ratio if on_ratio else self.value
        if figure is None:
            return None
        if self.target.bound in (Bound.VALUE_AT_MOST, Bound.RATIO_AT_MOST):
            return figure <= self.target.limit
        return figure >= self.target.limit


HEADING = ("question", "value", "unit", "floor", "ratio", "target", "")


def table(measures: Iterable[Measure]) -> str:
    """The measures as aligned columns of text."""
    return aligned([HEADING, *(_row(measure) for measure in measures)])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as a text: the first column to the left, the others to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    )


def _row(measure: Measure) -> tuple[str, ...]:
    verdict = {None: "", True: "hit", False: "MISS"}[measure.hit]
    return (
        measure.name,
        number(measure.value),
        measure.unit,
        number(measure.floor),
        number(measure.ratio),
        str(measure.target or ""),
        verdict,
    )


def number(value: float | None) -> str:
    """Three or four significant digits, none lost before the decimal point."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of the values does not exceed.

    :param share: 0 < share <= 1, for example 0.95.
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def median(values: Iterable[float]) -> float:
    """The median of some runs."""
    return statistics.median(values)
