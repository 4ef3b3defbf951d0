"""What does rebuilding the index cost? Against the bare engine that is fed with the same documents.

The floor's documents are ready: every value of every field is at hand before its clock starts, and nothing is read
from the database. It runs in a process of its own (``python -m bench.rebuild_speed DATABASE`` prints its seconds);
the product's side is the whole command, its start included.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

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
    """Both sides take turns on the same database."""
    installation = installation or filled(corpus)
    product: list[float] = []
    floor: list[float] = []
    for _ in range(runs):
        product.append(installation.run("index", "rebuild", "--json").seconds)
        floor.append(_floor_in_a_process(installation))
    documents = json.loads(installation.run("index", "status", "--json").output)["index"]
    yield Measure(
        "index rebuild",
        documents / median(product),
        "records/s",
        documents / median(floor),
        Target(Bound.RATIO_AT_LEAST, 0.7),
    )


def _floor_in_a_process(installation: Installation) -> float:
    command = [sys.executable, "-m", "bench.rebuild_speed", str(installation.database)]
    return float(measured(command, installation.environment).output)


def feed(database: Path) -> float:
    """Index every document of a database with the bare engine.

    :returns: seconds, from the first document to the end of the last merge.
    """
    source = CatalogDocuments(sa.create_engine(f"sqlite:///{database}"))
    # As values by field: the engine's own form of a document is made while the clock runs, as by any user of it.
    ready = [to_engine(document).to_dict() for document in source.all()]
    fields = schema()
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        index = tantivy.Index(fields, path=folder)
        register_analysers(index)
        began = time.perf_counter()
        writer = index.writer(heap_size=HEAP, num_threads=THREADS)
        for document in ready:
            writer.add_document(tantivy.Document.from_dict(document, fields))
        writer.commit()
        writer.wait_merging_threads()
        return time.perf_counter() - began


if __name__ == "__main__":
    print(feed(Path(sys.argv[1])))
