"""Words that find one another: synonyms and acronyms widen a query, related words are only offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.analysis import LANGUAGES, fold, stem, words_of

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to say a thing: its stems in a language, its folded words, and how much it counts."""

    lang: str
    stems: Phrase
    words: Phrase
    weight: float


@dataclass(frozen=True, slots=True)
class _Group:
    variants: tuple[Variant, ...]
    related: bool
    texts: Mapping[str, tuple[str, ...]]


class Synonyms:
    """The curated groups, looked up by the stems of what was typed."""

    LONGEST = 8
    WEIGHT = 0.7

    def __init__(self, groups: Iterable[Mapping[str, Any]], familiar: Iterable[str] = ()) -> None:
        """Read the groups.

        :param familiar: texts whose words are words of the field too, though they have no synonyms.
        """
        self._by_stems: dict[tuple[str, Phrase], list[_Group]] = {}
        self._by_capitals: dict[str, list[_Group]] = {}
        self._related: dict[tuple[str, Phrase], list[_Group]] = {}
        self._familiar = _stems_of_all(familiar)
        for group in groups:
            self._familiar |= _stems_of_all(text for lang in LANGUAGES for text in group[lang])
            self._add(group)

    def _add(self, given: Mapping[str, Any]) -> None:
        related = given["kind"] == "related"
        texts = {lang: tuple(given[lang]) for lang in LANGUAGES}
        variants = tuple(
            variant for lang in LANGUAGES for text in texts[lang] if (variant := _variant(lang, text, self.WEIGHT))
        )
        group = _Group(variants, related, texts)
        table = self._related if related else self._by_stems
        for lang in LANGUAGES:
            for text in texts[lang]:
                typed = words_of(text)
                if given.get("only_capitals") and len(typed) == 1 and typed[0].isupper():
                    self._by_capitals.setdefault(typed[0], []).append(group)
                    continue
                # Whoever types without accents means the same.
                for spelled in (typed, [fold(word) for word in typed]):
                    stems = _stems(lang, spelled)
                    groups = table.setdefault((lang, stems), [])
                    if stems and group not in groups:
                        groups.append(group)

    def longest(self, words: Sequence[str]) -> tuple[int, list[Variant]]:
        """The longest run at the beginning of these words that has synonyms: how many words, and the other ways.

        An expression counts as a whole; stop words inside it are passed over.
        """
        for length in range(min(len(words), self.LONGEST), 0, -1):
            run = words[:length]
            groups = list(self._by_capitals.get(run[0], ())) if length == 1 else []
            for lang in LANGUAGES:
                stems = _stems(lang, run)
                if stems and stem(lang, run[-1]) and stem(lang, run[0]):
                    groups += self._by_stems.get((lang, stems), ())
            if groups:
                return length, list(dict.fromkeys(variant for group in groups for variant in group.variants))
        return 1, []

    def related(self, words: Sequence[str], lang: str) -> tuple[str, ...]:
        """What one may also want to look for, as words of the reader's language."""
        found: dict[str, None] = {}
        own = {stem(lang, word) for word in words}
        for word in words:
            for spoken in LANGUAGES:
                for group in self._related.get((spoken, _stems(spoken, [word])), ()):
                    found.update(dict.fromkeys(text for text in group.texts[lang] if stem(lang, text) not in own))
        return tuple(found)[:4]

    def knows(self, word: str) -> bool:
        """Whether a word is one of the field: nobody's slip, even where no record holds it."""
        return any((lang, stem(lang, word)) in self._familiar for lang in LANGUAGES)


def _stems_of_all(texts: Iterable[str]) -> set[tuple[str, str]]:
    """The stems of all words of some texts in each language, with and without their accents."""
    words = {word for text in texts for typed in words_of(text) for word in (typed, fold(typed))}
    return {(lang, found) for word in words for lang in LANGUAGES if (found := stem(lang, word))}


def _stems(lang: str, words: Sequence[str]) -> Phrase:
    return tuple(found for word in words if (found := stem(lang, word)))


def _variant(lang: str, text: str, weight: float) -> Variant | None:
    typed = words_of(text)
    stems = _stems(lang, typed)
    return Variant(lang, stems, tuple(fold(word) for word in typed), weight) if stems else None
