"""The API does what its own description says: the description is sound, and random requests are answered by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import positive_data_acceptance

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def description(reader: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = reader.get("/api/v1/openapi.json").json
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        yield from ((f"{method} {path}", item[method]) for method in METHODS if method in item)


def references(node: Any) -> Iterator[str]:
    for name, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if name == "$ref":
            yield inner
        yield from references(inner)


def test_every_reference_of_the_description_leads_somewhere(description: dict[str, Any]):
    for reference in set(references(description)):
        node: Any = description
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_every_schema_of_the_description_is_a_json_schema(description: dict[str, Any]):
    schemas = description["components"]["schemas"]
    assert len(schemas) > 20
    for schema in schemas.values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_the_parameters_of_a_path_are_those_in_its_address(description: dict[str, Any]):
    for path, item in description["paths"].items():
        named = [one["name"] for one in item.get("parameters", []) if one["in"] == "path"]
        assert named == re.findall(r"{(\w+)}", path)


def test_every_field_says_what_it_means(description: dict[str, Any]):
    library = {"PaginationMetadata"}
    silent = [
        f"{name}.{field}"
        for name, schema in description["components"]["schemas"].items()
        if name not in library
        for field, told in schema.get("properties", {}).items()
        if not told.get("description")
    ]
    assert silent == []


def test_every_operation_describes_its_answer_and_its_errors(description: dict[str, Any]):
    for name, told in operations(description):
        assert "$ref" in told["responses"]["200"]["content"]["application/json"]["schema"], name
        assert told["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}, name
    for told in description["components"]["responses"].values():
        assert set(told["content"]) == {"application/problem+json"}


BOUNDS = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def described(app: Flask) -> Iterator[APIOperation]:
    yield from (found.ok() for found in from_wsgi("/api/v1/openapi.json", app).get_all_operations())


def ask(operation: APIOperation, mode: GenerationMode) -> Counter[int]:
    """Send random requests, each answered as the description says; how many had which status."""
    told: Counter[int] = Counter()

    @BOUNDS
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        # No description can say which cursors are ours, nor which orders go with which filters.
        free = {"cursor", "sort"} & set(case.query or {})
        answer = case.call_and_validate(
            headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance] if free else []
        )
        told[answer.status_code] += 1

    check()
    return told


def test_requests_that_the_description_allows_are_answered_as_it_says(regional_app: Flask):
    told = sum((ask(operation, GenerationMode.POSITIVE) for operation in described(regional_app)), Counter())
    assert set(told) <= {200, 400, 404, 422}
    assert told[200] > 50


def test_requests_that_the_description_does_not_allow_are_refused_as_it_says(regional_app: Flask):
    # An address of a record takes any text: there is none that the description does not allow.
    operations = [one for one in described(regional_app) if len(one.query)]
    told = sum((ask(operation, GenerationMode.NEGATIVE) for operation in operations), Counter())
    assert set(told) <= {200, 400, 404, 422}
    assert told[422] > 50
