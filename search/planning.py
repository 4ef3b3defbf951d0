"""From what was typed to what is asked of the index: words, corrections, synonyms. Knows no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Protocol

from search.analysis import LANGUAGES, fold, is_generic, is_stop_word, other_stems, stem, words_of
from search.backend import Correction
from search.synonyms import Synonyms, Variant

# A question has fewer words than this; of more, the first are looked for.
MOST_WORDS = 24
MOST_CHARACTERS = 2_000
# An expression is read with and without the accents that it may lack, in so many ways.
_MOST_READINGS = 8


class Words(Protocol):
    """What is asked of an index before it is searched."""

    def knows(self, word: str) -> bool:
        """Whether some record holds a word, or one of its stem."""

    def has_stem(self, lang: str, root: str) -> bool:
        """Whether some record holds a stem in a language."""

    def nearest(self, word: str) -> str | None:
        """The nearest (folded) word that some record holds."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that was asked for, in all the ways that it can be said."""

    variants: tuple[Variant, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask of the index; no clauses ask for everything."""

    clauses: tuple[Clause, ...]
    corrected: Correction | None
    related: tuple[str, ...]

    @property
    def required(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.required)


def make_plan(text: str, lang: str, synonyms: Synonyms, index: Words, *, exact: bool = False) -> Plan:
    """Turn a text into a plan.

    :param index: what the records hold.
    :param exact: look for the words exactly as they were typed.
    """
    typed = words_of(text[:MOST_CHARACTERS])
    words = [word for word in typed if fold(word)][:MOST_WORDS]
    corrected = {} if exact else _corrections(words, synonyms, index)
    searched = [corrected.get(word, word) for word in words]
    clauses = _clauses(searched, synonyms, index)
    if clauses and not any(clause.required for clause in clauses):
        clauses = [Clause(clause.variants, required=True) for clause in clauses]
    correction = None
    if corrected:
        correction = Correction(text, " ".join(corrected.get(word, word) for word in typed), corrected)
    return Plan(tuple(clauses), correction, synonyms.related(searched, lang))


def _corrections(words: Sequence[str], synonyms: Synonyms, index: Words) -> dict[str, str]:
    found = {}
    for word in dict.fromkeys(words):
        if is_stop_word(word) or is_generic(word) or index.knows(word) or synonyms.knows(word):
            continue
        better = index.nearest(fold(word))
        if better:
            found[word] = better
    return found


def _clauses(words: Sequence[str], synonyms: Synonyms, index: Words) -> list[Clause]:
    clauses: list[Clause] = []
    place = 0
    while place < len(words):
        length, variants = synonyms.longest(words[place:])
        run = words[place : place + length]
        place += length
        own = _own(run, index)
        if not own:
            continue
        generic = length == 1 and is_generic(run[0])
        mine = {(variant.lang, variant.stems) for variant in own}
        others = [variant for variant in variants if (variant.lang, variant.stems) not in mine]
        clauses.append(Clause((*own, *others), required=not generic))
    return list(dict.fromkeys(clauses))


def _own(run: Sequence[str], index: Words) -> list[Variant]:
    """What was typed itself, read in either language, and in Spanish with the accents that it may lack."""
    if all(is_stop_word(word) for word in run):
        return []
    words = tuple(fold(word) for word in run)
    own = []
    for lang in LANGUAGES:
        readings = [found for word in run if (found := _readings(lang, word, index))]
        if readings:
            own += [Variant(lang, stems, words, 1.0) for stems in islice(product(*readings), _MOST_READINGS)]
    return own


def _readings(lang: str, word: str, index: Words) -> list[str]:
    found = stem(lang, word)
    others = other_stems(word) if lang == "es" else ()
    return [found, *(other for other in others if index.has_stem(lang, other))] if found else []
