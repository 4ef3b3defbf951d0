"""An installation to measure: its command line and its server, as an operator would run them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from bench.corpus import Corpus

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("acervo")
WORKERS = 2
READY_WITHIN = 60.0
LOOK_EVERY = 0.02


class NotReady(Exception):
    """A server did not answer in time."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took: seconds of the clock, and the most memory it held (bytes)."""

    seconds: float
    peak_memory: int
    output: str


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder; every command runs in a process of its own."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "acervo.db"

    @property
    def environment(self) -> dict[str, str]:
        ours = {"ACERVO_DATA_DIR": str(self.folder), "ACERVO_RATE_LIMITS": "off"}
        others = {name: value for name, value in os.environ.items() if not name.startswith("ACERVO_")}
        return others | ours

    def run(self, *arguments: str) -> Run:
        """Run ``acervo`` with these arguments.

        :raises subprocess.CalledProcessError: it did not end with 0.
        """
        return measured([str(COMMAND), *arguments], self.environment)

    def timed(self, *arguments: str) -> Run:
        """As :meth:`run`, but the seconds are those of the command alone, without the start of its process."""
        done = measured([sys.executable, "-m", "bench.timed", *arguments], self.environment)
        return replace(done, seconds=float(done.output.split()[-1]))

    def wipe(self) -> None:
        self.remove()
        self.folder.mkdir(parents=True)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def serving(self) -> Iterator[int]:
        """The server, without its delivering process; gives the port."""
        port = free_port()
        arguments = ["serve", "--port", str(port), "--workers", str(WORKERS), "--no-worker"]
        with process([str(COMMAND), *arguments], self.environment, port, "/readyz"):
            yield port


def filled(corpus: Corpus) -> Installation:
    """A fresh installation that holds the corpus and its index."""
    installation = Installation(corpus.folder.with_name(f"installation-{corpus.productions}"))
    installation.wipe()
    installation.run("setup", "--empty")
    installation.run("import", "--json", *map(str, corpus.files))
    installation.run("index", "rebuild", "--json")
    return installation


def regional(folder: Path) -> Installation:
    """A fresh installation that holds the packaged regional catalogue."""
    installation = Installation(folder)
    installation.wipe()
    installation.run("setup")
    return installation


def measured(command: Sequence[str], environment: dict[str, str]) -> Run:
    """Run a command and take its time and the peak of its own memory.

    :raises subprocess.CalledProcessError: it did not end with 0.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=errors, env=environment, cwd=ROOT)
        peak = 0
        # Not the resources that wait4 gives: what this process held when it started the child counts in them.
        while child.poll() is None:
            peak = max(peak, _peak_memory(child.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(LOOK_EVERY)
        took = time.perf_counter() - began
        said, complained = _text(output), _text(errors)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, list(command), said, complained)
    return Run(took, peak, said)


def _peak_memory(process: int) -> int:
    """The most memory that a running process has held, in bytes; 0 where it has just ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines.get("VmHWM", "0 kB").split()[0]) * 1024


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def process(command: Sequence[str], environment: dict[str, str], port: int, path: str) -> Iterator[None]:
    """A server process, from its first answer to this path until the end of the block.

    :raises NotReady: it ended, or did not answer with 200 in time.
    """
    with tempfile.TemporaryFile() as errors:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=errors, stderr=errors)
        try:
            end = time.monotonic() + READY_WITHIN
            while not answers(port, path):
                if server.poll() is not None or time.monotonic() > end:
                    raise NotReady(f"{' '.join(command)}: {_text(errors)[-2000:]}")
                time.sleep(0.1)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def answers(port: int, path: str) -> bool:
    """Whether a server on the loopback answers with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def get_json(port: int, path: str) -> Any:
    """What a server on the loopback answers, as JSON.

    :raises NotReady: it answered something else than 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise NotReady(f"{response.status} for {path}: {body[:300]!r}")
        return json.loads(body)
    finally:
        connection.close()
