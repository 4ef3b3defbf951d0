"""Numbers and texts to sort by: two documents never share one, and every engine orders them alike. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from search.analysis import plain

# So many letters of a title are one number of 63 bits, and so many numbers are compared before the digest.
_LETTERS = 12
TITLE_NUMBERS = 3
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def title_letters(title: str) -> str:
    """The letters and digits that a title is ordered by, always as many."""
    letters = "".join(letter for letter in plain(title) if letter in _DIGITS)[: _LETTERS * TITLE_NUMBERS]
    return letters.ljust(_LETTERS * TITLE_NUMBERS, "0")


def title_numbers(letters: str) -> list[int]:
    """The same order as numbers, compared one after the other."""
    return [int(letters[start : start + _LETTERS], 36) for start in range(0, _LETTERS * TITLE_NUMBERS, _LETTERS)]


def seconds(instant: str) -> int:
    """Seconds since 1970."""
    return int(datetime.fromisoformat(instant).timestamp())


def padded(number: int) -> str:
    """A number from 0 to 2^63 as a text that sorts alike."""
    return f"{number:016x}"


def key_digest(key: str) -> int:
    """A document's key as a number; 63 bits."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1
