"""What a query asks for besides words: countries, institutions, breakdowns, and whether it is a question. Pure.

Names are matched as whole runs of words, without accents or case, the longest first. They are found by their first
word, so that a text is read in the same time whether the catalogue knows ten names or ten thousand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

COUNTRY, INSTITUTION, BREAKDOWN, TOPIC = "country", "institution", "breakdown", "topic"

_WORD = re.compile(r"[^\W_]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ASKING = _set("quien quienes que cual cuales donde hay tiene tienen who which what where has have does holds hold")
# What a question has besides what it asks about.
_QUESTION_WORDS = _set(
    "encuentro encontrar puedo puede sabe saben cuanto cuanta cuantos cuantas mide miden emite emiten otorga otorgan "
    "reporta reportan maneja manejan lleva llevan cuenta cuentan produce producen publica publican registra registran "
    "oficina ministerio can find i reports report tracks track runs run counts count measures measure issues issue "
    "produces produce publishes publish keeps keep collects collect records record through ministry office"
)
# Words that go with the name after them: 'en Honduras', 'del INM'.
_BEFORE_NAMES = _set("en de del el la los las al a por para in of from for to the by at")
# 'por sexo y edad': only after one of these words does a breakdown's name mean a breakdown.
_BREAKING_DOWN = _set("por segun by")
_ASKED_BREAKDOWN = _set(
    "desagregado desagregada desagregados desagregadas desglosado desglosada desglosados desglosadas "
    "disaggregated broken down breakdown"
)
_AND = _set("y e o u and or")
LONGEST_TEXT = 2_000
MOST_WORDS = 200


def folded(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def without_question_words(text: str) -> str:
    """What a text asks about; the text itself where nothing would be left."""
    return " ".join(word for word in _WORD.findall(text) if folded(word) not in _QUESTION_WORDS) or text


@dataclass(frozen=True, slots=True)
class Named:
    """The records or codes that words of a query named (several share some acronyms), and the words."""

    kind: str
    values: tuple[str, ...]
    words: str

    @property
    def value(self) -> str:
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a query; ``rest`` is the query without the names."""

    named: tuple[Named, ...]
    rest: str
    question: bool

    def of(self, kind: str) -> tuple[Named, ...]:
        """What was named of a kind, each once, in the order of the query."""
        found: dict[tuple[str, ...], Named] = {}
        for one in self.named:
            if one.kind == kind:
                found.setdefault(one.values, one)
        return tuple(found.values())

    @property
    def countries(self) -> tuple[Named, ...]:
        return self.of(COUNTRY)


_Phrase = tuple[str, ...]


@dataclass
class Gazetteer:
    """Names by their words."""

    _names: dict[_Phrase, dict[str, list[str]]] = field(default_factory=dict)
    _capitals: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    # The longest name that begins with a word.
    _longest_from: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, value: str, names: Iterable[str | None], *, only_capitals: bool = False) -> None:
        """Make names known.

        :param only_capitals: the names are common words too (ONE, SUR) and count only when typed in capitals.
        """
        for name in names:
            typed = _WORD.findall(name or "")
            if not typed:
                continue
            if only_capitals and len(typed) == 1:
                values = self._capitals.setdefault(typed[0], {}).setdefault(kind, [])
            else:
                words = tuple(folded(word) for word in typed)
                values = self._names.setdefault(words, {}).setdefault(kind, [])
                self._longest_from[words[0]] = max(len(words), self._longest_from.get(words[0], 0))
            if value not in values:
                values.append(value)

    def read(self, text: str, kinds: Iterable[str] = (COUNTRY,), kept: Iterable[str] = ()) -> Reading:
        """Find names of these kinds in a text.

        :param kept: kinds of names that stay in the rest: a country inside one ('Banco Central de Honduras') is a part
            of the name.
        """
        return _Reader(self, text, frozenset(kinds), frozenset(kept)).read()

    def longest(self, typed: list[str], words: list[str], kinds: frozenset[str]) -> tuple[int, str, tuple[str, ...]]:
        """The longest name at the beginning: how many words, which kind, which values; (0, '', ()) where none is."""
        for length in range(min(self._longest_from.get(words[0], 0), len(words)), 0, -1):
            found = self._names.get(tuple(words[:length]), {})
            for kind in (COUNTRY, BREAKDOWN, INSTITUTION, TOPIC):
                if kind in kinds and kind in found:
                    return length, kind, tuple(found[kind])
        for kind, values in self._capitals.get(typed[0], {}).items():
            if kind in kinds:
                return 1, kind, tuple(values)
        return 0, "", ()


class _Reader:
    """One pass over one text."""

    def __init__(self, gazetteer: Gazetteer, text: str, kinds: frozenset[str], kept: frozenset[str]) -> None:
        self._gazetteer, self._text = gazetteer, text[:LONGEST_TEXT]
        self._kinds, self._kept = kinds | kept, kept
        found = list(_WORD.finditer(self._text))[:MOST_WORDS]
        self._spans = [match.span() for match in found]
        self._typed = [match[0] for match in found]
        self._words = [folded(word) for word in self._typed]
        self._named: list[Named] = []
        self._rest: list[str] = []
        self._breaking_down = False

    def read(self) -> Reading:
        place = 0
        while place < len(self._words):
            place += self._name(place) or self._word(place)
        question = "?" in self._text or "¿" in self._text or bool(self._words and self._words[0] in _ASKING)
        return Reading(tuple(self._named), " ".join(self._rest), question)

    def _name(self, place: int) -> int:
        """Take the name that begins here; how many words it has."""
        kinds = self._kinds if self._breaking_down else self._kinds - {BREAKDOWN}
        length, kind, values = self._gazetteer.longest(self._typed[place:], self._words[place:], kinds)
        if not length:
            return 0
        if kind in self._kept:
            self._rest += self._typed[place : place + length]
            self._breaking_down = False
            return length
        start, end = self._spans[place][0], self._spans[place + length - 1][1]
        self._named.append(Named(kind, values, self._text[start:end]))
        while self._rest and folded(self._rest[-1]) in self._dropped_before(kind):
            self._rest.pop()
        self._breaking_down = kind == BREAKDOWN
        return length

    def _dropped_before(self, kind: str) -> frozenset[str]:
        return _BEFORE_NAMES | _BREAKING_DOWN | _ASKED_BREAKDOWN | _AND if kind == BREAKDOWN else _BEFORE_NAMES

    def _word(self, place: int) -> int:
        word = self._words[place]
        self._breaking_down = word in _BREAKING_DOWN or (self._breaking_down and word in _AND)
        self._rest.append(self._typed[place])
        return 1


_ALTERNATIVES = re.compile(r"\s*(?:,|\(|\)|\bo\b|\bu\b|\bor\b)\s*")
_HEAD = re.compile(r"^(\w+) (?:de|del|en|of|in|that)\b")
# 'remesas enviadas por extranjeros' asks for no breakdown.
_PEOPLE = _set("nacional extranjero national foreigner")


def breakdown_names(labels: Iterable[tuple[str, str]], groups: Iterable[Iterable[str]] = ()) -> dict[str, set[str]]:
    """How people name breakdowns, from their labels: code and label, once a language.

    'Nacionalidad o ciudadanía' gives both words, 'Acompañamiento de NNA' its first one where no other breakdown begins
    like it, and every word its plural. A group of synonyms that holds a whole label gives its other words.
    """
    labels = [(code, label.lower()) for code, label in labels]
    heads = [match[1] for _, label in labels if (match := _HEAD.match(label))]
    found: dict[str, set[str]] = {}
    whole: dict[str, str] = {}
    for code, label in labels:
        names = found.setdefault(code, set())
        names.update(part for part in _ALTERNATIVES.split(label) if part and part not in _PEOPLE)
        whole[folded(label.partition(" (")[0])] = code
        head = _HEAD.match(label)
        if head and heads.count(head[1]) == 1:
            names.add(head[1])
    for group in groups:
        words = [word.lower() for word in group]
        for code in {whole[folded(word)] for word in words if folded(word) in whole}:
            found[code].update(words)
    return {code: {form for name in names for form in _with_plural(name)} for code, names in found.items()}


def _with_plural(name: str) -> tuple[str, ...]:
    if " " in name or name.endswith("s"):
        return (name,)
    return name, f"{name}s", f"{name}es"
