"""The embedded engine's fields, and a document in its form."""

from __future__ import annotations

import json
from typing import Any

import tantivy

from search.analysis import LANGUAGES, folding, stemming
from search.backend import FACETS
from search.documents import Document
from search.keys import change_key, key_digest, title_key

STEMMED = ("title", "context", "body")


def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    for name in ("digest", "title_key", "change_key"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("version", fast=True)
    for lang in LANGUAGES:
        for name in STEMMED:
            builder.add_text_field(f"{name}_{lang}", tokenizer_name=f"stem_{lang}", index_option="position")
    builder.add_text_field("names", tokenizer_name="fold", index_option="freq")
    builder.add_text_field("words", tokenizer_name="fold", index_option="freq")
    for facet in FACETS:
        builder.add_text_field(f"f_{facet}", tokenizer_name="raw", index_option="basic", fast=True)
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
    made.add_integer("digest", key_digest(key))
    made.add_integer("version", document.version)
    made.add_integer("title_key", title_key(next(iter(document.sort_title.values()), ""), key))
    made.add_integer("change_key", change_key(document.changed_at, key))
    words: list[str] = [*document.names]
    for lang in LANGUAGES:
        for name, texts in (("title", document.title), ("context", document.context), ("body", document.body)):
            text = texts.get(lang)
            if text:
                made.add_text(f"{name}_{lang}", text)
                words.append(text)
    made.add_text("words", " ".join(words))
    made.add_text("names", " ".join((*document.title.values(), *document.names, document.id)))
    for facet, values in document.facets.items():
        for value in values:
            made.add_text(f"f_{facet}", value)
    made.add_bytes("source", json.dumps(_source(document), ensure_ascii=False).encode())
    return made


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
