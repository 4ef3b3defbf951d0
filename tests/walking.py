"""Walk a list of the API from its first page to its last, as a program that harvests it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient


def pages(client: FlaskClient, address: str) -> Iterator[dict[str, Any]]:
    """Every page of a list, by its own ``next``."""
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        yield answer.json
        following = answer.json["next"]


def walk(client: FlaskClient, address: str) -> list[str]:
    """The identifiers of a whole list; every page says the same total, and it is right."""
    found = list(pages(client, address))
    ids = [item["id"] for page in found for item in page["items"]]
    assert {page["total"] for page in found} == {len(ids)}
    assert len(set(ids)) == len(ids)
    return ids
