"""``python -m bench`` answers every question on a small catalogue."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_question_has_its_lines_in_one_table(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--productions", "200", "--runs", "1"],
        cwd=ROOT,
        env={**os.environ, "ACERVO_BENCH_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    # A small catalogue on a busy machine may miss a target; only the table must be whole.
    assert done.returncode in (0, 1), done.stderr
    for begins in (
        "relevance, tuning: nDCG@10",
        "relevance, held_out: right holder first",
        "import, validated",
        "import: memory",
        "import: another writer waits",
        "index rebuild",
        "known items in the first 10: typo",
        "search, API: p95, one client",
        "search, page: 8 clients",
    ):
        assert f"\n{begins}" in done.stdout, done.stdout
    assert [entry.name for entry in tmp_path.iterdir()] == ["corpus-200"]
