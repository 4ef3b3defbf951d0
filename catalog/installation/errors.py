"""What can stand in the way of installing, backing up and restoring."""

from __future__ import annotations

from typing import Any


class InstallationError(Exception):
    """``message`` is a msgid and ``facts`` its parameters."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message % facts)
        self.message, self.facts = message, facts


class CannotBackUp(InstallationError):
    """The archive cannot be written."""


class CannotRestore(InstallationError):
    """The archive cannot be read into this installation."""
