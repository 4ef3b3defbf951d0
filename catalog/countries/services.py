"""Countries, and what this registry records of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.errors import RecordNotFound
from catalog.models import Absence, Country, Indicator, Institution, Production, Topic

MOST = 500


@dataclass(frozen=True)
class CountryPage:
    """What a country's page shows; ``missing`` are the indicators for which nothing is recorded."""

    country: Country
    institutions: Sequence[Institution]
    held: Mapping[Topic, Sequence[tuple[Indicator, Sequence[Production]]]]
    absences: Sequence[Absence]
    missing: Sequence[Indicator]
    productions: int


def all_countries(session: Session) -> list[tuple[Country, int, int]]:
    """Every country with its numbers of institutions and productions, by name."""
    institutions = sa.select(sa.func.count()).where(Institution.country_id == Country.id).scalar_subquery()
    productions = sa.select(sa.func.count()).where(Production.country_id == Country.id).scalar_subquery()
    rows = session.execute(sa.select(Country, institutions, productions).order_by(Country.name_es).limit(MOST))
    return [(country, bodies, holdings) for country, bodies, holdings in rows]


def country_page(session: Session, identifier: str) -> CountryPage:
    """A country with its institutions and holdings.

    :raises RecordNotFound: there is no such country.
    """
    country = session.get(Country, identifier.upper()[:3]) if len(identifier) == 3 else None
    if country is None:
        raise RecordNotFound("country", identifier)
    institutions = session.scalars(
        sa.select(Institution)
        .where(Institution.country_id == country.id)
        .order_by(Institution.status, Institution.type, Institution.id)
        .limit(MOST)
    ).all()
    productions = _productions(session, country.id)
    absences = session.scalars(
        sa.select(Absence)
        .where(Absence.country_id == country.id)
        .options(joinedload(Absence.indicator), joinedload(Absence.said_by))
        .limit(MOST)
    ).all()
    known = {one.indicator_id for one in productions} | {absence.indicator_id for absence in absences}
    missing = session.scalars(
        sa.select(Indicator).where(Indicator.national, Indicator.id.not_in(known)).order_by(Indicator.id).limit(MOST)
    ).all()
    total = session.scalar(sa.select(sa.func.count()).where(Production.country_id == country.id)) or 0
    return CountryPage(country, institutions, _by_topic(session, productions), absences, missing, total)


def _productions(session: Session, country: str) -> Sequence[Production]:
    return session.scalars(
        sa.select(Production)
        .where(Production.country_id == country)
        .options(joinedload(Production.institution), joinedload(Production.indicator))
        .order_by(Production.indicator_id, Production.status, Production.id)
        .limit(MOST)
    ).all()


def _by_topic(
    session: Session, productions: Sequence[Production]
) -> dict[Topic, list[tuple[Indicator, Sequence[Production]]]]:
    grouped: dict[str, dict[str, list[Production]]] = {}
    indicators: dict[str, Indicator] = {}
    for production in productions:
        indicators[production.indicator_id] = production.indicator
        own = grouped.setdefault(production.indicator.topic_id, {})
        own.setdefault(production.indicator_id, []).append(production)
    topics = session.scalars(sa.select(Topic).order_by(Topic.position)).all()
    return {
        topic: [(indicators[identifier], found) for identifier, found in grouped[topic.id].items()]
        for topic in topics
        if topic.id in grouped
    }
