"""Published figures: vintages kept apart, sums checked, two totals told side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalog.figures.services import contested_in_country, figures_of, totals_of_indicator
from tests import factories


@pytest.fixture
def production(session):
    return factories.production(session)


def parts_of(session, production):
    return figures_of(session, production.id)[0].publications[0].parts


def test_categories_that_are_all_add_up_to_their_total(session, production):
    factories.figure(session, production, 100)
    factories.figure(session, production, 60, dimension="sex", category="men", complete=True)
    factories.figure(session, production, 40, dimension="sex", category="women", complete=True)
    part = parts_of(session, production)[0]
    assert (part.sum, part.total, part.adds_up, part.missing) == (100, 100, True, 0)


def test_categories_that_are_all_and_do_not_add_up_say_how_much_is_missing(session, production):
    factories.figure(session, production, 9322)
    factories.figure(session, production, 4069, dimension="sex", category="men", complete=True)
    factories.figure(session, production, 5254, dimension="sex", category="women", complete=True)
    part = parts_of(session, production)[0]
    assert (part.adds_up, part.missing) == (False, -1)


@pytest.mark.parametrize("complete", [None, False])
def test_categories_that_may_be_only_some_are_not_checked_against_the_total(session, production, complete):
    factories.figure(session, production, 5530)
    factories.figure(session, production, 5452, dimension="origin", category="MEX", complete=complete)
    part = parts_of(session, production)[0]
    assert (part.adds_up, part.sum, part.total) == (None, 5452, 5530)


def test_each_source_is_a_vintage_whose_parts_are_checked_against_its_own_total(session, production):
    for source, total, part in (("https://a.example/", 100, 100), ("https://b.example/", 90, 90)):
        factories.figure(session, production, total, source=source)
        factories.figure(session, production, part, source=source, dimension="sex", category="men", complete=True)
    period = figures_of(session, production.id)[0]
    assert [publication.parts[0].adds_up for publication in period.publications] == [True, True]
    assert period.has_versions


def test_the_vintage_published_last_comes_first_and_the_undated_one_last(session, production):
    for value, published in ((1, None), (2, date(2024, 1, 1)), (3, date(2024, 5, 1))):
        factories.figure(session, production, value, published=published)
    totals = figures_of(session, production.id)[0].totals
    assert [figure.value for figure in totals] == [3, 2, 1]


def test_a_category_published_twice_is_not_summed_into_a_check(session, production):
    factories.figure(session, production, 10)
    for value in (10, 9):
        factories.figure(session, production, value, dimension="sex", category="men", complete=True)
    assert parts_of(session, production)[0].adds_up is None


def test_totals_of_two_countries_are_no_versions_of_one_figure(session):
    factories.country(session, "XAB")
    body = factories.institution(session, "int-body", country_id=None)
    production = factories.production(session, institution_id=body.id, country_id=None)
    for country in ("XAB", None):
        factories.figure(session, production, 10 if country else 20, country_id=country)
    assert [period.has_versions for period in figures_of(session, production.id)] == [False, False]


def test_a_figure_that_is_not_confirmed_is_shown_nowhere(session, production):
    factories.figure(session, production, 1, checked=False)
    assert figures_of(session, production.id) == []
    assert totals_of_indicator(session, production.indicator_id) == []


def test_two_institutions_with_different_totals_are_told_with_their_asymmetry(session, production):
    other = factories.production(session, institution_id="xaa-other")
    factories.figure(session, production, 43757)
    factories.figure(session, other, 36558)
    found = contested_in_country(session, "XAA")
    assert [(one.institutions, one.difference) for one in found] == [(2, 7199)]
    assert found[0].asymmetry is not None
    assert round(found[0].asymmetry, 4) == Decimal("0.1793")


def test_two_productions_of_one_institution_do_not_contradict_each_other(session, production):
    other = factories.production(session, "xaa-office--by-air", institution_id=production.institution_id)
    factories.figure(session, production, 10)
    factories.figure(session, other, 20)
    assert contested_in_country(session, "XAA") == []


def test_the_same_total_from_two_institutions_is_no_contradiction(session, production):
    other = factories.production(session, institution_id="xaa-other")
    factories.figure(session, production, 10)
    factories.figure(session, other, 10)
    assert [one.is_contested for one in totals_of_indicator(session, production.indicator_id)] == [False]
    assert contested_in_country(session, "XAA") == []
