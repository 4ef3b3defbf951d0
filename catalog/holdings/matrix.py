"""Who holds what, as a table of indicators by countries. Pure.

A place of the table is *held* (by whom), *not recorded here*, or *confirmed that nobody holds it*. Only the last is a
statement about the country.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

MOST_ROWS = 50
MOST_COLUMNS = 50
# The column of what is of no single country; also the facet's value.
INTERNATIONAL = "INT"


@dataclass(frozen=True, slots=True)
class Holding:
    """One production in a place of the table."""

    indicator: str
    country: str
    production: str
    institution: str
    acronym: str | None
    confirmed: bool
    active: bool
    names: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConfirmedAbsence:
    """Somebody says that nobody holds it."""

    indicator: str
    country: str
    said_by: str
    acronym: str
    said_on: date
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """One institution in a place of the table, with the production to lead to."""

    institution: str
    acronym: str | None
    names: Mapping[str, str | None]
    production: str
    confirmed: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of the table."""

    holdings: tuple[Holding, ...]
    absence: ConfirmedAbsence | None

    @property
    def state(self) -> str:
        """``held``, ``held_unconfirmed``, ``nobody`` or ``not_recorded``."""
        if self.holdings:
            return "held" if any(holding.confirmed for holding in self.holdings) else "held_unconfirmed"
        return "nobody" if self.absence else "not_recorded"

    @property
    def holders(self) -> tuple[Holder, ...]:
        """Each institution once, by its best production: in force before closed, confirmed before not."""
        found: dict[str, Holder] = {}
        for one in sorted(self.holdings, key=_best_first):
            holder = Holder(one.institution, one.acronym, one.names, one.production, one.confirmed, one.active)
            found.setdefault(one.institution, holder)
        return tuple(found.values())


def _best_first(holding: Holding) -> tuple[bool, bool, str, str]:
    return not holding.active, not holding.confirmed, holding.acronym or holding.institution, holding.production


EMPTY = Cell((), None)
Cells = Mapping[tuple[str, str], Cell]


def make_cells(holdings: Iterable[Holding], absences: Iterable[ConfirmedAbsence]) -> Cells:
    """The places of the table that are not empty, by indicator and country; a holding weighs more than an absence."""
    held: dict[tuple[str, str], list[Holding]] = {}
    for holding in holdings:
        held.setdefault((holding.indicator, holding.country), []).append(holding)
    nobody: dict[tuple[str, str], ConfirmedAbsence] = {}
    for absence in sorted(absences, key=lambda one: one.said_on):
        nobody[absence.indicator, absence.country] = absence
    return {key: Cell(tuple(held.get(key, ())), nobody.get(key)) for key in {*held, *nobody}}


@dataclass(frozen=True)
class CountryCount:
    """The institutions of a country that this registry records for some indicators, and whether any is confirmed."""

    holders: tuple[Holder, ...]

    @property
    def institutions(self) -> int:
        return len(self.holders)

    @property
    def confirmed(self) -> bool:
        return any(holder.confirmed for holder in self.holders)


def institutions_by_country(cells: Cells) -> dict[str, CountryCount]:
    """From the places of a table: institutions by country."""
    holdings: dict[str, list[Holding]] = {}
    for _, country in sorted(cells):
        holdings.setdefault(country, [])
    for (_, country), cell in cells.items():
        holdings[country] += cell.holdings
    return {country: CountryCount(Cell(tuple(found), None).holders) for country, found in holdings.items() if found}
