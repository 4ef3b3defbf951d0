"""JSON Lines that are none, or hold what no cell could: refused by their line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.catalog.exchange.files import (
    FIGURE,
    INSTITUTION,
    brought,
    refused,
)


def line(**cells: object) -> bytes:
    return json.dumps({"kind": "institution", **INSTITUTION, **cells}).encode() + b"\n"


JSON_LINES: dict[str, bytes] = {
    "no object": b"[]\n",
    "no kind": b'{"id": "x"}\n',
    "a kind that is no text": b'{"kind": ["institution"], "id": "x"}\n',
    "a kind that is not known": b'{"kind": "user", "id": "x"}\n',
    "no id": b'{"kind": "institution"}\n',
    "an id that is no text": line(id={"a": 1}),
    "an id that is a list": line(id=["a", "b"]),
    "an id that is nothing": line(id=None),
    "an object in a text": line(name_es={"es": "Oficina"}),
    "objects in a list": line(name_es=[{"es": "Oficina"}]),
    "a key that is not known": line(colour="red"),
    "a key twice": b'{"kind": "institution", "id": "x", "id": "xaa-office"}\n',
    "a line cut short": line()[:-10] + b"\n",
    "two objects on a line": line()[:-1] + line(),
    "nested without end": b'{"kind":' + b"[" * 200_000 + b"\n",
    "nested and closed": b'{"kind": "institution", "id": "x", "name_es": ' + b"[" * 900 + b"]" * 900 + b"}\n",
    "half a character": b'{"kind": "institution", "id": "x", "name_es": "\\ud800"}\n',
    "half a character in a key": b'{"kind": "institution", "id": "x", "\\ud800": "x"}\n',
    "half a character in the id": b'{"kind": "institution", "id": "\\ud800"}\n',
    "a character of nought": line(name_es="a\u0000b"),
    "bytes that are no text": line(name_es="X").replace(b'"X"', b'"\xf1"'),
}


@pytest.mark.parametrize("case", JSON_LINES)
def test_a_line_that_is_no_record_is_refused_with_its_number(case: str, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.jsonl"
    file.write_bytes(line(id="xaa-first") + JSON_LINES[case])
    problems = refused(filled, file)
    assert {problem.file for problem in problems} == {"in.jsonl"}
    assert {problem.row for problem in problems} == {2}


@pytest.mark.parametrize(
    "number", ["9" * 5000, "1e999", "-1e999", "NaN", "Infinity", "true", "1e-400000", '"1,5"', "[]"]
)
def test_a_number_that_is_none_is_refused(number: str, filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.jsonl"
    cells = json.dumps({"kind": "figure", **FIGURE, "value": "VALUE"}).replace('"VALUE"', number)
    file.write_text(cells + "\n")
    assert {(problem.row, problem.file) for problem in refused(filled, file)} == {(1, "in.jsonl")}


def test_a_number_of_json_is_taken_as_it_is_written(filled: sa.Engine, tmp_path: Path):
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"kind": "figure", **FIGURE, "value": 1250.5, "checked": True}) + "\n")
    assert brought(filled, file) == (0, 0, 1)
