"""Words looked for in vain are known only once three days have asked for them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalog.database import now, reading
from catalog.models import UnansweredDay, UnansweredSearch
from catalog.unanswered.services import SilenceKeeper, note, often_unanswered, sweep


def noted(engine: sa.Engine, *ages_days: int, words: str = "exodo ninez") -> None:
    for age in ages_days:
        day = now().date() - timedelta(days=age)
        note(engine, words, words[:32], day)


def words_kept(engine: sa.Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(sa.select(UnansweredSearch.words)))


def test_until_the_third_day_no_word_is_in_the_database(engine: sa.Engine) -> None:
    noted(engine, 2, 1, 1, 1)
    assert words_kept(engine) == []
    noted(engine, 0)
    assert words_kept(engine) == ["exodo ninez"]


def test_the_words_of_the_most_days_come_first(engine: sa.Engine) -> None:
    noted(engine, 2, 1, 0, words="pocas")
    noted(engine, 3, 2, 1, 0, words="muchas")
    with Session(engine) as session:
        found = often_unanswered(session)
    assert [(one.words, one.days, one.last_day) for one in found] == [
        ("muchas", 4, now().date()),
        ("pocas", 3, now().date()),
    ]


def test_what_nobody_asks_for_any_more_is_forgotten(engine: sa.Engine) -> None:
    noted(engine, 2, 1, 0)
    with Session(engine.execution_options(acervo_write=True)) as session, session.begin():
        sweep(session, now().date() + timedelta(days=89))
    assert words_kept(engine) == []
    with Session(engine) as session:
        assert session.scalars(sa.select(UnansweredDay.day)).all() == [now().date()]


def test_a_busy_database_costs_the_note_and_not_the_search(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE unanswered_day"))
    SilenceKeeper(engine, "secret")("éxodo de niñez")


def days_noted(client: FlaskClient) -> list[date]:
    with client.application.app_context(), reading() as session:
        return list(session.scalars(sa.select(UnansweredDay.day)))


@pytest.mark.parametrize("address", ["/es/search?q=zxqwvk", "/api/v1/search?q=zxqwvk"])
def test_a_search_that_finds_nothing_is_noted(client: FlaskClient, address: str) -> None:
    client.get(address)
    assert days_noted(client) == [now().date()]


@pytest.mark.parametrize("address", ["/es/search?q=remesas", "/es/search?q=", "/es/search?q=zxqwvk&country=HND"])
def test_what_is_found_or_filtered_away_is_not_noted(client: FlaskClient, address: str) -> None:
    client.get(address)
    assert days_noted(client) == []
