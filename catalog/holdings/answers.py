"""The direct answer above the hits: what is understood of a query, and when an answer is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.holdings.facts import Asked, look_up
from catalog.holdings.names import load_names
from catalog.holdings.registry import newest_change
from catalog.holdings.sentences import tell
from catalog.holdings.understanding import (
    BREAKDOWN,
    COUNTRY,
    INSTITUTION,
    TOPIC,
    Gazetteer,
    Reading,
    without_question_words,
)
from catalog.models import Country, Indicator, Institution, Topic
from search.analysis import is_generic, is_stop_word, stem, words_of
from search.answers import Answer, Understood, UnderstoodFilter
from search.backend import Hit, Page, Query

R = TypeVar("R", Country, Indicator, Institution)
MOST_INDICATORS = 3
MOST_COUNTRIES = 4
# Several institutions share some acronyms; more than so many are none in particular.
MOST_INSTITUTIONS = 3
MOST_OF_A_TOPIC = 20
# So many of the best hits show what a text means.
_HITS = 8
# An indicator counts as meant where its score comes this close to the best. Where more than a few come within the wider
# distance, the words mean a whole topic, or nothing clear.
_NEAR, _WIDE = 0.6, 0.4
_FRESH_SECONDS = 1.0
# Whoever asks for a holder, or names a place, looks for these before their indicator.
_HOLDINGS = ("production",)
# Whoever names a topic looks for what there is in it.
_PARTS_OF_A_TOPIC = ("indicator",)


class CatalogAnswers:
    """Implements ``search.answers.AnswerProvider`` on the catalogue."""

    def __init__(self, engine: sa.Engine, search: Callable[[Query], Page]) -> None:
        self._engine, self._search = engine, search
        self._names: Gazetteer | None = None
        self._seen, self._looked_at = -1, 0.0

    def understand(self, text: str) -> Understood:
        """Countries become filters; a country alone is looked for like any word."""
        names = self._current()
        reading = names.read(text, kept=(INSTITUTION,))
        if not reading.countries or not _says_something(reading.rest):
            kinds = _HOLDINGS if reading.question else _PARTS_OF_A_TOPIC if _is_topic(names, text) else ()
            return Understood(text, (), reading.question, kinds)
        filters = tuple(
            UnderstoodFilter("country", value, one.words) for one in reading.countries for value in one.values
        )
        return Understood(reading.rest, filters, reading.question, _HOLDINGS)

    def _current(self) -> Gazetteer:
        """The names on record; read again when the catalogue has changed."""
        if self._names is None or time.monotonic() - self._looked_at > _FRESH_SECONDS:
            with Session(self._engine) as session:
                newest = newest_change(session)
                if self._names is None or newest != self._seen:
                    self._names, self._seen = load_names(session), newest
            self._looked_at = time.monotonic()
        return self._names

    def answer(self, understood: Understood, chosen: Mapping[str, tuple[str, ...]], lang: str) -> Answer | None:
        """Who holds what was asked for, or what an institution holds; only where both are clear."""
        if {name for name, values in chosen.items() if values} - {"country", "kind"}:
            return None
        reading = self._current().read(understood.rest, (COUNTRY, INSTITUTION, BREAKDOWN))
        # A country that was misspelled is named only in the corrected words.
        named = (value for one in reading.countries for value in one.values)
        countries = tuple(dict.fromkeys((*chosen.get("country", ()), *named)))
        question = _Question(reading, understood.question or reading.question, countries)
        # Most searches are none: they are let go before anything is looked up.
        if not question.is_one:
            return None
        meant = self._meant(reading.rest, lang)
        if not meant.indicators and not question.is_about_an_institution:
            return None
        with Session(self._engine, expire_on_commit=False) as session:
            asked = _resolve(session, question, meant)
            return tell(asked, look_up(session, asked)) if asked else None

    def _meant(self, text: str, lang: str) -> _Meant:
        """The indicators that a text means, found by the search itself; nothing where it is not sure."""
        for words in dict.fromkeys((text, without_question_words(text))):
            if not _says_something(words):
                break
            query = Query(text=words, lang=lang, filters={"kind": ("indicator",)}, limit=_HITS, facets=())
            page = self._search(query)
            if page.hits and not page.loosened:
                return _meant_by(words, page.hits)
        return _Meant()


@dataclass(frozen=True)
class _Meant:
    """What a text means: some indicators, or all of a topic."""

    indicators: tuple[str, ...] = ()
    topic: str | None = None


def _meant_by(text: str, hits: Sequence[Hit]) -> _Meant:
    """What a text means whose best hits are these: what it names outright, else what stands out."""
    named = tuple(hit.id for hit in hits if _names(text, hit))
    if named:
        return _Meant(named[:MOST_INDICATORS])
    best = hits[0].score
    wide = [hit for hit in hits if hit.score >= _WIDE * best]
    if len(wide) > MOST_INDICATORS and len({hit.card["topic"] for hit in wide}) == 1:
        return _Meant(tuple(hit.id for hit in wide), wide[0].card["topic"])
    near = tuple(hit.id for hit in hits if hit.score >= _NEAR * best)
    return _Meant(near if len(near) <= MOST_INDICATORS else ())


def _names(text: str, hit: Hit) -> bool:
    """Whether a text is the indicator's name, but for the forms of words and what every question says besides."""
    return any(_is_name(lang, text, title) for lang, title in hit.card["title"].items())


def _is_name(lang: str, text: str, title: str) -> bool:
    name = {stem(lang, word) for word in words_of(title)} - {""}
    said = [word for word in words_of(text) if not is_stop_word(word)]
    return name == {stem(lang, word) for word in said if stem(lang, word) in name or not is_generic(word)}


def _is_topic(names: Gazetteer, text: str) -> bool:
    """Whether a text is the name of a topic and nothing else."""
    reading = names.read(text, (TOPIC,))
    return bool(reading.named) and not reading.rest


def _says_something(text: str) -> bool:
    """Whether a text has words besides those of every question in the field."""
    return any(not is_stop_word(word) and not is_generic(word) for word in words_of(text))


@dataclass(frozen=True)
class _Question:
    """A query as it was read, with the countries that are chosen."""

    reading: Reading
    asks: bool
    chosen: Sequence[str]

    @property
    def is_one(self) -> bool:
        """Whether it asks for more than words, and not for too much at once."""
        institutions = self.reading.of(INSTITUTION)
        if len(self.chosen) > MOST_COUNTRIES or len(institutions) > 1:
            return False
        return bool(self.asks or self.chosen or institutions or self.reading.of(BREAKDOWN))

    @property
    def is_about_an_institution(self) -> bool:
        """Whether it names an institution and nothing else."""
        return bool(self.reading.of(INSTITUTION)) and not _says_something(self.reading.rest)


def _resolve(session: Session, question: _Question, meant: _Meant) -> Asked | None:
    """The records that a question is about; None where it is about too many."""
    chosen = dict.fromkeys(question.chosen)
    named = [value for one in question.reading.of(INSTITUTION) for value in one.values]
    institutions = _in_order(session, Institution, named)
    if chosen and institutions:
        institutions = [one for one in institutions if one.country_id in chosen]
    if named and not 0 < len(institutions) <= MOST_INSTITUTIONS:
        return None
    return Asked(
        indicators=_indicators(session, meant),
        topic=session.get(Topic, meant.topic) if meant.topic else None,
        countries=_in_order(session, Country, list(chosen)),
        institutions=institutions,
        breakdowns=[one.value for one in question.reading.of(BREAKDOWN)],
    )


def _indicators(session: Session, meant: _Meant) -> list[Indicator]:
    """The indicators that are meant; of a topic, its others after them."""
    if meant.topic is None:
        return _in_order(session, Indicator, meant.indicators)
    of_topic = sa.select(Indicator.id).where(Indicator.topic_id == meant.topic).order_by(Indicator.id)
    others = session.scalars(of_topic.limit(MOST_OF_A_TOPIC))
    return _in_order(session, Indicator, list(dict.fromkeys((*meant.indicators, *others))))


def _in_order(session: Session, model: type[R], identifiers: Sequence[str]) -> list[R]:
    found = {one.id: one for one in session.scalars(sa.select(model).where(model.id.in_(identifiers)))}
    return [found[identifier] for identifier in identifiers if identifier in found]
