"""A catalogue that can be asked, without an application around it."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from catalog.code_lists.lists import REGION, words_of_the_field
from catalog.holdings.answers import CatalogAnswers
from catalog.outbox.services import CatalogDocuments
from search.answers import Answer, Understood
from search.embedded import EmbeddedBackend
from search.synonyms import Synonyms


class Asking:
    """The answers of a catalogue, asked as the search asks."""

    def __init__(self, engine: sa.Engine, folder: Path) -> None:
        groups = json.loads((REGION / "synonyms.json").read_text(encoding="utf-8"))["groups"]
        self.engine = engine
        self.backend = EmbeddedBackend(folder, Synonyms(groups, words_of_the_field()))
        self.answers = CatalogAnswers(engine, self.backend.search)
        self.index()

    def index(self) -> None:
        self.backend.rebuild(CatalogDocuments(self.engine).all())

    def understand(self, text: str) -> Understood:
        return self.answers.understand(text)

    def __call__(self, text: str, lang: str = "es", **chosen: tuple[str, ...]) -> Answer | None:
        understood = self.understand(text)
        for one in understood.filters:
            chosen[one.facet] = (*chosen.get(one.facet, ()), one.value)
        return self.answers.answer(understood, chosen, lang)
