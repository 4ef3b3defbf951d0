"""The large catalogue that is measured: made once, kept in a cache, the same on every machine."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench import make_corpus, seed_form

QUERIES = 3_000
SEED = 7
COLLECTIONS = ("countries", "institutions", "indicators", "productions")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of the cache; ``files`` are what ``acervo import`` takes."""

    folder: Path
    productions: int

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.folder / f"{name}.csv" for name in COLLECTIONS)

    @property
    def queries(self) -> Path:
        return self.folder / "queries.jsonl"

    @property
    def known_items(self) -> Path:
        return self.folder / "quality.jsonl"


def cache() -> Path:
    """Where corpora and the installations that hold them are kept (``ACERVO_BENCH_DIR``)."""
    return Path(os.environ.get("ACERVO_BENCH_DIR") or "var/bench").resolve()


def prepare(productions: int, folder: Path | None = None) -> Corpus:
    """Make the corpus of this size, unless it is there already.

    A folder that another run left unfinished is never taken for a corpus: it is made aside and then renamed.
    """
    corpus = Corpus((folder or cache()) / f"corpus-{productions}", productions)
    if corpus.folder.exists():
        return corpus
    partial = corpus.folder.with_name(f".{corpus.folder.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    make_corpus.build(productions, SEED, partial, QUERIES)
    seed_form.convert_all(partial, partial)
    partial.rename(corpus.folder)
    return corpus
