"""An index that cannot be read is told by the commands that look at it, and filled anew by those that write it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands import acervo

ALL = 379


@pytest.fixture
def broken(regional_installation: Path, tmp_path: Path) -> Path:
    """A data folder whose index has a name and no files."""
    folder = Path(shutil.copytree(regional_installation, tmp_path / "data"))
    for generation in folder.glob("index/generation*"):
        shutil.rmtree(generation)
    return folder


def status(folder: Path) -> dict[str, int]:
    result = acervo(folder, "index", "status", "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, int] = json.loads(result.stdout)
    return found


def test_the_status_of_an_index_that_cannot_be_read_is_that_all_differs(broken: Path):
    assert status(broken) == {"database": ALL, "index": 0, "lag": 0, "different": ALL}


def test_the_doctor_says_what_repairs_an_index_that_cannot_be_read(broken: Path):
    result = acervo(broken, "doctor", ACERVO_DEFAULT_LANGUAGE="en")
    assert result.exit_code == 1
    assert "acervo index rebuild" in result.stdout


@pytest.mark.parametrize("command", [("index", "sync"), ("index", "rebuild"), ("setup",), ("worker", "--once")])
def test_what_writes_the_index_fills_one_that_cannot_be_read(broken: Path, command: tuple[str, ...]):
    result = acervo(broken, *command)
    assert result.exit_code == 0, result.output
    assert status(broken) == {"database": ALL, "index": ALL, "lag": 0, "different": 0}
