"""The figures of the ranking, on lists short enough to check by hand."""

from __future__ import annotations

import math

import pytest

from bench.relevance import (
    HALVES,
    Outcome,
    Question,
    answers,
    by_class,
    mean_ndcg,
    ndcg_at_10,
    questions,
    right_holder_first,
    share_right_holder_first,
)


def test_the_ideal_order_is_one() -> None:
    assert ndcg_at_10(["a", "b", "c", "unjudged"], {"c": 1, "a": 3, "b": 2}) == pytest.approx(1.0)


def test_the_gain_is_discounted_by_rank() -> None:
    ideal = 7 + 1 / math.log2(3)
    assert ndcg_at_10(["b", "a"], {"a": 3, "b": 1}) == pytest.approx((1 + 7 / math.log2(3)) / ideal)


def test_what_stands_below_the_tenth_place_counts_nothing() -> None:
    found = [f"other{place}" for place in range(10)] + ["a"]
    assert ndcg_at_10(found, {"a": 3}) == 0.0


def test_ten_of_twenty_equal_records_are_ideal() -> None:
    judged = {str(number): 1 for number in range(20)}
    assert ndcg_at_10([str(number) for number in range(10, 20)], judged) == pytest.approx(1.0)


def test_a_record_found_twice_counts_once() -> None:
    assert ndcg_at_10(["a", "a"], {"a": 3, "b": 3}) == pytest.approx(ndcg_at_10(["a"], {"a": 3, "b": 3}))


def test_nothing_found_is_zero() -> None:
    assert ndcg_at_10([], {"a": 3}) == 0.0
    assert ndcg_at_10(["a"], {}) == 0.0


def test_the_right_holder_must_be_the_first_hit() -> None:
    assert right_holder_first(["b", "a"], ["a", "b"]) is True
    assert right_holder_first(["c", "a"], ["a"]) is False
    assert right_holder_first([], ["a"]) is False
    assert right_holder_first(["a"], []) is None


def outcome(ndcg: float, first: bool | None, kind: str = "question") -> Outcome:
    return Outcome(Question("q", "es", "", kind, {}, ()), ndcg, first, ())


def test_means_are_over_questions_and_over_those_that_ask_for_a_holder() -> None:
    outcomes = [outcome(1.0, True), outcome(0.5, None), outcome(0.0, False)]
    assert mean_ndcg(outcomes) == pytest.approx(0.5)
    assert share_right_holder_first(outcomes) == pytest.approx(0.5)
    assert share_right_holder_first([outcome(1.0, None)]) == 1.0


@pytest.mark.parametrize("half", HALVES)
def test_a_perfect_search_scores_one_on_the_judged_questions(half: str) -> None:
    perfect = {
        (question.text, question.lang): sorted(question.judgements, key=lambda key: -question.judgements[key])
        for question in questions(half)
    }
    assert mean_ndcg(answers(half, lambda text, lang: perfect[text, lang])) == pytest.approx(1.0)


def test_the_table_has_a_line_a_class_and_a_column_a_half() -> None:
    lines = by_class({"tuning": [outcome(1.0, True)], "held_out": [outcome(0.25, None, "typo")]}).splitlines()
    assert [line.split()[0] for line in lines] == ["nDCG@10", "question", "typo", "all", "right"]
    assert lines[3].split() == ["all", "1.000", "0.250"]
