"""``/api/docs``: a page of ours, made from the OpenAPI description, under the same rules as every page."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_smorest import Api

METHODS = ("get", "post", "put", "patch", "delete")


def operations(description: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation with what a reader needs, in the order of the paths."""
    found = []
    for path, item in description["paths"].items():
        shared = item.get("parameters", [])
        found += [_operation(description, path, name, item[name], shared) for name in METHODS if name in item]
    return found


def _operation(
    description: dict[str, Any], path: str, method: str, told: dict[str, Any], shared: list[Any]
) -> dict[str, Any]:
    success = told.get("responses", {}).get("200", {})
    content = success.get("content", {}).get("application/json", {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    return {
        "path": path,
        "method": method.upper(),
        "summary": told.get("summary", ""),
        "parameters": [_parameter(one) for one in (*shared, *told.get("parameters", []))],
        "answer": name or success.get("description", ""),
        "fields": _fields(description, name),
    }


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    schema = told.get("schema", {})
    return {
        "name": told.get("name", ""),
        "in": told.get("in", ""),
        "required": told.get("required", False),
        "description": told.get("description", ""),
        "default": schema.get("default"),
    }


def _fields(description: dict[str, Any], name: str) -> list[tuple[str, str]]:
    """The fields of an answer; those of the items where it is a page."""
    schemas = description.get("components", {}).get("schemas", {})
    schema = schemas.get(name, {})
    items = schema.get("properties", {}).get("items", {}).get("items", {}).get("$ref")
    if items:
        schema = schemas.get(items.rpartition("/")[2], {})
    return [(field, told.get("description", "")) for field, told in schema.get("properties", {}).items()]


def init_app(app: Flask, api: Api) -> None:
    """Serve the page."""

    @app.get("/api/docs")
    def api_docs() -> ResponseReturnValue:
        description = api.spec.to_dict()
        return render_template("api/docs.html", operations=operations(description), info=description["info"])
