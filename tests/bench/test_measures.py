"""Targets are kept or missed, and the table says so."""

from __future__ import annotations

import pytest

from bench.measures import Bound, Measure, Target, percentile, table


@pytest.mark.parametrize(
    ("bound", "limit", "value", "floor", "hit"),
    [
        (Bound.RATIO_AT_MOST, 1.5, 15.0, 10.0, True),
        (Bound.RATIO_AT_MOST, 1.5, 15.1, 10.0, False),
        (Bound.RATIO_AT_LEAST, 0.8, 8.0, 10.0, True),
        (Bound.RATIO_AT_LEAST, 0.8, 7.9, 10.0, False),
        (Bound.RATIO_AT_LEAST, 0.8, 7.9, None, None),
        (Bound.VALUE_AT_MOST, 2.0, 2.0, None, True),
        (Bound.VALUE_AT_MOST, 2.0, 2.1, None, False),
        (Bound.VALUE_AT_LEAST, 0.99, 0.99, None, True),
        (Bound.VALUE_AT_LEAST, 0.99, 0.98, None, False),
    ],
)
def test_a_target_is_kept_or_missed(
    bound: Bound, limit: float, value: float, floor: float | None, hit: bool | None
) -> None:
    assert Measure("m", value, "", floor, Target(bound, limit)).hit is hit


def test_a_figure_without_a_target_is_neither_hit_nor_missed() -> None:
    assert Measure("m", 1.0, "ms", 2.0).hit is None


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1.0, 100)])
def test_percentiles_are_values_that_were_seen(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.95) == 7.0


def test_the_table_shows_value_floor_ratio_target_and_verdict() -> None:
    lines = table([Measure("search", 3.0, "ms", 2.0, Target(Bound.RATIO_AT_MOST, 1.5))]).splitlines()
    assert lines[0].split() == ["question", "value", "unit", "floor", "ratio", "target"]
    assert lines[1].split() == ["search", "3", "ms", "2", "1.5", "≤", "1.5", "×", "floor", "hit"]
