"""Published figures in the API: those that a source confirms, narrowed by facets."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalog.database import transaction
from catalog.models import ChangeSet, Figure, HistoryEntry, Production
from tests import factories
from tests.walking import walk


@pytest.fixture
def figures(filled: FlaskClient) -> FlaskClient:
    with filled.application.app_context(), transaction() as session:
        one, two, body = (
            session.get(Production, f"{holder}--returned-nationals")
            for holder in ("xaa-office", "xab-office", "int-body")
        )
        factories.figure(session, one, "1.50", id="f1")
        factories.figure(session, two, 2, id="f2", period_start=date(2019, 7, 1), period_end=date(2020, 6, 30))
        factories.figure(session, body, 3, id="f3")
        factories.figure(session, one, 4, id="f4", checked=False)
    return filled


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["f1", "f2", "f3"]),
        ("country=XAA", ["f1"]),
        ("country=INT&country=XAB", ["f2", "f3"]),
        ("year=2019", ["f2"]),
        ("year=2020&year=2023", ["f1", "f2", "f3"]),
        ("year=never", []),
        ("year=99999", []),
        ("production=xaa-office--returned-nationals&production=nobody", ["f1"]),
        ("indicator=returned-nationals&institution=xab-office", ["f2"]),
        ("indicator=another", []),
        ("institution_type=statistics_office", ["f1", "f2"]),
        ("topic=return&status=active", ["f1", "f2", "f3"]),
        ("topic=asylum", []),
        ("periodicity=annual", ["f1", "f2"]),
        ("periodicity=unknown", ["f3"]),
        ("provenance=confirmed&country=XAB", ["f2"]),
        ("provenance=unconfirmed", []),
        ("disaggregation=unknown&institution=int-body", ["f3"]),
        ("disaggregation=sex", []),
        ("kind=country", []),
        ("kind=production&country=XAA", ["f1"]),
        ("q=Production of xaa-office&lang=en", ["f1"]),
    ],
)
def test_figures_are_narrowed_by_what_they_say_and_by_their_productions(
    figures: FlaskClient, query: str, ids: list[str]
):
    assert walk(figures, f"/api/v1/figures?limit=2&{query}") == ids


def test_a_figure_that_no_source_confirms_is_nowhere_in_the_api(figures: FlaskClient):
    with figures.application.app_context(), transaction() as session:
        made = ChangeSet(recorded_at=factories.INSTANT, origin="import", records=2)
        session.add(made)
        session.flush()
        for name in ("f1", "f4"):
            session.add(HistoryEntry(change_set_id=made.id, kind="figure", record_id=name, version=1, act="create"))
    assert figures.get("/api/v1/figures/f1").status_code == 200
    assert figures.get("/api/v1/figures/f4").status_code == 404
    assert [item["record"] for item in figures.get("/api/v1/changes?kind=figure").json["items"]] == ["f1"]


def test_a_figure_s_value_is_a_text_that_nothing_was_rounded_in(figures: FlaskClient):
    assert figures.get("/api/v1/figures/f1").json["value"] == "1.5"


def test_figures_of_the_region_are_those_that_a_source_confirms(reader: FlaskClient, regional_app: Flask):
    with regional_app.app_context(), transaction() as session:
        confirmed = {one.id for one in session.query(Figure) if one.checked}
    assert set(walk(reader, "/api/v1/figures?limit=100")) == confirmed
