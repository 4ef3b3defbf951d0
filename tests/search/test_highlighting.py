"""What was looked for is marked as it stands in the text, and the rest of the text can do no harm."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from search.highlighting import LONGEST_PASSAGE, Marker

RETURNS = Marker({"es": {("retorn",), ("ninez", "migrant")}, "": {("inm",)}})


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Personas retornadas, Retorno", "Personas <mark>retornadas</mark>, <mark>Retorno</mark>"),
        ("«retornos»", "«<mark>retornos</mark>»"),
        ("INM y Inm.", "<mark>INM</mark> y <mark>Inm</mark>."),
        ("la niñez", "la niñez"),
        ("niñez y migrantes", "<mark>niñez</mark> y <mark>migrantes</mark>"),
        ("<retorno>", "&lt;<mark>retorno</mark>&gt;"),
        ("", ""),
    ],
)
def test_words_are_marked_as_they_stand(text: str, marked: str) -> None:
    assert RETURNS.mark(text) == marked


def test_a_passage_is_where_most_was_found() -> None:
    text = "Nada. " * 100 + "Retorno y retornados de INM. " + "Nada. " * 100 + "Retorno."
    passage = RETURNS.passage(text)
    assert passage.count("<mark>") == 3
    assert passage.startswith("… ")
    assert passage.endswith(" …")


def test_without_a_find_a_passage_is_the_beginning() -> None:
    passage = RETURNS.passage("Alfa beta " * 100)
    assert passage.startswith("Alfa beta")
    assert len(passage) <= LONGEST_PASSAGE + 2


def test_a_long_text_full_of_finds_takes_no_time() -> None:
    assert "<mark>" in RETURNS.passage("retorno " * 120_000)


@given(st.text(max_size=400))
def test_marking_only_adds_marks(text: str) -> None:
    assert re.sub(r"</?mark>", "", RETURNS.mark(text)) == str(escape(text))
    RETURNS.passage(text)
