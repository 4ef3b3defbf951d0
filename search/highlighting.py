"""Mark in a text the words that were found. Knows no engine, so that every engine marks the same."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set

from markupsafe import escape

from search.analysis import LANGUAGES, fold, stem

LONGEST_PASSAGE = 240
_NOTHING = re.compile(r"(?!)")

Phrases = Mapping[str, Set[tuple[str, ...]]]
Token = tuple[str, str]


class Marker:
    """Marks what one query looked for in any number of texts.

    :param phrases: what was looked for by language, as stems; under the empty language as folded words. Of an
        expression of several words the words are marked only where the text holds them all.
    """

    def __init__(self, phrases: Phrases) -> None:
        self._alone: set[Token] = set()
        self._together: list[tuple[Token, ...]] = []
        for lang, some in phrases.items():
            for phrase in some:
                tokens = tuple((lang, part) for part in phrase)
                if len(tokens) == 1:
                    self._alone.update(tokens)
                else:
                    self._together.append(tokens)
        self._wanted = self._alone.union(*self._together)
        self._word = _words_like([token for _, token in self._wanted])
        self._seen: dict[str, tuple[Token, ...]] = {}

    def mark(self, text: str) -> str:
        """The text as markup with its found words in ``<mark>``; everything else is escaped."""
        return _marked(text, self._spans(text), 0, len(text))

    def passage(self, text: str) -> str:
        """The stretch of a text that holds the most of what was found, as markup."""
        spans = self._spans(text)
        start, end = _stretch(text, [start for start, _ in spans])
        found = _marked(text, spans, start, end)
        return f"{'… ' if start else ''}{found}{' …' if end < len(text) else ''}"

    def _tokens(self, word: str) -> tuple[Token, ...]:
        forms = [(lang, stem(lang, word)) for lang in LANGUAGES]
        tokens = tuple(token for token in (*forms, ("", fold(word))) if token in self._wanted)
        self._seen[word] = tokens
        return tokens

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words of a text stand that were looked for."""
        words = list(self._word.finditer(text))
        found = self._found({word[0] for word in words})
        return [word.span() for word in words if word[0] in found] if found else []

    def _found(self, words: Iterable[str]) -> set[str]:
        """Those of a text's words that were looked for."""
        held: dict[Token, list[str]] = {}
        seen = self._seen
        for word in words:
            for token in seen[word] if word in seen else self._tokens(word):
                held.setdefault(token, []).append(word)
        found = {word for token in held if token in self._alone for word in held[token]}
        for tokens in self._together:
            if all(token in held for token in tokens):
                found.update(word for token in tokens for word in held[token])
        return found


def _marked(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> str:
    """The text from start to end as markup."""
    parts: list[str] = []
    place = start
    for first, last in spans:
        if start <= first and last <= end:
            parts += (str(escape(text[place:first])), "<mark>", str(escape(text[first:last])), "</mark>")
            place = last
    parts.append(str(escape(text[place:end])))
    return "".join(parts)


def _stretch(text: str, places: Sequence[int]) -> tuple[int, int]:
    """Where the stretch that holds the most of these places begins and ends, at words."""
    if len(text) <= LONGEST_PASSAGE:
        return 0, len(text)
    held = [bisect_left(places, at + LONGEST_PASSAGE) - nth for nth, at in enumerate(places)]
    start = places[held.index(max(held))] if places else 0
    start = 0 if start < LONGEST_PASSAGE // 2 else text.rfind(" ", 0, max(start - 40, 1)) + 1
    end = min(start + LONGEST_PASSAGE, len(text))
    if end < len(text):
        space = text.rfind(" ", start, end)
        end = space if space > start else end
    return start, end


def _words_like(tokens: Iterable[str]) -> re.Pattern[str]:
    """Finds the words that may be written like one of these tokens; neither stemming nor folding changes a beginning.

    A letter that is not of the first 128 may be folded to any.
    """
    letters = "".join(sorted({token[0] + token[0].upper() for token in tokens if token}))
    if not letters:
        return _NOTHING
    return re.compile(rf"(?<![^\W_])(?:[{re.escape(letters)}]|[^\W_\x00-\x7f])[^\W_]*")
