"""What several definitions say about the same attribute."""

from __future__ import annotations

import pytest

from quality.definition_audit.differences import compare_definitions, compare_values


@pytest.mark.parametrize(
    ("values", "state"),
    [
        (["persons", "persons"], "equal"),
        (["persons", "events"], "different"),
        (["persons", None], "unknown"),
        ([None, None], "unknown"),
        (["persons", "persons", None], "unknown"),
        (["persons", "events", None], "different"),
        (["na", "na"], "not_applicable"),
        (["na", None], "unknown"),
        (["na", "persons"], "different"),
        (["none", "none"], "equal"),
        (["none", None], "unknown"),
        ([], "unknown"),
    ],
)
def test_unknown_never_counts_as_equal_and_na_is_neither_unknown_nor_none(values, state):
    assert compare_values(values) == state


def row(code, *values):
    definitions = [{code: {"value": value, "provenance": "read"}} if value else {} for value in values]
    return next(one for one in compare_definitions(definitions, ["return"] * len(values)) if one.attribute.code == code)


def test_na_beside_what_leaves_nobody_out_says_the_same():
    assert row("duration_threshold", "na", "0").state == "equal"
    assert row("duration_threshold", "na", "12").state == "different"
    assert row("population_included", "na", "none").state == "equal"


def test_units_that_convert_into_each_other_are_equal():
    assert row("unit", "count", "thousand").state == "equal"
    assert row("unit", "count", "percent").state == "different"


def test_an_attribute_of_another_topic_is_not_compared():
    codes = {one.attribute.code for one in compare_definitions([{}, {}], ["return", "asylum"])}
    assert "statistical_object" in codes
    assert not {"return_type", "asylum_stage"} & codes


def test_an_attribute_that_nobody_states_is_silent():
    assert row("age_min", None, None).is_silent
    assert not row("age_min", "15", None).is_silent
