"""The whole table of who holds what as CSV: one line a place, streamed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from catalog.holdings.matrix import INTERNATIONAL, Cell, Holder
from catalog.holdings.services import Matrix, whole_matrix
from catalog.models import Indicator
from web.locale import gettext, pick, record_text
from web.tables import csv_line


def heading() -> list[str]:
    """The columns, named in the reader's language; the codes under ``state`` are the same in both."""
    return [
        gettext("indicator"),
        gettext("name of the indicator"),
        gettext("topic"),
        gettext("country"),
        gettext("name of the country"),
        gettext("state"),
        gettext("holders"),
        gettext("institutions"),
        gettext("productions"),
        gettext("said by"),
        gettext("said on"),
        gettext("source"),
    ]


def table_as_csv(session: Session, topic: str | None = None) -> Iterator[str]:
    """The lines of the file, in the reader's language."""
    yield csv_line(heading())
    for part in whole_matrix(session, topic):
        for indicator in part.indicators:
            yield "".join(csv_line(row) for row in _rows(part, indicator))
        # What has been written is not looked at again: memory does not grow with the table.
        session.expunge_all()


def _rows(part: Matrix, indicator: Indicator) -> Iterator[list[str]]:
    start = [indicator.id, record_text(indicator, "name")[0], indicator.topic_id]
    for country in part.countries:
        cell = part.cell(indicator.id, country.id)
        yield [*start, country.id, record_text(country, "name")[0], *_what_is_known(cell)]
    everywhere = part.cell(indicator.id, INTERNATIONAL)
    if everywhere.holdings and part.first_columns:
        yield [*start, INTERNATIONAL, gettext("International"), *_what_is_known(everywhere)]


def _what_is_known(cell: Cell) -> list[str]:
    said = cell.absence if not cell.holdings else None
    return [
        cell.state,
        "; ".join(name_of(holder) for holder in cell.holders),
        "; ".join(holder.institution for holder in cell.holders),
        "; ".join(holding.production for holding in cell.holdings),
        said.acronym if said else "",
        said.said_on.isoformat() if said else "",
        (said.source or "") if said else "",
    ]


def name_of(holder: Holder) -> str:
    """An institution's acronym, else its name."""
    return holder.acronym or pick(holder.names)[0] or holder.institution
