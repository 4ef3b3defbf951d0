"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import cache

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.exceptions import NotFound

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_log = logging.getLogger("acervo")
_own = CollectorRegistry()


@cache
def _meters() -> tuple[Counter, Histogram]:
    """The figures, made at the first request.

    The library chose where it counts when it was imported, before ``web/server.py`` named the folder that
    the processes share; so it is asked again.
    """
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    return (
        Counter("acervo_requests", "Answers by endpoint and status", ["endpoint", "status"], registry=_own),
        Histogram("acervo_request_seconds", "Seconds to an answer", ["endpoint"], registry=_own),
    )


def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, for this machine only: a proxy must not hand them on."""
    if request.remote_addr not in ("127.0.0.1", "::1") or "X-Forwarded-For" in request.headers:
        raise NotFound
    registry = _own
    if SHARED_FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask, probes: Mapping[str, Callable[[], None]]) -> None:
    """Register the pages; a probe raises where its part cannot work."""
    bp = Blueprint("health", __name__)
    bp.get("/healthz")(alive)
    bp.get("/metrics")(metrics)

    @bp.get("/readyz")
    def ready() -> ResponseReturnValue:
        found = {}
        for name, probe in probes.items():
            try:
                probe()
                found[name] = "ok"
            except Exception:
                _log.warning("not ready: %s", name, exc_info=True)
                found[name] = "failed"
        return jsonify(found), 200 if set(found.values()) <= {"ok"} else 503

    app.register_blueprint(bp)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def measure(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        requests, seconds = _meters()
        requests.labels(endpoint, str(response.status_code)).inc()
        if "started" in g:
            seconds.labels(endpoint).observe(time.perf_counter() - g.started)
        return response
