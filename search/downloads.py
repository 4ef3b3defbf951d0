"""Results as files: every hit, read page by page, so that memory does not grow with them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from search.backend import Hit, SearchUnavailable
from search.serving import Request, run_search
from search.shapes import hit_as_json
from web.errors import N_
from web.tables import ROWS_OF_A_SHEET, csv_line, write_workbook

COLUMNS = (
    "kind",
    "id",
    "title_es",
    "title_en",
    "country",
    "institution",
    "indicator",
    "periodicity",
    "first_year",
    "last_year",
    "status",
    "confirmed",
)
_BATCH = 100
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
HEADERS = {"Link": f'<{_LICENCE}>; rel="license"'}


class TooManyRows(Exception):
    """A sheet cannot hold so many records."""

    message = N_("%(count)s records are more than a sheet can hold. Take CSV or JSON Lines, or narrow the search.")

    def __init__(self, count: int) -> None:
        super().__init__(self.message)
        self.facts = {"count": count}


def all_hits(request: Request) -> tuple[int, Iterator[Hit]]:
    """How many hits there are, and every one of them, by title or by change: those orders can be read to their end.

    :raises SearchUnavailable: the index is away; what stands in for it does not know every hit.
    """
    asked = replace(request, limit=_BATCH, sort="changed" if request.sort == "changed" else "title", after=None)
    first = _page(asked)
    return first.total, chain(first.hits, _further(asked, first.next))


def _further(asked: Request, after: Any) -> Iterator[Hit]:
    while after is not None:
        page = _page(replace(asked, after=after))
        yield from page.hits
        after = page.next


def _page(asked: Request) -> Any:
    result = run_search(asked, with_answer=False)
    if result.degraded:
        raise SearchUnavailable("a file would lack most of what was found")
    return result.page


def _row(hit: Hit) -> list[Any]:
    card = hit.card
    title = card.get("title", {})
    return [
        hit.kind,
        hit.id,
        title.get("es"),
        title.get("en"),
        card.get("country"),
        (card.get("institution") or {}).get("id"),
        (card.get("indicator") or {}).get("id"),
        card.get("periodicity"),
        card.get("first_year"),
        card.get("last_year"),
        card.get("status"),
        "yes" if card.get("checked") else "no",
    ]


def as_csv(hits: Iterator[Hit]) -> Iterator[str]:
    """CSV with a heading; the licence is said in the response's ``Link`` header."""
    yield csv_line(COLUMNS)
    for hit in hits:
        yield csv_line(_row(hit))


def as_json_lines(hits: Iterator[Hit]) -> Iterator[str]:
    """One record a line."""
    for hit in hits:
        shape = hit_as_json(hit)
        shape.pop("highlight")
        yield json.dumps(shape, ensure_ascii=False) + "\n"


def as_workbook(total: int, hits: Iterator[Hit]) -> Iterator[bytes]:
    """A workbook, written to a temporary file and sent from there in parts.

    :raises TooManyRows: a sheet has fewer rows than there are hits.
    """
    if total >= ROWS_OF_A_SHEET:
        raise TooManyRows(total)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the generator that sends it)
    write_workbook(file, [("acervo", chain([list(COLUMNS)], map(_row, hits)))])
    file.seek(0)
    return _parts(file)


def _parts(file: Any) -> Iterator[bytes]:
    with file:
        while part := file.read(1 << 16):
            yield part
