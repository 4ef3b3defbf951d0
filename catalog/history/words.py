"""A record's history in the reader's words: fields by their names, codes by their labels."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.code_lists.lists import attributes, code_lists
from catalog.definitions.services import code_label
from catalog.exchange.messages import N_
from catalog.models import HistoryEntry
from web.locale import current_language, gettext

LONGEST = 300
_FIELDS = {
    "access_url": N_("Access"),
    "acronym": N_("Acronym"),
    "checked": N_("Seen in a source"),
    "complete": N_("Whether the parts are all"),
    "confirmed_on": N_("Confirmed on"),
    "country_id": N_("Country"),
    "disaggregations": N_("Breakdowns"),
    "disaggregations_text": N_("Breakdowns in the source's words"),
    "first_year": N_("First year seen"),
    "gcm_objectives": N_("Objectives of the Global Compact"),
    "indicator_id": N_("Indicator"),
    "institution_id": N_("Institution"),
    "iso2": N_("Code ISO 3166-1 alpha-2"),
    "language": N_("Language"),
    "last_year": N_("Last year seen"),
    "licence": N_("Licence"),
    "m49": N_("Code M49"),
    "mailbox": N_("Mailbox"),
    "membership": N_("Part in the region"),
    "name": N_("Name"),
    "national": N_("Of each country"),
    "notes": N_("Notes"),
    "originals": N_("Original texts"),
    "parent_id": N_("Part of"),
    "periodicity": N_("How often"),
    "periods": N_("Periods held and missing"),
    "published": N_("Published on"),
    "reference_standard": N_("Standard of reference"),
    "registration_status": N_("Registration"),
    "role": N_("Part in the project"),
    "sdg_code": N_("Indicator of the SDG"),
    "source": N_("Source"),
    "status": N_("State"),
    "successor_id": N_("Successor"),
    "telephone": N_("Telephone"),
    "territory": N_("Territory"),
    "text": N_("Definition"),
    "title": N_("Title"),
    "topic_id": N_("Topic"),
    "type": N_("Kind"),
    "unit": N_("Unit"),
    "valid_from": N_("Valid from"),
    "valid_to": N_("Valid to"),
    "website": N_("Website"),
}
_LISTS = {
    "disaggregations": "disaggregation",
    "membership": "membership",
    "periodicity": "periodicity",
    "registration_status": "registration_status",
    "topic_id": "topic",
}
_LANGUAGES = {"es": N_("Spanish"), "en": N_("English")}


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One line of a history; without a field it tells of the record as a whole."""

    recorded_at: datetime
    origin: str
    reason: str | None
    version: int
    act: str
    kind: str
    field: str | None
    before: str | None
    after: str | None


def tell(entry: HistoryEntry) -> ToldEntry:
    """An entry in the reader's language; needs its change set loaded."""
    change_set, field = entry.change_set, entry.field
    return ToldEntry(
        recorded_at=change_set.recorded_at,
        origin=change_set.origin,
        reason=change_set.reason,
        version=entry.version,
        act=entry.act,
        kind=entry.kind,
        field=_field_name(field) if field else None,
        before=_value(field, entry.before),
        after=_value(field, entry.after),
    )


def _field_name(field: str) -> str:
    attribute = attributes().get(field)
    if attribute and field not in _FIELDS:
        return attribute.name(current_language())
    if field in _FIELDS:
        return gettext(_FIELDS[field])
    stem, _, lang = field.rpartition("_")
    if stem in _FIELDS and lang in _LANGUAGES:
        return f"{gettext(_FIELDS[stem])} ({gettext(_LANGUAGES[lang])})"
    return field


def _value(field: str | None, text: str | None) -> str | None:
    """A JSON text as words; None where the field had no value."""
    if field is None or text is None:
        return None
    told = _words(field, json.loads(text))
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"


def _words(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return "; ".join(_words(field, one) for one in value)
    if isinstance(value, dict) and "provenance" in value and field in attributes():
        return _attribute_words(field, value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words('', one)}" for name, one in value.items())
    listed = code_lists().get(_LISTS.get(field, ""))
    return listed.label(str(value), current_language()) if listed else str(value)


def _attribute_words(field: str, value: dict[str, str]) -> str:
    lang = current_language()
    labels = "; ".join(code_label(attributes()[field], code, lang) for code in value["value"].split(";"))
    return f"{labels} ({code_lists()['provenance'].label(value['provenance'], lang).lower()})"
