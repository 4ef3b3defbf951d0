"""Search from the database while the index is away: whole words, filters, newest first, no facets."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from catalog import search_documents, search_rows
from catalog.models import Country, Indicator, Institution, Production
from search.analysis import is_generic, is_stop_word, words_of
from search.backend import Hit, Page, Query
from search.documents import Document
from search.highlighting import Marker
from search.keys import key_digest, seconds

_MOST_WORDS = 8
_TITLES: dict[str, tuple[Any, ...]] = {
    "country": (Country.name_es, Country.name_en, Country.id),
    "institution": (Institution.name_es, Institution.name_en, Institution.acronym),
    "indicator": (Indicator.name_es, Indicator.name_en),
    "production": (Production.title_es, Production.title_en),
}
_MODELS: dict[str, Any] = {
    "country": Country,
    "institution": Institution,
    "indicator": Indicator,
    "production": Production,
}
_FILTERS: dict[str, dict[str, Any]] = {
    "country": {"country": Country.id},
    "institution": {"country": Institution.country_id, "institution": Institution.id, "status": Institution.status},
    "indicator": {"topic": Indicator.topic_id},
    "production": {
        "country": Production.country_id,
        "institution": Production.institution_id,
        "periodicity": Production.periodicity,
        "status": Production.status,
    },
}


class PlainSearch:
    """A search that needs nothing but the database; the first page only."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def __call__(self, query: Query) -> Page:
        words = [word for word in words_of(query.text) if not is_stop_word(word) and not is_generic(word)][:_MOST_WORDS]
        found: list[Document] = []
        total = 0
        with self._engine.connect() as connection:
            for kind in query.filters.get("kind") or search_rows.SEARCHED:
                conditions = _conditions(kind, words, query)
                if conditions is None:
                    continue
                model = _MODELS[kind]
                total += connection.execute(
                    sa.select(sa.func.count()).select_from(model).where(*conditions)
                ).scalar_one()
                newest = sa.select(model.id).where(*conditions).order_by(model.changed_at.desc(), model.id)
                ids = list(connection.scalars(newest.limit(query.limit)))
                found += search_documents.documents(connection, kind, ids)
        found.sort(key=lambda one: (-seconds(one.changed_at), key_digest(f"{one.kind}:{one.id}")))
        hits = tuple(_hit(document, query.lang) for document in found[: query.limit])
        return Page(hits=hits, total=total, facets={}, next=None)


def _conditions(kind: str, words: list[str], query: Query) -> list[Any] | None:
    """None where a filter asks for what this kind does not have."""
    if kind not in _MODELS:
        return None
    conditions: list[Any] = []
    for facet, values in query.filters.items():
        if facet == "kind" or not values:
            continue
        column = _FILTERS[kind].get(facet)
        if column is None:
            return None
        conditions.append(column.in_(values))
    for word in words:
        pattern = word.replace("\\", "").replace("%", "").replace("_", "")
        conditions.append(sa.or_(*(column.ilike(f"%{pattern}%") for column in _TITLES[kind])))
    return conditions


def _hit(document: Document, lang: str) -> Hit:
    title = document.title.get(lang) or next(iter(document.title.values()))
    return Hit(
        kind=document.kind,
        id=document.id,
        version=document.version,
        card=document.card,
        title=Marker({}).mark(title),
        title_lang=lang if lang in document.title else next(iter(document.title)),
        passage="",
        passage_lang=lang,
        changed_at=document.changed_at,
        score=0.0,
    )
