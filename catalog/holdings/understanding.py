"""What a query asks for besides words: countries, and whether it is a question. Pure.

Names are matched as whole runs of words, without accents or case, the longest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_]+")
_ASKING = {
    "quien", "quienes", "que", "cual", "cuales", "donde", "hay", "tiene", "tienen",
    "who", "which", "what", "where", "has", "have", "holds", "hold",
}  # fmt: skip
_LONGEST_NAME = 8


def folded(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Named:
    """A value that words of a query named, and the words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a query; ``rest`` is the query without the names."""

    countries: tuple[Named, ...]
    rest: str
    question: bool


@dataclass
class Gazetteer:
    """Names of countries by their words."""

    _names: dict[tuple[str, ...], str] = field(default_factory=dict)

    def add(self, value: str, names: Iterable[str | None]) -> None:
        for name in names:
            words = tuple(_WORD.findall(folded(name or "")))
            if words and len(words) <= _LONGEST_NAME:
                self._names.setdefault(words, value)

    def read(self, text: str) -> Reading:
        """Find the names in a text."""
        found = list(_WORD.finditer(text[:2_000]))
        words = [folded(word[0]) for word in found]
        countries: list[Named] = []
        rest: list[str] = []
        place = 0
        while place < len(found):
            length, value = self._longest(words, place)
            if value is None:
                rest.append(found[place][0])
                place += 1
                continue
            typed = text[found[place].start() : found[place + length - 1].end()]
            # 'en Honduras': the preposition goes with the name.
            if rest and folded(rest[-1]) in ("en", "de", "in", "of", "from", "for", "para"):
                rest.pop()
            countries.append(Named(value, typed))
            place += length
        question = "?" in text or "¿" in text or bool(words and words[0] in _ASKING)
        return Reading(tuple(dict.fromkeys(countries)), " ".join(rest), question)

    def _longest(self, words: list[str], place: int) -> tuple[int, str | None]:
        for length in range(min(_LONGEST_NAME, len(words) - place), 0, -1):
            value = self._names.get(tuple(words[place : place + length]))
            if value is not None:
                return length, value
        return 1, None
