"""Institutions, what they hold, and how they came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from catalog.errors import RecordNotFound
from catalog.models import Contact, Institution, Production

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
    productions: Sequence[Production]
    total: int


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
    held = sa.select(Production).where(Production.institution_id == identifier)
    productions = session.scalars(
        held.options(joinedload(Production.indicator), joinedload(Production.country))
        .order_by(Production.status, Production.indicator_id, Production.id)
        .limit(MOST)
    ).all()
    total = session.scalar(sa.select(sa.func.count()).select_from(held.subquery())) or 0
    kin = sa.select(Institution).order_by(Institution.id).limit(MOST)
    return InstitutionPage(
        institution,
        session.scalars(kin.where(Institution.successor_id == identifier)).all(),
        session.scalars(kin.where(Institution.parent_id == identifier)).all(),
        session.scalars(sa.select(Contact).where(Contact.institution_id == identifier).order_by(Contact.role)).all(),
        productions,
        total,
    )
