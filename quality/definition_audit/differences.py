"""What several definitions say about the same attribute: equal, different, or not to be told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.code_lists.lists import NOT_APPLICABLE as NA
from catalog.code_lists.lists import Attribute, attributes

EQUAL, DIFFERENT, UNKNOWN, NOT_APPLICABLE = "equal", "different", "unknown", "not_applicable"
Values = Mapping[str, Mapping[str, str]]
_CONVERTIBLE = {"unit": (frozenset({"count", "thousand"}),)}


@dataclass(frozen=True, slots=True)
class AttributeDifference:
    """One attribute over all definitions; ``values`` holds None where a definition does not say."""

    attribute: Attribute
    values: tuple[Mapping[str, str] | None, ...]
    state: str

    @property
    def is_silent(self) -> bool:
        """Whether no definition says anything about it."""
        return not any(self.values)


def compare_values(values: Sequence[str | None], alike: Iterable[frozenset[str]] = ()) -> str:
    """How values of one attribute stand to one another.

    Known values that differ are *different*, whatever else is unknown; an unknown value never counts as equal, not
    even to another unknown one. Where the question has no meaning for any of them it is *not applicable*.

    :param alike: groups of values that say the same in other words.
    """
    known = {value for value in values if value is not None}
    if len(known) > 1 and not any(known <= group for group in alike):
        return DIFFERENT
    if None in values or not values:
        return UNKNOWN
    return NOT_APPLICABLE if known == {NA} else EQUAL


def compare_definitions(definitions: Sequence[Values], topics: Sequence[str | None]) -> list[AttributeDifference]:
    """Every attribute that applies to all the topics, in the domain's order; one of another topic is not compared."""
    found = []
    for attribute in attributes().values():
        if all(attribute.applies_to(topic) for topic in topics):
            values = tuple(definition.get(attribute.code) for definition in definitions)
            state = compare_values([value["value"] if value else None for value in values], _alike(attribute))
            found.append(AttributeDifference(attribute, values, state))
    return found


def _alike(attribute: Attribute) -> tuple[frozenset[str], ...]:
    """``docs/domain/definitions.md`` §1 (``na`` beside what leaves nobody out) and §2.1, rule 6 (units)."""
    return (frozenset({NA, *attribute.na_equals}), *_CONVERTIBLE.get(attribute.code, ()))
