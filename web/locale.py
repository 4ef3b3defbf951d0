"""Two languages: the one of the request at hand, its texts, its numbers and dates, and the addresses of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import category
from urllib.parse import quote, urlencode

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, Translations
from flask import Blueprint, Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

LANGUAGES = ("es", "en")
PREFIX = "/<any(es,en):lang>"
TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
_NARROW_SPACE = "\u202f"
# An acronym is said letter by letter; the i of hielo or iodo is no vowel of its own.
_SOUNDS_I = re.compile(r"[IÍ](?=[A-Z\d]|$)|[Hh]?[IiÍí](?![aeoáéóAEO])")

_language: ContextVar[str] = ContextVar("acervo_language", default="es")


def current_language() -> str:
    """The reader's language, ``es`` or ``en``."""
    return _language.get()


@contextmanager
def language(lang: str) -> Iterator[None]:
    """Speak a language for a while: in a command, a job or a test."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _translations(lang: str) -> Translations | None:
    """The texts of a language; the code speaks English, so English needs none."""
    file = TRANSLATIONS / lang / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return None
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang))
    compiled.seek(0)
    return Translations(compiled)


def gettext(message: str) -> str:
    """A message in the reader's language."""
    texts = _translations(current_language())
    return texts.gettext(message) if texts and message else message


def ngettext(one: str, many: str, count: int) -> str:
    """The same, for a number of things."""
    texts = _translations(current_language())
    return texts.ngettext(one, many, count) if texts else (one if count == 1 else many)


def translate(message: str, facts: Mapping[str, Any] | None = None) -> str:
    """A message with its parameters filled in, as plain text."""
    return gettext(message) % {name: str(value) for name, value in (facts or {}).items()} if facts else gettext(message)


def lazy_gettext(message: str) -> Any:
    """A message that is translated when it is shown; for labels of forms and schemas, which take it for a text."""
    return LazyProxy(gettext, message, enable_cache=False)


def _template_gettext(message: str, **facts: Any) -> Markup:
    """For templates: parameters are escaped, or kept where they are markup already."""
    text = escape(gettext(message))
    return text % facts if facts else text


def _template_ngettext(one: str, many: str, count: int, **facts: Any) -> Markup:
    return escape(ngettext(one, many, count)) % {"count": number(count), **facts}


def number(value: int | float | Decimal | None) -> str:
    """1 989 and 2,3 in Spanish, 1,989 and 2.3 in English."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        value = value.normalize()
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if current_language() == "es":
        return text.replace(",", _NARROW_SPACE).replace(".", ",")
    return text


def listed(names: Iterable[str]) -> str:
    """Names as people say them, each once: A, B y C; Spanish says e before the sound of i."""
    found = list(dict.fromkeys(names))
    if len(found) < 2:
        return "".join(found)
    last = found[-1]
    word = "and" if current_language() == "en" else "e" if _SOUNDS_I.match(last) else "y"
    return f"{', '.join(found[:-1])} {word} {last}"


def within(label: str) -> str:
    """A label inside a sentence: its first letter is small, unless it begins with an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def show_date(value: date | datetime | str | None) -> str:
    """A date, also one of which only the year or the month is known: 23 nov 2026, nov 2026, 2026."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        parts = value.split("-")
        if len(parts) == 1:
            return value
        if len(parts) == 2:
            return _month(date(int(parts[0]), int(parts[1]), 1), "LLL y")
        value = date.fromisoformat(value)
    return _month(value, "d LLL y")


def _month(value: date, pattern: str) -> str:
    return format_date(value, pattern, locale=current_language()).replace(".", "")


def period(start: date, end: date) -> str:
    """A period in full, as short as it can be said: 2020, mar 2024, 1 ene 2024 – 6 ago 2024."""
    if start == end:
        return show_date(start)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return str(start.year)
    last = end.day == _days_of(end)
    if start.day == 1 and last and (start.year, start.month) == (end.year, end.month):
        return _month(start, "LLL y")
    if start.day == 1 and last and start.year == end.year:
        return f"{_month(start, 'LLL')} – {_month(end, 'LLL y')}"
    return f"{show_date(start)} – {show_date(end)}"


def year_span(first: int | None, last: int | None) -> str:
    """The first and the last year seen, of which either may be unknown: 2014–2026, 2014, desde 2014, hasta 2026."""
    if first and last:
        return str(first) if first == last else f"{first}–{last}"
    if last:
        return gettext("to %(year)s") % {"year": last}
    return gettext("from %(year)s") % {"year": first} if first else ""


def _days_of(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date.resolution).day


def pick(texts: Mapping[str, str | None], original: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The text for the reader, and its language: the reader's own, else the other, else the original's."""
    lang = current_language()
    for candidate in (lang, *(other for other in LANGUAGES if other != lang)):
        text = texts.get(candidate)
        if text:
            return text, candidate
    if original:
        return original["text"], original.get("lang", "")
    return "", lang


def record_text(record: Any, field: str) -> tuple[str, str]:
    """A field of a record (``name``, ``title`` …) for the reader, and its language."""
    texts = {lang: getattr(record, f"{field}_{lang}", None) for lang in LANGUAGES}
    originals = getattr(record, "originals", None) or {}
    return pick(texts, originals.get(field))


def shown(text_and_language: tuple[str, str]) -> Markup:
    """A text for a page; one in another language says so, for eyes and for screen readers."""
    text, lang = text_and_language
    if lang == current_language() or not text:
        return escape(text)
    return Markup('<span lang="{0}">{1}</span> <span class="lang">{0}</span>').format(lang, text)


def linked_sources(source: str | None) -> list[tuple[str, str | None]]:
    """The sources of a record: name to show and address, None where there is none to follow."""
    parts = [part.strip() for part in (source or "").split(";") if part.strip()]
    found: list[tuple[str, str | None]] = []
    for part in parts:
        address = part if re.match(r"https?://", part) else None
        found.append((re.sub(r"^(?:https?://)?(?:www\.)?([^/]+).*$", r"\1", part) if address else part, address))
    return found


def readable(text: str) -> str:
    """A text without control characters but line ends and tabs, and without halves of characters."""
    return "".join(sign for sign in text if sign in "\n\t" or category(sign) not in ("Cc", "Cs"))


def _path() -> str:
    """The path of this page's address, as an address may hold it."""
    return quote(request.path, safe="/!$&'()*+,;=:@~")


def twin_address(lang: str) -> str:
    """The address of this page in another language."""
    parts = _path().split("/", 2)
    if len(parts) < 2 or parts[1] not in LANGUAGES:
        # The address of the API's page is the same in both languages.
        return address_with(lang=lang)
    query = request.query_string.decode("ascii", "replace")
    return f"/{lang}/{parts[2] if len(parts) > 2 else ''}" + (f"?{query}" if query else "")


def address_with(**changes: Any) -> str:
    """This page's address with some of its parameters changed; None takes one away, a list repeats it."""
    values = {name: request.args.getlist(name) for name in request.args}
    for name, value in changes.items():
        values[name] = (
            [] if value is None else [str(part) for part in value] if isinstance(value, list) else [str(value)]
        )
    query = urlencode([(name, part) for name, parts in values.items() for part in parts if part])
    return _path() + (f"?{query}" if query else "")


def register_pages(app: Flask, blueprint: Blueprint) -> None:
    """Serve a blueprint's pages in both languages."""
    app.register_blueprint(blueprint, url_prefix=PREFIX)


def init_app(app: Flask, default_language: str) -> None:
    """Make the reader's language known to routes and templates."""

    @app.before_request
    def choose_language() -> None:
        values = request.view_args or {}
        asked = values.pop("lang", None) or request.args.get("lang")
        if asked is None and request.path[1:3] in LANGUAGES and request.path[3:4] in ("", "/"):
            asked = request.path[1:3]
        _language.set(asked if asked in LANGUAGES else preferred_language(default_language))

    @app.after_request
    def tell_caches(response: Response) -> Response:
        # Pages name their language in the address; the API's answers follow the browser where none is asked for.
        if request.path.startswith("/api/") and request.args.get("lang") not in LANGUAGES:
            response.vary.add("Accept-Language")
        return response

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language()

    @app.get("/")
    def follow_language() -> ResponseReturnValue:
        response = redirect(f"/{preferred_language(default_language)}/", 302)
        response.headers["Vary"] = "Accept-Language"
        return response

    _tell_templates(app)


def _tell_templates(app: Flask) -> None:
    app.jinja_env.globals.update(
        _=_template_gettext,
        ngettext=_template_ngettext,
        current_language=current_language,
        twin_address=twin_address,
        address_with=address_with,
        record_text=record_text,
        pick=pick,
        shown=shown,
        linked_sources=linked_sources,
        listed=listed,
        year_span=year_span,
        period=period,
    )
    app.jinja_env.filters.update(number=number, date=show_date, shown=shown, within=within)


def preferred_language(default: str) -> str:
    """What the browser asks for, else the installation's default."""
    if not request.accept_languages:
        return default
    return request.accept_languages.best_match(LANGUAGES, default) or default
