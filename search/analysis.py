"""From texts to terms: letters and digits, lower case, stop words, stemmer, folding; the same in every engine."""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

import tantivy

LANGUAGES = ("es", "en")
_STEMMERS = {"es": "spanish", "en": "english"}
LONGEST_WORD = 40

_WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
STOP_WORDS: dict[str, list[str]] = _WORDS["stop"]


def _builder() -> tantivy.TextAnalyzerBuilder:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(LONGEST_WORD))
        .filter(tantivy.Filter.lowercase())
    )


def stemming(lang: str) -> tantivy.TextAnalyzer:
    """The analyser of a language's fields."""
    return (
        _builder()
        .filter(tantivy.Filter.custom_stopword(STOP_WORDS[lang]))
        .filter(tantivy.Filter.stemmer(_STEMMERS[lang]))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


def folding() -> tantivy.TextAnalyzer:
    """The analyser of fields that keep words as they are, but for case and accents."""
    return _builder().filter(tantivy.Filter.ascii_fold()).build()


_cutting = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).build()
_analysers = {**{lang: stemming(lang) for lang in LANGUAGES}, "": folding()}


def words_of(text: str) -> list[str]:
    """The words of a text as they stand there; a letter and its accent are one letter."""
    # Half a pair of surrogates is no text for the engine.
    clean = unicodedata.normalize("NFC", text).encode(errors="replace").decode()
    return list(_cutting.analyze(clean))


@lru_cache(maxsize=65536)
def stem(lang: str, word: str) -> str:
    """A word as a language's fields hold it; empty for a stop word."""
    found = _analysers[lang].analyze(word)
    return found[0] if found else ""


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word in lower case and without accents; empty where it is too long to be one."""
    found = _analysers[""].analyze(word)
    return found[0] if found else ""


_ACUTE = str.maketrans("aeiou", "áéíóú")


@lru_cache(maxsize=65536)
def other_stems(word: str) -> tuple[str, ...]:
    """What a word may be in the Spanish fields if it was written with an accent too few or too many.

    The stemmer knows the endings of its language by their accents: it makes *deport* of *deportación* and of
    *deportaciones*, but leaves *deportacion* as it is. A Spanish word has one accent at most.
    """
    bare = fold(word)
    spellings = [bare]
    if bare == word.lower():
        spellings = [
            bare[:place] + letter.translate(_ACUTE) + bare[place + 1 :]
            for place, letter in enumerate(bare)
            if letter in "aeiou"
        ]
    return tuple(dict.fromkeys(found for one in spellings if (found := stem("es", one)) not in ("", stem("es", word))))


# A negation is kept in the index, because 'not admitted' is not 'admitted', but asks for nothing where it stands alone.
_ASK_NOTHING = {
    fold(word) for words in (*STOP_WORDS.values(), _WORDS["negation"], *_WORDS["asking"].values()) for word in words
}


def is_stop_word(word: str) -> bool:
    """Whether a word stands in a question without saying anything, in either language."""
    return fold(word) in _ASK_NOTHING


_GENERIC = {
    stem(lang, spelling) for lang in LANGUAGES for word in _WORDS["generic"][lang] for spelling in (word, fold(word))
} - {""}


def is_generic(word: str) -> bool:
    """Whether a word is so common in the field that a hit need not hold it."""
    return any(stem(lang, word) in _GENERIC for lang in LANGUAGES)


def plain(text: str) -> str:
    """A text for ordering: lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
