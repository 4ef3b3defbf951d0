"""Prepare an installation: tables, code lists, and the packaged regional catalogue. Safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from catalog import migrating
from catalog.code_lists.lists import code_lists
from catalog.exchange.collections import SEED, collections
from catalog.exchange.comparing import SETUP
from catalog.exchange.imports import Order, run_import
from catalog.exchange.report import Report
from catalog.models import Topic


@dataclass(frozen=True)
class SetupDone:
    """What a setup changed; both are False and None the second time."""

    migrated: bool
    imported: Report | None


def set_up(engine: sa.Engine, *, empty: bool = False, sources: Iterable[Path] | None = None) -> SetupDone:
    """Bring an installation to the state that this version needs.

    :param empty: without the packaged catalogue.
    :param sources: files to import in place of the packaged catalogue's.
    """
    migrated = migrating.upgrade(engine)
    _load_topics(engine)
    if empty:
        return SetupDone(migrated, None)
    paths = tuple(sources) if sources is not None else packaged_files()
    return SetupDone(migrated, run_import(engine, Order(paths, origin=SETUP)))


def packaged_files() -> tuple[Path, ...]:
    """The files of the regional catalogue that this version has records for."""
    return tuple(file for one in collections().values() if (file := SEED / f"{one.name}.csv").exists())


def _load_topics(engine: sa.Engine) -> None:
    """Topics are a code list that indicators refer to, so the database holds them too."""
    wanted = [
        {"id": code.code, "name_es": code.es, "name_en": code.en, "position": position}
        for position, code in enumerate(code_lists()["topic"].codes)
    ]
    with engine.execution_options(acervo_write=True).begin() as connection:
        there = set(connection.scalars(sa.select(Topic.id)))
        new = [topic for topic in wanted if topic["id"] not in there]
        if new:
            connection.execute(sa.insert(Topic), new)
        for topic in wanted:
            changed = sa.or_(
                Topic.name_es != topic["name_es"],
                Topic.name_en != topic["name_en"],
                Topic.position != topic["position"],
            )
            connection.execute(sa.update(Topic).where(Topic.id == topic["id"], changed).values(**topic))
