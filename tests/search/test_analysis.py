"""Words become terms alike in Python and in the engine, and alike in every engine."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis import (
    LANGUAGES,
    fold,
    folding,
    is_generic,
    is_stop_word,
    other_stems,
    plain,
    stem,
    stemming,
    words_of,
)

_engine = {lang: stemming(lang) for lang in LANGUAGES}
_folding = folding()
_texts = st.text(max_size=60)


@given(_texts)
@example("año_2020 ½ x² Ⅷ ﬁ İ ß 漢字 e\u0301 a·b l’eau")
def test_the_engine_cuts_and_folds_words_as_we_do(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert _folding.analyze(text) == [folded for word in words_of(text) if (folded := fold(word))]


@given(_texts, st.sampled_from(LANGUAGES))
def test_the_engine_stems_words_as_we_do(text: str, lang: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert _engine[lang].analyze(text) == [root for word in words_of(text) if (root := stem(lang, word))]


@pytest.mark.parametrize(
    ("lang", "word", "root"),
    [
        ("es", "retornados", "retorn"),
        ("es", "migraciones", "migracion"),
        ("es", "niñez", "ninez"),
        ("es", "mujeres", "mujer"),
        ("es", "estadísticas", "estadist"),
        ("en", "returned", "return"),
        ("en", "children", "children"),
        ("en", "policies", "polici"),
        ("en", "statistics", "statist"),
    ],
)
def test_stems_are_those_of_snowball(lang: str, word: str, root: str) -> None:
    assert stem(lang, word) == root


@pytest.mark.parametrize(("lang", "word"), [("es", "de"), ("es", "qué"), ("en", "the"), ("en", "who")])
def test_stop_words_have_no_stem(lang: str, word: str) -> None:
    assert stem(lang, word) == ""
    assert is_stop_word(word)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("metodologia", "metodología"),
        ("policia", "policía"),
        ("categoria", "categoría"),
    ],
)
def test_a_word_without_its_accent_may_have_the_stem_that_it_has_with_it(typed: str, written: str) -> None:
    assert stem("es", written) in other_stems(typed)


def test_a_word_with_its_accent_may_be_written_without_it() -> None:
    assert other_stems("metodología") == (stem("es", "metodologia"),)


@pytest.mark.parametrize("word", ["migración", "migracion", "MIGRANTES", "datos", "estadistica", "figures"])
def test_words_of_the_field_are_known_with_and_without_accents(word: str) -> None:
    assert is_generic(word)


def test_a_decomposed_accent_belongs_to_its_letter() -> None:
    assert words_of("nin\u0303ez") == ["niñez"]


def test_a_word_too_long_to_be_one_is_none() -> None:
    assert (fold("x" * 41), stem("es", "x" * 41)) == ("", "")


def test_titles_are_ordered_without_case_and_accents() -> None:
    assert plain("Ñandú ÁREA") == "nandu area"
