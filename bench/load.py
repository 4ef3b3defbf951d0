"""A load on the loopback: one client for latency, several for throughput; bounded in number and in time."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.measures import percentile

TIMEOUT = 30.0
# A connection is given up now and then, so that a server with several processes shares them out evenly.
REQUESTS_A_CONNECTION = 50


class UnexpectedStatus(Exception):
    """The server answered something else than 200; a measure of errors would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """What some clients saw; latencies in milliseconds."""

    latencies: tuple[float, ...]
    seconds: float

    @property
    def p50(self) -> float:
        return percentile(self.latencies, 0.50)

    @property
    def p95(self) -> float:
        return percentile(self.latencies, 0.95)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


class _Client:
    """One client that asks for the next path as soon as it has its answer."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._left = 0

    def get(self, path: str) -> float:
        """Ask once.

        :returns: milliseconds until the whole answer was read.
        """
        began = time.perf_counter()
        connection = self._connected()
        connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        response = connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - began) * 1000
        if response.status != 200:
            raise UnexpectedStatus(f"{response.status} for {path}: {body[:300]!r}")
        if response.will_close:
            self.close()
        return took

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None or self._left == 0:
            self.close()
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            self._left = REQUESTS_A_CONNECTION
        self._left -= 1
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def run(port: int, paths: Sequence[str], *, clients: int = 1, requests: int = 1000, seconds: float = 20.0) -> Load:
    """Ask for the paths in turn until there have been so many requests, or the time is up.

    :raises UnexpectedStatus: an answer was not 200.
    """
    turn = itertools.cycle(paths)
    left = iter(range(requests))
    guard = threading.Lock()
    latencies: list[float] = []
    failures: list[Exception] = []
    end = time.perf_counter() + seconds

    def next_path() -> str | None:
        with guard:
            if failures or time.perf_counter() > end or next(left, None) is None:
                return None
            return next(turn)

    def work() -> None:
        client = _Client(port)
        try:
            while (path := next_path()) is not None:
                latencies.append(client.get(path))
        except (OSError, http.client.HTTPException, UnexpectedStatus) as error:
            failures.append(error)
        finally:
            client.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Load(tuple(latencies), time.perf_counter() - began)
