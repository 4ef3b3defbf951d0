"""A table of text: the rows of one collection from one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.exchange.collections import Collection, collection_named, collections
from catalog.exchange.faults import BadFile, BadRow
from catalog.exchange.messages import N_
from catalog.exchange.report import Problem

# Of the columns that a collection cannot do without, a table that is meant for it has so many.
LEAST_SHARE = 0.7
# A row's number as a person sees it, and its cells, or what kept them from being read.
Rows = Iterable[tuple[int, Sequence[str] | BadRow]]


@dataclass(frozen=True)
class Table:
    """Rows under a heading; each table must be read before the next of its file.

    Reading its rows raises :class:`BadFile` where the file cannot be read any further.
    """

    collection: Collection
    file: str
    sheet: str | None
    heading: tuple[str, ...]
    rows: Rows
    heading_row: int = 1


def recognise_collection(stem: str, heading: Sequence[str], name: str) -> Collection:
    """The collection of a table: by its name, or by the one whose columns its heading has, or mostly has.

    :raises BadFile: it is none, or its heading could be of several.
    """
    named = collection_named(stem)
    if named:
        return named
    columns = set(heading)
    fitting = [one for one in collections().values() if columns.issuperset(one.required_headings())]
    fitting = fitting or _nearest(columns)
    if len(fitting) != 1:
        raise BadFile(
            Problem(
                name,
                N_("it is not clear what the rows are: neither the name nor the columns are those of a collection"),
                N_("name it after its collection: %(names)s"),
                {"names": ", ".join(one.name for one in collections().values())},
                row=1,
            )
        )
    return fitting[0]


def _nearest(columns: set[str]) -> list[Collection]:
    """The collections that most of these columns are of, each lacking few of its own, so that they can be named."""
    had = {one.kind: len(columns.intersection(one.required_headings())) for one in collections().values()}
    near = [one for one in collections().values() if had[one.kind] >= LEAST_SHARE * len(one.required_headings())]
    most = max((had[one.kind] for one in near), default=0)
    return [one for one in near if had[one.kind] == most]
