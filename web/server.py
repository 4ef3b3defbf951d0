"""Serve the application with gunicorn, and keep its worker alive beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http import message
from prometheus_client.multiprocess import mark_process_dead

from web.health import SHARED_FOLDER

THREADS = 4
# Where the processes of one server count their requests.
FIGURES = "acervo-figures-"
# A search of 10,000 characters, each of up to four bytes written as %XX, and its filters.
LONGEST_REQUEST_LINE = 128 * 1024


class _Server(BaseApplication):  # type: ignore[misc]  # the library has no types
    def __init__(self, make_app: Callable[[], Any], options: dict[str, Any]) -> None:
        self._make_app, self._options = make_app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._make_app()


def serve(make_app: Callable[[], Any], host: str, port: int, workers: int, worker_command: list[str] | None) -> None:
    """Serve until told to stop.

    :param worker_command: how to start the process that delivers changes to the index; None for none. It is told
        this process's number as ``--parent``, so that it ends with it, however that ends.
    """
    # The server's own ceiling is below the longest search that we answer; a line stays bounded all the same.
    message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    # Removed by on_exit, which only the first process calls: what follows run() is reached by its children too.
    _sweep_figures()
    figures = tempfile.mkdtemp(prefix=f"{FIGURES}{os.getpid()}-")
    over = threading.Event()
    keeper = None

    def stop(_server: Any) -> None:
        over.set()
        shutil.rmtree(figures, ignore_errors=True)

    if worker_command:
        command = [*worker_command, "--parent", str(os.getpid())]
        keeper = threading.Thread(target=_keep, args=(command, over), daemon=True)
        keeper.start()
    os.environ[SHARED_FOLDER] = figures
    try:
        _Server(make_app, _options(host, port, workers) | {"on_exit": stop}).run()
    finally:
        over.set()
        if keeper:
            keeper.join(timeout=10)


def _options(host: str, port: int, workers: int) -> dict[str, Any]:
    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "accesslog": None,
        "loglevel": "warning",
        "control_socket_disable": True,
        "limit_request_line": LONGEST_REQUEST_LINE,
        "child_exit": lambda _server, worker: mark_process_dead(worker.pid),  # type: ignore[no-untyped-call]
        "when_ready": lambda _server: print(f"http://{host}:{port}", file=sys.stderr),
    }


def _sweep_figures() -> None:
    """Remove the folders of servers that were killed: each has the number of its process in its name."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FIGURES}*-*"):
        number = folder.name.removeprefix(FIGURES).partition("-")[0]
        if number.isdecimal() and not _lives(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        # Somebody else's.
        pass
    return True


def _keep(command: list[str], over: threading.Event) -> None:
    """Start the worker again when it dies, a little later each time."""
    pause = 1.0
    while not over.is_set():
        process = subprocess.Popen(command)  # noqa: S603  (our own command)
        while process.poll() is None and not over.wait(0.2):
            pass
        if over.is_set() and process.poll() is None:
            process.terminate()
            process.wait(timeout=10)
            return
        over.wait(pause)
        pause = min(pause * 2, 60)
