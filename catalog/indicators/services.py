"""Indicators, their reference definitions and their holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.definitions.services import in_force
from catalog.errors import RecordNotFound
from catalog.holdings.services import region
from catalog.models import Absence, Country, Definition, Indicator, Production, Topic

MOST = 500


@dataclass(frozen=True)
class IndicatorPage:
    """What an indicator's page shows; ``missing`` are the region's countries for which nothing is recorded."""

    indicator: Indicator
    definition: Definition | None
    holders: Mapping[Country | None, Sequence[Production]]
    absences: Sequence[Absence]
    missing: Sequence[Country]
    total: int


def by_topic(session: Session) -> list[tuple[Topic, Sequence[tuple[Indicator, int]]]]:
    """Every indicator under its topic, with the number of countries that hold it."""
    countries = (
        sa.select(sa.func.count(sa.distinct(Production.country_id)))
        .where(Production.indicator_id == Indicator.id)
        .scalar_subquery()
    )
    rows = session.execute(sa.select(Indicator, countries).order_by(Indicator.id).limit(MOST * 4)).all()
    topics = session.scalars(sa.select(Topic).order_by(Topic.position)).all()
    found = [(topic, [(one, count) for one, count in rows if one.topic_id == topic.id]) for topic in topics]
    return [(topic, indicators) for topic, indicators in found if indicators]


def indicator_page(session: Session, identifier: str) -> IndicatorPage:
    """An indicator with its holders.

    :raises RecordNotFound: there is no such indicator.
    """
    indicator = session.scalar(
        sa.select(Indicator).where(Indicator.id == identifier).options(joinedload(Indicator.topic))
    )
    if indicator is None:
        raise RecordNotFound("indicator", identifier)
    held = sa.select(Production).where(Production.indicator_id == identifier)
    productions = session.scalars(
        held.options(joinedload(Production.institution), joinedload(Production.country))
        .order_by(Production.country_id, Production.status, Production.id)
        .limit(MOST)
    ).all()
    absences = session.scalars(
        sa.select(Absence)
        .where(Absence.indicator_id == identifier)
        .options(joinedload(Absence.country), joinedload(Absence.said_by))
        .limit(MOST)
    ).all()
    holders: dict[Country | None, list[Production]] = {}
    for production in productions:
        holders.setdefault(production.country, []).append(production)
    known = {production.country_id for production in productions} | {absence.country_id for absence in absences}
    total = session.scalar(sa.select(sa.func.count()).select_from(held.subquery())) or 0
    missing = [country for country in region(session) if country.id not in known]
    return IndicatorPage(indicator, in_force(session, indicator=identifier), holders, absences, missing, total)
