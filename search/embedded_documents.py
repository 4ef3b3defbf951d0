"""The embedded engine's fields, and a document in its form."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from importlib.metadata import version
from typing import Any

import tantivy

from search.analysis import LANGUAGES, STOP_WORDS, folding, stemming
from search.backend import FACETS
from search.documents import Document
from search.keys import TITLE_NUMBERS, key_digest, padded, seconds, title_letters, title_numbers

STEMMED = ("title", "context", "body")
TITLE_FIELDS = {lang: tuple(f"title_{lang}_{n}" for n in range(TITLE_NUMBERS)) for lang in LANGUAGES}
# Facets of which a document may have many values: all of them are also one term, to be counted at once.
MANY_VALUED = ("policy", "disaggregation", "year")
BETWEEN_VALUES = "\n"
_FORM = 4


def form() -> str:
    """What tells apart indexes that this program cannot read as its own: fields, stop words, engine."""
    parts = (str(_FORM), version("tantivy"), json.dumps(STOP_WORDS, sort_keys=True))
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=4).hexdigest()


def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("digest", indexed=True, fast=True)
    for name in ("version", "changed", *(name for names in TITLE_FIELDS.values() for name in names)):
        builder.add_integer_field(name, fast=True)
    for order in ("changed", *LANGUAGES):
        builder.add_text_field(f"order_{order}", tokenizer_name="raw", index_option="basic", fast=True)
    for lang in LANGUAGES:
        for name in STEMMED:
            builder.add_text_field(f"{name}_{lang}", tokenizer_name=f"stem_{lang}", index_option="freq")
        builder.add_text_field(f"all_{lang}", tokenizer_name=f"stem_{lang}", index_option="basic")
    builder.add_text_field("names", tokenizer_name="fold", index_option="freq")
    builder.add_text_field("words", tokenizer_name="fold", index_option="freq")
    for facet in FACETS:
        builder.add_text_field(f"f_{facet}", tokenizer_name="raw", index_option="basic", fast=True)
    for facet in MANY_VALUED:
        builder.add_text_field(f"set_{facet}", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_bytes_field("source", stored=True)
    return builder.build()


def register_analysers(index: tantivy.Index) -> None:
    for lang in LANGUAGES:
        index.register_tokenizer(f"stem_{lang}", stemming(lang))
    index.register_tokenizer("fold", folding())


def to_engine(document: Document) -> tantivy.Document:
    """A document in the engine's form."""
    key = f"{document.kind}:{document.id}"
    made = tantivy.Document()
    made.add_text("key", key)
    made.add_integer("version", document.version)
    _add_order(made, document, key_digest(key))
    words: list[str] = [*document.names, document.id]
    for lang in LANGUAGES:
        own = []
        for name, texts in (("title", document.title), ("context", document.context), ("body", document.body)):
            text = texts.get(lang)
            if text:
                text = unicodedata.normalize("NFC", text)
                made.add_text(f"{name}_{lang}", text)
                own.append(text)
        made.add_text(f"all_{lang}", "\n".join(own))
        words += own
    made.add_text("words", "\n".join(words))
    names = " ".join((*document.title.values(), *document.names, document.id))
    made.add_text("names", unicodedata.normalize("NFC", names))
    for facet, values in document.facets.items():
        for value in values:
            made.add_text(f"f_{facet}", value)
        if values and facet in MANY_VALUED:
            made.add_text(f"set_{facet}", BETWEEN_VALUES.join(values))
    made.add_bytes("source", json.dumps(_source(document), ensure_ascii=False).encode())
    return made


def _add_order(made: tantivy.Document, document: Document, digest: int) -> None:
    """What the document is sorted by: as a text for the engine's order, as numbers to go on from."""
    last = padded(digest)
    made.add_integer("digest", digest)
    changed = seconds(document.changed_at)
    made.add_integer("changed", changed)
    made.add_text("order_changed", padded(changed) + last)
    other = next(iter(document.sort_title.values()), "")
    for lang in LANGUAGES:
        letters = title_letters(document.sort_title.get(lang) or other)
        made.add_text(f"order_{lang}", letters + last)
        for name, number in zip(TITLE_FIELDS[lang], title_numbers(letters), strict=True):
            made.add_integer(name, number)


def _source(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind,
        "version": document.version,
        "title": dict(document.title),
        "body": dict(document.body),
        "card": document.card,
        "changed_at": document.changed_at,
    }
