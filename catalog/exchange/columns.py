"""The columns of exchanged files: how a cell is read, checked and written back. Pure.

A cell is text; empty means *unknown*. Every reader gives the stored value or raises :class:`BadCell`, which names
what is wrong and what would repair it as a message to translate and its parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.code_lists.lists import code_lists
from catalog.exchange.messages import N_
from catalog.periods import InvalidPeriod, parse_interval, parse_partial_date

LONGEST_TEXT = 20_000
LONGEST_LINE = 2_000

LONGEST_IDENTIFIER = 120
# What has definitions leaves room for their numbers.
LONGEST_SUBJECT = LONGEST_IDENTIFIER - len("--d9999")

_SLUG = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
# What a spreadsheet would run: an operator that begins no number or item of a list, or a call or reference behind one.
_FORMULA = re.compile(r"[=@]|[+-](?:(?![\s0-9.,(])|.*(?:[|!]|[A-Za-z]\())", re.DOTALL)
_SHEET_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)")
# Besides the controls of ASCII and Latin-1: separators, marks that turn the direction of writing, halves of characters
# and what is no character, none of which can be seen.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_URL = re.compile(r"https?://[^\s<>\"']+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")
# As many as every database keeps.
_MOST_DIGITS = 15


class BadCell(ValueError):
    """A cell that cannot be taken: ``message`` and ``repair`` are msgids, ``facts`` their parameters."""

    def __init__(self, message: str, repair: str, **facts: object) -> None:
        super().__init__(message % facts)
        self.message, self.repair, self.facts = message, repair, facts


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the model's column, how a cell is read and how a value is written."""

    heading: str
    target: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = field(default=lambda value: "" if value is None else str(value))
    # A record cannot be without it.
    required: bool = False
    # The kind of record that the value names.
    refers_to: str | None = None
    # Written only where a record has a value; may be missing from a file.
    extra: bool = False


def text(limit: int = LONGEST_TEXT) -> Callable[[str], str | None]:
    """A reader of plain text up to a length."""

    def read(cell: str) -> str | None:
        if len(cell) > limit:
            raise BadCell(
                N_("the text has %(length)s characters; at most %(limit)s fit"),
                N_("shorten it, or link to the long text"),
                length=len(cell),
                limit=limit,
            )
        if cell[:1] in _BEGINNINGS:
            _refuse_formula(cell)
        if "\r" in cell:
            cell = cell.replace("\r\n", "\n").replace("\r", "\n")
        hidden = _CONTROL.search(cell)
        if hidden:
            raise BadCell(
                N_("the text holds control characters (%(code)s)"),
                N_("type the text anew"),
                code=f"U+{ord(hidden[0]):04X}",
            )
        return cell or None

    return read


_BEGINNINGS = frozenset("=@+-#")


def _refuse_formula(cell: str) -> None:
    if _SHEET_ERROR.fullmatch(cell):
        message = N_("'%(value)s' is an error of the spreadsheet")
        raise BadCell(message, N_("write what the cell should say, or leave it empty"), value=cell)
    if _FORMULA.match(cell):
        raise BadCell(N_("the text begins like a formula"), N_("begin it with a letter or a number"))


def identifier(limit: int) -> Callable[[str], str]:
    """A reader of identifiers: lower-case words joined by hyphens."""

    def read(cell: str) -> str:
        if len(cell) > limit or not _SLUG.fullmatch(cell):
            raise BadCell(
                N_("'%(value)s' is no identifier"),
                N_("use lower-case letters without accents, digits and hyphens, at most %(limit)s"),
                value=shown(cell),
                limit=limit,
            )
        return cell

    return read


slug = identifier(LONGEST_IDENTIFIER)
subject_slug = identifier(LONGEST_SUBJECT)


def iso3(cell: str) -> str:
    """A country's code of ISO 3166-1 alpha-3."""
    if not re.fullmatch(r"[A-Z]{3}", cell):
        raise BadCell(
            N_("'%(value)s' is no country code"),
            N_("use the three capital letters of ISO 3166-1, such as HND"),
            value=shown(cell),
        )
    return cell


def optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same reader, where an empty cell is allowed and means unknown."""
    return lambda cell: read(cell) if cell else None


def yes_no(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise BadCell(N_("'%(value)s' is neither yes nor no"), N_("write yes or no"), value=shown(cell))
    return cell == "yes"


def write_yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def year(cell: str) -> int:
    if not re.fullmatch(r"1[89][0-9]{2}|20[0-9]{2}", cell):
        raise BadCell(N_("'%(value)s' is no year"), N_("write four digits, such as 2019"), value=shown(cell))
    return int(cell)


def ordinal(cell: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", cell):
        raise BadCell(N_("'%(value)s' is no version number"), N_("count from 1"), value=shown(cell))
    return int(cell)


def day(cell: str) -> date:
    try:
        if not _DAY.fullmatch(cell):
            raise ValueError(cell)
        return date.fromisoformat(cell)
    except ValueError:
        raise BadCell(
            N_("'%(value)s' is no date"), N_("write year, month and day: 2024-08-31"), value=shown(cell)
        ) from None


def partial_date(cell: str) -> str:
    try:
        return parse_partial_date(cell)
    except InvalidPeriod:
        raise BadCell(
            N_("'%(value)s' is no date"), N_("write 2024, 2024-08 or 2024-08-31"), value=shown(cell)
        ) from None


def number(cell: str) -> Decimal:
    value = Decimal(cell if _NUMBER.fullmatch(cell) else "NaN")
    if not _can_be_kept(value):
        raise BadCell(
            N_("'%(value)s' is no number that can be kept"),
            N_("write at most 15 digits, with a point before the decimals, at most four of them, and no separators"),
            value=shown(cell),
        )
    return value


def _can_be_kept(value: Decimal) -> bool:
    if not value.is_finite() or abs(value) >= 10**_MOST_DIGITS or value != round(value, 4):
        return False
    return len(value.normalize().as_tuple().digits) <= _MOST_DIGITS


def write_number(value: Decimal | None) -> str:
    if value is None:
        return ""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def code_of(name: str) -> Callable[[str], str]:
    """A reader of one code of a list."""

    def read(cell: str) -> str:
        codes = code_lists()[name]
        if cell not in codes:
            raise BadCell(
                N_("'%(value)s' is no code of the list"),
                N_("use one of: %(codes)s"),
                value=shown(cell),
                codes=", ".join(codes.by_code),
            )
        return cell

    return read


def codes_of_list(name: str) -> Callable[[str], list[str]]:
    """A reader of several codes of a list, parted by semicolons; their order is kept."""
    read_one = code_of(name)

    def read(cell: str) -> list[str]:
        codes = [read_one(part.strip()) for part in cell.split(";") if part.strip()]
        return list(dict.fromkeys(codes))

    return read


def objectives(cell: str) -> list[str]:
    """Objectives of the Global Compact for Migration, 1 to 23, parted by semicolons."""
    parts = [part.strip() for part in cell.split(";") if part.strip()]
    for part in parts:
        if not (part.isascii() and part.isdecimal()) or not 1 <= int(part) <= 23:
            raise BadCell(
                N_("'%(value)s' is no objective of the Global Compact"),
                N_("write numbers from 1 to 23, parted by semicolons"),
                value=shown(part),
            )
    return parts


def periods(cell: str) -> list[dict[str, str]]:
    """Periods held and missing: ``held 2014/2016; missing 2017; held 2018/..``."""
    found = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        state, _, interval = part.partition(" ")
        try:
            parse_interval(interval)
        except InvalidPeriod:
            state = ""
        if state not in ("held", "missing"):
            raise BadCell(
                N_("'%(value)s' is no period held or missing"),
                N_("write for example: held 2014/2016; missing 2017; held 2018/.."),
                value=shown(part),
            )
        found.append({"state": state, "interval": interval})
    return found


def write_periods(value: list[dict[str, str]] | None) -> str:
    return "; ".join(f"{period['state']} {period['interval']}" for period in value or ())


def write_list(value: list[str] | None) -> str:
    return ";".join(value or ())


def url(cell: str) -> str:
    """The address of a page."""
    if len(cell) > LONGEST_LINE or not _URL.fullmatch(cell):
        raise BadCell(
            N_("'%(value)s' is no address of a page"),
            N_("begin it with https:// or http://"),
            value=shown(cell),
        )
    return cell


def mailbox(cell: str) -> str:
    if len(cell) > 254 or not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", cell):
        raise BadCell(N_("'%(value)s' is no e-mail address"), N_("write the mailbox of the office"), value=shown(cell))
    return cell


def language(cell: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", cell):
        raise BadCell(N_("'%(value)s' is no language code"), N_("use a code of ISO 639, such as nl"), value=shown(cell))
    return cell


def shown(cell: str) -> str:
    """A cell as a message may repeat it: short, and on one line."""
    flat = " ".join(_CONTROL.sub(" ", cell).split())
    return flat if len(flat) <= 60 else flat[:57] + "…"
