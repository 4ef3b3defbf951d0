"""How much of a record is there, and what is missing: the figure beside every record. Pure.

A share of the fields that a reader needs, nothing more: it says how much is on record, not how good it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.definitions.services import ShownDefinition
from catalog.exchange.messages import N_
from catalog.models import Country, Indicator, Institution, Production


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of a record's fields are on record; ``missing`` are msgids of their names."""

    known: int
    total: int
    missing: tuple[str, ...]
    missing_core: int = 0


def _of(fields: Iterable[tuple[str, object]], core: ShownDefinition | None = None) -> Completeness:
    found: Sequence[tuple[str, object]] = list(fields)
    known, total = (core.core_known, core.core_total) if core else (0, 0)
    missing = tuple(name for name, value in found if value in (None, "", [], ()))
    return Completeness(len(found) - len(missing) + known, len(found) + total, missing, total - known)


def of_country(country: Country) -> Completeness:
    return _of(
        [
            (N_("name in Spanish"), country.name_es),
            (N_("name in English"), country.name_en),
            (N_("codes"), country.iso2 and country.m49),
            (N_("part in the region"), country.membership),
            (N_("source"), country.source),
        ]
    )


def of_institution(institution: Institution, offices: Sequence[object]) -> Completeness:
    return _of(
        [
            (N_("name in Spanish"), institution.name_es),
            (N_("name in English"), institution.name_en),
            (N_("acronym"), institution.acronym),
            (N_("website"), institution.website),
            (N_("office that answers"), offices),
            (N_("source"), institution.source),
        ]
    )


def of_indicator(indicator: Indicator, text: str, definition: ShownDefinition) -> Completeness:
    return _of(
        [
            (N_("name in Spanish"), indicator.name_es),
            (N_("name in English"), indicator.name_en),
            (N_("text of the definition"), text),
            (N_("standard of reference"), indicator.reference_standard),
            (N_("source"), indicator.source),
        ],
        definition,
    )


def of_production(
    production: Production, text: str, definition: ShownDefinition, offices: Sequence[object]
) -> Completeness:
    return _of(
        [
            (N_("title in Spanish"), production.title_es),
            (N_("title in English"), production.title_en),
            (N_("text of the definition"), text),
            (N_("how often it comes out"), production.periodicity),
            (N_("years"), production.first_year or production.last_year or production.periods),
            (N_("breakdowns"), production.disaggregations),
            (N_("territory"), production.territory_es or production.territory_en),
            (N_("address of the data"), production.access_url),
            (N_("licence"), production.licence),
            (N_("office that answers"), offices),
            (N_("source"), production.source),
        ],
        definition,
    )
