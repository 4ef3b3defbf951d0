"""The value that a definition is: attributes with codes and provenance. Pure.

Empty is *unknown* and is not stored; ``na`` says that the question has no meaning for the number; ``none`` is the
empty set (``docs/domain/definitions.md`` §1). The three are never confused with one another or with zero.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.code_lists.lists import NOT_APPLICABLE, Attribute, attributes

_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")
READ, DECLARED, INFERRED, UNKNOWN = "read", "declared", "inferred", "unknown"
Values = Mapping[str, Mapping[str, str]]


class InvalidValue(ValueError):
    """An attribute cannot have this value; ``reason`` is a code of :data:`REASONS`."""

    def __init__(self, attribute: str, value: str, reason: str) -> None:
        super().__init__(f"{attribute}={value}: {reason}")
        self.attribute, self.value, self.reason = attribute, value, reason


REASONS = ("unknown_code", "several_codes", "stands_alone", "not_a_number")


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """What one definition says about one attribute; ``codes`` is empty where nothing is known."""

    attribute: Attribute
    codes: tuple[str, ...]
    provenance: str

    @property
    def is_known(self) -> bool:
        return bool(self.codes)

    @property
    def is_not_applicable(self) -> bool:
        return self.codes == (NOT_APPLICABLE,)


@lru_cache(maxsize=8192)
def parse_value(code: str, text: str) -> str:
    """Bring an attribute's text to its one stored form: codes trimmed, in lower case, sorted, without repeats.

    :raises InvalidValue: a code that the attribute does not have, several where one is asked for, ``na`` or ``none``
        beside another code, a number that is none or is negative.
    """
    attribute = attributes()[code]
    parts = sorted({part.strip().lower() for part in text.split(";")} - {""})
    if len(parts) > 1 and attribute.type != "set":
        raise InvalidValue(code, text, "several_codes")
    if len(parts) > 1 and attribute.accepts & set(parts):
        raise InvalidValue(code, text, "stands_alone")
    if attribute.type in ("duration", "number"):
        return "".join(_number(code, part) for part in parts)
    for part in parts:
        if part not in attribute.codes and part not in attribute.accepts:
            raise InvalidValue(code, part, "unknown_code")
    return ";".join(parts)


def _number(code: str, text: str) -> str:
    if text in attributes()[code].accepts:
        return text
    # At most six digits: what the general format keeps.
    if not _NUMBER.fullmatch(text):
        raise InvalidValue(code, text, "not_a_number")
    return f"{float(text):g}"


def fingerprint(values: Values) -> str:
    """A digest that two definitions share exactly where all their values are equal, whatever the provenance."""
    text = "\n".join(f"{code}={values[code]['value']}" for code in sorted(values))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def read_out(values: Values, topic: str | None) -> tuple[AttributeValue, ...]:
    """Every attribute that applies to a topic, in the domain's order, the unknown ones included."""
    return tuple(
        _value(attribute, values.get(attribute.code))
        for attribute in attributes().values()
        if attribute.applies_to(topic)
    )


def _value(attribute: Attribute, stored: Mapping[str, str] | None) -> AttributeValue:
    if not stored:
        return AttributeValue(attribute, (), UNKNOWN)
    return AttributeValue(attribute, tuple(stored["value"].split(";")), stored["provenance"])


def known_count(values: Values, codes: Iterable[str]) -> int:
    """How many of these attributes have a value; ``na`` and ``none`` count as known."""
    return sum(1 for code in codes if code in values)
