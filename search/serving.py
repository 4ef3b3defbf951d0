"""One search as pages, API and command give it: understood, answered, found, labelled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app

from search.answers import Answer, AnswerProvider, Understood, UnderstoodFilter
from search.backend import FACETS, Correction, Page, Place, Query, SearchBackend, SearchUnavailable
from search.documents import DocumentSource, FacetLabels

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class SearchParts:
    """What the search is made of in this installation; put together by app.py."""

    backend: SearchBackend
    source: DocumentSource
    labels: FacetLabels
    answers: AnswerProvider
    # What answers while the index is away.
    fallback: Callable[[Query], Page]
    # Who takes note of what was looked for in vain.
    unanswered: Callable[[str], None]


def parts() -> SearchParts:
    """The parts of the application at hand."""
    found = current_app.extensions["acervo.search"]
    assert isinstance(found, SearchParts)
    return found


@dataclass(frozen=True)
class Request:
    """What a reader asks for; ``literal`` turns off what would be understood or corrected."""

    text: str = ""
    lang: str = "es"
    filters: Mapping[str, tuple[str, ...]] = None  # type: ignore[assignment]
    limit: int = 25
    after: Place | None = None
    sort: str = "relevance"
    literal: bool = False


@dataclass(frozen=True)
class Result:
    """What was found, and how the query was read."""

    page: Page
    understood: tuple[UnderstoodFilter, ...]
    filters: Mapping[str, tuple[str, ...]]
    answer: Answer | None
    degraded: bool = False


def run_search(request: Request, *, with_answer: bool = True) -> Result:
    """Search; while the index is away the database answers, in plainer fashion."""
    found = parts()
    understood = Understood(request.text) if request.literal else found.answers.understand(request.text)
    applied = tuple(one for one in understood.filters if one.facet not in request.filters)
    filters = {**request.filters}
    for one in applied:
        filters[one.facet] = (*filters.get(one.facet, ()), one.value)
    query = Query(
        text=understood.rest if applied else request.text,
        lang=request.lang,
        filters=filters,
        limit=request.limit,
        after=request.after,
        sort=request.sort,
        kinds_first=understood.kinds,
        exact=request.literal,
    )
    shown: Mapping[str, tuple[str, ...]] = filters
    try:
        page = found.backend.search(query)
        if applied and not page.total:
            # Nothing there: what there is elsewhere is shown instead, and what was understood filters nothing.
            shown, applied = request.filters, ()
            elsewhere = found.backend.search(replace(query, filters=shown))
            page = replace(elsewhere, loosened=elsewhere.total > 0)
    except SearchUnavailable:
        return Result(found.fallback(query), applied, filters, None, degraded=True)
    if page.corrected:
        page = replace(page, corrected=_over(request.text, page.corrected))
    answer = None
    if with_answer and request.after is None:
        answer = found.answers.answer(_as_searched(understood, page), filters, request.lang)
    return Result(page, applied, shown, answer)


def note_silence(request: Request, result: Result) -> None:
    """Tell of words that no record holds; what the reader's own filters emptied is no silence."""
    page = result.page
    if not request.text or request.filters or request.after is not None or request.literal or result.degraded:
        return
    if (page.total and not page.loosened) or (result.answer and result.answer.lines):
        return
    parts().unanswered(request.text)


def _over(text: str, correction: Correction) -> Correction:
    """A correction told over the whole text, with what was understood as a filter left in it."""
    searched = _WORD.sub(lambda word: correction.words.get(word[0], word[0]), text)
    return Correction(text, searched, correction.words)


def _as_searched(understood: Understood, page: Page) -> Understood:
    """With the corrected words: the answer is about what was looked for."""
    if not page.corrected:
        return understood
    words = page.corrected.words
    return replace(understood, rest=_WORD.sub(lambda word: words.get(word[0], word[0]), understood.rest))


def labelled_facets(result: Result, lang: str) -> dict[str, list[dict[str, Any]]]:
    """The facets with labels, the most frequent values first, the chosen ones always there."""
    labelled: dict[str, list[dict[str, Any]]] = {}
    for facet in FACETS:
        counted = dict(result.page.facets.get(facet, ()))
        chosen = result.filters.get(facet, ())
        values = list(dict.fromkeys((*counted, *chosen)))
        if facet == "year":
            values.sort(reverse=True)
        names = parts().labels.labels(facet, values, lang)
        labelled[facet] = [
            {
                "value": value,
                "label": names.get(value, value),
                "count": counted.get(value, 0),
                "selected": value in chosen,
            }
            for value in values
        ]
    return labelled
