"""What the index in force holds, asked word by word; kept until the next commit."""

from __future__ import annotations

import threading
from typing import TypeVar

import tantivy

from search.analysis import LANGUAGES, fold, other_stems, stem
from search.correction import Vocabulary
from search.embedded_documents import STEMMED

_K = TypeVar("_K")
_V = TypeVar("_V")
# So many words are remembered; hostile queries bring no more.
_REMEMBERED = 20_000


class IndexWords:
    """Implements ``search.planning.Words`` for one commit of the index."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self._lock = threading.Lock()
        self._vocabulary: Vocabulary | None = None
        self._known: dict[str, bool] = {}
        self._held: dict[str, bool] = {}
        self._stems: dict[tuple[str, str], bool] = {}
        self._nearest: dict[str, str | None] = {}

    def knows(self, word: str) -> bool:
        """Whether some record holds a word, or one of its stem."""
        known = self._known.get(word)
        if known is None:
            known = self.has_word(fold(word)) or any(self.has_stem(lang, stem(lang, word)) for lang in LANGUAGES)
            known = known or any(self.has_stem("es", one) for one in other_stems(word))
            _remember(self._known, word, known)
        return known

    def has_stem(self, lang: str, root: str) -> bool:
        """Whether some record holds a stem in a language."""
        if not root:
            return False
        held = self._stems.get((lang, root))
        if held is None:
            held = any(self._searcher.doc_freq(f"{name}_{lang}", root) > 0 for name in STEMMED)
            _remember(self._stems, (lang, root), held)
        return held

    def has_word(self, word: str) -> bool:
        """Whether some record holds a (folded) word as it is."""
        held = self._held.get(word)
        if held is None:
            held = self._searcher.doc_freq("words", word) > 0
            _remember(self._held, word, held)
        return held

    def nearest(self, word: str) -> str | None:
        """The nearest (folded) word that some record holds."""
        if word in self._nearest:
            return self._nearest[word]
        with self._lock:
            if self._vocabulary is None:
                self._vocabulary = Vocabulary(self._searcher.terms_with_prefix("words", ""))
        found = self._vocabulary.nearest(word)
        _remember(self._nearest, word, found)
        return found


def _remember(memory: dict[_K, _V], key: _K, value: _V) -> None:
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
