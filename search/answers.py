"""The direct answer above the hits: who gives it, and its form. Knows documents, not migration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from search.documents import Key

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UnderstoodFilter:
    """A filter that the words of a query asked for: facet, value and the words that said so."""

    facet: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood of a query; ``rest`` is what is left to look for, ``kinds`` of records come first."""

    rest: str
    filters: tuple[UnderstoodFilter, ...] = ()
    question: bool = False
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence in both languages; one that names a record leads to it.

    ``spoken`` names, by reader's language, the language of a text that is missing in it and is given in another.
    """

    text: Texts
    record: Key | None = None
    strong: bool = False
    spoken: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer: a sentence, of which at least one part leads to the record that it rests on."""

    parts: tuple[Part, ...]
    sources: tuple[str, ...] = ()
    unconfirmed: bool = False
    notes: tuple[Texts, ...] = ()

    @property
    def text(self) -> Texts:
        """The whole sentence."""
        languages = dict.fromkeys(lang for part in self.parts for lang in part.text)
        return {lang: "".join(part.text.get(lang, "") for part in self.parts) for lang in languages}

    @property
    def records(self) -> tuple[tuple[str, str, Texts], ...]:
        """Kind, identifier and label of the records that the sentence rests on."""
        return tuple((*part.record, part.text) for part in self.parts if part.record)


@dataclass(frozen=True, slots=True)
class Answer:
    """A direct answer; where it has no lines, ``closing`` says what this registry does not record."""

    title: Texts
    lines: tuple[Line, ...]
    closing: tuple[Texts, ...] = ()
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class AnswerProvider(Protocol):
    """Understands queries and answers some of them."""

    def understand(self, text: str) -> Understood:
        """What the words of a query ask for besides words."""

    def answer(self, understood: Understood, chosen: Mapping[str, tuple[str, ...]], lang: str) -> Answer | None:
        """The direct answer, or None where there is none to give with confidence.

        :param chosen: the filters in force, those that the reader chose and those that were understood.
        """
