"""Figures as the API lists them: by what they say themselves, and by the productions that published them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog import lists
from catalog.lists import RecordPage
from catalog.models import Figure, Indicator, Institution, Production
from catalog.search_documents import UNKNOWN
from catalog.search_rows import INTERNATIONAL

# So many productions that the search found can narrow a list of figures.
MOST_PRODUCTIONS = 1_000
_OF_PRODUCTIONS: dict[str, Any] = {
    "institution": Production.institution_id,
    "institution_type": Institution.type,
    "topic": Indicator.topic_id,
    "periodicity": Production.periodicity,
    "status": Production.status,
}
# The facets that the database can answer for figures; the others are asked of the search.
OWN = ("country", "year", *_OF_PRODUCTIONS)


@dataclass(frozen=True)
class FigureFilter:
    """Which figures; ``found`` are the productions that a search found, None where none was made."""

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    productions: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    found: tuple[str, ...] | None = None


def figures_page(session: Session, asked: FigureFilter, limit: int, after: str | None) -> RecordPage:
    """Figures that a source confirms, in the order of their identifiers."""
    return lists.by_identifier(session, "figure", limit, after, [Figure.checked, *_conditions(asked)])


def _conditions(asked: FigureFilter) -> list[Any]:
    conditions: list[Any] = []
    if "country" in asked.facets:
        conditions.append(_among(Figure.country_id, asked.facets["country"], INTERNATIONAL))
    if "year" in asked.facets:
        conditions.append(sa.or_(sa.false(), *(_touches(year) for year in asked.facets["year"])))
    if asked.productions:
        conditions.append(Figure.production_id.in_(asked.productions))
    if asked.found is not None:
        conditions.append(Figure.production_id.in_(asked.found))
    of_production = [
        _among(column, asked.facets[name], UNKNOWN) for name, column in _OF_PRODUCTIONS.items() if name in asked.facets
    ]
    if asked.indicators:
        of_production.append(Production.indicator_id.in_(asked.indicators))
    if of_production:
        conditions.append(Figure.production_id.in_(_productions(of_production)))
    return conditions


def _productions(conditions: list[Any]) -> sa.Select[str]:
    return (
        sa.select(Production.id)
        .join(Institution, Institution.id == Production.institution_id)
        .join(Indicator, Indicator.id == Production.indicator_id)
        .where(*conditions)
    )


def _among(column: Any, values: tuple[str, ...], nothing: str) -> sa.ColumnElement[bool]:
    """One of these values; one of them stands for none at all."""
    known = column.in_(values)
    return sa.or_(known, column.is_(None)) if nothing in values else known


def _touches(year: str) -> sa.ColumnElement[bool]:
    """Whether a figure's period has a day in this year."""
    if not (year.isascii() and year.isdigit() and 1 <= int(year) <= date.max.year):
        return sa.false()
    return sa.and_(Figure.period_start <= date(int(year), 12, 31), Figure.period_end >= date(int(year), 1, 1))
