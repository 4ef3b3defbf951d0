"""What is asked of a corpus: a load, and known items; pure but for the two files.

queries.jsonl  the load: kind = text 40 % | text_filter 25 % | filter 15 % | prefix 10 % | record 10 %; q, filters
               {country, institution_type, topic, source_type, periodicity, year_from, year_to}, lang, variant
               (clean | noaccent | typo) and, for record, id
quality.jsonl  known items: target (a production id) and the same query in four spellings: clean, noaccent, typo,
               plural (number changed)
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KINDS = ["text"] * 40 + ["text_filter"] * 25 + ["filter"] * 15 + ["prefix"] * 10 + ["record"] * 10
KNOWN_ITEMS = 400
_ES = "de la el los las y en por con para un una del al a se no sin su o"
_EN = "the of and by in with to for is it on from a an"
_STOP = {*_ES.split(), *_EN.split()}

Row = dict[str, Any]
# A production, its institution, its indicator.
Kept = tuple[Row, Row, Row]
Nouns = Sequence[Sequence[str]]


def fold(text: str) -> str:
    """A text without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The words of a text that say something."""
    return [w for w in re.findall(r"\w+", text) if w.lower() not in _STOP and len(w) > 2 and not w.isdigit()]


def typo(word: str, rng: random.Random) -> str:
    """One edit inside the word: swap, drop, double or replace a letter."""
    i, edit = rng.randrange(1, len(word) - 1), rng.randrange(4)
    if edit == 0 and word[i] != word[i + 1]:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if edit == 1:
        return word[:i] + word[i + 1 :]
    if edit == 2:
        return word[:i] + word[i] + word[i:]
    return word[:i] + rng.choice([c for c in "aeionrst" if c != word[i]]) + word[i + 1 :]


def plural(word: str) -> str:
    """The other grammatical number, roughly."""
    if word.endswith("es") and len(word) > 5 and word[-3] not in "aeiou":
        return word[:-2]
    if word.endswith("s"):
        return word[:-1]
    return word + ("s" if word[-1] in "aeiou" else "es")


def write_queries(rng: random.Random, kept: Sequence[Kept], n: int, nouns: Nouns, out: Path) -> None:
    """Write both files into a folder."""
    _write(out / "queries.jsonl", [_query(rng, kept, nouns) for _ in range(n)])
    items = kept[:: max(1, len(kept) // KNOWN_ITEMS)][:KNOWN_ITEMS]
    _write(out / "quality.jsonl", [_known_item(rng, row) for row, _, _ in items])


def _write(path: Path, rows: Sequence[Row]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def _query(rng: random.Random, kept: Sequence[Kept], nouns: Nouns) -> Row:
    kind, (row, institution, indicator) = rng.choice(KINDS), rng.choice(kept)
    lang = "es" if rng.random() < 0.7 else "en"
    query: Row = {"kind": kind, "lang": lang}
    if kind in ("text", "text_filter"):
        spelled, query["variant"] = _spelled(rng, _free_text(rng, row, lang, nouns))
        query["q"] = " ".join(spelled).lower()
    if kind in ("text_filter", "filter"):
        query["filters"] = _filters(rng, row, institution, indicator)
    if kind == "prefix":
        word = rng.choice([w for w in words(row[f"title_{lang}"]) if len(w) > 3]).lower()
        query["q"] = word[: rng.randrange(2, min(len(word), 7) + 1)]
    if kind == "record":
        query["id"] = row["id"]
    return query


def _free_text(rng: random.Random, row: Row, lang: str, nouns: Nouns) -> list[str]:
    """One to three words: from a title (specific) or from one noun of the field (broad)."""
    if rng.random() < 0.5:
        title = words(row[f"title_{lang}"])
        return rng.sample(title, min(len(title), rng.choice((1, 2, 2, 3))))
    return words(rng.choice(nouns)[lang == "en"])[: rng.choice((1, 2, 3))]


def _spelled(rng: random.Random, text: list[str]) -> tuple[list[str], str]:
    """Some texts with a typing error, some without their accents, most as they are; and which it is."""
    if rng.random() < 0.12 and any(len(w) > 4 for w in text):
        i = rng.choice([k for k, w in enumerate(text) if len(w) > 4])
        return [*text[:i], typo(text[i].lower(), rng), *text[i + 1 :]], "typo"
    if rng.random() < 0.35 and any(fold(w) != w for w in text):
        return [fold(w) for w in text], "noaccent"
    return text, "clean"


def _filters(rng: random.Random, row: Row, institution: Row, indicator: Row) -> Row:
    every = {
        "country": row["country"],
        "institution_type": institution["type"],
        "topic": indicator["topic"],
        "source_type": row["definition"]["source_type"],
        "periodicity": row["periodicity"],
        "year": row["last_year"],
    }
    chosen = {name: every[name] for name in rng.sample(list(every), rng.choice((1, 1, 2, 3))) if every[name]}
    filters = chosen or {"country": row["country"]}
    if "year" in filters:
        last = filters.pop("year")
        filters["year_from"], filters["year_to"] = last - 5, last
    return filters


def _known_item(rng: random.Random, row: Row) -> Row:
    lang = "es" if rng.random() < 0.8 else "en"
    title = words(row[f"title_{lang}"])
    place = words(row["title_es"].split(", ")[1])[0]
    rest = rng.sample([w for w in title if w != place and len(w) > 4], 2)
    asked = [w.lower() for w in (*rest, place)]
    wrong = rng.randrange(len(asked))
    return {
        "target": row["id"],
        "lang": lang,
        "clean": " ".join(asked),
        "noaccent": fold(" ".join(asked)),
        "typo": " ".join(typo(w, rng) if k == wrong else w for k, w in enumerate(asked)),
        "plural": " ".join([*map(plural, asked[:2]), *asked[2:]]),
    }
