"""What the catalogue's services refuse, with the facts to tell it."""

from __future__ import annotations

from typing import Any

from catalog.exchange.messages import N_


class CatalogError(Exception):
    """``message`` is a msgid and ``facts`` its parameters."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message % facts)
        self.message, self.facts = message, facts


_NOT_FOUND = {
    "country": N_("There is no country “%(id)s”. Check the address, or search for it."),
    "institution": N_("There is no institution “%(id)s”. Check the address, or search for it."),
    "indicator": N_("There is no indicator “%(id)s”. Check the address, or search for it."),
    "production": N_("There is no production “%(id)s”. Check the address, or search for it."),
    "figure": N_("There is no published figure “%(id)s”. Check the address, or look through the list of figures."),
}


class RecordNotFound(CatalogError):
    """There is no such record, or none that the reader may see."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(_NOT_FOUND[kind], id=identifier[:120])


class TooManyProductions(CatalogError):
    """More productions were named than can stand side by side."""

    def __init__(self, given: int, most: int) -> None:
        super().__init__(
            N_("%(given)s productions were chosen; at most %(most)s stand side by side. Take some away."),
            given=given,
            most=most,
        )
