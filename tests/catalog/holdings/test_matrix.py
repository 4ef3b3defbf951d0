"""The three states of a place of the table, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from catalog.holdings.matrix import ConfirmedAbsence, Holding, institutions_by_country, make_cells

HELD = Holding("returned-nationals", "XAA", "p1", "xaa-office", "OFA", confirmed=True, active=True)
ABSENT = ConfirmedAbsence("returned-nationals", "XAA", "xaa-stats", "INA", date(2026, 10, 9))
PLACE = ("returned-nationals", "XAA")


def test_a_holding_makes_a_place_held():
    assert make_cells([HELD], [])[PLACE].state == "held"


def test_a_place_with_unconfirmed_holdings_alone_is_held_unconfirmed():
    assert make_cells([replace(HELD, confirmed=False)], [])[PLACE].state == "held_unconfirmed"


def test_one_confirmed_holding_is_enough_for_held():
    cells = make_cells([replace(HELD, production="p0", confirmed=False), HELD], [])
    assert cells[PLACE].state == "held"


def test_a_confirmed_absence_is_a_state_of_its_own():
    cell = make_cells([], [ABSENT])[PLACE]
    assert (cell.state, cell.absence) == ("nobody", ABSENT)


def test_a_holding_weighs_more_than_an_absence():
    assert make_cells([HELD], [ABSENT])[PLACE].state == "held"


def test_the_newest_of_two_absences_is_told():
    older = replace(ABSENT, said_on=date(2020, 1, 1))
    assert make_cells([], [ABSENT, older])[PLACE].absence == ABSENT


def test_nothing_recorded_makes_no_place():
    assert make_cells([], []) == {}


def test_a_holder_is_told_once_by_its_best_production():
    closed = replace(HELD, production="p0", active=False)
    unconfirmed = replace(HELD, production="p2", confirmed=False)
    (holder,) = make_cells([closed, unconfirmed, HELD], [])[PLACE].holders
    assert (holder.production, holder.active, holder.confirmed) == ("p1", True, True)


def test_two_institutions_with_one_acronym_are_two_holders():
    twin = replace(HELD, production="p2", institution="xaa-other")
    assert [one.institution for one in make_cells([HELD, twin], [])[PLACE].holders] == ["xaa-office", "xaa-other"]


def test_holders_in_force_come_before_closed_ones():
    closed = replace(HELD, production="p0", institution="xaa-before", acronym="AAA", active=False)
    holders = make_cells([closed, HELD], [])[PLACE].holders
    assert [one.institution for one in holders] == ["xaa-office", "xaa-before"]


def test_an_institution_counts_once_a_country_over_all_indicators():
    other = replace(HELD, indicator="asylum-applications", production="p2", confirmed=False)
    abroad = replace(HELD, country="XAB", production="p3", institution="xab-office", confirmed=False)
    counts = institutions_by_country(make_cells([HELD, other, abroad], [ABSENT]))
    assert {country: (one.institutions, one.confirmed) for country, one in counts.items()} == {
        "XAA": (1, True),
        "XAB": (1, False),
    }


def test_a_country_with_an_absence_alone_counts_no_institution():
    assert institutions_by_country(make_cells([], [ABSENT])) == {}
