"""Published figures: headlines, their parts, whether the parts add up, and totals that stand beside one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.models import Country, Figure, Production

MOST = 500
TOTAL = "total"


@dataclass(frozen=True)
class Part:
    """The categories of one dimension in one publication, and how their sum stands to the total.

    ``total`` is None where no one total was published with them, or where a category was published twice.
    """

    dimension: str
    figures: Sequence[Figure]
    sum: Decimal
    total: Decimal | None
    is_partition: bool

    @property
    def adds_up(self) -> bool | None:
        """Whether the sum is the total; None unless the categories are known to be all, and there is a total."""
        return None if self.total is None or not self.is_partition else self.sum == self.total

    @property
    def missing(self) -> Decimal | None:
        """How much the sum lacks (or, below zero, exceeds the total by)."""
        return None if self.total is None else self.total - self.sum


@dataclass(frozen=True)
class Publication:
    """What one source gave on one day for one period: a vintage."""

    source: str | None
    published: date | None
    totals: Sequence[Figure]
    parts: Sequence[Part]


@dataclass(frozen=True)
class PeriodFigures:
    """Every vintage of one period of one country in one unit, the newest first."""

    start: date
    end: date
    country_id: str | None
    unit: str
    publications: Sequence[Publication]

    @property
    def totals(self) -> list[Figure]:
        return [figure for publication in self.publications for figure in publication.totals]

    @property
    def has_versions(self) -> bool:
        """Whether more than one value was published as the total."""
        return len({figure.value for figure in self.totals}) > 1


def figures_of(session: Session, production: str) -> list[PeriodFigures]:
    """The confirmed figures of a production, newest period first; at most 500 figures are read."""
    query = (
        sa.select(Figure)
        .where(Figure.production_id == production, Figure.checked)
        .order_by(Figure.period_end.desc(), Figure.period_start, Figure.id)
        .limit(MOST)
    )
    return by_period(session.scalars(query))


def by_period(figures: Iterable[Figure]) -> list[PeriodFigures]:
    """Group figures by period, country and unit, keeping their order. Pure."""
    periods: dict[tuple[date, date, str | None, str], list[Figure]] = {}
    for figure in figures:
        key = (figure.period_start, figure.period_end, figure.country_id, figure.unit)
        periods.setdefault(key, []).append(figure)
    return [PeriodFigures(*key, _publications(found)) for key, found in periods.items()]


def _publications(figures: Sequence[Figure]) -> list[Publication]:
    """A sum is checked against the total of its own source: another source may tell of another vintage."""
    found: dict[tuple[str | None, date | None], list[Figure]] = {}
    for figure in figures:
        found.setdefault((figure.source, figure.published), []).append(figure)
    everywhere = {figure.value for figure in figures if figure.dimension == TOTAL}
    dated = sorted(found.items(), key=lambda one: one[0][1] or date.min, reverse=True)
    return [_publication(key[0], key[1], own, everywhere) for key, own in dated]


def _publication(
    source: str | None, published: date | None, figures: Sequence[Figure], everywhere: set[Decimal]
) -> Publication:
    totals = [figure for figure in figures if figure.dimension == TOTAL]
    own = {figure.value for figure in totals} or everywhere
    total = next(iter(own)) if len(own) == 1 else None
    dimensions = dict.fromkeys(figure.dimension for figure in figures if figure.dimension != TOTAL)
    parts = [_part(name, [figure for figure in figures if figure.dimension == name], total) for name in dimensions]
    return Publication(source, published, totals, parts)


def _part(dimension: str, figures: Sequence[Figure], total: Decimal | None) -> Part:
    once = len({figure.category for figure in figures}) == len(figures)
    return Part(
        dimension=dimension,
        figures=figures,
        sum=sum((figure.value for figure in figures), Decimal(0)),
        total=total if once else None,
        is_partition=all(figure.complete for figure in figures),
    )


@dataclass(frozen=True)
class SamePeriod:
    """Totals that were published of one indicator for one period of one country, in one unit."""

    start: date
    end: date
    country: Country | None
    unit: str
    figures: Sequence[Figure]

    @property
    def institutions(self) -> int:
        return len({figure.production.institution_id for figure in self.figures})

    @property
    def is_contested(self) -> bool:
        """Whether two institutions gave different totals; that neither is wrong is for their definitions to say."""
        return self.institutions > 1 and self.difference > 0

    @property
    def difference(self) -> Decimal:
        """The largest total less the smallest."""
        values = [figure.value for figure in self.figures]
        return max(values) - min(values)

    @property
    def asymmetry(self) -> Decimal | None:
        """The difference as a share of the mean of the two values (``docs/domain/quality.md`` §6.7); None where there
        are more."""
        values = {figure.value for figure in self.figures}
        both = sum(values, Decimal(0))
        return self.difference * 2 / both if len(values) == 2 and both else None


def totals_of_indicator(session: Session, indicator: str) -> list[SamePeriod]:
    """Confirmed totals of an indicator by period and country, newest first; at most 500 are read."""
    return _same_periods(session, Production.indicator_id == indicator)


def contested_in_country(session: Session, country: str) -> list[SamePeriod]:
    """Periods of a country for which two institutions published different totals of one indicator."""
    return [found for found in _same_periods(session, Figure.country_id == country) if found.is_contested]


def _same_periods(session: Session, condition: sa.ColumnElement[bool]) -> list[SamePeriod]:
    query = (
        sa.select(Figure, Country)
        .join(Figure.production)
        .outerjoin(Country, Country.id == Figure.country_id)
        .where(condition, Figure.dimension == TOTAL, Figure.checked)
        .options(
            joinedload(Figure.production).joinedload(Production.institution),
            joinedload(Figure.production).joinedload(Production.indicator),
        )
        .order_by(Figure.period_end.desc(), Figure.period_start, Figure.country_id, Figure.production_id, Figure.id)
        .limit(MOST)
    )
    found: dict[tuple[str, str | None, date, date, str], list[Figure]] = {}
    countries: dict[str | None, Country | None] = {}
    for figure, country in session.execute(query):
        countries[figure.country_id] = country
        measured = figure.production.indicator_id
        key = (measured, figure.country_id, figure.period_start, figure.period_end, figure.unit)
        found.setdefault(key, []).append(figure)
    return [
        SamePeriod(start, end, countries[country_id], unit, figures)
        for (_, country_id, start, end, unit), figures in found.items()
    ]
