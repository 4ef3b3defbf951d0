"""Productions: what one is, since when, and what was published of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from catalog.errors import RecordNotFound
from catalog.figures.services import PeriodFigures, figures_of
from catalog.institutions.services import offices
from catalog.models import Contact, Definition, Institution, Production
from catalog.periods import parse_interval, years

MOST = 100
# So many other holders stand on a production's page; the indicator's page has them all.
BESIDE = 12
# How many years of the unknown a picture shows at either end.
_MARGIN = 3


@dataclass(frozen=True)
class ProductionPage:
    """What a production's page shows."""

    production: Production
    definition: Definition | None
    earlier: Sequence[Definition]
    figures: Sequence[PeriodFigures]
    contacts: Sequence[Contact]
    predecessors: Sequence[Institution]
    others: Sequence[Production]


def production_page(session: Session, identifier: str) -> ProductionPage:
    """A production with all that a reader needs to judge it.

    :raises RecordNotFound: there is no such production.
    """
    production = find_production(session, identifier)
    definitions = session.scalars(
        sa.select(Definition).where(Definition.production_id == identifier).order_by(Definition.number.desc())
    ).all()
    predecessors = session.scalars(
        sa.select(Institution).where(Institution.successor_id == production.institution_id).limit(MOST)
    ).all()
    others = session.scalars(
        sa.select(Production)
        .where(Production.indicator_id == production.indicator_id, Production.id != identifier)
        .options(joinedload(Production.institution), joinedload(Production.country))
        .order_by(
            # Differences inside one country matter as much as those between countries, and can be settled sooner.
            sa.case((Production.country_id == production.country_id, 0), else_=1),
            Production.status,
            Production.id,
        )
        .limit(BESIDE)
    ).all()
    return ProductionPage(
        production,
        definitions[0] if definitions else None,
        definitions[1:],
        figures_of(session, identifier),
        offices(session, production.institution_id),
        predecessors,
        others,
    )


def find_production(session: Session, identifier: str) -> Production:
    """One production with its institution, indicator and country.

    :raises RecordNotFound: there is none.
    """
    found = session.scalar(
        sa.select(Production)
        .where(Production.id == identifier)
        .options(
            joinedload(Production.institution).joinedload(Institution.successor),
            joinedload(Production.indicator),
            joinedload(Production.country),
        )
    )
    if found is None:
        raise RecordNotFound("production", identifier)
    return found


@dataclass(frozen=True)
class Coverage:
    """The rows of the time line: name of the row, and stretches (kind, first year, last year)."""

    rows: Sequence[tuple[str, Sequence[tuple[str, int, int]]]]
    first: int
    last: int


def coverage(production: Production, figures: Iterable[PeriodFigures], this_year: int | None = None) -> Coverage | None:
    """What is known of a production's periods; None where nothing is.

    Years of which a figure was seen are *seen*; years between the first and the last seen are *between*, unchecked;
    beyond them nothing is known. Periods on record as held or missing have a row of their own.
    """
    this_year = this_year or now().year
    seen = {year for one in figures for year in range(one.start.year, one.end.year + 1)}
    ends = sorted(seen | {year for year in (production.first_year, production.last_year) if year})
    recorded = _recorded(production, this_year)
    known = [year for _, start, end in recorded for year in (start, end)]
    if not ends and not known:
        return None
    first = min([*ends, *known]) - _MARGIN
    last = min(max([*ends, *known]) + _MARGIN, max(this_year, *ends, *known))
    rows: list[tuple[str, Sequence[tuple[str, int, int]]]] = []
    if ends:
        rows.append(("seen", _seen(ends, seen, first, last)))
    if recorded:
        rows.append(("recorded", recorded))
    return Coverage(rows, first, last)


def _seen(ends: list[int], seen: set[int], first: int, last: int) -> list[tuple[str, int, int]]:
    stretches = [("unknown", first, ends[0] - 1)]
    for year in range(ends[0], ends[-1] + 1):
        kind = "seen" if year in seen or year in (ends[0], ends[-1]) else "between"
        if stretches[-1][0] == kind:
            stretches[-1] = (kind, stretches[-1][1], year)
        else:
            stretches.append((kind, year, year))
    if ends[-1] < last:
        stretches.append(("unknown", ends[-1] + 1, last))
    return stretches


def _recorded(production: Production, this_year: int) -> list[tuple[str, int, int]]:
    found = []
    for period in production.periods or ():
        touched = years(parse_interval(period["interval"]), this_year)
        found.append((period["state"], touched.start, touched.stop - 1))
    return found
