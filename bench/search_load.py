"""How much does the product add to its engine? The API and the search page against the floor, under the same load."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench import load
from bench.corpus import Corpus
from bench.floor import HITS
from bench.installation import WORKERS, Installation, filled, free_port, process
from bench.measures import Bound, Measure, Target, median
from bench.queries import as_parameters, faceted
from web.server import THREADS

REQUESTS = 600
CLIENTS = 8
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: milliseconds for one client, requests a second for several."""

    p50: float
    p95: float
    per_second: float


def measure(corpus: Corpus, runs: int, installation: Installation | None = None) -> Iterator[Measure]:
    """Floor, API and page take turns, run by run, so that what else the machine does falls on all of them."""
    installation = installation or filled(corpus)
    queries = faceted(corpus.queries)
    parameters = [as_parameters(query, HITS) for query in queries]
    paths = {
        "floor": [f"/search?{given}" for given in parameters],
        "API": [f"/api/v1/search?{given}" for given in parameters],
        "page": [f"/{query['lang']}/search?{given}" for query, given in zip(queries, parameters, strict=True)],
    }
    servers: dict[str, Callable[[], contextlib.AbstractContextManager[int]]] = {
        "floor": lambda: floor(installation),
        "API": installation.serving,
        "page": installation.serving,
    }
    seen: dict[str, list[Figures]] = {name: [] for name in paths}
    for _ in range(runs):
        for name in paths:
            with servers[name]() as port:
                seen[name].append(_figures(port, paths[name]))
    yield from _compared("API", seen, Target(Bound.RATIO_AT_MOST, 1.5), Target(Bound.RATIO_AT_LEAST, 0.8))
    yield from _compared("page", seen, Target(Bound.RATIO_AT_MOST, 2.0), None)


@contextlib.contextmanager
def floor(installation: Installation) -> Iterator[int]:
    """The floor's server on an installation's index; gives the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", str(WORKERS)]
    command += ["--threads", str(THREADS), "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "bench.floor:app"]
    environment = installation.environment | {"ACERVO_BENCH_INDEX": str(installation.folder / "index")}
    with process(command, environment, port, "/search?q=registro"):
        yield port


def _figures(port: int, paths: list[str]) -> Figures:
    # Both processes open the index and fill their caches before anything counts.
    load.run(port, paths[-50:], clients=CLIENTS, requests=100, seconds=SECONDS)
    alone = load.run(port, paths, requests=REQUESTS, seconds=SECONDS)
    together = load.run(port, paths, clients=CLIENTS, requests=REQUESTS * 2, seconds=SECONDS)
    return Figures(alone.p50, alone.p95, together.per_second)


def _compared(
    name: str, seen: dict[str, list[Figures]], latency: Target, throughput: Target | None
) -> Iterator[Measure]:
    own, bare = seen[name], seen["floor"]
    for what, target in (("p50", None), ("p95", latency)):
        yield Measure(
            f"search, {name}: {what}, one client",
            median(getattr(figures, what) for figures in own),
            "ms",
            median(getattr(figures, what) for figures in bare),
            target,
        )
    yield Measure(
        f"search, {name}: {CLIENTS} clients",
        median(figures.per_second for figures in own),
        "requests/s",
        median(figures.per_second for figures in bare),
        throughput,
    )
