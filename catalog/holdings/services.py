"""Who holds what: the matrix, the state of the registry, and what the home page says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from catalog.code_lists.lists import REGION, attributes
from catalog.holdings.matrix import EMPTY, MOST_COLUMNS, MOST_ROWS, Cell, ConfirmedAbsence, Holding, make_cells
from catalog.models import Absence, ChangeSet, Country, Definition, Indicator, Institution, Production, Topic

MEMBERS = ("member", "partner")


@dataclass(frozen=True)
class Tile:
    """A country's square on the map of the region."""

    country: str
    column: int
    row: int


@dataclass(frozen=True)
class Matrix:
    """A part of the table: some rows, all the region's countries."""

    topics: Sequence[Topic]
    counts: Mapping[str, int]
    topic: str | None
    indicators: Sequence[Indicator]
    countries: Sequence[Country]
    cells: Mapping[tuple[str, str], Cell]
    next_indicator: str | None

    def cell(self, indicator: str, country: str) -> Cell:
        return self.cells.get((indicator, country), EMPTY)


@dataclass(frozen=True)
class State:
    """How much the registry holds, and how much of the definitions it does not know."""

    productions: int
    institutions: int
    unknown_cells: int
    cells: int

    @property
    def unknown_percent(self) -> int | None:
        return round(100 * self.unknown_cells / self.cells) if self.cells else None


@cache
def tiles() -> tuple[Tile, ...]:
    """The map of the region, in the order of the matrix's columns."""
    rows = json.loads((REGION / "tiles.json").read_text(encoding="utf-8"))["tiles"]
    return tuple(Tile(row["country"], row["column"], row["row"]) for row in rows)


def region(session: Session) -> list[Country]:
    """Members and regional partners, in the order of the map; those that it does not show follow by name."""
    order = {tile.country: place for place, tile in enumerate(tiles())}
    query = sa.select(Country).where(Country.membership.in_(MEMBERS)).limit(MOST_COLUMNS)
    return sorted(
        session.scalars(query), key=lambda country: (order.get(country.id, 999), country.name_es or country.id)
    )


def matrix(session: Session, topic: str | None = None, after: str | None = None, rows: int = MOST_ROWS) -> Matrix:
    """The table for one topic, or for all; at most 50 rows, further ones from ``after`` on."""
    topics = list(session.scalars(sa.select(Topic).order_by(Topic.position)))
    counted = sa.select(Indicator.topic_id, sa.func.count()).group_by(Indicator.topic_id)
    counts = {name: number for name, number in session.execute(counted)}  # noqa: C416  (rows are no pairs to mypy)
    query = sa.select(Indicator).order_by(Indicator.id).limit(rows + 1)
    if topic:
        query = query.where(Indicator.topic_id == topic)
    if after:
        query = query.where(Indicator.id >= after)
    indicators = list(session.scalars(query))
    following = indicators[rows].id if len(indicators) > rows else None
    countries = region(session)
    shown = indicators[:rows]
    cells = cells_of(session, [one.id for one in shown], [one.id for one in countries])
    return Matrix(topics, counts, topic, shown, countries, cells, following)


def cells_of(session: Session, indicators: Sequence[str], countries: Sequence[str]) -> Mapping[tuple[str, str], Cell]:
    """The places of these rows and columns that are not empty."""
    held = (
        sa.select(
            Production.indicator_id,
            Production.country_id,
            Production.id,
            Institution.id,
            Institution.acronym,
            Institution.name_es,
            Production.checked,
            Production.status,
            Institution.status,
        )
        .join(Institution, Institution.id == Production.institution_id)
        .where(Production.indicator_id.in_(indicators), Production.country_id.in_(countries))
        .order_by(Production.id)
    )
    holdings = [
        Holding(indicator, country or "", production, institution, acronym or name or institution, checked, active)
        for indicator, country, production, institution, acronym, name, checked, active in (
            (*row[:7], row[7] != "closed" and row[8] == "active") for row in session.execute(held)
        )
    ]
    said = (
        sa.select(Absence.indicator_id, Absence.country_id, Institution.id, Institution.acronym, Absence.said_on)
        .join(Institution, Institution.id == Absence.said_by_id)
        .where(Absence.indicator_id.in_(indicators), Absence.country_id.in_(countries))
    )
    absences = [
        ConfirmedAbsence(indicator, country, institution, acronym or institution, day)
        for indicator, country, institution, acronym, day in session.execute(said)
    ]
    return make_cells(holdings, absences)


def whole_matrix(session: Session) -> Iterator[tuple[Indicator, Sequence[Country], Mapping[tuple[str, str], Cell]]]:
    """Every row of the table, read in parts."""
    after: str | None = None
    while True:
        part = matrix(session, after=after)
        for indicator in part.indicators:
            yield indicator, part.countries, part.cells
        after = part.next_indicator
        if after is None:
            return


def newest_change(session: Session) -> int:
    """The newest change set: what is worked out from the whole catalogue holds until the next."""
    return session.scalar(sa.select(sa.func.coalesce(sa.func.max(ChangeSet.id), 0))) or 0


_states: dict[tuple[str, int], State] = {}


def state(session: Session) -> State:
    """How much the registry holds; worked out once a change set."""
    bind = session.get_bind()
    key = (str(bind.engine.url), newest_change(session))
    if key not in _states:
        _states.clear()
        _states[key] = _count(session)
    return _states[key]


def _count(session: Session) -> State:
    productions = session.scalar(sa.select(sa.func.count(Production.id))) or 0
    institutions = session.scalar(sa.select(sa.func.count(Institution.id))) or 0
    later = aliased(Definition)
    newer = sa.exists().where(later.production_id == Definition.production_id, later.number > Definition.number)
    values = session.execute(
        sa.select(Definition.attribute_values)
        .where(Definition.production_id.is_not(None), ~newer)
        .execution_options(yield_per=1_000)
    )
    known = sum(len(row[0]) for row in values)
    cells = productions * len(attributes())
    return State(productions, institutions, cells - known, cells)


@dataclass(frozen=True)
class Change:
    """One change set as the home page tells it."""

    recorded_at: datetime
    origin: str
    reason: str | None
    records: int


def latest_changes(session: Session, limit: int = 5) -> list[Change]:
    """What changed lately, newest first."""
    query = sa.select(ChangeSet).order_by(ChangeSet.id.desc()).limit(limit)
    return [Change(one.recorded_at, one.origin, one.reason, one.records) for one in session.scalars(query)]


@dataclass(frozen=True)
class CountryCount:
    """How many institutions of a country this registry records for some indicators, and whether any is confirmed."""

    institutions: int
    confirmed: bool


def institutions_by_country(cells: Mapping[tuple[str, str], Cell]) -> dict[str, CountryCount]:
    """From the places of a table: institutions by country."""
    found: dict[str, set[str]] = {}
    confirmed: set[str] = set()
    for (_, country), cell in cells.items():
        for holding in cell.holdings:
            found.setdefault(country, set()).add(holding.institution)
            if holding.confirmed:
                confirmed.add(country)
    return {country: CountryCount(len(names), country in confirmed) for country, names in found.items()}
