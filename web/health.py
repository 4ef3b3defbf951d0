"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from werkzeug.exceptions import NotFound

_log = logging.getLogger("acervo")

registry = CollectorRegistry()
_requests = Counter("acervo_requests", "Answers by endpoint and status", ["endpoint", "status"], registry=registry)
_seconds = Histogram("acervo_request_seconds", "Seconds to an answer", ["endpoint"], registry=registry)


def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, for this machine only: a proxy must not hand them on."""
    if request.remote_addr not in ("127.0.0.1", "::1") or "X-Forwarded-For" in request.headers:
        raise NotFound
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
        _requests.labels(endpoint, str(response.status_code)).inc()
        if "started" in g:
            _seconds.labels(endpoint).observe(time.perf_counter() - g.started)
        return response
