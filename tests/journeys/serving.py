"""The product as a person starts it, `acervo serve`, for browsers of tests to visit."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT

PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(data_dir: Path) -> Iterator[str]:
    """Serve a data folder and give its address; rate limits are off, as tests are faster than readers."""
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ACERVO_")},
        "ACERVO_DATA_DIR": str(data_dir),
        "ACERVO_RATE_LIMITS": "off",
    }
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield address_of(process)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def address_of(process: subprocess.Popen[str]) -> str:
    """Wait for the line in which the server says where it is, and go on reading what follows it."""
    said: deque[str] = deque(maxlen=50)
    heard = threading.Event()

    def listen() -> None:
        assert process.stderr
        for line in process.stderr:
            said.append(line.strip())
            if line.startswith("http://"):
                heard.set()
        heard.set()

    threading.Thread(target=listen, daemon=True).start()
    heard.wait(PATIENCE_SECONDS)
    addresses = [line for line in said if line.startswith("http://")]
    assert addresses, "the server did not start:\n" + "\n".join(said)
    return addresses[0]
