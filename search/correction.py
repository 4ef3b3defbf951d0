"""Correct a word that no record holds to the nearest word that some record does. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SHORTEST = 4


def most_edits(word: str) -> int:
    """How many slips of the finger a word of this length may hold."""
    return 1 if len(word) < 6 else 2


def distance(left: str, right: str, most: int) -> int:
    """Letters to insert, leave out, change or swap with their neighbour; ``most`` + 1 where it is more than ``most``.

    Source: Damerau (1964); optimal string alignment, in which no part is edited twice.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if older and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _letters(word: str) -> int:
    """The letters of a word as bits: an edit changes at most two of them."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 61)
    return bits


class Vocabulary:
    """The words that records hold, with the number of records of each; codes and numbers are nobody's slips."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._by_length: dict[int, list[tuple[int, str, int]]] = {}
        for word, records in words:
            if len(word) >= SHORTEST - 1 and word.isalpha():
                self._by_length.setdefault(len(word), []).append((_letters(word), word, records))

    def nearest(self, word: str) -> str | None:
        """The word meant: fewest edits, then the same first letter, then most records; None where none is near."""
        if len(word) < SHORTEST or not word.isalpha():
            return None
        most = most_edits(word)
        ranked = (
            (edits, candidate[0] != word[0], -records, candidate)
            for candidate, records in self._alike(word, most)
            if (edits := distance(word, candidate, most)) <= most
        )
        best = min(ranked, default=None)
        return best[3] if best else None

    def _alike(self, word: str, most: int) -> Iterator[tuple[str, int]]:
        """The words that hold much the same letters: a quick look before the slow one."""
        bits, differing = _letters(word), 2 * most
        for length in range(len(word) - most, len(word) + most + 1):
            some = self._by_length.get(length, ())
            yield from [(other, n) for letters, other, n in some if (letters ^ bits).bit_count() <= differing]
