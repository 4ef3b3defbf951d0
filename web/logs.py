"""The log: one JSON object a line on standard error, with the request's number and nothing about the person."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at the time: a command's caller may have put another in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _print_logger(*_names: Any) -> structlog.PrintLogger:
    """The same for what we log ourselves."""
    return structlog.PrintLogger(sys.stderr)


def configure() -> None:
    """Write what we and the libraries log as JSON, for commands and the server alike."""
    as_json = structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
    structlog.configure(processors=[*_SHARED, as_json], logger_factory=_print_logger)
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
        )
    )
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one, _StandardError)]:
        root.removeHandler(earlier)
    root.addHandler(handler)


def init_app(app: Flask) -> None:
    """Number each request: a proxy's number is kept, so that its log and ours can be read together.

    Neither the address of the reader nor what was asked for is logged: searches are people's data.
    """

    @app.before_request
    def number() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _GIVEN.match(given) else uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request=g.request_id, method=request.method, endpoint=request.endpoint or "none"
        )

    @app.after_request
    def tell(response: Response) -> Response:
        if "request_id" in g:
            response.headers["X-Request-ID"] = g.request_id
        return response
