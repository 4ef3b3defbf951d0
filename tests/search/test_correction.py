"""The nearest word is found, quickly, and nothing far is taken for it."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.correction import Vocabulary, distance, most_edits

WORDS = Vocabulary([("retornados", 9), ("registro", 50), ("registros", 3), ("remesas", 20), ("visa", 7), ("visas", 9)])


@pytest.mark.parametrize(
    ("left", "right", "edits"),
    [("censo", "censo", 0), ("cesno", "censo", 1), ("cenzo", "censo", 1), ("censso", "censo", 1), ("ceso", "censo", 1)],
)
def test_each_slip_of_the_finger_is_one_edit(left: str, right: str, edits: int) -> None:
    assert distance(left, right, 2) == edits


@given(st.text("abcñ", max_size=7), st.text("abcñ", max_size=7), st.integers(0, 3))
def test_distance_is_the_same_both_ways_and_stops_at_its_limit(left: str, right: str, most: int) -> None:
    there, back = distance(left, right, most), distance(right, left, most)
    assert there == back <= most + 1
    assert (there == 0) == (left == right)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("retonrados", "retornados"),
        ("retornadso", "retornados"),
        ("rgeistro", "registro"),
        ("regitsro", "registro"),
        ("remsas", "remesas"),
        ("bisa", "visa"),
    ],
)
def test_a_slip_is_corrected(typed: str, meant: str) -> None:
    assert WORDS.nearest(typed) == meant


@pytest.mark.parametrize("typed", ["vsi", "abc", "naturalización", "vjsx", "r3gistro", "2020"])
def test_short_far_and_numbered_words_are_left_alone(typed: str) -> None:
    assert WORDS.nearest(typed) is None


def test_short_words_may_hold_one_slip_and_longer_ones_two() -> None:
    assert [most_edits("x" * length) for length in (4, 5, 6, 12)] == [1, 1, 2, 2]


def test_the_first_letter_then_the_more_frequent_word_decides() -> None:
    assert Vocabulary([("casas", 1), ("pasas", 90)]).nearest("cazas") == "casas"
    assert Vocabulary([("casas", 1), ("canas", 90)]).nearest("cazas") == "canas"


def test_codes_are_never_offered() -> None:
    assert Vocabulary([("pr1234", 5)]).nearest("prr1234") is None


def test_a_hundred_thousand_words_take_no_time() -> None:
    draw = random.Random(1)
    words = [("".join(draw.choices("aeiourstlncdmp", k=draw.randint(5, 12))), 1) for _ in range(100_000)]
    vocabulary = Vocabulary(words)
    began = time.perf_counter()
    for word, _ in words[:20]:
        vocabulary.nearest(word[::-1])
    assert (time.perf_counter() - began) / 20 < 0.25


@given(st.lists(st.text("abcdef", min_size=4, max_size=9), min_size=1, max_size=12), st.text("abcdef", max_size=9))
def test_the_quick_look_misses_nothing(words: list[str], typed: str) -> None:
    near = [word for word in words if len(typed) >= 4 and distance(typed, word, most_edits(typed)) <= most_edits(typed)]
    found = Vocabulary((word, 1) for word in words).nearest(typed)
    assert (found in near) if near else (found is None)
