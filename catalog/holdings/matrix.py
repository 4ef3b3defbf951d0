"""Who holds what, as a table of indicators by countries. Pure.

A place of the table is *held* (by whom), *not recorded here*, or *confirmed that nobody holds it*. Only the last is a
statement about the country.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

MOST_ROWS = 50
MOST_COLUMNS = 50


@dataclass(frozen=True, slots=True)
class Holding:
    """One production in a place of the table."""

    indicator: str
    country: str
    production: str
    institution: str
    acronym: str
    confirmed: bool
    active: bool


@dataclass(frozen=True, slots=True)
class ConfirmedAbsence:
    """Somebody says that nobody holds it."""

    indicator: str
    country: str
    said_by: str
    acronym: str
    said_on: date


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
    def holders(self) -> tuple[tuple[str, bool], ...]:
        """Each holder once, with whether its holding is confirmed; those in force first."""
        found: dict[str, bool] = {}
        for holding in sorted(self.holdings, key=lambda one: (not one.active, not one.confirmed, one.acronym)):
            found[holding.acronym] = found.get(holding.acronym, False) or holding.confirmed
        return tuple(found.items())


EMPTY = Cell((), None)


def make_cells(holdings: Iterable[Holding], absences: Iterable[ConfirmedAbsence]) -> Mapping[tuple[str, str], Cell]:
    """The places of the table that are not empty, by indicator and country; a holding weighs more than an absence."""
    held: dict[tuple[str, str], list[Holding]] = {}
    for holding in holdings:
        held.setdefault((holding.indicator, holding.country), []).append(holding)
    nobody = {(absence.indicator, absence.country): absence for absence in absences}
    return {key: Cell(tuple(held.get(key, ())), nobody.get(key)) for key in {*held, *nobody}}
