"""The backends that have to keep the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.backend import SearchBackend
from search.embedded import EmbeddedBackend
from tests.search.archive import synonyms


@pytest.fixture(params=["embedded"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> SearchBackend:
    """An empty index of each engine."""
    assert request.param == "embedded"
    return EmbeddedBackend(tmp_path / "index", synonyms())
