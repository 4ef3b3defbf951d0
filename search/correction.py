"""Correct a word that no record holds to the nearest word that some record does. No state but the words."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5


def most_edits(word: str) -> int:
    """How many slips of the finger a word of this length may hold."""
    return 1 if len(word) < 8 else 2


class Vocabulary:
    """The words that records hold, with the number of records of each; codes and numbers are nobody's slips."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._records = {word: records for word, records in words if len(word) >= SHORTEST - 1 and word.isalpha()}
        self._by_length: dict[int, list[str]] = {}
        for word in self._records:
            self._by_length.setdefault(len(word), []).append(word)

    def nearest(self, word: str) -> str | None:
        """The word meant: fewest edits, then the same first letter, then most records; None where none is near.

        An edit inserts a letter, leaves one out, changes one or swaps it with its neighbour.
        Source: Damerau (1964); optimal string alignment, in which no part is edited twice.
        """
        if len(word) < SHORTEST or not word.isalpha():
            return None
        most = most_edits(word)
        near = (
            found
            for length in range(len(word) - most, len(word) + most + 1)
            for found in process.extract_iter(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most
            )
        )
        ranked = (
            (edits, candidate[0] != word[0], -self._records[candidate], candidate) for candidate, edits, _ in near
        )
        best = min(ranked, default=None)
        return best[3] if best else None
