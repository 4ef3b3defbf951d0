"""How good is the ranking, on the packaged regional catalogue? The judged questions asked through the API."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from bench.corpus import Corpus
from bench.installation import get_json, regional
from bench.measures import Measure
from bench.relevance import DEPTH, HALVES, Search, answers, by_class, mean_ndcg, share_right_holder_first


def measure(corpus: Corpus, _runs: int) -> Iterator[Measure]:
    """Ask both halves; the answer does not depend on time, so once is enough."""
    installation = regional(corpus.folder.with_name("regional"))
    with installation.serving() as port:
        halves = {half: answers(half, _through_the_api(port)) for half in HALVES}
    installation.remove()
    print(by_class(halves))
    print()
    for half, outcomes in halves.items():
        yield Measure(f"relevance, {half}: nDCG@10", mean_ndcg(outcomes), "")
        yield Measure(f"relevance, {half}: right holder first", share_right_holder_first(outcomes), "")


def _through_the_api(port: int) -> Search:
    def search(text: str, lang: str) -> list[str]:
        given = urlencode({"q": text, "lang": lang, "limit": DEPTH})
        return [f"{item['kind']}:{item['id']}" for item in get_json(port, f"/api/v1/search?{given}")["items"]]

    return search
