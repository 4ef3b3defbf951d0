"""What several definitions say about the same attribute: equal, different, or not to be told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.code_lists.lists import Attribute, attributes

EQUAL, DIFFERENT, UNKNOWN, NOT_APPLICABLE = "equal", "different", "unknown", "not_applicable"
Values = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class AttributeDifference:
    """One attribute over all definitions; ``values`` holds None where a definition does not say."""

    attribute: Attribute
    values: tuple[Mapping[str, str] | None, ...]
    state: str


def compare_values(values: Sequence[str | None]) -> str:
    """How values of one attribute stand to one another.

    Known values that differ are *different*, whatever else is unknown; an unknown value never counts as equal, not
    even to another unknown one. Where the question has no meaning for any of them it is *not applicable*.
    """
    known = {value for value in values if value is not None}
    if len(known) > 1:
        return DIFFERENT
    if None in values or not values:
        return UNKNOWN
    return NOT_APPLICABLE if known == {"na"} else EQUAL


def compare_definitions(definitions: Sequence[Values], topics: Sequence[str | None]) -> list[AttributeDifference]:
    """Every attribute that applies to all the topics, in the domain's order."""
    found = []
    for attribute in attributes().values():
        if all(attribute.applies_to(topic) for topic in topics):
            values = tuple(definition.get(attribute.code) for definition in definitions)
            state = compare_values([value["value"] if value else None for value in values])
            found.append(AttributeDifference(attribute, values, state))
    return found
