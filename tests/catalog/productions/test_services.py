"""What a production's page knows: its years, seen and unseen."""

from __future__ import annotations

from datetime import date

from catalog.figures.services import figures_of
from catalog.productions.services import coverage, production_page
from tests import factories


def drawn(session, production, this_year=2026):
    found = coverage(production, figures_of(session, production.id), this_year)
    return None if found is None else {name: list(stretches) for name, stretches in found.rows}


def test_a_production_of_which_no_year_was_seen_has_no_time_line(session):
    assert drawn(session, factories.production(session)) is None


def test_beyond_the_years_seen_all_is_unknown(session):
    production = factories.production(session, first_year=2015, last_year=2018)
    assert drawn(session, production) == {
        "seen": [
            ("unknown", 2012, 2014),
            ("seen", 2015, 2015),
            ("between", 2016, 2017),
            ("seen", 2018, 2018),
            ("unknown", 2019, 2021),
        ]
    }


def test_a_year_with_a_published_figure_is_seen(session):
    production = factories.production(session, first_year=2015, last_year=2018)
    factories.figure(session, production, period_start=date(2016, 1, 1), period_end=date(2016, 12, 31))
    assert ("seen", 2015, 2016) in drawn(session, production)["seen"]


def test_the_line_does_not_run_into_years_to_come(session):
    production = factories.production(session, first_year=2025, last_year=2026)
    assert drawn(session, production)["seen"][-1] == ("seen", 2025, 2026)


def test_periods_on_record_stand_apart_and_an_open_end_reaches_this_year(session):
    periods = [{"state": "held", "interval": "2010/2012"}, {"state": "missing", "interval": "2013"}]
    production = factories.production(session, periods=[*periods, {"state": "held", "interval": "2014/.."}])
    assert drawn(session, production)["recorded"] == [
        ("held", 2010, 2012),
        ("missing", 2013, 2013),
        ("held", 2014, 2026),
    ]


def test_other_holders_of_the_same_country_come_first(session):
    production = factories.production(session)
    factories.production(session, institution_id="aaa-office", country_id="XAB")
    factories.production(session, institution_id="zzz-office", country_id="XAA")
    page = production_page(session, production.id)
    assert [other.country_id for other in page.others] == ["XAA", "XAB"]


def test_a_retired_office_is_not_offered_as_contact(session):
    production = factories.production(session)
    factories.contact(session, registration_status="retired")
    factories.contact(session, "xaa-office--press", role="information")
    assert [one.id for one in production_page(session, production.id).contacts] == ["xaa-office--press"]
