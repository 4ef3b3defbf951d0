from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_the_api_is_described_for_programs(reader: FlaskClient):
    description = reader.get("/api/v1/openapi.json").json
    assert description["openapi"] == "3.1.0"
    assert "/api/v1/search" in description["paths"]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_operation_is_on_the_page(reader: FlaskClient, lang: str):
    page = reader.get(f"/api/docs?lang={lang}").text
    for path, item in reader.get("/api/v1/openapi.json").json["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            assert (f"{method.upper()} {path}" in page) == (method in item)


def test_every_parameter_and_operation_says_what_it_is_for(reader: FlaskClient):
    silent = []
    for path, item in reader.get("/api/v1/openapi.json").json["paths"].items():
        for method, told in ((name, one) for name, one in item.items() if name in ("get", "post", "patch", "delete")):
            if not told.get("summary"):
                silent.append(f"{method} {path}")
            parameters = (*item.get("parameters", []), *told.get("parameters", []))
            silent += [
                f"{path} {one['name']}" for one in parameters if not one.get("description") and one["in"] == "query"
            ]
    assert silent == []
