"""What a file is: by its first bytes, and whether that is what its name says."""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path

from catalog.exchange.faults import BadFile, damage_told, file_name
from catalog.exchange.messages import N_
from catalog.exchange.report import Problem
from web.locale import lazy_gettext

FORMATS = ("csv", "jsonl", "xlsx")
CSV, ZIPPED_CSV, JSON_LINES, WORKBOOK = "csv", "zipped csv", "jsonl", "xlsx"
READABLE = (CSV, ZIPPED_CSV, JSON_LINES, WORKBOOK)
START = 4096

# All other formats go by names that are the same in every language.
_NAMES = {ZIPPED_CSV: lazy_gettext("zipped csv")}
_BY_FORMAT = {"csv": (CSV, ZIPPED_CSV), "jsonl": (JSON_LINES,), "xlsx": (WORKBOOK,)}
_BY_ENDING = {
    ".csv": (CSV,),
    ".jsonl": (JSON_LINES,),
    ".ndjson": (JSON_LINES,),
    ".xlsx": (WORKBOOK,),
    ".zip": (ZIPPED_CSV,),
}
_SIGNS = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "PNG",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
_TEXT_CONTROLS = b"\t\n\r"


def recognise(path: Path, form: str | None) -> str:
    """The format of a file, one of :data:`READABLE`.

    :param form: one of :data:`FORMATS` where the person chose it.
    :raises BadFile: it cannot be read, or it is not what its name or the chosen format says.
    """
    name = file_name(path)
    with damage_told(name), path.open("rb") as file:
        start = file.read(START)
    found = _kind_of_zip(path, name) if start.startswith(b"PK\x03\x04") else kind_of_text(start, name)
    wanted = _BY_FORMAT[form] if form else _BY_ENDING.get(path.suffix.lower(), READABLE)
    if found not in wanted:
        raise BadFile(_not_what_it_says(name, found, wanted))
    return found


def kind_of_text(start: bytes, name: str) -> str:
    """What the first bytes of a file say that is no zip: csv, jsonl, or the name of a format that we do not read.

    :raises BadFile: there is nothing in it, or no text that we can read.
    """
    for sign, found in _SIGNS.items():
        if start.startswith(sign):
            return found
    if _is_utf16(start):
        raise BadFile(not_utf8(name, "UTF-16"))
    if _is_binary(start):
        raise BadFile(Problem(name, N_("the file holds no text"), N_("use CSV, JSON Lines or XLSX")))
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text and len(start) < START:
        raise BadFile(Problem(name, N_("the file is empty"), N_("check that it is the right file")))
    return {b"{": JSON_LINES, b"<": "XML", b"[": "JSON"}.get(text[:1], CSV)


def not_utf8(name: str, encoding: str) -> Problem:
    return Problem(
        name,
        N_("the file is not UTF-8; it looks like %(encoding)s"),
        N_("save it again as CSV UTF-8"),
        {"encoding": encoding},
    )


def _is_utf16(start: bytes) -> bool:
    """By its mark, or by the zeros beside each letter of the Latin alphabet."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (
        start.count(0) > len(start) // 3 and any(start[:40:2]) != any(start[1:40:2])
    )


def _is_binary(start: bytes) -> bool:
    controls = sum(1 for byte in start if byte < 32 and byte not in _TEXT_CONTROLS)
    return controls > len(start) // 20


def _kind_of_zip(path: Path, name: str) -> str:
    with damage_told(name), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if "[Content_Types].xml" in names:
        return WORKBOOK if any(part.startswith("xl/") for part in names) else "Office"
    return ZIPPED_CSV if any(part.endswith(".csv") for part in names) else "zip"


def _not_what_it_says(name: str, found: str, wanted: tuple[str, ...]) -> Problem:
    found = _NAMES.get(found, found)
    if wanted == READABLE:
        message = N_("files of this kind (%(found)s) cannot be imported")
        return Problem(name, message, N_("use CSV, JSON Lines or XLSX"), {"found": found})
    return Problem(
        name,
        N_("the file is not what its name or the chosen format says (%(wanted)s); it looks like %(found)s"),
        N_("save it as %(wanted)s, or give it the right name"),
        {"wanted": _NAMES.get(wanted[0], wanted[0]), "found": found},
    )
