"""What can be wrong with a cell, a row or a file, as messages to translate and what would repair it. Pure."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog.exchange.messages import N_
from catalog.exchange.report import Problem

# What reading a file or an archive ends with where it is damaged, encrypted (RuntimeError) or out of reach.
DAMAGE = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row, or with the row."""

    column: str | None
    message: str
    repair: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class BadRow(ValueError):
    """A row that cannot be taken, with everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class BadFile(Exception):
    """A file that cannot be read any further; carries the problem to report, and the kind of its records if known."""

    def __init__(self, problem: Problem, kind: str | None = None) -> None:
        super().__init__(problem.message)
        self.problem, self.kind = problem, kind


def file_name(path: Path) -> str:
    """A file's name as a message may repeat it, whatever bytes it is made of."""
    return os.fsencode(path.name or path).decode("utf-8", "replace")


def damaged(name: str, error: BaseException) -> BadFile:
    """The word for a file that could not be read."""
    if isinstance(error, OSError) and error.strerror:
        facts = {"why": error.strerror}
        repair = N_("check that the file is there and that you may read it")
        return BadFile(Problem(name, N_("the file cannot be read (%(why)s)"), repair, facts))
    return BadFile(
        Problem(name, N_("the file is damaged or encrypted"), N_("make it anew from its source, without a password"))
    )


@contextmanager
def damage_told(name: str) -> Iterator[None]:
    """Turn what reading a damaged file ends with into :class:`BadFile`."""
    try:
        yield
    except DAMAGE as error:
        raise damaged(name, error) from None
