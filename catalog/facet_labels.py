"""How the values of the search's facets are called."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.code_lists.lists import CodeList, attributes, code_lists
from catalog.holdings.registry import newest_change
from catalog.models import Country, Institution
from catalog.search_documents import UNKNOWN
from catalog.search_rows import INTERNATIONAL
from web.locale import language, pick, translate

_LISTS = {
    "kind": "kind",
    "institution_type": "institution_type",
    "topic": "topic",
    "periodicity": "periodicity",
    "disaggregation": "disaggregation",
    "provenance": "confirmation",
    "status": "production_status",
}
_FRESH_SECONDS = 1.0
_MOST_KNOWN = 50_000


class CatalogLabels:
    """Implements ``search.documents.FacetLabels`` on the catalogue."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[str, str, str], str] = {}
        self._change, self._looked_at = -1, 0.0

    def labels(self, facet: str, values: Sequence[str], lang: str) -> Mapping[str, str]:
        known = self._current()
        missing = [value for value in values if (lang, facet, value) not in known]
        if missing:
            found = self._look_up(facet, missing, lang)
            known.update(((lang, facet, value), label) for value, label in found.items())
        return {value: known[lang, facet, value] for value in values if (lang, facet, value) in known}

    def _current(self) -> dict[tuple[str, str, str], str]:
        """The labels looked up so far; forgotten when the catalogue has changed."""
        if time.monotonic() - self._looked_at > _FRESH_SECONDS:
            with Session(self._engine) as session:
                change = newest_change(session)
            if change != self._change or len(self._known) > _MOST_KNOWN:
                self._known, self._change = {}, change
            self._looked_at = time.monotonic()
        return self._known

    def _look_up(self, facet: str, values: Sequence[str], lang: str) -> Mapping[str, str]:
        with language(lang):
            if facet == "country":
                return self._countries(values)
            if facet == "institution":
                return self._institutions(values)
            if facet == "policy":
                return {value: _policy(value) for value in values}
            return {value: _coded(_list_of(facet), value, lang) for value in values}

    def _countries(self, values: Sequence[str]) -> dict[str, str]:
        query = sa.select(Country.id, Country.name_es, Country.name_en).where(Country.id.in_(values))
        with self._engine.connect() as connection:
            named = {code: pick({"es": es, "en": en})[0] or code for code, es, en in connection.execute(query)}
        return {INTERNATIONAL: translate("International"), UNKNOWN: translate("Unknown"), **named}

    def _institutions(self, values: Sequence[str]) -> dict[str, str]:
        query = sa.select(
            Institution.id, Institution.acronym, Institution.name_es, Institution.name_en, Institution.country_id
        ).where(Institution.id.in_(values))
        with self._engine.connect() as connection:
            return {
                identifier: (acronym or pick({"es": es, "en": en})[0] or identifier)
                + (f" ({country})" if acronym and country else "")
                for identifier, acronym, es, en, country in connection.execute(query)
            }


def _list_of(facet: str) -> CodeList | None:
    if facet == "source_type":
        return attributes()["source_type"].codes
    return code_lists().get(_LISTS.get(facet, ""))


def _coded(codes: CodeList | None, value: str, lang: str) -> str:
    if value == UNKNOWN:
        return translate("Unknown")
    return codes.label(value, lang) if codes else value


def _policy(value: str) -> str:
    scheme, _, code = value.partition("-")
    if scheme == "sdg":
        return translate("SDG %(code)s", {"code": code})
    return translate("Global Compact, objective %(code)s", {"code": code})
