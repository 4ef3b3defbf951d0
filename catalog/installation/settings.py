"""What the catalogue needs to know of the installation it runs in; built by app.py from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app


@dataclass(frozen=True)
class Installation:
    """One installation: its data folder and the address that people reach it at."""

    data_dir: Path
    base_url: str | None
    default_language: str
    rate_limits: bool = True


def installation() -> Installation:
    """The installation of the application at hand."""
    found = current_app.extensions["acervo.installation"]
    assert isinstance(found, Installation)
    return found
