"""Which words of a search may be kept, and when. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import date, timedelta

from search.analysis import fold, is_stop_word, words_of

# So many different days must have asked the same within the window.
LEAST_DAYS = 3
WINDOW = timedelta(days=90)
# What is longer is nobody else's question.
LONGEST = 120


def normalised(text: str) -> str | None:
    """The words of a search in lower case, without accents and stop words; None where none of it may be kept.

    What holds a digit or an @ may name a person (a document, a date of birth, an address) and is never kept.
    """
    if "@" in text or any(letter.isnumeric() for letter in text):
        return None
    words = " ".join(folded for word in words_of(text) if not is_stop_word(word) and (folded := fold(word)))
    return words if 0 < len(words) <= LONGEST else None


def fingerprint(words: str, secret: str) -> str:
    """What stands for words that must not be kept yet: nobody without the installation's secret can try words on it.

    :returns: 32 hexadecimal digits.
    """
    return hmac.new(secret.encode(), words.encode(), "sha256").hexdigest()[:32]


def may_be_kept(days: Iterable[date], today: date) -> bool:
    """Whether enough different days of the window have asked the same."""
    return len({day for day in days if today - WINDOW < day <= today}) >= LEAST_DAYS
