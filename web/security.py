"""What every response carries so that a browser does no more than the page needs, and compression for thin lines."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LARGEST_REQUEST = 1 << 20
_SMALLEST_COMPRESSED = 1_000
_LARGEST_COMPRESSED = 4 << 20
_TEXT = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/atom+xml",
    "application/xml",
    "image/svg",
)
_LOOPBACK = ("127.0.0.1", "::1")


class OwnProxy:
    """Believe a proxy on this machine about who asks, so that limits count readers and not the proxy.

    From anywhere else the same headers are only what a reader claims.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app, self._behind = app, ProxyFix(app, x_for=1, x_proto=1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        app = self._behind if environ.get("REMOTE_ADDR") in _LOOPBACK else self._app
        return app(environ, start_response)


def init_app(app: Flask) -> None:
    """Add the headers to every response, compress what is text, and see readers behind our own proxy."""
    app.wsgi_app = OwnProxy(app.wsgi_app)  # type: ignore[method-assign]
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=200,
    )

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return _compressed(response)


def _compressed(response: Response) -> Response:
    if response.is_streamed and not response.direct_passthrough:
        return response
    if not (response.mimetype or "").startswith(_TEXT) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code not in (200, 404, 422) or request.accept_encodings.quality("gzip") <= 0:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if _SMALLEST_COMPRESSED < len(body) < _LARGEST_COMPRESSED:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        etag, weak = response.get_etag()
        if etag and not weak:
            response.set_etag(etag, weak=True)
    return response
