"""From what was typed to what is asked of the index: words, corrections, synonyms. Knows no engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from search.analysis import LANGUAGES, fold, is_generic, is_stop_word, stem, words_of
from search.backend import Correction
from search.synonyms import Synonyms, Variant

# A question has fewer words than this; of more, the first are looked for.
MOST_WORDS = 24
MOST_CHARACTERS = 2_000


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


def make_plan(
    text: str,
    lang: str,
    synonyms: Synonyms,
    is_known: Callable[[str], bool],
    nearest: Callable[[str], str | None],
    *,
    exact: bool = False,
) -> Plan:
    """Turn a text into a plan.

    :param is_known: whether some record holds a (folded) word, or one of its stem.
    :param nearest: the nearest word that some record holds.
    :param exact: look for the words exactly as they were typed.
    """
    typed = words_of(text[:MOST_CHARACTERS])
    words = [word for word in typed if fold(word)][:MOST_WORDS]
    corrected = {} if exact else _corrections(words, synonyms, is_known, nearest)
    searched = [corrected.get(word, word) for word in words]
    clauses = _clauses(searched, synonyms)
    if clauses and not any(clause.required for clause in clauses):
        clauses = [Clause(clause.variants, required=True) for clause in clauses]
    correction = None
    if corrected:
        correction = Correction(text, " ".join(corrected.get(word, word) for word in typed), corrected)
    return Plan(tuple(clauses), correction, synonyms.related(searched, lang))


def _corrections(
    words: Sequence[str],
    synonyms: Synonyms,
    is_known: Callable[[str], bool],
    nearest: Callable[[str], str | None],
) -> dict[str, str]:
    found = {}
    for word in words:
        folded = fold(word)
        if is_stop_word(word) or is_generic(word) or is_known(word) or synonyms.knows(word):
            continue
        better = nearest(folded)
        if better:
            found[word] = better
    return found


def _clauses(words: Sequence[str], synonyms: Synonyms) -> list[Clause]:
    clauses: list[Clause] = []
    place = 0
    while place < len(words):
        length, variants = synonyms.longest(words[place:])
        run = words[place : place + length]
        place += length
        own = _own(run)
        if not own:
            continue
        generic = length == 1 and is_generic(run[0])
        others = [variant for variant in variants if variant.stems not in {mine.stems for mine in own}]
        clauses.append(Clause((*own, *others), required=not generic))
    return list(dict.fromkeys(clauses))


def _own(run: Sequence[str]) -> list[Variant]:
    """What was typed itself, read in either language."""
    if all(is_stop_word(word) for word in run):
        return []
    words = tuple(fold(word) for word in run)
    own = []
    for lang in LANGUAGES:
        stems = tuple(found for word in run if (found := stem(lang, word)))
        if stems:
            own.append(Variant(lang, stems, words, 1.0))
    return own
