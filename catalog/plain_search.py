"""Search from the database while the index is away: whole words, filters, totals, newest first, no facets.

It reads the records of the kinds asked for and keeps those that fit, so that it is slow where there are many; what it
holds in memory is one batch and one page.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from operator import itemgetter

import sqlalchemy as sa

from catalog import search_documents, search_rows
from search.analysis import fold, is_generic, is_stop_word, words_of
from search.backend import Hit, Page, Place, Query
from search.documents import Document
from search.highlighting import Marker
from search.keys import key_digest, seconds
from search.planning import MOST_CHARACTERS, MOST_WORDS
from web.cursors import BadCursor

_PLACE = 2


class PlainSearch:
    """A search that needs nothing but the database, always in the order of change."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def __call__(self, query: Query) -> Page:
        """Find.

        :raises BadCursor: ``after`` is a place in a list that is sorted otherwise.
        """
        after = query.after
        if after is not None and (len(after) != _PLACE or not all(isinstance(number, int) for number in after)):
            raise BadCursor("the cursor belongs to another list")
        total = 0
        # One more than a page holds. No two documents have one place, so that places alone are compared.
        newest: list[tuple[Place, Document]] = []
        words = _asked(query.text)
        for document in self._fitting(query.filters, words):
            total += 1
            place = _place(document)
            if after is None or place < after:
                keep = heapq.heappush if len(newest) <= query.limit else heapq.heappushpop
                keep(newest, (place, document))
        newest.sort(reverse=True, key=itemgetter(0))
        page = newest[: query.limit]
        marker = Marker({"": {(word,) for word in words}})
        hits = tuple(_hit(document, query.lang, marker) for _, document in page)
        return Page(hits=hits, total=total, facets={}, next=page[-1][0] if len(newest) > query.limit else None)

    def _fitting(self, filters: Mapping[str, tuple[str, ...]], words: set[str]) -> Iterator[Document]:
        kinds = filters.get("kind") or search_rows.SEARCHED
        chosen = [(facet, set(values)) for facet, values in filters.items() if values]
        with self._engine.connect() as connection:
            for kind in search_rows.SEARCHED:
                if kind not in kinds:
                    continue
                for document in search_documents.documents(connection, kind):
                    chosen_all = all(values & {*document.facets.get(facet, ())} for facet, values in chosen)
                    if chosen_all and words <= _folded(document):
                        yield document


def _asked(text: str) -> set[str]:
    """The words that a record must hold: those that say something, or all of them where none does."""
    typed = [word for word in words_of(text[:MOST_CHARACTERS]) if fold(word)][:MOST_WORDS]
    said = [word for word in typed if not is_stop_word(word)]
    telling = [word for word in said if not is_generic(word)]
    return {fold(word) for word in telling or said}


def _folded(document: Document) -> set[str]:
    texts = (document.title, document.context, document.body)
    whole = "\n".join((*document.names, document.id, *(part for text in texts for part in text.values())))
    return {fold(word) for word in words_of(whole)}


def _place(document: Document) -> Place:
    return seconds(document.changed_at), key_digest(f"{document.kind}:{document.id}")


def _hit(document: Document, lang: str, marker: Marker) -> Hit:
    title_lang = lang if lang in document.title else next(iter(document.title))
    return Hit(
        kind=document.kind,
        id=document.id,
        version=document.version,
        card=document.card,
        title=marker.mark(document.title[title_lang]),
        title_lang=title_lang,
        passage="",
        passage_lang=lang,
        changed_at=document.changed_at,
        score=0.0,
    )
