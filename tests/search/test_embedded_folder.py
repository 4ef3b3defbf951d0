"""The embedded index survives whatever happens to the processes that write it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from search.backend import Query, SearchUnavailable
from search.embedded import EmbeddedBackend
from tests.search.archive import document, synonyms

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from search.embedded import EmbeddedBackend
from tests.search.archive import document, synonyms

backend = EmbeddedBackend(Path(sys.argv[1]), synonyms())
number = int(sys.argv[2])
while True:
    if sys.argv[3] == "put":
        backend.put([document(f"d{number}", "Censo")])
    else:
        backend.rebuild(document(f"d{n}", "Censo") for n in range(number + 1))
    print(number, flush=True)
    number += 1
"""


def found(backend: EmbeddedBackend) -> int:
    return backend.search(Query(text="censo", facets=())).total


def test_processes_see_one_another(tmp_path: Path) -> None:
    one, other = (EmbeddedBackend(tmp_path, synonyms()) for _ in range(2))
    one.put([document("a", "Censo")])
    assert found(other) == 1
    other.put([document("b", "Censo")])
    assert found(one) == 2
    one.rebuild([document("c", "Censo")])
    assert found(other) == 1
    other.put([document("d", "Censo")])
    assert found(one) == 2


def test_old_generations_are_swept_but_the_one_before_stays(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path, synonyms())
    for name in "abcd":
        backend.rebuild([document(name, "Censo")])
    assert len(list(tmp_path.glob("generation-*"))) == 2


def test_an_index_of_another_form_counts_as_none(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path, synonyms())
    backend.rebuild([document("a", "Censo")])
    name = (tmp_path / "current").read_text()
    other = f"generation-other-{name.rpartition('-')[2]}"
    (tmp_path / name).rename(tmp_path / other)
    (tmp_path / "current").write_text(other)
    assert backend.count() == 0
    with pytest.raises(SearchUnavailable):
        backend.search(Query())
    backend.rebuild([document("a", "Censo")])
    assert found(backend) == 1


def test_an_index_whose_files_are_gone_is_unavailable_and_can_be_filled_anew(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path, synonyms())
    (tmp_path / "current").parent.mkdir(exist_ok=True)
    backend.rebuild([document("a", "Censo")])
    name = (tmp_path / "current").read_text()
    for file in (tmp_path / name).iterdir():
        file.unlink()
    with pytest.raises(SearchUnavailable):
        EmbeddedBackend(tmp_path, synonyms()).search(Query())
    backend.rebuild([document("b", "Censo")])
    assert found(backend) == 1


def test_a_pointer_that_is_no_text_points_at_no_index(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path, synonyms())
    backend.rebuild([document("a", "Censo")])
    whole = (tmp_path / "current").read_bytes()
    for broken in (b"\xff\xfe\x00", whole + b"\xff", whole + b"\x00"):
        (tmp_path / "current").write_bytes(broken)
        with pytest.raises(SearchUnavailable):
            backend.search(Query())
    backend.rebuild([document("b", "Censo")])
    assert found(backend) == 1


@pytest.mark.slow
@pytest.mark.parametrize("act", ["put", "rebuild"])
def test_a_writer_killed_at_any_moment_loses_nothing_that_it_reported(tmp_path: Path, act: str) -> None:
    number = 0
    for round_ in range(8):
        number = max(number, _killed_after(tmp_path, number, act, 0.02 * round_) + 1)
        backend = EmbeddedBackend(tmp_path, synonyms())
        total = found(backend)
        # The writer may have finished one more than it had time to say.
        assert number <= total <= number + 1
        number = total
        backend.put([document("alive", "Encuesta", version=round_ + 1)])
        assert backend.search(Query(text="encuesta", facets=())).hits[0].version == round_ + 1


def _killed_after(folder: Path, number: int, act: str, seconds: float) -> int:
    """Let a writer work, kill it some time after its first report, and give the last number that it reported."""
    command = [sys.executable, "-c", WRITER, str(folder), str(number), act]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        reported = [writer.stdout.readline()]
        time.sleep(seconds)
        os.kill(writer.pid, signal.SIGKILL)
        reported += writer.stdout.readlines()
    return max(int(line) for line in reported if line.strip())
