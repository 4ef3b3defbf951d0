"""What does rebuilding the index cost? Against the bare engine that is fed with the same documents.

The floor's documents are ready: every value of every field is at hand before its clock starts, and nothing is read
from the database. It runs in a process of its own (``python -m bench.rebuild_speed DATABASE RUNS`` prints its seconds);
the product's side is the whole command: reading the database, making documents, filling a new index, swapping.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import tantivy

from bench.corpus import Corpus
from bench.installation import Installation, filled, measured
from bench.measures import Bound, Measure, Target, median
from catalog.outbox.services import CatalogDocuments
from search.embedded_documents import register_analysers, schema, to_engine

# As the product's rebuild has them.
HEAP = 256_000_000
THREADS = 2


def measure(corpus: Corpus, runs: int, installation: Installation | None = None) -> Iterator[Measure]:
    """The product's runs, then the floor's, on the same database."""
    installation = installation or filled(corpus)
    product = [installation.timed("index", "rebuild", "--json").seconds for _ in range(runs)]
    documents = json.loads(installation.run("index", "status", "--json").output)["index"]
    yield Measure(
        "index rebuild",
        documents / median(product),
        "records/s",
        documents / median(_floor_in_a_process(installation, runs)),
        Target(Bound.RATIO_AT_LEAST, 0.7),
    )


def _floor_in_a_process(installation: Installation, runs: int) -> list[float]:
    command = [sys.executable, "-m", "bench.rebuild_speed", str(installation.database), str(runs)]
    return [float(seconds) for seconds in measured(command, installation.environment).output.split()]


def floor(database: Path, runs: int) -> Iterator[float]:
    """Index every document of a database with the bare engine, so many times.

    :returns: seconds, from the first document to the end of the last merge.
    """
    source = CatalogDocuments(sa.create_engine(f"sqlite:///{database}"))
    fields = schema()
    # As values by field: the engine's own form of a document is made while the clock runs, as by any user of it.
    ready = [to_engine(document).to_dict() for document in source.all()]
    for _ in range(runs):
        with tempfile.TemporaryDirectory(dir=database.parent) as folder:
            yield _fed(tantivy.Index(fields, path=folder), fields, ready)


def _fed(index: tantivy.Index, fields: tantivy.Schema, ready: list[Any]) -> float:
    register_analysers(index)
    began = time.perf_counter()
    writer = index.writer(heap_size=HEAP, num_threads=THREADS)
    for document in ready:
        writer.add_document(tantivy.Document.from_dict(document, fields))
    writer.commit()
    writer.wait_merging_threads()
    return time.perf_counter() - began


if __name__ == "__main__":
    for took in floor(Path(sys.argv[1]), int(sys.argv[2])):
        print(took)
