"""Which words of a search may be kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.unanswered.words import LONGEST, fingerprint, may_be_kept, normalised

TODAY = date(2026, 11, 27)


def test_words_are_kept_without_case_accents_and_stop_words() -> None:
    assert normalised("¿Quién tiene datos de NIÑEZ retornada?") == normalised("quien tiene datos de niñez retornada")
    assert normalised("los Éxodos de la Niñez") == "exodos ninez"


@pytest.mark.parametrize("text", ["ana@example.org", "pasaporte A123456", "nacida en ١٩٩٠", "¿?", "de la", "a" * 130])
def test_what_may_name_a_person_or_says_nothing_is_never_kept(text: str) -> None:
    assert normalised(text) is None


@given(st.text(max_size=300))
def test_no_text_leaves_a_digit_or_an_at_sign(text: str) -> None:
    kept = normalised(text) or ""
    assert len(kept) <= LONGEST
    assert not any(letter == "@" or letter.isnumeric() for letter in kept)


def test_the_same_words_have_the_same_fingerprint_only_under_the_same_secret() -> None:
    assert fingerprint("exodo", "a") == fingerprint("exodo", "a")
    assert fingerprint("exodo", "a") != fingerprint("exodo", "b")


@pytest.mark.parametrize(
    ("ages_days", "kept"),
    [
        ([0, 1, 2], True),
        ([0, 1], False),
        ([0, 0, 0], False),
        ([0, 1, 90], False),
        ([0, 1, 89], True),
        ([-1, 0, 1], False),
    ],
)
def test_three_different_days_of_the_last_ninety_must_have_asked(ages_days: list[int], kept: bool) -> None:
    assert may_be_kept([TODAY - timedelta(days=age) for age in ages_days], TODAY) is kept
