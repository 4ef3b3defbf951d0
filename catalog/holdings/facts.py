"""What the catalogue holds for a direct answer: productions, their latest figures, predecessors, absences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.models import Absence, Country, Figure, Indicator, Institution, Production, Topic

MOST_LINES = 8
MOST_INTERNATIONAL = 2
# Breakdowns are lists in a column that no index serves: the productions of the question are read through.
_READ_AT_ONCE = 1_000
_MOST_KNOWN = 500


@dataclass(frozen=True)
class Asked:
    """What a question is about; of a topic, ``indicators`` are those that are meant first, then all others."""

    topic: Topic | None = None
    indicators: Sequence[Indicator] = ()
    countries: Sequence[Country] = ()
    institutions: Sequence[Institution] = ()
    breakdowns: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """What is on record about it."""

    productions: Sequence[Production] = ()
    # The countries of which more is on record than is told; None for a question without countries.
    more: frozenset[str | None] = frozenset()
    latest: Mapping[str, Figure] = field(default_factory=dict)
    predecessors: Mapping[str, Institution] = field(default_factory=dict)
    absences: Sequence[Absence] = ()
    # Productions that are not known to have the breakdowns asked for.
    without_breakdown: int = 0


def look_up(session: Session, asked: Asked) -> Facts:
    """Everything that the answer says; a number of queries that depends on the question alone."""
    productions, more, without = _productions(session, asked)
    successors = [production.institution_id for production in productions]
    before = sa.select(Institution).where(Institution.successor_id.in_(successors))
    return Facts(
        productions=productions,
        more=more,
        latest=_latest_figures(session, asked, productions),
        predecessors={one.successor_id: one for one in session.scalars(before) if one.successor_id},
        absences=_absences(session, asked) if asked.indicators and not asked.institutions else (),
        without_breakdown=without,
    )


def _productions(session: Session, asked: Asked) -> tuple[list[Production], frozenset[str | None], int]:
    """The productions to tell, of which countries there are more, and how many may lack the breakdowns asked for."""
    conditions = _conditions(asked)
    if asked.breakdowns:
        known, without = _with_breakdowns(session, asked, conditions)
        found, longer = _first(session, asked, [Production.id.in_(known)], MOST_LINES)
        return found, frozenset([None] if longer else ()), without
    if not asked.countries:
        found, longer = _first(session, asked, conditions, MOST_LINES)
        return found, frozenset([None] if longer else ()), 0
    found, more = [], set()
    for country in asked.countries:
        there = [*conditions, Production.country_id == country.id]
        some, longer = _first(session, asked, there, MOST_LINES // len(asked.countries))
        found += some
        if longer:
            more.add(country.id)
    everywhere, _ = _first(session, asked, [*conditions, *_international(asked)], MOST_INTERNATIONAL)
    return found + everywhere, frozenset(more), 0


def _international(asked: Asked) -> list[Any]:
    """Productions of no single country that are seen to have figures of a country asked for."""
    countries = [one.id for one in asked.countries]
    figures = sa.exists().where(
        Figure.production_id == Production.id, Figure.country_id.in_(countries), Figure.checked.is_(True)
    )
    return [Production.country_id.is_(None), figures]


def _conditions(asked: Asked) -> list[Any]:
    conditions: list[Any] = []
    if asked.indicators:
        conditions.append(Production.indicator_id.in_([one.id for one in asked.indicators]))
    if asked.institutions:
        conditions.append(Production.institution_id.in_([one.id for one in asked.institutions]))
    return conditions


def _with_breakdowns(session: Session, asked: Asked, conditions: Sequence[Any]) -> tuple[list[str], int]:
    query = sa.select(Production.id, Production.disaggregations).where(*conditions)
    if asked.countries:
        query = query.where(Production.country_id.in_([one.id for one in asked.countries]))
    wanted, known, read = set(asked.breakdowns), [], 0
    for identifier, seen in session.execute(query.execution_options(yield_per=_READ_AT_ONCE)):
        read += 1
        if wanted <= set(seen or ()):
            known.append(identifier)
    return known[:_MOST_KNOWN], read - len(known)


def _first(session: Session, asked: Asked, conditions: Sequence[Any], limit: int) -> tuple[list[Production], bool]:
    """So many productions, and whether there are more.

    Those of the indicator that is meant most, in force, confirmed and seen last come first.
    """
    order: list[Any] = [
        Production.status == "closed",
        Institution.status != "active",
        ~Production.checked,
        sa.func.coalesce(Production.last_year, 0).desc(),
        Production.id,
    ]
    if len(asked.indicators) > 1:
        places = {one.id: place for place, one in enumerate(asked.indicators)}
        order.insert(0, sa.case(places, value=Production.indicator_id))
    query = (
        sa.select(Production)
        .join(Production.institution)
        .where(*conditions)
        .options(
            joinedload(Production.institution).joinedload(Institution.successor),
            joinedload(Production.country),
            joinedload(Production.indicator),
        )
        .order_by(*order)
        .limit(limit + 1)
    )
    found = list(session.scalars(query))
    return found[:limit], len(found) > limit


def _latest_figures(session: Session, asked: Asked, productions: Sequence[Production]) -> dict[str, Figure]:
    """The newest total of each production that a source confirms, of its own place or of a country asked for."""
    places = {production.id: production.country_id for production in productions}
    countries = {one.id for one in asked.countries}
    query = sa.select(Figure).where(
        Figure.production_id.in_(places), Figure.dimension == "total", Figure.checked.is_(True)
    )
    latest: dict[str, Figure] = {}
    for figure in sorted(session.scalars(query), key=_age):
        place = places[figure.production_id]
        if figure.country_id == place or (place is None and figure.country_id in countries):
            latest[figure.production_id] = figure
    return latest


def _age(figure: Figure) -> tuple[date, int, date, str]:
    """Of two figures up to the same day, the longer period and the later vintage count as newer."""
    return figure.period_end, -figure.period_start.toordinal(), figure.published or date.min, figure.id


def _absences(session: Session, asked: Asked) -> list[Absence]:
    query = (
        sa.select(Absence)
        .where(Absence.indicator_id.in_([one.id for one in asked.indicators]))
        .options(joinedload(Absence.said_by), joinedload(Absence.country))
        .order_by(Absence.said_on.desc(), Absence.id)
        .limit(MOST_LINES)
    )
    if asked.countries:
        query = query.where(Absence.country_id.in_([one.id for one in asked.countries]))
    return list(session.scalars(query))
