"""The lines of a file that should be UTF-8, never more of it in memory than one row may hold."""

from __future__ import annotations

import codecs
from typing import IO

from catalog.exchange.faults import DAMAGE, damaged

# Bytes of one row, over all its lines.
LONGEST_ROW = 2_000_000
_LETTERS = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡ºª")


class BadLine(Exception):
    """A line that is no text, or that ends beyond what a row may hold: see :attr:`Lines.row`."""


class NotUtf8(BadLine):
    """It looks like ``encoding``."""

    def __init__(self, encoding: str) -> None:
        super().__init__(encoding)
        self.encoding = encoding


class TooLongRow(BadLine):
    """The row at hand goes on beyond :data:`LONGEST_ROW`."""


class Lines:
    """An iterator of text lines that keeps the lines of the row at hand, to say where in it something is wrong."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name, self._size = file, name, 0
        self._at_start = True
        self._row: list[bytes] = []

    def begin_row(self) -> None:
        """Forget the lines of the row before."""
        self._row.clear()
        self._size = 0

    @property
    def row(self) -> str:
        """What was read of the row at hand; a byte that is no text is a lone surrogate in it."""
        return b"".join(self._row).decode("utf-8", "surrogateescape")

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        try:
            line = self._file.readline(LONGEST_ROW + 1)
        except DAMAGE as error:
            raise damaged(self._name, error) from None
        if not line:
            raise StopIteration
        if self._at_start:
            line, self._at_start = line.removeprefix(codecs.BOM_UTF8), False
        self._row.append(line)
        self._size += len(line)
        if self._size > LONGEST_ROW:
            raise TooLongRow
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            raise NotUtf8(_looks_like(line)) from None


def _looks_like(line: bytes) -> str:
    """The encoding in which the letters that Spanish adds to ASCII come out most often."""
    return max(("latin-1", "cp850"), key=lambda encoding: sum(letter in _LETTERS for letter in line.decode(encoding)))


def is_broken(text: str) -> bool:
    """Whether a text from :attr:`Lines.row` holds a byte that is none."""
    return any("\udc80" <= letter <= "\udcff" for letter in text)
