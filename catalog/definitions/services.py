"""Definitions as pages show them: every attribute that applies, with its label and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.code_lists.lists import Attribute, code_lists, core_attributes, special_codes
from catalog.definitions.structure import AttributeValue, read_out
from catalog.models import Definition


@dataclass(frozen=True)
class ShownValue:
    """An attribute's value in the reader's words."""

    attribute: Attribute
    codes: tuple[str, ...]
    provenance: str
    label: str
    is_not_applicable: bool


@dataclass(frozen=True)
class ShownDefinition:
    """A definition grouped for reading: the attributes without which nothing can be compared come first."""

    groups: Sequence[tuple[str, Sequence[ShownValue]]]
    core_known: int
    core_inferred: int
    core_total: int


def in_force(session: Session, *, production: str | None = None, indicator: str | None = None) -> Definition | None:
    """The definition in force of a production, or an indicator's reference definition."""
    subject = Definition.production_id == production if production else Definition.indicator_id == indicator
    return session.scalar(sa.select(Definition).where(subject).order_by(Definition.number.desc()).limit(1))


def all_in_force(session: Session, productions: Sequence[str]) -> dict[str, Definition]:
    """The definitions in force of several productions, by production; one that has none is left out."""
    query = sa.select(Definition).where(Definition.production_id.in_(productions)).order_by(Definition.number)
    return {str(one.production_id): one for one in session.scalars(query)}


def show_definition(definition: Definition | None, topic: str | None, lang: str) -> ShownDefinition:
    """A definition for a page; where there is none, all is unknown."""
    values: Mapping[str, Mapping[str, str]] = definition.attribute_values if definition else {}
    core = set(core_attributes(topic))
    shown = [_shown(value, lang) for value in read_out(values, topic)]
    own = [value for value in shown if value.attribute.code in core]
    groups: list[tuple[str, Sequence[ShownValue]]] = [("core", own)]
    labels = [code.code for code in code_lists()["groups"].codes if code.code != "core"]
    rest = [value for value in shown if value.attribute.code not in core]
    # What is in the group of the core but not needed here goes with the universe.
    placed = {"core": "universe"}
    groups += [
        (name, [value for value in rest if placed.get(value.attribute.group, value.attribute.group) == name])
        for name in labels
    ]
    return ShownDefinition(
        groups=[(name, members) for name, members in groups if members],
        core_known=sum(1 for value in own if value.codes),
        core_inferred=sum(1 for value in own if value.provenance == "inferred"),
        core_total=len(own),
    )


def _shown(value: AttributeValue, lang: str) -> ShownValue:
    label = "; ".join(code_label(value.attribute, code, lang) for code in value.codes)
    return ShownValue(value.attribute, value.codes, value.provenance, label, value.is_not_applicable)


def code_label(attribute: Attribute, code: str, lang: str) -> str:
    """The words for one code of an attribute; numbers stand for themselves."""
    if code in attribute.codes:
        return attribute.codes.label(code, lang)
    return special_codes().label(code, lang)
