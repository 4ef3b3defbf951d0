"""Published figures: headlines, their parts, and whether the parts add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.models import Figure, Production

MOST = 500


@dataclass(frozen=True)
class Part:
    """The categories of one dimension for one period, and how their sum stands to the total.

    ``adds_up`` is None where the categories are not known to be all, or there is no one total.
    """

    dimension: str
    figures: Sequence[Figure]
    total: Decimal | None
    adds_up: bool | None


@dataclass(frozen=True)
class PeriodFigures:
    """What was published for one period: totals (every vintage), and breakdowns."""

    start: date
    end: date
    totals: Sequence[Figure]
    parts: Sequence[Part]


def figures_of(session: Session, production: str) -> list[PeriodFigures]:
    """The confirmed figures of a production, newest period first."""
    query = (
        sa.select(Figure)
        .where(Figure.production_id == production, Figure.checked)
        .order_by(Figure.period_end.desc(), Figure.period_start, Figure.dimension, Figure.published, Figure.id)
        .limit(MOST)
    )
    return by_period(session.scalars(query))


def by_period(figures: Iterable[Figure]) -> list[PeriodFigures]:
    """Group figures by period and dimension, keeping their order. Pure."""
    periods: dict[tuple[date, date], list[Figure]] = {}
    for figure in figures:
        periods.setdefault((figure.period_start, figure.period_end), []).append(figure)
    return [_period(start, end, found) for (start, end), found in periods.items()]


def _period(start: date, end: date, figures: Sequence[Figure]) -> PeriodFigures:
    totals = [figure for figure in figures if figure.dimension == "total"]
    dimensions = dict.fromkeys(figure.dimension for figure in figures if figure.dimension != "total")
    parts = [
        _part(dimension, [figure for figure in figures if figure.dimension == dimension], totals)
        for dimension in dimensions
    ]
    return PeriodFigures(start, end, totals, parts)


def _part(dimension: str, figures: Sequence[Figure], totals: Sequence[Figure]) -> Part:
    whole = all(figure.complete for figure in figures)
    values = {figure.value for figure in totals}
    if not whole or not values:
        return Part(dimension, figures, None, None)
    total = sum((figure.value for figure in figures), Decimal(0))
    return Part(dimension, figures, total, total in values)


def totals_of_indicator(
    session: Session, indicator: str
) -> list[tuple[tuple[date, date, str | None], Sequence[Figure]]]:
    """Confirmed totals of an indicator by period and country, where more than one institution published one."""
    query = (
        sa.select(Figure)
        .join(Figure.production)
        .where(Production.indicator_id == indicator, Figure.dimension == "total", Figure.checked)
        .options(joinedload(Figure.production).joinedload(Production.institution))
        .order_by(Figure.period_end.desc(), Figure.country_id, Figure.production_id, Figure.id)
        .limit(MOST)
    )
    found: dict[tuple[date, date, str | None], list[Figure]] = {}
    for figure in session.scalars(query):
        found.setdefault((figure.period_start, figure.period_end, figure.country_id), []).append(figure)
    return [(key, figures) for key, figures in found.items() if len({one.production_id for one in figures}) > 1]
