"""How the catalogue's errors are told over HTTP."""

from __future__ import annotations

from sqlalchemy.exc import DataError

from catalog.errors import RecordNotFound, TooManyProductions
from catalog.exchange.messages import N_
from search.backend import SearchUnavailable
from search.downloads import TooManyRows
from web.errors import Problem

PROBLEMS: dict[type[Exception], Problem] = {
    RecordNotFound: Problem(404, "record-not-found", N_("We cannot find that record.")),
    TooManyProductions: Problem(422, "too-many-productions", N_("That is too much to compare at a time.")),
    SearchUnavailable: Problem(
        503,
        "search-unavailable",
        N_("The search is not available now."),
        N_("Try again in a while; nothing that was changed meanwhile is lost."),
    ),
    # What no column can hold, such as a null character in an identifier.
    DataError: Problem(
        400,
        "unreadable-value",
        N_("A value cannot be read."),
        N_("Check the address and its parameters."),
    ),
    TooManyRows: Problem(422, "too-many-rows", N_("That is too much for one sheet.")),
}
