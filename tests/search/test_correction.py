"""The nearest word is found, quickly, and nothing far is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from search.correction import SHORTEST, Vocabulary, most_edits

WORDS = Vocabulary(
    [("retornados", 9), ("registro", 50), ("registros", 3), ("remesas", 20), ("visa", 7), ("visas", 9), ("censo", 9)]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("retonrados", "retornados"),
        ("retornadso", "retornados"),
        ("rgeistro", "registro"),
        ("regitsro", "registro"),
        ("remsas", "remesas"),
        ("bisas", "visas"),
        ("cesno", "censo"),
    ],
)
def test_a_slip_is_corrected(typed: str, meant: str) -> None:
    assert WORDS.nearest(typed) == meant


@pytest.mark.parametrize("typed", ["vsi", "bisa", "rmessas", "naturalización", "vjsx", "r3gistro", "2020"])
def test_short_far_and_numbered_words_are_left_alone(typed: str) -> None:
    assert WORDS.nearest(typed) is None


def test_short_words_may_hold_one_slip_and_longer_ones_two() -> None:
    assert [most_edits("x" * length) for length in (5, 7, 8, 12)] == [1, 1, 2, 2]


def test_the_first_letter_then_the_more_frequent_word_decides() -> None:
    assert Vocabulary([("casas", 1), ("pasas", 90)]).nearest("cazas") == "casas"
    assert Vocabulary([("casas", 1), ("canas", 90)]).nearest("cazas") == "canas"


def test_codes_are_never_offered() -> None:
    assert Vocabulary([("pr1234", 5)]).nearest("prr1234") is None


@given(st.lists(st.text("abcdef", min_size=4, max_size=9), min_size=1, max_size=12), st.text("abcdef", max_size=9))
def test_no_word_that_is_near_is_missed(words: list[str], typed: str) -> None:
    near = [word for word in words if len(typed) >= SHORTEST and OSA.distance(typed, word) <= most_edits(typed)]
    found = Vocabulary((word, 1) for word in words).nearest(typed)
    assert (found in near) if near else (found is None)
