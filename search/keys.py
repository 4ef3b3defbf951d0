"""Numbers to sort by: two documents never share one, and every engine orders them alike. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from search.analysis import plain

_LETTERS = 8


def title_key(title: str, key: str) -> int:
    """The first letters of a title (5 bits each), then a digest of the document's key; 63 bits."""
    letters = [letter for letter in plain(title) if letter.isalnum()][:_LETTERS]
    number = 0
    for letter in letters:
        number = number << 5 | (min(max(ord(letter) - 96, 0), 30) if letter.isalpha() else 0)
    return number << 5 * (_LETTERS - len(letters)) << 23 | _digest(key, 23)


def change_key(instant: str, key: str) -> int:
    """Seconds since 1970, then a digest of the document's key; 63 bits."""
    seconds = int(datetime.fromisoformat(instant).timestamp())
    return (seconds & 0xFFFFFFFF) << 31 | _digest(key, 31)


def key_digest(key: str) -> int:
    """A document's key as a number; 63 bits."""
    return _digest(key, 63)


def _digest(key: str, bits: int) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> (64 - bits)
