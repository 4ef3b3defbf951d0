"""Mark in a text the words that were found. Knows no engine, so that every engine marks the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from markupsafe import escape

from search.analysis import LANGUAGES, fold, stem

LONGEST_PASSAGE = 240
_WORD = re.compile(r"[^\W_]+")


Phrases = Mapping[str, Set[tuple[str, ...]]]


def mark(text: str, phrases: Phrases) -> str:
    """The text as markup with its found words in ``<mark>``; everything else is escaped.

    :param phrases: what was looked for by language, as stems; under the empty language as folded words. Of an
        expression of several words the words are marked only where the text holds them all.
    """
    found = _found(text, phrases)
    parts: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        if word[0] in found:
            parts += [str(escape(text[end : word.start()])), f"<mark>{escape(word[0])}</mark>"]
            end = word.end()
    parts.append(str(escape(text[end:])))
    return "".join(parts)


def _found(text: str, phrases: Phrases) -> set[str]:
    """The words of a text that were looked for, as they stand there."""
    found: set[str] = set()
    words = set(_WORD.findall(text))
    for lang in (*LANGUAGES, ""):
        own: dict[str, list[str]] = {}
        for word in words:
            own.setdefault(stem(lang, word) if lang else fold(word), []).append(word)
        for phrase in phrases.get(lang, ()):
            if all(part in own for part in phrase):
                found.update(word for part in phrase for word in own[part])
    return found


def passage(text: str, phrases: Phrases) -> str:
    """The stretch of a text that holds the most of what was found."""
    if len(text) <= LONGEST_PASSAGE:
        return text
    found = _found(text, phrases)
    places = [word.start() for word in _WORD.finditer(text) if word[0] in found]
    start = max(places, key=lambda at: sum(at <= other < at + LONGEST_PASSAGE for other in places), default=0)
    start = 0 if start < LONGEST_PASSAGE // 2 else text.rfind(" ", 0, max(start - 40, 1)) + 1
    cut = text[start : start + LONGEST_PASSAGE]
    if start + LONGEST_PASSAGE < len(text):
        cut = cut[: cut.rfind(" ")] + " …"
    return ("… " if start else "") + cut
