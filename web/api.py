"""What every endpoint of the API shares: OpenAPI, paging, errors."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug.exceptions import HTTPException

from web import cursors
from web.errors import tell_http
from web.locale import LANGUAGES, address_with

VERSION = "v1"


class AcervoApi(Api):  # type: ignore[misc]  # the library has no types
    """The library's API with our form of errors."""

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
    elif isinstance(messages, list):
        for message in messages:
            yield {"field": path, "message": str(message)}


class Arguments(Schema):
    """Parameters of any list; parameters that are not known are passed over."""

    class Meta:
        unknown = EXCLUDE

    limit = fields.Integer(
        load_default=25, validate=validate.Range(1, 100), metadata={"description": "Items a page, 1 to 100."}
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=cursors.LONGEST),
        metadata={"description": "Where to go on: as given in `next`."},
    )
    lang = fields.String(
        load_default=None,
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "The language of labels and messages."},
    )


class ErrorItem(Schema):
    field = fields.String()
    message = fields.String()


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What happened, and what to do."})
    instance = fields.String()
    errors = fields.List(fields.Nested(ErrorItem), metadata={"description": "What is wrong, by field."})


class TextsSchema(Schema):
    """A text in both languages; either may be null."""

    es = fields.String(allow_none=True)
    en = fields.String(allow_none=True)
    original = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Language and text of a source that speaks another language."},
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
