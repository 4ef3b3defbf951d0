"""What a server leaves behind when it is killed: nothing that lives on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.commands import acervo
from tests.conftest import ROOT, open_database
from tests.journeys.serving import PATIENCE_SECONDS, address_of, free_port
from web.limits import rate_limit_counter


def start(data: Path, temporary: Path) -> subprocess.Popen[str]:
    """Start a server with its worker, as the command does."""
    command = [sys.executable, "-m", "app", "serve", "--port", str(free_port()), "--workers", "1"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ACERVO_")},
        "ACERVO_DATA_DIR": str(data),
        "TMPDIR": str(temporary),
    }
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    address_of(server)
    return server


def workers_of(parent: int) -> list[int]:
    """The processes that were started as workers of this server and live."""
    wanted = ["worker", "--parent", str(parent)]
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except (OSError, ValueError):
            continue
        if entry.name.isdecimal() and words[-4:-1] == wanted:
            found.append(int(entry.name))
    return found


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="the machine does not list its processes there")
def test_a_server_that_is_killed_takes_its_worker_and_its_folder_with_it(regional_installation: Path, tmp_path: Path):
    data = Path(shutil.copytree(regional_installation, tmp_path / "data"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (temporary / "acervo-figures-of-somebody-else").mkdir()
    server = start(data, temporary)
    try:
        assert soon(lambda: len(workers_of(server.pid)) == 1)
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait(PATIENCE_SECONDS)
    assert soon(lambda: not workers_of(server.pid))
    assert list(temporary.glob(f"acervo-figures-{server.pid}-*"))

    following = start(data, temporary)
    try:
        assert not list(temporary.glob(f"acervo-figures-{server.pid}-*"))
        assert list(temporary.glob(f"acervo-figures-{following.pid}-*"))
        assert (temporary / "acervo-figures-of-somebody-else").exists()
    finally:
        following.terminate()
        following.wait(PATIENCE_SECONDS)
    assert not list(temporary.glob(f"acervo-figures-{following.pid}-*"))
    assert soon(lambda: not workers_of(following.pid))


def test_a_worker_whose_parent_is_gone_ends_at_once(regional_installation: Path, tmp_path: Path):
    data = Path(shutil.copytree(regional_installation, tmp_path / "data"))
    environment = {**os.environ, "ACERVO_DATA_DIR": str(data), "ACERVO_SECRET_KEY": "for these tests only"}
    # The number of a process that is not its parent.
    command = [sys.executable, "-m", "app", "worker", "--parent", "1"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert ended.returncode == 0


def test_the_worker_forgets_who_asked_without_anybody_asking_again(regional_installation: Path, tmp_path: Path):
    data = Path(shutil.copytree(regional_installation, tmp_path / "data"))
    # Even where nothing can be delivered.
    shutil.rmtree(data / "index")
    (data / "index").write_text("no folder")
    engine = open_database(data / "acervo.db")
    with engine.begin() as connection:
        connection.execute(sa.insert(rate_limit_counter).values(key="203.0.113.1", count=1, expires_at=1.0))
    assert acervo(data, "worker", "--once").exit_code == 0
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(rate_limit_counter)) == 0
    engine.dispose()
