from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from tests.web.conftest import small_app
from web import limits
from web.limits import DatabaseStorage, rate_limit_counter


@pytest.fixture
def counted() -> tuple[DatabaseStorage, sa.Engine]:
    _, engine = small_app(limits=True)
    return DatabaseStorage("acervo://"), engine


def test_who_asks_too_often_is_told_when_to_come_back():
    client = small_app(limits=True)[0].test_client()
    assert [client.get("/api/v1/counted").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/api/v1/counted?lang=en")
    assert (refused.json["title"], refused.json["detail"]) == ("Too many requests.", "Try again in 1 minute.")
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_who_may_ask_again_is_told_so_in_words_that_agree_with_the_header():
    app, engine = small_app(limits=True)
    client = app.test_client()
    client.get("/api/v1/counted")
    with engine.begin() as connection:
        connection.execute(sa.update(rate_limit_counter).values(count=9, expires_at=time.time() + 1_500))
    refused = client.get("/api/v1/counted?lang=es")
    assert 1_490 < int(refused.headers["Retry-After"]) <= 1_500
    assert refused.json["detail"] == "Pruebe de nuevo dentro de 25 minutos."


def test_who_is_answered_is_not_told_to_come_back_later():
    answered = small_app(limits=True)[0].test_client().get("/api/v1/counted")
    assert (answered.status_code, answered.headers["X-RateLimit-Remaining"]) == (200, "1")
    assert "Retry-After" not in answered.headers


def test_one_reader_s_requests_do_not_count_for_another():
    client = small_app(limits=True)[0].test_client()
    for _ in range(3):
        client.get("/api/v1/counted", headers={"X-Forwarded-For": "203.0.113.1"})
    assert client.get("/api/v1/counted", headers={"X-Forwarded-For": "203.0.113.2"}).status_code == 200


def test_limits_that_are_off_count_nothing():
    app, engine = small_app(limits=False)
    client = app.test_client()
    assert {client.get("/api/v1/counted").status_code for _ in range(5)} == {200}
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(rate_limit_counter)) == 0


def test_a_database_that_is_away_lets_readers_through():
    app, engine = small_app(limits=True)
    limits.metadata.drop_all(engine)
    client = app.test_client()
    assert {client.get("/api/v1/counted").status_code for _ in range(4)} == {200}


def test_every_process_counts_in_the_same_place(counted: tuple[DatabaseStorage, sa.Engine]):
    first, second = counted[0], DatabaseStorage("acervo://")
    assert [first.incr("a", 60), second.incr("a", 60), first.incr("a", 60)] == [1, 2, 3]
    assert second.get("a") == 3


def test_a_window_that_is_over_counts_anew(counted: tuple[DatabaseStorage, sa.Engine]):
    storage, engine = counted
    storage.incr("a", 60, amount=5)
    with engine.begin() as connection:
        connection.execute(sa.update(rate_limit_counter).values(expires_at=1.0))
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1


def test_windows_that_are_over_leave_no_trace_of_who_asked(counted: tuple[DatabaseStorage, sa.Engine]):
    storage, engine = counted
    storage.incr("203.0.113.1", 60)
    with engine.begin() as connection:
        connection.execute(sa.update(rate_limit_counter).values(expires_at=1.0))
    storage.incr("203.0.113.2", 60)
    with engine.connect() as connection:
        assert connection.scalars(sa.select(rate_limit_counter.c.key)).all() == ["203.0.113.2"]


def test_a_sweep_forgets_who_asked_in_windows_that_are_over_and_nobody_else(counted: tuple[DatabaseStorage, sa.Engine]):
    storage, engine = counted
    storage.incr("203.0.113.1", 60)
    with engine.begin() as connection:
        connection.execute(sa.update(rate_limit_counter).values(expires_at=1.0))
        connection.execute(sa.insert(rate_limit_counter).values(key="203.0.113.2", count=1, expires_at=1e11))
    limits.sweep(engine)
    with engine.connect() as connection:
        assert connection.scalars(sa.select(rate_limit_counter.c.key)).all() == ["203.0.113.2"]


def test_counters_can_be_cleared(counted: tuple[DatabaseStorage, sa.Engine]):
    storage, _ = counted
    storage.incr("a", 60)
    storage.incr("b", 60)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)
    assert storage.reset() == 1
    assert storage.check()
