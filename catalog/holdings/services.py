"""Who holds what: the matrix, and the map of the region."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.code_lists.lists import REGION
from catalog.holdings.matrix import (
    EMPTY,
    INTERNATIONAL,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Cells,
    ConfirmedAbsence,
    Holding,
    make_cells,
)
from catalog.models import Absence, Country, Indicator, Institution, Production, Topic

MEMBERS = ("member", "partner")


@dataclass(frozen=True)
class Tile:
    """A country's square on the map of the region."""

    country: str
    column: int
    row: int


@dataclass(frozen=True)
class Matrix:
    """A part of the table: some rows, some of the region's countries."""

    indicators: Sequence[Indicator]
    countries: Sequence[Country]
    cells: Cells
    # The place of the row after the last, to go on from.
    following: tuple[int, str] | None
    columns: int
    column_pages: int

    def cell(self, indicator: str, country: str) -> Cell:
        return self.cells.get((indicator, country), EMPTY)

    @property
    def has_international(self) -> bool:
        """Whether some row is held by a body whose figures are of no single country."""
        return self.first_columns and any(country == INTERNATIONAL for _, country in self.cells)

    @property
    def first_columns(self) -> bool:
        """Whether these are the first countries: what is of no single country is shown beside them."""
        return self.columns == 1

    @property
    def nobody_count(self) -> int:
        return sum(cell.state == "nobody" for cell in self.cells.values())


@cache
def _map() -> Mapping[str, object]:
    content: dict[str, object] = json.loads((REGION / "tiles.json").read_text(encoding="utf-8"))
    return content


@cache
def tiles() -> tuple[Tile, ...]:
    """The map of the region, in the order of the matrix's columns."""
    rows = _map()["tiles"]
    assert isinstance(rows, list)
    return tuple(Tile(row["country"], row["column"], row["row"]) for row in rows)


def first_topic() -> str:
    """The topic that the home page opens with."""
    return str(_map()["first_topic"])


def region(session: Session, *, membership: Sequence[str] = MEMBERS) -> list[Country]:
    """Members and regional partners, in the order of the map; those that it does not show follow by name."""
    order = {tile.country: place for place, tile in enumerate(tiles())}
    query = sa.select(Country).where(Country.membership.in_(membership))
    return sorted(
        session.scalars(query), key=lambda country: (order.get(country.id, 999), country.name_es or country.id)
    )


def topics(session: Session) -> list[tuple[Topic, int]]:
    """The topics that have indicators, with how many."""
    count = sa.select(sa.func.count(Indicator.id)).where(Indicator.topic_id == Topic.id).scalar_subquery()
    query = sa.select(Topic, count).where(count > 0).order_by(Topic.position)
    return [(topic, number) for topic, number in session.execute(query)]


def matrix(
    session: Session,
    topic: str | None = None,
    *,
    start: tuple[int, str] | None = None,
    columns: int = 1,
    rows: int = MOST_ROWS,
) -> Matrix:
    """The table for one topic, or for all by topic; at most 50 rows of 50 countries.

    :param start: the place (topic's position, indicator) of the first row.
    :param columns: which fifty countries, from 1 on.
    """
    place = sa.tuple_(Topic.position, Indicator.id)
    query = (
        sa.select(Indicator)
        .join(Indicator.topic)
        .options(joinedload(Indicator.topic))
        .order_by(Topic.position, Indicator.id)
        .limit(rows + 1)
    )
    if topic:
        query = query.where(Indicator.topic_id == topic)
    if start:
        query = query.where(place >= start)
    indicators = list(session.scalars(query))
    following = indicators[rows] if len(indicators) > rows else None
    everyone = region(session)
    shown = everyone[(columns - 1) * MOST_COLUMNS : columns * MOST_COLUMNS]
    return Matrix(
        indicators=indicators[:rows],
        countries=shown,
        cells=cells_of(session, [one.id for one in indicators[:rows]], [one.id for one in shown]),
        following=(following.topic.position, following.id) if following else None,
        columns=columns,
        column_pages=-(-len(everyone) // MOST_COLUMNS),
    )


def cells_of(session: Session, indicators: Sequence[str], countries: Sequence[str]) -> Cells:
    """The places of these rows and columns that are not empty, and those of no single country; two queries."""
    return make_cells(_holdings(session, indicators, countries), _absences(session, indicators, countries))


def _holdings(session: Session, indicators: Sequence[str], countries: Sequence[str]) -> Iterator[Holding]:
    held = (
        sa.select(
            Production.indicator_id,
            Production.country_id,
            Production.id,
            Production.checked,
            Production.status,
            Institution.id.label("institution_id"),
            Institution.acronym,
            Institution.name_es,
            Institution.name_en,
            Institution.status.label("institution_status"),
        )
        .join(Institution, Institution.id == Production.institution_id)
        .where(
            Production.indicator_id.in_(indicators),
            sa.or_(Production.country_id.in_(countries), Production.country_id.is_(None)),
        )
        .order_by(Production.id)
    )
    for row in session.execute(held):
        yield Holding(
            indicator=row.indicator_id,
            country=row.country_id or INTERNATIONAL,
            production=row.id,
            institution=row.institution_id,
            acronym=row.acronym,
            confirmed=row.checked,
            active=row.status != "closed" and row.institution_status == "active",
            names={"es": row.name_es, "en": row.name_en},
        )


def _absences(session: Session, indicators: Sequence[str], countries: Sequence[str]) -> Iterator[ConfirmedAbsence]:
    said = (
        sa.select(Absence, Institution.acronym)
        .join(Institution, Institution.id == Absence.said_by_id)
        .where(Absence.indicator_id.in_(indicators), Absence.country_id.in_(countries))
        .order_by(Absence.id)
    )
    for absence, acronym in session.execute(said):
        who = absence.said_by_id
        yield ConfirmedAbsence(
            absence.indicator_id, absence.country_id, who, acronym or who, absence.said_on, absence.source
        )


def whole_matrix(session: Session, topic: str | None = None) -> Iterator[Matrix]:
    """The whole table in parts of fifty rows by fifty countries."""
    start: tuple[int, str] | None = None
    while True:
        part = matrix(session, topic, start=start)
        yield part
        for columns in range(2, part.column_pages + 1):
            yield matrix(session, topic, start=start, columns=columns)
        start = part.following
        if start is None:
            return
