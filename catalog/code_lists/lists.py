"""The code lists and attributes of the domain, read from the packaged data (SDMX Codelist; ISO/IEC 11179 value domain).

An attribute, a code or a label is a change of the data files, never of code or tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

REGION = Path(__file__).resolve().parents[1] / "region"
NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list, with its label in both languages."""

    code: str
    es: str
    en: str

    def label(self, lang: str) -> str:
        return self.en if lang == "en" else self.es


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes in the order in which a page shows them."""

    name: str
    codes: tuple[Code, ...]
    by_code: dict[str, Code] = field(repr=False, compare=False)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def label(self, code: str, lang: str) -> str:
        """The label of a code; the code itself where the list does not hold it."""
        found = self.by_code.get(code)
        return found.label(lang) if found else code


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a definition: what it asks, the codes it takes, and why it matters."""

    code: str
    name_es: str
    name_en: str
    type: str
    group: str
    topics: frozenset[str] | None
    codes: CodeList
    accepts: frozenset[str]
    # The values that say the same as ``na``: that nothing is selected on this ground.
    na_equals: frozenset[str]
    why_es: str
    why_en: str

    def name(self, lang: str) -> str:
        return self.name_en if lang == "en" else self.name_es

    def why(self, lang: str) -> str:
        return self.why_en if lang == "en" else self.why_es

    def applies_to(self, topic: str | None) -> bool:
        """Whether the attribute has a meaning for indicators of a topic."""
        return self.topics is None or topic in self.topics


def _load(name: str) -> Any:
    return json.loads((REGION / name).read_text(encoding="utf-8"))


def _code_list(name: str, rows: list[dict[str, Any]]) -> CodeList:
    codes = tuple(Code(row["code"], row["es"], row["en"]) for row in rows)
    return CodeList(name, codes, {code.code: code for code in codes})


@cache
def code_lists() -> dict[str, CodeList]:
    """Every plain code list by name."""
    lists = {name: _code_list(name, rows) for name, rows in _load("code_lists.json")["lists"].items()}
    lists["topic"] = _code_list("topic", _load("topics.json")["topics"])
    lists["disaggregation"] = _code_list("disaggregation", _load("disaggregations.json")["codes"])
    lists["periodicity"] = _code_list("periodicity", _load("periodicities.json")["codes"])
    content = _load("attributes.json")
    for name in ("provenance", "relations", "verdicts", "groups"):
        lists[name] = _code_list(name, content[name])
    return lists


@cache
def attributes() -> dict[str, Attribute]:
    """The attributes of a definition by code, in the order of the domain's list."""
    return {row["code"]: _attribute(row) for row in _load("attributes.json")["attributes"]}


def _attribute(row: dict[str, Any]) -> Attribute:
    topics = None if row["applies_to"] == "all" else frozenset(row["applies_to"].split(";"))
    return Attribute(
        code=row["code"],
        name_es=row["name_es"],
        name_en=row["name_en"],
        type=row["type"],
        group=row["group"],
        topics=topics,
        codes=_code_list(row["code"], row["codes"]),
        accepts=frozenset(row["accepts"]),
        na_equals=frozenset(row["na_equals"]),
        why_es=row["why_es"],
        why_en=row["why_en"],
    )


def words_of_the_field() -> list[str]:
    """Every label of a code and every name of an attribute, in both languages."""
    lists = (*code_lists().values(), *(attribute.codes for attribute in attributes().values()))
    labels = [label for one in lists for code in one.codes for label in (code.es, code.en)]
    return labels + [name for one in attributes().values() for name in (one.name_es, one.name_en)]


@cache
def special_codes() -> CodeList:
    """``na`` and ``none``: what a cell can say besides a value (``docs/domain/definitions.md`` §1)."""
    return _code_list("special", _load("attributes.json")["special_codes"])


@cache
def core_attributes(topic: str | None) -> tuple[str, ...]:
    """The attributes without which two figures of a topic cannot be compared, in the list's order."""
    content = _load("attributes.json")
    core = {*content["core"], *content["core_by_topic"].get(topic, ())}
    return tuple(code for code in attributes() if code in core)
