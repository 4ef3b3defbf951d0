"""The matrix, the state of the registry and what changed, from a database."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.holdings import registry, services
from catalog.holdings.matrix import INTERNATIONAL, MOST_COLUMNS
from catalog.holdings.table_file import table_as_csv
from catalog.installation.setup import set_up
from catalog.models import ChangeSet, Country, HistoryEntry, Indicator
from tests import factories
from tests.catalog.holdings.asking import Asking
from web.locale import language

NOW = datetime(2026, 3, 5, tzinfo=UTC)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []
    engine = session.get_bind()

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_columns_are_members_and_partners_in_the_order_of_the_map_then_by_name(session):
    for code, membership in (("XAB", "member"), ("HND", "member"), ("DOM", "partner"), ("USA", "mirror")):
        factories.country(session, code, membership=membership)
    factories.country(session, "XAC", name_es="Aaa")
    factories.country(session, "MEX")
    assert [one.id for one in services.region(session)] == ["MEX", "HND", "DOM", "XAC", "XAB"]


def test_the_regional_catalogue_has_the_columns_of_the_map(regional_engine):
    with Session(regional_engine) as session:
        assert [one.id for one in services.region(session)] == [tile.country for tile in services.tiles()]


def test_the_first_topic_of_the_home_page_is_a_topic_with_indicators(regional_engine):
    with Session(regional_engine) as session:
        assert services.first_topic() in {topic.id for topic, _ in services.topics(session)}


def test_a_topic_shows_its_own_indicators(session):
    factories.country(session)
    factories.indicator(session, "one", topic_id="return")
    factories.indicator(session, "two", topic_id="asylum")
    assert [one.id for one in services.matrix(session, "return").indicators] == ["one"]
    assert [one.id for one in services.matrix(session).indicators] == ["two", "one"]


def test_rows_are_read_on_from_where_a_page_ended_without_gap_or_repeat(session):
    names = [f"i{number:02}" for number in range(7)]
    for number, name in enumerate(names):
        factories.indicator(session, name, topic_id=("return", "asylum", "border")[number % 3])
    found, start = [], None
    while True:
        part = services.matrix(session, start=start, rows=2)
        found += [one.id for one in part.indicators]
        start = part.following
        if start is None:
            break
    assert sorted(found) == names
    assert found == [one.id for one in services.matrix(session).indicators]


def test_at_most_fifty_countries_are_shown_at_a_time(session):
    for number in range(MOST_COLUMNS + 3):
        factories.country(session, f"X{chr(65 + number // 26)}{chr(65 + number % 26)}")
    first, second = services.matrix(session), services.matrix(session, columns=2)
    assert (len(first.countries), len(second.countries), first.column_pages) == (50, 3, 2)
    assert not {one.id for one in first.countries} & {one.id for one in second.countries}


def test_places_are_found_by_two_queries_whatever_the_size(session):
    for number in range(6):
        factories.production(session, institution_id=f"xaa-{number}", indicator_id=f"i{number}")
    session.commit()
    with counted(session) as sent:
        services.cells_of(session, [f"i{number}" for number in range(6)], ["XAA"])
    assert len([one for one in sent if one.startswith("SELECT")]) == 2


def test_the_three_states_of_a_place(session):
    factories.production(session, country_id="XAA", checked=True)
    factories.production(session, institution_id="xab-office", country_id="XAB", checked=False)
    factories.absence(session, country_id="XAC")
    factories.country(session, "XAD")
    found = services.matrix(session, "return")
    states = {one.id: found.cell("returned-nationals", one.id).state for one in found.countries}
    assert states == {"XAA": "held", "XAB": "held_unconfirmed", "XAC": "nobody", "XAD": "not_recorded"}
    assert found.nobody_count == 1


def test_what_is_of_no_single_country_has_its_own_column(session):
    factories.country(session)
    factories.institution(session, "int-body", country_id=None, acronym="INTB")
    factories.production(session, institution_id="int-body", country_id=None)
    found = services.matrix(session, "return")
    assert found.has_international
    assert found.cell("returned-nationals", INTERNATIONAL).holders[0].acronym == "INTB"


@pytest.mark.parametrize(
    ("institution", "production", "active"),
    [
        ("active", "active", True),
        ("closed", "active", False),
        ("active", "closed", False),
        ("active", "to_review", True),
    ],
)
def test_a_closed_holder_is_shown_and_marked(session, institution, production, active):
    factories.institution(session, status=institution)
    factories.production(session, status=production)
    (holder,) = services.matrix(session, "return").cell("returned-nationals", "XAA").holders
    assert holder.active is active


def lines(session: Session, lang: str = "es") -> list[str]:
    with language(lang):
        return "".join(table_as_csv(session)).splitlines()


def test_the_file_has_one_line_a_place_and_says_each_state(session):
    factories.institution(session, acronym="OFA")
    factories.production(session)
    factories.absence(session, country_id="XAB")
    factories.country(session, "XAC")
    found = lines(session, "en")
    assert found[0].startswith("indicator,name of the indicator,topic,country,")
    place = "returned-nationals,Indicator returned-nationals,return"
    assert found[1:] == [
        f"{place},XAA,Country XAA,held,OFA,xaa-office,xaa-office--returned-nationals,,,",
        f"{place},XAB,Country XAB,nobody,,,,OFA,2026-02-01,https://example.org/source",
        f"{place},XAC,Country XAC,not_recorded,,,,,,",
    ]


def test_the_file_speaks_the_readers_language_but_its_states_are_codes(session):
    factories.production(session)
    heading, row = lines(session, "es")
    assert heading.startswith("indicador,")
    assert ",held," in row
    assert "País XAA" in row


def test_no_text_of_the_file_is_taken_for_a_formula(session):
    factories.institution(session, acronym="=1+1")
    factories.production(session)
    assert "'=1+1" in lines(session)[1]


def test_the_file_of_an_empty_catalogue_is_its_heading(session):
    assert len(lines(session)) == 1


def test_the_whole_regional_table_has_every_place_once(regional_engine):
    with Session(regional_engine) as session:
        rows = list(csv.DictReader(io.StringIO("\n".join(lines(session, "en")))))
        indicators = set(session.scalars(sa.select(Indicator.id)))
    places = [(row["indicator"], row["country"]) for row in rows]
    assert len(places) == len(set(places))
    assert {one for one in places if one[1] != INTERNATIONAL} == {
        (indicator, tile.country) for indicator in indicators for tile in services.tiles()
    }


def test_an_empty_registry_says_so_and_knows_no_share(session):
    state = registry.States().get(session)
    assert state.is_empty
    assert state.unknown_percent is None


def test_the_unknown_share_counts_attributes_that_apply_to_the_topic(session):
    made = factories.production(session)
    empty = registry.count_share(session)
    factories.definition(session, made, {"statistical_object": "persons", "measure_type": "inferred:flow"})
    assert empty.unknown == empty.values > 0
    assert registry.count_share(session).unknown == empty.unknown - 2


def test_only_the_definition_in_force_counts(session):
    made = factories.production(session)
    factories.definition(session, made, {"statistical_object": "persons", "measure_type": "flow"}, number=1)
    before = registry.count_share(session).unknown
    factories.definition(session, made, {"statistical_object": "persons"}, number=2)
    assert registry.count_share(session).unknown == before + 1


def test_the_state_is_counted_once_a_change_set(session):
    factories.production(session)
    change(session, 1)
    session.commit()
    states = registry.States()
    assert states.get(session).productions == 1
    with counted(session) as sent:
        states.get(session)
    assert len([one for one in sent if one.startswith("SELECT")]) == 1
    factories.production(session, institution_id="xaa-other")
    change(session, 2)
    assert states.get(session).productions == 2


def test_a_page_does_not_wait_for_the_share_of_a_large_catalogue(session):
    factories.production(session)
    change(session, 1)
    session.commit()
    states = registry.States(counted_at_once=0)
    assert states.get(session).productions == 1
    waited_until = time.monotonic() + 5
    while states.get(session).share is None and time.monotonic() < waited_until:
        time.sleep(0.01)
    assert states.get(session).unknown_percent == 100


def test_another_database_has_another_state(session, regional_engine):
    states = registry.States()
    with Session(regional_engine) as regional:
        assert states.get(regional).productions == 192
    assert states.get(session).is_empty


def change(session: Session, number: int, records: int = 1, **values: str) -> ChangeSet:
    made = ChangeSet(recorded_at=NOW + timedelta(days=number), records=records, **{"origin": "edit", **values})
    session.add(made)
    session.flush()
    return made


def entry(session: Session, of: ChangeSet, kind: str, identifier: str) -> None:
    session.add(HistoryEntry(change_set_id=of.id, kind=kind, record_id=identifier, version=1, act="create"))
    session.flush()


def test_changes_are_told_newest_first_and_small_ones_name_their_records(session):
    factories.production(session)
    older, newer = change(session, 1, records=500, origin="import"), change(session, 2)
    entry(session, older, "country", "XAA")
    entry(session, newer, "production", "xaa-office--returned-nationals")
    found = registry.latest_changes(session)
    assert [one.origin for one in found] == ["edit", "import"]
    assert [[one.record.id for one in each.named] for each in found] == [["xaa-office--returned-nationals"], []]


def test_a_change_of_a_figure_names_no_figure(session):
    made = factories.production(session)
    figure = factories.figure(session, made, checked=False)
    entry(session, change(session, 1), "figure", figure.id)
    assert registry.latest_changes(session)[0].named == []


def test_a_changed_record_that_is_gone_is_not_told(session):
    entry(session, change(session, 1), "country", "XZZ")
    assert session.get(Country, "XZZ") is None
    assert registry.latest_changes(session)[0].named == []


@pytest.mark.postgresql
def test_postgresql_gives_the_same_table_state_and_answers(postgresql_engine, regional_engine, tmp_path):
    set_up(postgresql_engine)
    given = []
    for number, engine in enumerate((regional_engine, postgresql_engine)):
        asking = Asking(engine, tmp_path / f"index{number}")
        with Session(engine) as session:
            rows = lines(session)
            share = registry.count_share(session)
        texts = (
            "retornados por sexo en Honduras",
            "niñez retornada Honduras y Guatemala",
            "¿qué tiene el INM?",
            "ACNUR",
        )
        given.append((rows, share, [asking(text) for text in texts]))
    assert given[0] == given[1]
