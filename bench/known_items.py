"""Is the record that somebody looks for among the first ten, however they spell it?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from bench.corpus import Corpus
from bench.installation import Installation, filled, get_json
from bench.measures import Bound, Measure, Target

SPELLINGS = {"clean": 0.99, "noaccent": 0.99, "typo": 0.95, "plural": 0.95}
FIRST = 10


def measure(corpus: Corpus, _runs: int, installation: Installation | None = None) -> Iterator[Measure]:
    """Ask for every known item in its four spellings; the answer does not depend on time, so once is enough."""
    installation = installation or filled(corpus)
    items = [json.loads(line) for line in corpus.known_items.read_text(encoding="utf-8").splitlines()]
    with installation.serving() as port:
        for spelling, least in SPELLINGS.items():
            found = [_is_found(port, item[spelling], item["lang"], item["target"].lower()) for item in items]
            yield Measure(f"known items in the first {FIRST}: {spelling}", _share(found), "", target=at_least(least))


def at_least(limit: float) -> Target:
    return Target(Bound.VALUE_AT_LEAST, limit)


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


def _is_found(port: int, text: str, lang: str, target: str) -> bool:
    given = urlencode({"q": text, "lang": lang, "limit": FIRST})
    return any(item["id"] == target for item in get_json(port, f"/api/v1/search?{given}")["items"])
