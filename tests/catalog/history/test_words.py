"""A history in the reader's words."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from catalog.history.words import LONGEST, tell
from catalog.models import ChangeSet, HistoryEntry
from web.locale import language


def told(field, before, after):
    entry = HistoryEntry(
        kind="production",
        record_id="x",
        version=2,
        act="change",
        field=field,
        before=None if before is None else json.dumps(before),
        after=None if after is None else json.dumps(after),
    )
    entry.change_set = ChangeSet(recorded_at=datetime(2026, 1, 2, tzinfo=UTC), origin="import", reason=None, records=1)
    with language("es"):
        found = tell(entry)
    return found.field, found.before, found.after


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("periodicity", None, "annual", ("Cada cuánto", None, "Anual")),
        ("title_en", "Old", "New", ("Título (inglés)", "Old", "New")),
        ("checked", False, True, ("Visto en una fuente", "no", "sí")),
        ("disaggregations", ["sex"], ["sex", "age"], ("Desgloses", "Sexo", "Sexo; Edad")),
        ("first_year", 2010, 2012, ("Primer año visto", "2010", "2012")),
        ("unheard_of", "a", "b", ("unheard_of", "a", "b")),
    ],
)
def test_fields_and_codes_are_said_by_their_names(field, before, after, words):
    assert told(field, before, after) == words


def test_an_attribute_says_its_value_and_where_it_comes_from():
    field, before, after = told("statistical_object", None, {"value": "persons", "provenance": "declared"})
    assert (field, before) == ("Objeto estadístico", None)
    assert after == "Personas (declarado por la institución)"


def test_a_long_text_is_cut_and_says_so():
    _, _, after = told("notes_es", None, "a" * 5_000)
    assert after is not None
    assert len(after) == LONGEST
    assert after.endswith("…")
