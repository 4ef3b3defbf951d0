"""What every endpoint of the API shares: OpenAPI, paging, errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api, abort
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug.exceptions import HTTPException

from web import cursors
from web.errors import PROBLEM_TYPE, tell_http
from web.locale import LANGUAGES, address_with
from web.locale import lazy_gettext as _

VERSION = "v1"
MOST_ITEMS = 100


class ErrorItem(Schema):
    field = fields.String(metadata={"description": "Name of the parameter or field."})
    message = fields.String(metadata={"description": "What is wrong with it."})


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "Address that names the kind of problem."})
    title = fields.String(required=True, metadata={"description": "The kind of problem in words."})
    status = fields.Integer(required=True, metadata={"description": "Status of HTTP."})
    detail = fields.String(required=True, metadata={"description": "What happened, and what to do."})
    instance = fields.String(required=True, metadata={"description": "The path that was asked for."})
    errors = fields.List(
        fields.Nested(ErrorItem), required=True, metadata={"description": "What is wrong, by field; may be empty."}
    )


class AcervoApi(Api):  # type: ignore[misc]  # the library has no types
    """The library's API with our form of errors."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        # Errors have a media type of their own, for which the library has no setting.
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        """Tell an error as any other; the library registers this for pages too."""
        data = getattr(error, "data", None) or {}
        return tell_http(error, list(_by_field(data.get("messages") or data.get("errors") or {})))


def _by_field(messages: Any, path: str = "") -> Any:
    """Flatten nested messages: {'query': {'limit': ['…']}} becomes field 'limit'."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            at_top = not path and name in ("query", "json", "headers", "form")
            yield from _by_field(inner, "" if at_top else f"{path}.{name}".strip("."))
    else:
        # A message that is translated when it is shown stands alone: the library takes no list for it.
        for message in messages if isinstance(messages, list) else (messages,):
            yield {"field": path, "message": str(message)}


def refuse(field: str, message: Any) -> NoReturn:
    """Answer 422 for a parameter that cannot be used together with the others.

    :raises HTTPException: always.
    """
    abort(422, errors={"query": {field: [message]}})
    raise AssertionError


def one_of(values: Sequence[str]) -> validate.OneOf:
    """The check that a parameter is one of these codes."""
    return validate.OneOf(values, error=_("Use one of: {choices}."))


class Arguments(Schema):
    """Parameters of any list; parameters that are not known are passed over."""

    class Meta:
        unknown = EXCLUDE

    limit = fields.Integer(
        load_default=25,
        validate=validate.Range(1, MOST_ITEMS, error=_("Give a number from {min} to {max}.")),
        error_messages={"invalid": _("Give a whole number.")},
        metadata={"description": "Items a page, 1 to 100."},
    )
    # Its length is checked where it is read: whatever is wrong with a cursor is told alike.
    cursor = fields.String(
        metadata={"description": "Where to go on: as given in `next`.", "maxLength": cursors.LONGEST},
    )
    lang = fields.String(
        validate=one_of(LANGUAGES),
        metadata={"description": "The language of labels and messages."},
    )


class TextsSchema(Schema):
    """A text in both languages; either may be null."""

    es = fields.String(allow_none=True, metadata={"description": "In Spanish."})
    en = fields.String(allow_none=True, metadata={"description": "In English."})
    original = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        metadata={"description": "`lang` and `text` of a source that speaks another language."},
    )


def next_address(cursor: str | None) -> str | None:
    """The address of the next page of this list."""
    return address_with(cursor=cursor) if cursor else None


def init_app(app: Flask) -> AcervoApi:
    """Describe the API at ``/api/v1/openapi.json``."""
    app.config.update(
        API_TITLE="Acervo",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/api/{VERSION}",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {
                "description": "Who holds which migration statistics, and how they are defined. "
                "Metadata under CC BY 4.0.",
                "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
            },
            "servers": [{"url": "/"}],
        },
    )
    return AcervoApi(app)
