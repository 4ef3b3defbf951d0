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

    def has_word(self, word: str) -> bool:
        """Whether some record holds a (folded) word as it is."""

    def nearest(self, word: str) -> str | None:
        """The nearest (folded) word that some record holds."""


def _is_part(part: Variant, whole: Variant) -> bool:
    return part.lang == whole.lang and set(part.stems) < set(whole.stems)


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that was asked for, in all the ways that it can be said."""

    variants: tuple[Variant, ...]
    required: bool

    @property
    def widest(self) -> tuple[Variant, ...]:
        """The variants that find all there is: 'permiso de residencia' finds nothing that 'residencia' does not."""
        return tuple(one for one in self.variants if not any(_is_part(other, one) for other in self.variants))


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
        clauses.append(Clause(tuple(_worth_asking([*own, *variants], index)), required=not generic))
    return list(dict.fromkeys(clauses))


def _worth_asking(variants: Sequence[Variant], index: Words) -> list[Variant]:
    """The ways that find something, each once; the first stays, for there may be nothing else to ask."""
    asked = {(variant.lang, variant.stems): variant for variant in variants[:1]}
    for variant in variants[1:]:
        if _is_held(variant, index):
            asked.setdefault((variant.lang, variant.stems), variant)
    return list(asked.values())


def _is_held(variant: Variant, index: Words) -> bool:
    """Whether records hold all that a variant asks for."""
    if len(variant.words) == 1 and index.has_word(variant.words[0]):
        return True
    return all(index.has_stem(variant.lang, root) for root in variant.stems)


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
