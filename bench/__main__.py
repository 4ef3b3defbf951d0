"""``python -m bench``: every question asked once, one table out; it ends with 1 where a target is missed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench import import_speed, known_items, rebuild_speed, relevance_figures, search_load
from bench.corpus import Corpus, prepare
from bench.installation import Installation, filled
from bench.measures import Measure, table

ON_THE_CORPUS: dict[str, Callable[[Corpus, int, Installation], Iterator[Measure]]] = {
    "rebuild": rebuild_speed.measure,
    "known-items": known_items.measure,
    "search": search_load.measure,
}
ALONE: dict[str, Callable[[Corpus, int], Iterator[Measure]]] = {
    "relevance": relevance_figures.measure,
    "import": import_speed.measure,
}


def main() -> int:
    given = _arguments()
    names = given.only or [*ALONE, *ON_THE_CORPUS]
    corpus = prepare(given.productions)
    measures: list[Measure] = []
    for name in names:
        if name in ALONE:
            measures += _asked(name, ALONE[name](corpus, given.runs))
    if any(name in ON_THE_CORPUS for name in names):
        installation = filled(corpus)
        for name in names:
            if name in ON_THE_CORPUS:
                measures += _asked(name, ON_THE_CORPUS[name](corpus, given.runs, installation))
        installation.remove()
    print(f"{given.productions:,} productions, median of {given.runs} runs")
    print(table(measures))
    return 1 if any(measure.hit is False for measure in measures) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--productions", type=int, default=100_000, help="size of the catalogue")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median is taken")
    parser.add_argument(
        "--only",
        action="append",
        choices=[*ALONE, *ON_THE_CORPUS],
        metavar="NAME",
        help=f"ask only this (repeatable): {', '.join([*ALONE, *ON_THE_CORPUS])}",
    )
    return parser.parse_args()


def _asked(name: str, answers: Iterator[Measure]) -> list[Measure]:
    began = time.monotonic()
    print(f"{name} …", end="", file=sys.stderr, flush=True)
    found = list(answers)
    print(f" {time.monotonic() - began:.0f} s", file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main())
