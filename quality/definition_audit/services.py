"""Productions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from catalog.code_lists.lists import core_attributes
from catalog.definitions.services import code_label, in_force
from catalog.errors import TooManyProductions
from catalog.figures.services import figures_of
from catalog.models import Definition, Figure, Production
from catalog.productions.services import find_production
from quality.definition_audit.differences import AttributeDifference, compare_definitions

MOST = 4


@dataclass(frozen=True)
class SideBySide:
    """Two to four productions, attribute by attribute."""

    productions: Sequence[Production]
    definitions: Sequence[Definition | None]
    rows: Sequence[AttributeDifference]
    core: frozenset[str]
    totals: Sequence[tuple[tuple[date, date], Sequence[Sequence[Figure]]]]

    def count(self, state: str) -> int:
        """How many attributes are in a state."""
        return sum(1 for row in self.rows if row.state == state)


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
    return SideBySide(productions, definitions, rows, core, _common_totals(session, wanted))


def _common_totals(
    session: Session, identifiers: Sequence[str]
) -> list[tuple[tuple[date, date], Sequence[Sequence[Figure]]]]:
    """Totals of periods for which more than one of them published."""
    by_period: dict[tuple[date, date], dict[str, Sequence[Figure]]] = {}
    for identifier in identifiers:
        for found in figures_of(session, identifier):
            if found.totals:
                by_period.setdefault((found.start, found.end), {})[identifier] = found.totals
    return [
        (key, [own.get(identifier, ()) for identifier in identifiers])
        for key, own in sorted(by_period.items(), reverse=True)
        if len(own) > 1
    ]


def labels_of(row: AttributeDifference, lang: str) -> list[str | None]:
    """The words for each value of a row; None where it is unknown."""
    return [
        "; ".join(code_label(row.attribute, code, lang) for code in value["value"].split(";")) if value else None
        for value in row.values
    ]
