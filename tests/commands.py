"""The command ``acervo`` as its callers meet it: what it says, on which output, and how it ends."""

from __future__ import annotations

import logging
from pathlib import Path

import structlog
from click.testing import CliRunner, Result

import app


def acervo(folder: Path, *arguments: str, **environment: str) -> Result:
    """Run the command on a data folder, in this process."""
    settings = {"ACERVO_DATA_DIR": str(folder), "ACERVO_SECRET_KEY": "for these tests only", "ACERVO_DATABASE_URL": ""}
    handlers = logging.getLogger().handlers[:]
    try:
        return CliRunner().invoke(app.cli, list(arguments), env={**settings, **environment}, prog_name="acervo")
    finally:
        # The command configures the log of a process of its own.
        logging.getLogger().handlers[:] = handlers
        structlog.reset_defaults()
