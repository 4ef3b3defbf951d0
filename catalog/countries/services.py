"""Countries, and what this registry records of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.errors import RecordNotFound
from catalog.figures.services import SamePeriod, contested_in_country
from catalog.holdings.understanding import folded
from catalog.models import Absence, Country, Indicator, Institution, Production, Topic, identifier_of

MOST = 500
# An indicator that is no longer in force is asked of nobody.
_PAST = ("superseded", "retired")


@dataclass(frozen=True)
class CountryPage:
    """What a country's page shows; ``missing`` are the indicators for which nothing is recorded."""

    country: Country
    institutions: Mapping[str, Sequence[Institution]]
    held: Mapping[Topic, Sequence[tuple[Indicator, Sequence[Production]]]]
    # Regional and international bodies that hold figures of this country.
    bodies: Sequence[Institution]
    absences: Sequence[Absence]
    missing: Sequence[Indicator]
    contested: Sequence[SamePeriod]
    productions: int
    holders: int

    @property
    def shown(self) -> int:
        """How many productions the page has room for."""
        return sum(len(found) for indicators in self.held.values() for _, found in indicators)


def all_countries(session: Session, lang: str) -> list[tuple[Country, int, int]]:
    """Every country with its numbers of institutions and productions, by its name in a language."""
    institutions = sa.select(sa.func.count()).where(Institution.country_id == Country.id).scalar_subquery()
    productions = sa.select(sa.func.count()).where(Production.country_id == Country.id).scalar_subquery()
    rows = session.execute(sa.select(Country, institutions, productions).order_by(Country.id).limit(MOST))
    return sorted(
        ((country, bodies, holdings) for country, bodies, holdings in rows),
        key=lambda row: folded(getattr(row[0], f"name_{lang}") or row[0].id),
    )


def country_page(session: Session, identifier: str) -> CountryPage:
    """A country with its institutions and holdings.

    :raises RecordNotFound: there is no such country.
    """
    country = session.get(Country, identifier_of("country", identifier)) if len(identifier) == 3 else None
    if country is None:
        raise RecordNotFound("country", identifier)
    productions = _productions(session, country.id)
    total, holders = session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(Production.institution_id))).where(
            Production.country_id == country.id
        )
    ).one()
    bodies = {one.institution_id: one.institution for one in productions if one.institution.country_id is None}
    return CountryPage(
        country=country,
        institutions=_institutions(session, country.id),
        held=_by_topic(session, productions),
        bodies=[bodies[key] for key in sorted(bodies)],
        absences=_absences(session, country.id),
        missing=_missing(session, country.id),
        contested=contested_in_country(session, country.id),
        productions=total,
        holders=holders,
    )


def _institutions(session: Session, country: str) -> dict[str, list[Institution]]:
    """The institutions of a country by type; those that are closed stand last."""
    query = (
        sa.select(Institution)
        .where(Institution.country_id == country)
        .order_by(Institution.type == "other", Institution.type, Institution.status, Institution.id)
        .limit(MOST)
    )
    found: dict[str, list[Institution]] = {}
    for institution in session.scalars(query):
        found.setdefault(institution.type, []).append(institution)
    return found


def _productions(session: Session, country: str) -> Sequence[Production]:
    return session.scalars(
        sa.select(Production)
        .where(Production.country_id == country)
        .options(joinedload(Production.institution), joinedload(Production.indicator))
        .order_by(Production.indicator_id, Production.status, Production.id)
        .limit(MOST)
    ).all()


def _absences(session: Session, country: str) -> Sequence[Absence]:
    return session.scalars(
        sa.select(Absence)
        .where(Absence.country_id == country)
        .options(joinedload(Absence.indicator), joinedload(Absence.said_by))
        .order_by(Absence.indicator_id, Absence.said_on.desc())
        .limit(MOST)
    ).all()


def _missing(session: Session, country: str) -> Sequence[Indicator]:
    """National indicators of which nothing is recorded, neither a holder nor a confirmed absence."""
    held = sa.exists().where(Production.indicator_id == Indicator.id, Production.country_id == country)
    absent = sa.exists().where(Absence.indicator_id == Indicator.id, Absence.country_id == country)
    return session.scalars(
        sa.select(Indicator)
        .where(Indicator.national, Indicator.registration_status.not_in(_PAST), ~held, ~absent)
        .order_by(Indicator.topic_id, Indicator.id)
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
