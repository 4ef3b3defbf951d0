"""Files made to do harm, and how long and how large what is done with them may be."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.catalog.exchange.files import (
    Row,
    write_csv,
)

MEBIBYTE = 1 << 20


@contextmanager
def within(seconds: float, mebibytes: float | None = None) -> Iterator[None]:
    """What happens here takes so long of the processor at most, and so much memory (to look at which slows it down)."""
    if mebibytes:
        tracemalloc.start()
    started = time.process_time()
    try:
        yield
        took, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert took < seconds
    assert peak < (mebibytes or 1) * MEBIBYTE


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), content)
    return out.getvalue()


def csv_bytes(tmp_path: Path, *rows: Row) -> bytes:
    return write_csv(tmp_path / "made", "institutions", *rows).read_bytes()
