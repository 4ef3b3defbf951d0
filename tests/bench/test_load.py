"""The load's clients count what they ask, and stop where the server errs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One write an answer; the headers alone would wait for an acknowledgement that is delayed.
    wbufsize = -1

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("clients", [1, 8])
def test_so_many_requests_are_made(port: int, clients: int) -> None:
    done = load.run(port, ["/a", "/b"], clients=clients, requests=120)
    assert len(done.latencies) == 120
    assert 0 < done.p50 <= done.p95
    assert done.per_second > 0


def test_time_bounds_the_load(port: int) -> None:
    assert len(load.run(port, ["/a"], requests=1_000_000, seconds=0.2).latencies) < 1_000_000


def test_an_answer_that_is_not_200_stops_the_load(port: int) -> None:
    with pytest.raises(load.UnexpectedStatus, match="500 for /broken"):
        load.run(port, ["/a", "/broken"], requests=10)
