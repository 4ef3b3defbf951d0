"""The direct answer in words, in both languages, from facts alone. Silence is not a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from catalog.code_lists.lists import attributes, code_lists
from catalog.exchange.messages import N_
from catalog.holdings.facts import Asked, Facts
from catalog.models import Absence, Country, Figure, Institution, Production
from search.answers import Answer, Line, Part, Texts
from web.locale import (
    LANGUAGES,
    current_language,
    language,
    listed,
    number,
    period,
    record_text,
    show_date,
    translate,
    year_span,
)

_UNIT_OF_COUNTS = "count"
# Stands in a sentence where a record's name goes.
_HERE = "\N{OBJECT REPLACEMENT CHARACTER}"


def tell(asked: Asked, facts: Facts) -> Answer:
    """The whole answer."""
    return Answer(
        title=in_both(lambda: _title(asked)),
        lines=(
            *(_line(production, asked, facts) for production in facts.productions),
            *(_nobody(absence, asked) for absence in _confirmed_absences(asked, facts)),
        ),
        closing=tuple(_closing(asked, facts)),
        about={
            "indicator": tuple(one.id for one in asked.indicators),
            "country": tuple(one.id for one in asked.countries),
            "institution": tuple(one.id for one in asked.institutions),
            "disaggregation": tuple(asked.breakdowns),
        },
    )


def in_both(say: Callable[[], str]) -> Texts:
    """The same sentence in both languages."""
    texts = {}
    for lang in LANGUAGES:
        with language(lang):
            texts[lang] = say()
    return texts


def _said(message: str, facts: Callable[[], Mapping[str, str]] | None = None) -> Texts:
    """A message in both languages; its facts are worked out in each."""
    return in_both(lambda: translate(message, facts() if facts else None))


def _name(record: Any, field: str = "name") -> str:
    return record_text(record, field)[0]


def _called(institution: Institution) -> str:
    """An institution's acronym, else its name."""
    return institution.acronym or _name(institution)


def _what(asked: Asked) -> str:
    return _name(asked.topic) if asked.topic else listed(_name(indicator) for indicator in asked.indicators)


def _parts_asked(asked: Asked) -> str:
    """'sexo y edad'"""
    return _breakdowns(asked.breakdowns)


def _breakdowns(codes: Iterable[str]) -> str:
    """Labels without what they explain in parentheses, to stand inside a sentence."""
    labels = (code_lists()["disaggregation"].label(code, current_language()).partition(" (")[0] for code in codes)
    return listed(label[:1].lower() + label[1:] for label in labels)


def _title(asked: Asked) -> str:
    facts = {
        "what": _what(asked),
        "where": listed(_name(country) for country in asked.countries),
        "who": listed(_called(institution) for institution in asked.institutions),
        "parts": _parts_asked(asked),
    }
    if asked.institutions and not asked.indicators:
        return translate("What does %(who)s hold?", facts)
    if asked.institutions:
        return translate("What does %(who)s hold on “%(what)s”?", facts)
    if asked.breakdowns and asked.countries:
        return translate("Who holds “%(what)s” by %(parts)s in %(where)s?", facts)
    if asked.breakdowns:
        return translate("Who holds “%(what)s” by %(parts)s?", facts)
    if asked.countries:
        return translate("Who holds “%(what)s” in %(where)s?", facts)
    return translate("Who holds “%(what)s”?", facts)


def _plain(text: str) -> Part:
    return Part(dict.fromkeys(LANGUAGES, text))


def _named(record: Any, kind: str | None, field: str = "name", *, short: bool = False) -> Part:
    """A record's name; with its kind it leads to the record, and its acronym will do where ``short``."""
    texts, spoken = {}, {}
    for lang in LANGUAGES:
        with language(lang):
            texts[lang], found = (record.acronym, lang) if short and record.acronym else record_text(record, field)
        if found != lang:
            spoken[lang] = found
    return Part(texts, (kind, record.id) if kind else None, strong=short, spoken=spoken)


def _line(production: Production, asked: Asked, facts: Facts) -> Line:
    """'SENAF, Secretaría de …: NNA retornados atendidos, irregular, 2014–2026. Última cifra vista: 5 530, …'"""
    institution, figure = production.institution, facts.latest.get(production.id)
    parts = [_named(institution, "institution", short=True)]
    if institution.acronym:
        parts += [_plain(", "), _named(institution, None)]
    if production.country and len(asked.countries) != 1:
        parts += [_plain(" ("), _named(production.country, "country"), _plain(")")]
    parts += [_plain(": "), _named(production, "production", "title")]
    parts += [Part(in_both(lambda: "".join(f", {fact}" for fact in _coverage(production)) + "."))]
    if figure:
        elsewhere = next((one for one in asked.countries if one.id == figure.country_id), None)
        parts += _latest(figure, elsewhere if production.country is None else None)
    return Line(
        parts=tuple(parts),
        sources=(figure.source,) if figure and figure.source else (),
        unconfirmed=not production.checked,
        notes=tuple(_notes(production, asked, facts)),
    )


def _coverage(production: Production) -> list[str]:
    """How often, and the years seen."""
    found = []
    if production.periodicity:
        found.append(code_lists()["periodicity"].label(production.periodicity, current_language()).lower())
    years = year_span(production.first_year, production.last_year)
    if years:
        found.append(years)
    return found


def _latest(figure: Figure, country: Country | None) -> list[Part]:
    def place() -> str:
        return f" ({_name(country)})" if country else ""

    before = _said(N_(" Latest figure seen:"))
    return [
        Part({lang: f"{text} " for lang, text in before.items()}),
        Part(in_both(lambda: _amount(figure)), strong=True),
        Part(in_both(lambda: f", {period(figure.period_start, figure.period_end)}{place()}.")),
    ]


def _amount(figure: Figure) -> str:
    """A value with its unit, unless that is plain counting."""
    value = number(figure.value)
    if figure.unit == _UNIT_OF_COUNTS:
        return value
    if figure.unit == "percent":
        return translate("%(value)s %%", {"value": value})
    unit = attributes()["unit"].codes.label(figure.unit, current_language())
    return f"{value} {unit[:1].lower() if unit[1:2].islower() else unit[:1]}{unit[1:]}"


def _notes(production: Production, asked: Asked, facts: Facts) -> list[Texts]:
    notes = []
    before = facts.predecessors.get(production.institution_id)
    if before:
        held = any(one.institution_id == before.id for one in facts.productions)
        message = N_("It succeeds %(name)s.")
        if held:
            message = N_("It succeeds %(name)s, which held this until it closed.")
        notes.append(_said(message, lambda: {"name": _called(before)}))
    if production.status == "closed" or production.institution.status == "closed":
        after = production.institution.successor
        if after:
            notes.append(_said(N_("Closed; its tasks went to %(name)s."), lambda: {"name": _called(after)}))
        else:
            notes.append(_said(N_("Closed.")))
    if asked.breakdowns:
        seen = production.disaggregations or ()
        notes.append(_said(N_("Breakdowns seen: %(parts)s."), lambda: {"parts": _breakdowns(seen)}))
    return notes


def _closing(asked: Asked, facts: Facts) -> list[Texts]:
    if asked.breakdowns:
        return _closing_of_breakdowns(facts)
    if asked.institutions:
        return _closing_of_institutions(asked, facts)
    held = {production.country_id for production in facts.productions}
    confirmed = {absence.country_id for absence in _confirmed_absences(asked, facts)}
    said = []
    for country in asked.countries:
        if country.id in facts.more:
            # What is not told here may be of another institution.
            continue
        if country.id in held:
            said.append(_no_other(country, asked))
        elif country.id not in confirmed:
            said.append(not_recorded(asked, country))
    if not asked.countries and not facts.productions:
        said.append(_nowhere(asked))
    return [*said, *_more(facts)]


def _confirmed_absences(asked: Asked, facts: Facts) -> list[Absence]:
    """Those that the question asks for; a holder on record weighs more than what somebody said."""
    if asked.breakdowns or asked.institutions:
        return []
    held = {production.country_id for production in facts.productions}
    return [one for one in facts.absences if one.country_id not in held]


def _more(facts: Facts) -> list[Texts]:
    return [_said(N_("There are more below."))] if facts.more else []


def _no_other(country: Country, asked: Asked) -> Texts:
    message = N_("This registry records no other institution of %(country)s with this indicator.")
    if asked.topic:
        message = N_("This registry records no other institution of %(country)s on this topic.")
    elif len(asked.indicators) > 1:
        message = N_("This registry records no other institution of %(country)s with these indicators.")
    return _said(message, lambda: {"country": _name(country)})


def not_recorded(asked: Asked, country: Country) -> Texts:
    """What an answer says where nothing is recorded: never that nobody has it."""
    return _said(
        N_(
            "This registry records no institution in %(country)s that holds “%(what)s”. "
            "It does not mean that nobody has it: nobody has told us yet."
        ),
        lambda: {"country": _name(country), "what": _what(asked)},
    )


def _nowhere(asked: Asked) -> Texts:
    return _said(
        N_(
            "This registry records no institution that holds “%(what)s”. "
            "It does not mean that nobody has it: nobody has told us yet."
        ),
        lambda: {"what": _what(asked)},
    )


def _nobody(absence: Absence, asked: Asked) -> Line:
    """'Nadie lo tiene, según INE (9 oct 2026).', with its source; who says so leads to its record."""
    indicator = next(one for one in asked.indicators if one.id == absence.indicator_id)
    message = N_("%(country)s: nobody holds “%(what)s”, says %(who)s (%(when)s).")
    if len(asked.countries) == len(asked.indicators) == 1:
        message = N_("Nobody holds it, says %(who)s (%(when)s).")
    whole = _said(
        message,
        lambda: {
            "country": _name(absence.country),
            "what": _name(indicator),
            "who": _HERE,
            "when": show_date(absence.said_on),
        },
    )
    before, after = ({lang: text.split(_HERE)[side] for lang, text in whole.items()} for side in (0, 1))
    who = _named(absence.said_by, "institution", short=True)
    return Line((Part(before), who, Part(after)), (absence.source,) if absence.source else (), not absence.checked)


def _closing_of_institutions(asked: Asked, facts: Facts) -> list[Texts]:
    if facts.productions:
        return _more(facts)
    message = N_(
        "This registry records no production of %(who)s. It does not mean that it holds none: nobody has told us yet."
    )
    if asked.indicators:
        message = N_(
            "This registry records no production of %(who)s with “%(what)s”. "
            "It does not mean that it holds none: nobody has told us yet."
        )
    who = asked.institutions
    return [_said(message, lambda: {"who": listed(map(_called, who)), "what": _what(asked)})]


def _closing_of_breakdowns(facts: Facts) -> list[Texts]:
    """A list of breakdowns is what was seen, not all there are: what is not in it is unknown."""
    said = [] if facts.productions else [_said(N_("No production on record was seen with this breakdown."))]
    count = facts.without_breakdown
    if count:
        message = N_("Of %(count)s other productions this registry does not say whether they have this breakdown.")
        if count == 1:
            message = N_("Of one other production this registry does not say whether it has this breakdown.")
        said.append(_said(message, lambda: {"count": number(count)}))
    return [*said, *_more(facts)]
