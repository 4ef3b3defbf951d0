"""Rules between the columns of one record, as the database has them too. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog.exchange.faults import Fault
from catalog.exchange.messages import N_

Rule = Callable[[Mapping[str, Any]], Fault | None]


def definition_id(subject: str, number: int) -> str:
    """The identifier of the n-th version of a record's definition."""
    return f"{subject}--d{number}"


def record_faults(kind: str, record: Mapping[str, Any]) -> list[Fault]:
    """What a record of a kind cannot be, one fault a rule."""
    return [fault for rule in _RULES[kind] if (fault := rule(record))]


def inline_definition_faults(definition: Mapping[str, Any]) -> list[Fault]:
    """The same of a definition that stands in the row of what it defines."""
    fault = _INLINE_VALID_TIME(definition)
    return [fault] if fault else []


def _ordered(first: str, last: str, heading: str | None = None) -> Rule:
    def rule(record: Mapping[str, Any]) -> Fault | None:
        start, end = record.get(first), record.get(last)
        if start is None or end is None or start <= end:
            return None
        return Fault(
            heading or last,
            N_("%(end)s comes before %(start)s"),
            N_("correct one of the two"),
            {"start": start, "end": end},
        )

    return rule


def _named(heading: str, field: str) -> Rule:
    def rule(record: Mapping[str, Any]) -> Fault | None:
        if record.get(f"{field}_es") or record.get(f"{field}_en") or field in (record.get("originals") or {}):
            return None
        return Fault(heading, N_("there is no text in any language"), N_("fill it in, in Spanish if you can"))

    return rule


def _not_its_own(heading: str) -> Rule:
    def rule(record: Mapping[str, Any]) -> Fault | None:
        if record.get(f"{heading}_id") != record["id"]:
            return None
        return Fault(
            heading,
            N_("'%(value)s' is the institution itself"),
            N_("name another institution, or leave the cell empty"),
            {"value": record["id"]},
        )

    return rule


def _total_is_no_part(record: Mapping[str, Any]) -> Fault | None:
    if record["dimension"] == "total" and record.get("complete") is not None:
        return Fault("complete", N_("a total is no part of anything"), N_("leave the cell empty"))
    return None


def _one_subject(record: Mapping[str, Any]) -> Fault | None:
    if bool(record.get("production_id")) != bool(record.get("indicator_id")):
        return None
    return Fault(
        "production",
        N_("a definition is of one production or of one indicator"),
        N_("fill in one of the two"),
    )


def _reachable(record: Mapping[str, Any]) -> Fault | None:
    if record.get("mailbox") or record.get("telephone"):
        return None
    return Fault("mailbox", N_("there is neither a mailbox nor a telephone"), N_("fill in one of the two"))


_VALID_TIME = _ordered("valid_from", "valid_to")
_INLINE_VALID_TIME = _ordered("valid_from", "valid_to", "definition_valid_to")
_RULES: dict[str, tuple[Rule, ...]] = {
    "country": (_named("es", "name"), _VALID_TIME),
    "institution": (_named("name_es", "name"), _not_its_own("parent"), _not_its_own("successor"), _VALID_TIME),
    "contact": (_reachable, _VALID_TIME),
    "indicator": (_named("name_es", "name"), _VALID_TIME),
    "production": (_named("title_es", "title"), _ordered("first_year", "last_year"), _VALID_TIME),
    "definition": (_one_subject, _VALID_TIME),
    "figure": (_ordered("period_start", "period_end"), _total_is_no_part, _VALID_TIME),
    "absence": (_VALID_TIME,),
}
