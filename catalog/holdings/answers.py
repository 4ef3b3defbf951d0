"""The direct answer to 'who holds X in Y', from records alone. Silence is not a finding."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.code_lists.lists import code_lists
from catalog.holdings.registry import newest_change
from catalog.holdings.understanding import Gazetteer
from catalog.models import Absence, Country, Figure, Indicator, Institution, Production
from search.analysis import is_generic, is_stop_word, words_of
from search.answers import Answer, Line, Texts, Understood, UnderstoodFilter
from search.backend import Page, Query
from web.locale import LANGUAGES, current_language, language, number, period, pick, show_date, translate

MOST_LINES = 8
MOST_INDICATORS = 3
# An indicator counts as meant where it comes this close to the best.
_NEAR = 0.75
_FRESH_SECONDS = 1.0


def in_both(say: Callable[[], str]) -> Texts:
    """The same sentence in both languages."""
    texts = {}
    for lang in LANGUAGES:
        with language(lang):
            texts[lang] = say()
    return texts


class CatalogAnswers:
    """Implements ``search.answers.AnswerProvider`` on the catalogue."""

    def __init__(self, engine: sa.Engine, search: Callable[[Query], Page]) -> None:
        self._engine, self._search = engine, search
        self._gazetteer: Gazetteer | None = None
        self._names: dict[str, Country] = {}
        self._seen, self._looked_at = -1, 0.0

    def understand(self, text: str) -> Understood:
        reading = self._current().read(text)
        says_more = any(not is_stop_word(word) and not is_generic(word) for word in words_of(reading.rest))
        if not reading.countries or not says_more:
            return Understood(text, (), reading.question)
        filters = tuple(UnderstoodFilter("country", one.value, one.words) for one in reading.countries)
        return Understood(reading.rest, filters, reading.question)

    def _current(self) -> Gazetteer:
        """The names of the countries on record; looked up again when the catalogue has changed."""
        if self._gazetteer is None or time.monotonic() - self._looked_at > _FRESH_SECONDS:
            with Session(self._engine, expire_on_commit=False) as session:
                newest = newest_change(session)
                if self._gazetteer is None or newest != self._seen:
                    self._names = {one.id: one for one in session.scalars(sa.select(Country))}
                    gazetteer = Gazetteer()
                    for country in self._names.values():
                        gazetteer.add(country.id, (country.name_es, country.name_en, country.id))
                    self._gazetteer, self._seen = gazetteer, newest
            self._looked_at = time.monotonic()
        return self._gazetteer

    def answer(self, understood: Understood, chosen: Mapping[str, tuple[str, ...]], lang: str) -> Answer | None:
        countries = [value for value in chosen.get("country", ()) if value in self._names]
        others = {name for name, values in chosen.items() if values} - {"country", "kind"}
        if others or not (countries or understood.question):
            return None
        meant = self._indicators(understood.rest, lang)
        if not meant:
            return None
        with Session(self._engine, expire_on_commit=False) as session:
            return _answer(session, meant, [self._names[value] for value in countries])

    def _indicators(self, text: str, lang: str) -> list[str]:
        """The indicators that a text means, found by the search itself; none where it is not sure."""
        if not any(not is_stop_word(word) and not is_generic(word) for word in words_of(text)):
            return []
        page = self._search(
            Query(text=text, lang=lang, filters={"kind": ("indicator",)}, limit=MOST_INDICATORS + 1, facets=())
        )
        if page.loosened or not page.hits:
            return []
        best = page.hits[0].score
        near = [hit.id for hit in page.hits if hit.score >= _NEAR * best]
        return near if len(near) <= MOST_INDICATORS else []


@dataclass(frozen=True)
class _Found:
    """What the catalogue holds for an answer."""

    productions: Sequence[Production]
    latest: Mapping[str, Figure]
    predecessors: Mapping[str, Institution]
    absences: Sequence[Absence]


def _answer(session: Session, indicator_ids: Sequence[str], countries: Sequence[Country]) -> Answer:
    order = {identifier: place for place, identifier in enumerate(indicator_ids)}
    indicators = sorted(
        session.scalars(sa.select(Indicator).where(Indicator.id.in_(indicator_ids))), key=lambda one: order[one.id]
    )
    found = _look_up(session, indicator_ids, [country.id for country in countries])
    shown = found.productions[:MOST_LINES]
    return Answer(
        title=in_both(lambda: _title(indicators, countries)),
        lines=tuple(_line(production, found) for production in shown),
        closing=tuple(_closing(indicators, countries, found)),
        about={"indicator": tuple(indicator_ids), "country": tuple(country.id for country in countries)},
    )


def _look_up(session: Session, indicators: Sequence[str], countries: Sequence[str]) -> _Found:
    query = (
        sa.select(Production)
        .join(Production.institution)
        .where(Production.indicator_id.in_(indicators))
        .options(joinedload(Production.institution), joinedload(Production.country), joinedload(Production.indicator))
        .order_by(Production.status != "active", Institution.status != "active", ~Production.checked, Production.id)
        .limit(MOST_LINES + 1)
    )
    absences = sa.select(Absence).where(Absence.indicator_id.in_(indicators)).options(joinedload(Absence.said_by))
    if countries:
        query = query.where(Production.country_id.in_(countries))
        absences = absences.where(Absence.country_id.in_(countries))
    productions = list(session.scalars(query))
    holders = [production.institution_id for production in productions]
    before = sa.select(Institution).where(Institution.successor_id.in_(holders))
    return _Found(
        productions,
        _latest_figures(session, [production.id for production in productions]),
        {one.successor_id: one for one in session.scalars(before) if one.successor_id},
        list(session.scalars(absences.limit(MOST_LINES))),
    )


def _latest_figures(session: Session, productions: Sequence[str]) -> dict[str, Figure]:
    """The newest total of each production that a source confirms."""
    query = (
        sa.select(Figure)
        .where(Figure.production_id.in_(productions), Figure.dimension == "total", Figure.checked)
        .order_by(Figure.period_end, Figure.period_start.desc(), Figure.published)
    )
    return {figure.production_id: figure for figure in session.scalars(query)}


def _name(record: Any, field: str = "name") -> str:
    texts = {lang: getattr(record, f"{field}_{lang}") for lang in LANGUAGES}
    return pick(texts, (record.originals or {}).get(field))[0]


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return translate("%(most)s and %(last)s", {"most": ", ".join(names[:-1]), "last": names[-1]})


def _title(indicators: Sequence[Indicator], countries: Sequence[Country]) -> str:
    what = _listed([_name(indicator) for indicator in indicators])
    if not countries:
        return translate("Who holds “%(what)s”?", {"what": what})
    where = _listed([_name(country) for country in countries])
    return translate("Who holds “%(what)s” in %(where)s?", {"what": what, "where": where})


def _line(production: Production, found: _Found) -> Line:
    institution = production.institution
    figure = found.latest.get(production.id)
    records = [
        ("institution", institution.id, institution.acronym or _name(institution)),
        ("production", production.id, _name(production, "title")),
    ]
    if production.country:
        records.append(("country", production.country.id, _name(production.country)))
    sources = tuple(filter(None, (figure.source if figure else None,)))
    return Line(
        text=in_both(lambda: _sentence(production, figure)),
        records=tuple(records),
        sources=sources,
        unconfirmed=not production.checked,
        notes=tuple(_notes(production, found)),
    )


def _sentence(production: Production, figure: Figure | None) -> str:
    """'SENAF, Secretaría de …: NNA retornados atendidos, irregular, 2014–2026. Última cifra vista: 5 530, …'"""
    institution = production.institution
    facts = [_name(production, "title")]
    if production.periodicity:
        facts.append(code_lists()["periodicity"].label(production.periodicity, current_language()).lower())
    if production.first_year or production.last_year:
        seen = dict.fromkeys(str(year) for year in (production.first_year, production.last_year) if year)
        facts.append("–".join(seen))
    holder = ", ".join(filter(None, (institution.acronym, _name(institution))))
    if production.country:
        holder += f" ({_name(production.country)})"
    text = f"{holder}: {', '.join(facts)}."
    if figure:
        value = {"value": number(figure.value), "period": period(figure.period_start, figure.period_end)}
        text += " " + translate("Latest figure seen: %(value)s, %(period)s.", value)
    return text


def _notes(production: Production, found: _Found) -> list[Texts]:
    notes = []
    before = found.predecessors.get(production.institution_id)
    if before:
        acronym = before.acronym or before.id
        notes.append(in_both(lambda: translate("It succeeds %(name)s.", {"name": acronym})))
    if production.status == "closed" or production.institution.status == "closed":
        notes.append(in_both(lambda: translate("Closed.")))
    return notes


def _closing(indicators: Sequence[Indicator], countries: Sequence[Country], found: _Found) -> list[Texts]:
    said = [in_both(lambda one=one: _nobody(one)) for one in found.absences]  # type: ignore[misc]
    held = {production.country_id for production in found.productions}
    confirmed = {absence.country_id for absence in found.absences}
    for country in countries:
        if country.id in held:
            said.append(in_both(lambda one=country: _no_other(one)))  # type: ignore[misc]
        elif country.id not in confirmed:
            said.append(in_both(lambda one=country: not_recorded(indicators, one)))  # type: ignore[misc]
    if not countries and len(found.productions) > MOST_LINES:
        said.append(in_both(lambda: translate("There are more below.")))
    return said


def _no_other(country: Country) -> str:
    return translate(
        "This registry records no other institution of %(country)s with this indicator.", {"country": _name(country)}
    )


def not_recorded(indicators: Sequence[Indicator], country: Country) -> str:
    """What an answer says where nothing is recorded: never that nobody has it."""
    what = _listed([_name(indicator) for indicator in indicators])
    return translate(
        "This registry records no institution in %(country)s that holds “%(what)s”. "
        "It does not mean that nobody has it: nobody has told us yet.",
        {"country": _name(country), "what": what},
    )


def _nobody(absence: Absence) -> str:
    return translate(
        "Nobody holds it, says %(who)s (%(when)s).",
        {"who": absence.said_by.acronym or _name(absence.said_by), "when": show_date(absence.said_on)},
    )
