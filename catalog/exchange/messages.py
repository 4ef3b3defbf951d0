"""Marks a message for translation where it is written; the door that shows it translates it."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for this marker)
    return message
