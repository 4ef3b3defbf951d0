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
    "PATHS",
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
    "identifier_of",
]

# Where the pages of a kind are, below the language; the API has its lists under the same names.
PATHS = {"country": "countries", "institution": "institutions", "indicator": "indicators", "production": "productions"}

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


def identifier_of(kind: str, given: str) -> str:
    """An identifier as it is kept: the code of a country is taken in either case."""
    return given.upper() if kind == "country" else given
