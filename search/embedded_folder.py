"""The folder of the embedded engine's index: one generation in force, one writer at a time, a swap that is one rename.

``current`` names the generation in force. A new one is filled beside it and then named; the one before stays for those
who have it open. A generation of another form (fields, stop words, engine) counts as none, and is filled anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from search.backend import SearchUnavailable
from search.embedded_documents import form, register_analysers

Commit = tuple[str, int, int]


class IndexFolder:
    """One object a process, used only after it was forked."""

    def __init__(self, path: Path, schema: tantivy.Schema) -> None:
        self._path, self._schema = path, schema
        self._prefix = f"generation-{form()}-"
        self._lock = threading.Lock()
        self._open: tuple[str, tantivy.Index] | None = None
        self._commit: Commit | None = None

    @property
    def _pointer(self) -> Path:
        return self._path / "current"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer over all processes; the others wait."""
        self._path.mkdir(parents=True, exist_ok=True)
        with (self._path / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def current(self) -> str | None:
        """The generation in force."""
        try:
            # What is no text names no generation either.
            name = self._pointer.read_text("utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None
        return name if name.startswith(self._prefix) else None

    def create(self) -> tuple[str, tantivy.Index]:
        """A new generation, not in force yet."""
        name = f"{self._prefix}{uuid.uuid4().hex[:12]}"
        path = self._path / name
        path.mkdir(parents=True)
        index = tantivy.Index(self._schema, path=str(path))
        register_analysers(index)
        return name, index

    def put_in_force(self, name: str) -> None:
        """From now on everybody reads this generation; what older rebuilds left is removed."""
        before = self.current()
        partial = self._path / f"current.{os.getpid()}"
        with partial.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._pointer)
        for path in self._path.iterdir():
            if path.is_dir() and path.name.startswith("generation-") and path.name not in (name, before):
                shutil.rmtree(path, ignore_errors=True)

    def newest(self) -> tuple[tantivy.Index, Commit]:
        """The index in force with its newest commit, and what tells this commit from others.

        :raises SearchUnavailable: there is none, or it cannot be read.
        """
        name = self.current()
        if name is None:
            raise SearchUnavailable("there is no index yet")
        with self._lock:
            try:
                return self._newest(name)
            except (ValueError, OSError) as error:
                raise SearchUnavailable(str(error)) from None

    def _newest(self, name: str) -> tuple[tantivy.Index, Commit]:
        if self._open is None or self._open[0] != name:
            index = tantivy.Index.open(str(self._path / name))
            register_analysers(index)
            self._open, self._commit = (name, index), None
        index = self._open[1]
        found = (self._path / name / "meta.json").stat()
        commit = (name, found.st_mtime_ns, found.st_ino)
        if commit != self._commit:
            index.reload()
            self._commit = commit
        return index, commit
