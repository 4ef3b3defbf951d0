"""Every table of the catalogue, for migrations and for what walks over all kinds."""

from __future__ import annotations

from catalog.corrections.models import Correction
from catalog.countries.models import Country
from catalog.definitions.models import Definition
from catalog.figures.models import Figure
from catalog.history.models import ChangeSet, HistoryEntry
from catalog.holdings.models import Absence
from catalog.indicators.models import Indicator, Topic
from catalog.institutions.models import Contact, Institution
from catalog.outbox.models import OutboxEntry, WorkerLease
from catalog.productions.models import Production
from catalog.records import Record
from catalog.unanswered.models import UnansweredDay, UnansweredSearch

__all__ = [
    "KINDS",
    "Absence",
    "ChangeSet",
    "Contact",
    "Correction",
    "Country",
    "Definition",
    "Figure",
    "HistoryEntry",
    "Indicator",
    "Institution",
    "OutboxEntry",
    "Production",
    "Topic",
    "UnansweredDay",
    "UnansweredSearch",
    "WorkerLease",
]

# In the order in which records may refer to one another.
KINDS: dict[str, type[Record]] = {
    "country": Country,
    "institution": Institution,
    "contact": Contact,
    "indicator": Indicator,
    "production": Production,
    "definition": Definition,
    "figure": Figure,
    "absence": Absence,
}
