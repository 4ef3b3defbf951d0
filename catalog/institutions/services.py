"""Institutions, what they hold, and how they came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.errors import RecordNotFound
from catalog.models import Contact, Institution, Production, Topic

PAGE = 50
MOST = 500


@dataclass(frozen=True)
class InstitutionList:
    """A page of institutions, and where the next begins."""

    institutions: Sequence[Institution]
    total: int
    next: str | None


@dataclass(frozen=True)
class InstitutionPage:
    """What an institution's page shows."""

    institution: Institution
    predecessors: Sequence[Institution]
    parts: Sequence[Institution]
    contacts: Sequence[Contact]
    held: Mapping[Topic, Sequence[Production]]
    total: int

    @property
    def shown(self) -> int:
        """How many productions the page has room for."""
        return sum(len(found) for found in self.held.values())


def institutions(
    session: Session, *, country: str | None = None, kind: str | None = None, after: str | None = None
) -> InstitutionList:
    """Institutions by identifier; ``country`` INT asks for international ones."""
    conditions: list[sa.ColumnElement[bool]] = []
    if country:
        conditions.append(Institution.country_id.is_(None) if country == "INT" else Institution.country_id == country)
    if kind:
        conditions.append(Institution.type == kind)
    total = session.scalar(sa.select(sa.func.count(Institution.id)).where(*conditions)) or 0
    query = sa.select(Institution).where(*conditions).options(joinedload(Institution.country))
    if after:
        query = query.where(Institution.id > after)
    found = session.scalars(query.order_by(Institution.id).limit(PAGE + 1)).all()
    return InstitutionList(found[:PAGE], total, found[PAGE - 1].id if len(found) > PAGE else None)


def institution_page(session: Session, identifier: str) -> InstitutionPage:
    """An institution with what it holds.

    :raises RecordNotFound: there is no such institution.
    """
    institution = session.scalar(
        sa.select(Institution)
        .where(Institution.id == identifier)
        .options(joinedload(Institution.country), joinedload(Institution.parent), joinedload(Institution.successor))
    )
    if institution is None:
        raise RecordNotFound("institution", identifier)
    kin = sa.select(Institution).order_by(Institution.id).limit(MOST)
    total = sa.select(sa.func.count()).where(Production.institution_id == identifier)
    return InstitutionPage(
        institution,
        session.scalars(kin.where(Institution.successor_id == identifier)).all(),
        session.scalars(kin.where(Institution.parent_id == identifier)).all(),
        offices(session, identifier),
        _held(session, identifier),
        session.scalar(total) or 0,
    )


def offices(session: Session, institution: str) -> Sequence[Contact]:
    """How to reach an institution's offices; those that are no longer valid are left out."""
    return session.scalars(
        sa.select(Contact)
        .where(Contact.institution_id == institution, Contact.registration_status.not_in(("superseded", "retired")))
        .order_by(Contact.role, Contact.id)
        .limit(MOST)
    ).all()


def _held(session: Session, institution: str) -> dict[Topic, list[Production]]:
    """What an institution holds, by topic; what is closed stands last."""
    query = (
        sa.select(Production)
        .where(Production.institution_id == institution)
        .options(joinedload(Production.indicator), joinedload(Production.country))
        .order_by(Production.status, Production.indicator_id, Production.id)
        .limit(MOST)
    )
    found: dict[str, list[Production]] = {}
    for production in session.scalars(query):
        found.setdefault(production.indicator.topic_id, []).append(production)
    topics = session.scalars(sa.select(Topic).order_by(Topic.position))
    return {topic: found[topic.id] for topic in topics if topic.id in found}
