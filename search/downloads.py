"""Results as files: every hit, read page by page, so that memory does not grow with them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from search.backend import Hit
from search.serving import Request, run_search
from search.shapes import hit_as_json

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


def all_hits(request: Request) -> Iterator[Hit]:
    """Every hit, by title: that order can be read to its end."""
    asked = replace(request, limit=_BATCH, sort="changed" if request.sort == "changed" else "title", after=None)
    while True:
        page = run_search(asked, with_answer=False).page
        yield from page.hits
        if page.next is None:
            return
        asked = replace(asked, after=page.next)


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


def _safe(value: Any) -> Any:
    """A spreadsheet must take no text for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


def as_csv(hits: Iterable[Hit]) -> Iterator[str]:
    """CSV with a heading; the licence is said in the response's ``Link`` header."""
    yield _line(COLUMNS)
    for hit in hits:
        yield _line(_safe(value) for value in _row(hit))


def _line(values: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def as_json_lines(hits: Iterable[Hit]) -> Iterator[str]:
    """One record a line."""
    for hit in hits:
        shape = hit_as_json(hit)
        shape.pop("highlight")
        yield json.dumps(shape, ensure_ascii=False) + "\n"


def as_workbook(hits: Iterable[Hit]) -> Iterator[bytes]:
    """A workbook, written to a temporary file and sent from there in parts."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("acervo")
    sheet.freeze_panes = "A2"
    sheet.append(list(COLUMNS))
    for hit in hits:
        sheet.append([_cell(sheet, value) for value in _row(hit)])
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the generator that sends it)
    book.save(file)
    file.seek(0)
    return _parts(file)


def _parts(file: Any) -> Iterator[bytes]:
    with file:
        while part := file.read(1 << 16):
            yield part


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
