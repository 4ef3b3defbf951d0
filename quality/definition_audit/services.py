"""Definitions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.code_lists.lists import core_attributes
from catalog.definitions.services import code_label, in_force
from catalog.errors import TooManyProductions
from catalog.figures.services import PeriodFigures, figures_of
from catalog.models import Definition, Figure, Production
from catalog.productions.services import Coverage, coverage, find_production
from quality.definition_audit.differences import AttributeDifference, compare_definitions

MOST = 4
_HOLDER = (joinedload(Production.institution), joinedload(Production.country), joinedload(Production.indicator))


@dataclass(frozen=True)
class CommonPeriod:
    """Totals that more than one of the productions published for one period, in one unit; in their order."""

    start: date
    end: date
    unit: str
    totals: Sequence[Sequence[Figure]]

    @property
    def is_of_one_country(self) -> bool:
        """Whether all were published of the same country, so that one would expect the same number."""
        return len({figure.country_id for own in self.totals for figure in own}) == 1

    @property
    def difference(self) -> Decimal | None:
        """How far two values of one country are apart; None where there are more, or none to expect."""
        values = [figure.value for own in self.totals for figure in own]
        return abs(values[0] - values[1]) if len(values) == 2 and self.is_of_one_country else None

    @property
    def asymmetry(self) -> Decimal | None:
        """The difference as a share of the mean of the two (``docs/domain/quality.md`` §6.7)."""
        both = sum(figure.value for own in self.totals for figure in own)
        return self.difference * 2 / both if self.difference and both else None


@dataclass(frozen=True)
class SideBySide:
    """Two to four productions, attribute by attribute."""

    productions: Sequence[Production]
    definitions: Sequence[Definition | None]
    rows: Sequence[AttributeDifference]
    core: frozenset[str]
    coverages: Sequence[Coverage | None]
    periods: Sequence[CommonPeriod]

    def count(self, state: str) -> int:
        """How many attributes are in a state."""
        return sum(1 for row in self.rows if row.state == state)

    @property
    def same_indicator(self) -> bool:
        return len({production.indicator_id for production in self.productions}) == 1

    @property
    def is_inferred(self) -> bool:
        """Whether a value without which nothing can be compared was deduced by the compiler."""
        return any(
            value is not None and value["provenance"] == "inferred"
            for row in self.rows
            if row.attribute.code in self.core and row.state in ("equal", "different")
            for value in row.values
        )


def side_by_side(session: Session, identifiers: Sequence[str]) -> SideBySide:
    """Put productions beside one another.

    :raises RecordNotFound: one of them is not on record.
    :raises TooManyProductions: there are more than four.
    """
    wanted = list(dict.fromkeys(identifiers))
    if len(wanted) > MOST:
        raise TooManyProductions(len(wanted), MOST)
    productions = [find_production(session, identifier) for identifier in wanted]
    definitions = [in_force(session, production=identifier) for identifier in wanted]
    topics = [production.indicator.topic_id for production in productions]
    values: list[Mapping[str, Mapping[str, str]]] = [one.attribute_values if one else {} for one in definitions]
    core = frozenset(code for topic in topics for code in core_attributes(topic))
    rows = compare_definitions(values, topics)
    rows.sort(key=lambda row: row.attribute.code not in core)
    figures = [figures_of(session, identifier) for identifier in wanted]
    coverages = [coverage(production, own) for production, own in zip(productions, figures, strict=True)]
    return SideBySide(productions, definitions, rows, core, coverages, common_periods(figures))


def productions(session: Session, identifiers: Sequence[str]) -> list[Production]:
    """These productions with their holders, in this order; one that is not on record is left out."""
    query = sa.select(Production).where(Production.id.in_(identifiers)).options(*_HOLDER)
    found = {production.id: production for production in session.scalars(query)}
    return [found[identifier] for identifier in dict.fromkeys(identifiers) if identifier in found]


def siblings(session: Session, chosen: Sequence[Production], limit: int) -> list[Production]:
    """Productions of the same indicators, those of the same countries first; none where nothing is chosen."""
    countries = [production.country_id for production in chosen if production.country_id]
    query = (
        sa.select(Production)
        .where(Production.indicator_id.in_([production.indicator_id for production in chosen]))
        .options(*_HOLDER)
        .order_by(sa.case((Production.country_id.in_(countries), 0), else_=1), Production.status, Production.id)
        .limit(limit + len(chosen))
    )
    return list(session.scalars(query))


def common_periods(figures: Sequence[Sequence[PeriodFigures]]) -> list[CommonPeriod]:
    """The periods for which more than one of them published a total, newest first. Pure."""
    found: dict[tuple[date, date, str], list[list[Figure]]] = {}
    for place, own in enumerate(figures):
        for period in own:
            totals = found.setdefault((period.end, period.start, period.unit), [[] for _ in figures])
            totals[place] += period.totals
    return [
        CommonPeriod(start, end, unit, totals)
        for (end, start, unit), totals in sorted(found.items(), key=lambda one: one[0], reverse=True)
        if sum(1 for own in totals if own) > 1
    ]


def labels_of(row: AttributeDifference, lang: str) -> list[str | None]:
    """The words for each value of a row; None where it is unknown."""
    return [
        "; ".join(code_label(row.attribute, code, lang) for code in value["value"].split(";")) if value else None
        for value in row.values
    ]
