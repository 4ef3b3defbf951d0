"""Productions side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalog.errors import RecordNotFound, TooManyProductions
from quality.definition_audit.services import siblings, side_by_side
from tests import factories


@pytest.fixture
def two(session):
    return [factories.production(session, institution_id=holder) for holder in ("xaa-one", "xaa-two")]


def compare(session, productions):
    return side_by_side(session, [production.id for production in productions])


def test_attributes_without_which_nothing_can_be_compared_come_first(session, two):
    found = compare(session, two)
    core = [row.attribute.code in found.core for row in found.rows]
    assert core == sorted(core, reverse=True)
    assert core[0]


def test_two_productions_without_definitions_agree_in_nothing(session, two):
    found = compare(session, two)
    assert found.count("unknown") == len(found.rows)


def test_a_comparison_that_rests_on_an_inferred_core_value_is_provisional(session, two):
    for production in two:
        factories.definition(session, production, {"unit": "inferred:count"})
    assert compare(session, two).is_inferred


def test_an_inferred_value_beside_an_unknown_one_makes_nothing_provisional(session, two):
    factories.definition(session, two[0], {"unit": "inferred:count"})
    assert not compare(session, two).is_inferred


def test_totals_of_the_same_period_and_country_are_told_with_their_difference(session, two):
    factories.figure(session, two[0], 100)
    factories.figure(session, two[1], 80)
    factories.figure(session, two[0], 7, period_start=date(2020, 1, 1), period_end=date(2020, 12, 31))
    found = compare(session, two).periods
    assert [(one.start.year, one.difference) for one in found] == [(2023, 20)]
    assert found[0].asymmetry == Decimal(40) / 180


def test_totals_of_two_countries_are_not_expected_to_be_the_same(session, two):
    other = factories.production(session, institution_id="xab-office", country_id="XAB")
    factories.figure(session, two[0], 100)
    factories.figure(session, other, 80)
    assert [one.difference for one in compare(session, [two[0], other]).periods] == [None]


def test_totals_in_different_units_do_not_stand_beside_each_other(session, two):
    factories.figure(session, two[0], 100)
    factories.figure(session, two[1], 80, unit="usd_million")
    assert compare(session, two).periods == []


def test_the_same_production_twice_is_one(session, two):
    assert len(compare(session, [two[0], two[1], two[0]]).productions) == 2


def test_an_unknown_production_and_a_fifth_are_refused(session, two):
    with pytest.raises(RecordNotFound, match="nope"):
        side_by_side(session, [two[0].id, "nope"])
    with pytest.raises(TooManyProductions, match="at most 4"):
        side_by_side(session, ["a", "b", "c", "d", "e"])


def test_productions_of_the_same_country_are_offered_first(session, two):
    factories.production(session, institution_id="aaa-office", country_id="XAB")
    offered = [one.id for one in siblings(session, [two[0]], 10) if one.id != two[0].id]
    assert offered == [two[1].id, "aaa-office--returned-nationals"]
    assert siblings(session, [], 10) == []
