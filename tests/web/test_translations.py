"""Everything that a person reads is said in both languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
SPANISH = ROOT / "translations" / "es" / "LC_MESSAGES" / "messages.po"
KEYWORDS = ("_", "N_", "translate", "gettext", "lazy_gettext", "ngettext:1,2")


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What code and templates say, as ``make messages`` collects it."""
    out = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [str(Path(sys.executable).with_name("pybabel")), "-q", "extract", "--ignore-dirs=.* var"]
    command += ["-F", "babel.cfg", "-o", str(out), *(part for word in KEYWORDS for part in ("-k", word)), "."]
    subprocess.run(command, cwd=ROOT, check=True)
    with out.open("rb") as source:
        return read_po(source)


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    with SPANISH.open("rb") as source:
        return read_po(source, locale="es")


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_everything_is_said_in_spanish(spoken: Catalog, spanish: Catalog):
    silent = []
    for message in spoken:
        told = spanish.get(first(message)) if message.id else None
        if message.id and (told is None or told.fuzzy or not all(texts(told))):
            silent.append(first(message))
    assert silent == []


def test_a_translation_fills_in_what_the_message_does(spanish: Catalog):
    wrong = [
        first(message)
        for message in spanish
        if message.id
        for text in texts(message)
        if set(re.findall(r"%\(\w+\)s", text)) != set(re.findall(r"%\(\w+\)s", "".join(message.id)))
        and not message.pluralizable
    ]
    assert wrong == []


def test_spanish_is_addressed_politely_and_without_exclamation(spanish: Catalog):
    rude = re.compile(r"[!¡]|\b(haz|pulsa|escribe|tu|tus|dataset|usuario)\b", re.IGNORECASE)
    assert [text for message in spanish if message.id for text in texts(message) if rude.search(text)] == []


@pytest.mark.parametrize("name", ["about", "privacy", "accessibility"])
def test_a_long_page_has_the_same_parts_in_both_languages(name: str):
    parts = [
        re.findall(r"<(h[123]|table|tr|ul|dl|li)\b", (ROOT / "templates" / "pages" / f"{name}.{lang}.html").read_text())
        for lang in ("es", "en")
    ]
    assert parts[0] == parts[1]
