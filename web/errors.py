"""What goes wrong, told once: problem+json for machines (RFC 9457), a page for people."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, TooManyRequests

from web.cursors import BadCursor
from web.limits import seconds_to_wait
from web.locale import gettext, ngettext, readable, translate

PROBLEM_TYPE = "application/problem+json"
_log = logging.getLogger("acervo")


@dataclass(frozen=True)
class Problem:
    """How an error of ours is told: HTTP status, slug in the documentation, title and what to do (both msgids).

    An error that says itself what to do, in its ``message`` and ``facts``, needs no advice here.
    """

    status: int
    slug: str
    title: str
    advice: str | None = None


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for this marker)
    return message


_HTTP = {
    400: (N_("The request cannot be read."), N_("Check the address and its parameters.")),
    401: (N_("Sign in first."), N_("This needs an account.")),
    403: (N_("You may not do this."), N_("Ask your country's coordination.")),
    404: (N_("We cannot find that page."), N_("Check the address, or search for what you need.")),
    405: (N_("This address does not take that method."), N_("See the documentation of the API.")),
    406: (N_("We do not have that format."), N_("Ask for HTML, JSON or CSV.")),
    413: (N_("What was sent is too large."), N_("Send less at a time.")),
    414: (N_("The address is too long."), N_("Shorten the search.")),
    415: (N_("We cannot read that format."), N_("See the documentation of the API.")),
    422: (N_("Something is not as it should be."), N_("Correct what is marked and send it again.")),
    429: (N_("Too many requests."), N_("Try again in a while.")),
    500: (N_("Something went wrong on our side."), N_("Nothing was changed. Try again in a while.")),
    503: (N_("This part is not available now."), N_("Try again in a while.")),
}

_BAD_CURSOR = Problem(
    400,
    "bad-cursor",
    N_("That is no place in this list."),
    N_("Follow the address given in “next”, or begin the list anew without a cursor."),
)


# Locked by another for too long, or to be read only.
_SQLITE_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY)
_POSTGRESQL_STATES = ("55P03", "25006")
_NOT_WRITABLE_NOW = Problem(
    503,
    "not-writable",
    N_("Nothing can be saved now."),
    N_("What you sent was not kept. Go back and send it again in a few minutes."),
)


def register(app: Flask, problems: Mapping[type[Exception], Problem]) -> None:
    """Tell these errors as these problems."""
    for error_type, problem in problems.items():
        app.register_error_handler(error_type, partial(_tell, problem))


def init_app(app: Flask) -> None:
    """Tell HTTP errors and the unforeseen alike; only foreseen errors show their message."""
    register(app, {BadCursor: _BAD_CURSOR})
    app.register_error_handler(HTTPException, tell_http)
    app.register_error_handler(DBAPIError, _tell_database)
    app.register_error_handler(Exception, _tell_unforeseen)


def _tell_unforeseen(error: Exception) -> ResponseReturnValue:
    _log.error("unforeseen", exc_info=error)
    title, advice = _HTTP[500]
    return answer(500, "http-500", gettext(title), gettext(advice))


def _tell_database(error: DBAPIError) -> ResponseReturnValue:
    """A database that takes no writes now is foreseen; whatever else it refuses is not."""
    # An extended code has the plain one in its last byte.
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code not in _SQLITE_CODES and getattr(error.orig, "sqlstate", None) not in _POSTGRESQL_STATES:
        return _tell_unforeseen(error)
    _log.warning("the database takes no writes: %s", error.orig)
    return _tell(_NOT_WRITABLE_NOW, error)


def tell_http(error: HTTPException, errors: list[dict[str, Any]] | None = None) -> ResponseReturnValue:
    """Tell an error of HTTP in the reader's language, with what is wrong by field where that is known."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    title, advice = _HTTP.get(status, _HTTP[500] if status >= 500 else _HTTP[400])
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in (errors or [])[:5])
    if status == TooManyRequests.code:
        detail = _wait()
    response = answer(status, f"http-{status}", gettext(title), detail or gettext(advice), errors)
    for name in ("Allow", "Retry-After"):
        value = error.get_response().headers.get(name)
        if value:
            response.headers[name] = value
    return response


def _wait() -> str:
    """What ``Retry-After`` says, in words; nothing where that is not known."""
    seconds = seconds_to_wait()
    if seconds is None:
        return ""
    minutes = ceil(seconds / 60)
    return ngettext("Try again in %(count)s minute.", "Try again in %(count)s minutes.", minutes) % {"count": minutes}


def _tell(problem: Problem, error: Exception) -> ResponseReturnValue:
    said = translate(getattr(error, "message", str(error)), getattr(error, "facts", {}))
    return answer(
        problem.status, problem.slug, gettext(problem.title), gettext(problem.advice) if problem.advice else said
    )


def wants_json() -> bool:
    """Whether the request is a machine's; ``/api/docs`` is a page for people."""
    return request.path.startswith("/api/") and request.path.rstrip("/") != "/api/docs"


def answer(status: int, slug: str, title: str, detail: str, errors: list[dict[str, Any]] | None = None) -> Response:
    """The answer that tells a problem, in the form that the reader can take."""
    if wants_json():
        body: dict[str, Any] = {
            "type": f"/problems/{slug}",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": request.path,
            "errors": errors or [],
        }
        text = json.dumps(body, ensure_ascii=False)
        return Response(text, status, mimetype=PROBLEM_TYPE)
    listed = [{**one, "message": readable(str(one.get("message", "")))} for one in errors or []]
    page = render_template("errors/problem.html", status=status, title=title, detail=readable(detail), errors=listed)
    return Response(page, status, mimetype="text/html")
