"""Indicators, their reference definitions and their holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.code_lists.lists import core_attributes
from catalog.definitions.services import all_in_force, in_force
from catalog.definitions.structure import known_count
from catalog.errors import RecordNotFound
from catalog.holdings.services import region
from catalog.models import Absence, Country, Definition, Indicator, Production, Topic

MOST = 500


@dataclass(frozen=True)
class IndicatorPage:
    """What an indicator's page shows.

    ``missing`` are the region's countries for which nothing is recorded, ``core_known`` how many of the attributes
    without which nothing can be compared each production's definition says.
    """

    indicator: Indicator
    definition: Definition | None
    holders: Mapping[Country | None, Sequence[Production]]
    core_known: Mapping[str, int]
    absences: Sequence[Absence]
    missing: Sequence[Country]
    total: int

    @property
    def shown(self) -> int:
        """How many productions the page has room for."""
        return sum(len(found) for found in self.holders.values())


def by_topic(session: Session) -> list[tuple[Topic, Sequence[tuple[Indicator, int, bool]]]]:
    """Every indicator under its topic, with the number of countries that hold it, and whether anybody does."""
    held = Production.indicator_id == Indicator.id
    countries = sa.select(sa.func.count(sa.distinct(Production.country_id))).where(held).scalar_subquery()
    anybody = sa.exists().where(held)
    rows = session.execute(sa.select(Indicator, countries, anybody).order_by(Indicator.id).limit(MOST * 4)).all()
    topics = session.scalars(sa.select(Topic).order_by(Topic.position)).all()
    found = [(topic, [(one, count, any_) for one, count, any_ in rows if one.topic_id == topic.id]) for topic in topics]
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
    holders: dict[Country | None, list[Production]] = {}
    productions = _holders(session, identifier)
    for production in productions:
        holders.setdefault(production.country, []).append(production)
    total = sa.select(sa.func.count()).where(Production.indicator_id == identifier)
    return IndicatorPage(
        indicator=indicator,
        definition=in_force(session, indicator=identifier),
        holders=holders,
        core_known=_core_known(session, productions, core_attributes(indicator.topic_id)),
        absences=_absences(session, identifier),
        missing=_missing(session, identifier) if indicator.national else [],
        total=session.scalar(total) or 0,
    )


def _holders(session: Session, indicator: str) -> Sequence[Production]:
    """Those of a single country first, by country; what is closed last."""
    return session.scalars(
        sa.select(Production)
        .where(Production.indicator_id == indicator)
        .options(joinedload(Production.institution), joinedload(Production.country))
        .order_by(Production.country_id.is_(None), Production.country_id, Production.status, Production.id)
        .limit(MOST)
    ).all()


def _core_known(session: Session, productions: Sequence[Production], core: Sequence[str]) -> dict[str, int]:
    found = all_in_force(session, [production.id for production in productions])
    return {identifier: known_count(one.attribute_values, core) for identifier, one in found.items()}


def _absences(session: Session, indicator: str) -> Sequence[Absence]:
    return session.scalars(
        sa.select(Absence)
        .where(Absence.indicator_id == indicator)
        .options(joinedload(Absence.country), joinedload(Absence.said_by))
        .order_by(Absence.country_id, Absence.said_on.desc())
        .limit(MOST)
    ).all()


def _missing(session: Session, indicator: str) -> list[Country]:
    """The region's countries of which nothing is recorded, neither a holder nor a confirmed absence."""
    held = sa.select(Production.country_id).where(
        Production.indicator_id == indicator, Production.country_id.is_not(None)
    )
    absent = sa.select(Absence.country_id).where(Absence.indicator_id == indicator)
    known = set(session.scalars(sa.union(held, absent)))
    return [country for country in region(session) if country.id not in known]
