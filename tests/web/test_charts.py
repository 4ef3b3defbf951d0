from __future__ import annotations

import pytest

from web.charts import LEFT, MOST_YEARS, WIDTH, coverage_line


def test_a_year_has_its_place_whatever_the_row():
    picture = coverage_line([("a", [("seen", 2020, 2020)]), ("b", [("held", 2020, 2021)])], 2019, 2022)
    first, second = picture.rows[0].bars[0], picture.rows[1].bars[0]
    assert first.x == second.x
    assert second.width == pytest.approx(2 * first.width)
    assert picture.rows[1].y > picture.rows[0].y


def test_the_picture_holds_all_that_is_drawn():
    picture = coverage_line([("a", [("unknown", 1900, 2100)])], 2010, 2020)
    (bar,) = picture.rows[0].bars
    assert (bar.x, bar.first, bar.last) == (LEFT, 2010, 2020)
    assert bar.x + bar.width == pytest.approx(WIDTH)


def test_stretches_that_follow_one_another_touch_and_do_not_overlap():
    bars = coverage_line([("a", [("seen", 2000, 2004), ("between", 2005, 2010)])], 2000, 2010).rows[0].bars
    assert bars[0].x + bars[0].width == pytest.approx(bars[1].x, abs=0.2)


def test_a_stretch_outside_the_years_is_not_drawn():
    assert coverage_line([("a", [("seen", 1990, 1995), ("seen", 2001, 2000)])], 2000, 2010).rows[0].bars == ()


def test_a_single_year_is_as_wide_as_the_picture():
    (bar,) = coverage_line([("a", [("seen", 2020, 2020)])], 2020, 2020).rows[0].bars
    assert (bar.x, bar.width) == (LEFT, WIDTH - LEFT)


def test_so_many_years_that_labels_would_touch_show_some_of_them_and_always_the_last():
    labels = [tick.label for tick in coverage_line([], 1960, 2019).ticks]
    assert len(labels) == MOST_YEARS
    assert 8 <= len([label for label in labels if label]) <= 16
    assert labels[-1] == "2019"


def test_a_series_of_centuries_is_cut_at_its_beginning():
    picture = coverage_line([("a", [("seen", 1500, 2020)])], 1500, 2020)
    assert len(picture.ticks) == MOST_YEARS
    assert picture.rows[0].bars[0].last == 2020
