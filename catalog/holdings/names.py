"""The names that a query can name: of countries, institutions and breakdowns, from the database and the synonyms."""

from __future__ import annotations

import json
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.code_lists.lists import REGION, code_lists
from catalog.holdings.understanding import BREAKDOWN, COUNTRY, INSTITUTION, TOPIC, Gazetteer, breakdown_names
from catalog.models import Country, Institution, Topic
from web.locale import LANGUAGES

# A shorter acronym is too easily a word.
_SHORTEST_ACRONYM = 3


@cache
def _synonym_groups() -> list[dict[str, list[str]]]:
    content = json.loads((REGION / "synonyms.json").read_text(encoding="utf-8"))
    return list(content["groups"])


@cache
def _words_only_in_capitals() -> frozenset[str]:
    """Acronyms that are common words too."""
    groups = [group for group in _synonym_groups() if group.get("only_capitals")]
    return frozenset(word for group in groups for lang in LANGUAGES for word in group[lang] if word.isupper())


@cache
def _breakdowns() -> dict[str, set[str]]:
    codes = [code for code in code_lists()["disaggregation"].codes if code.code != "other"]
    labels = [(code.code, code.label(lang)) for code in codes for lang in LANGUAGES]
    groups = [group["es"] + group["en"] for group in _synonym_groups() if group["kind"] == "synonym"]  # type: ignore[comparison-overlap]
    return breakdown_names(labels, groups)


def load_names(session: Session) -> Gazetteer:
    """Every name on record; three queries of a few columns."""
    names = Gazetteer()
    for code, es, en in session.execute(sa.select(Country.id, Country.name_es, Country.name_en)):
        names.add(COUNTRY, code, (es, en))
        # SUR is Surinam, 'sur' is the south.
        names.add(COUNTRY, code, (code,), only_capitals=True)
    columns = (Institution.id, Institution.acronym, Institution.name_es, Institution.name_en)
    for identifier, acronym, es, en in session.execute(sa.select(*columns).order_by(Institution.id)):
        names.add(INSTITUTION, identifier, (es, en))
        for one in (acronym or "").split("/"):
            plain = one in _words_only_in_capitals() or len(one) < _SHORTEST_ACRONYM
            names.add(INSTITUTION, identifier, (one,), only_capitals=plain)
    for topic, es, en in session.execute(sa.select(Topic.id, Topic.name_es, Topic.name_en)):
        names.add(TOPIC, topic, (es, en))
    for code, words in _breakdowns().items():
        names.add(BREAKDOWN, code, words)
    return names
