"""``acervo import`` and ``acervo export``, as people and scripts meet them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from catalog.database import db
from catalog.exchange.cli import export_command, import_command
from tests.catalog.exchange.files import CATALOGUE, INSTITUTION, dump, write_catalogue, write_csv

REGIONAL = 550


def bring(app: Flask, *arguments: object) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(import_command, [*map(str, arguments)])


def send(app: Flask, *arguments: object) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(export_command, [*map(str, arguments)])


def held(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    with app.app_context():
        return dump(db.engine)


def test_a_script_is_told_what_was_done_in_one_document(empty_app: Flask, tmp_path: Path):
    said = bring(empty_app, "--json", write_catalogue(tmp_path / "in"))
    assert said.exit_code == 0
    assert json.loads(said.stdout) == {
        "created": len(CATALOGUE),
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
        "problems": [],
    }


def test_a_script_is_told_each_problem_with_its_place_and_repair(empty_app: Flask, tmp_path: Path):
    before = held(empty_app)
    wrong = write_catalogue(tmp_path / "in", institutions=[{**INSTITUTION, "country": "XZZ"}])
    said = bring(empty_app, "--json", wrong)
    assert said.exit_code == 1
    assert json.loads(said.stdout) == {
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "problems": [
            {
                "file": "institutions.csv",
                "sheet": None,
                "row": 2,
                "column": "country",
                "message": "no hay ningún país «XZZ», ni en esta importación ni en el catálogo",
                "repair": "corrija el identificador, o importe también esa ficha",
            }
        ],
    }
    assert held(empty_app) == before


def test_a_person_is_told_each_problem_in_a_sentence(empty_app: Flask, tmp_path: Path):
    said = bring(empty_app, write_csv(tmp_path, "institutions", {**INSTITUTION, "country": "honduras"}))
    assert said.exit_code == 1
    assert said.stdout.splitlines() == [
        "institutions.csv, fila 2, columna country: «honduras» no es un código de país. "
        "Use las tres mayúsculas de ISO 3166-1, como HND.",
        "No se importó nada: no se puede tomar 1 fila o archivo.",
    ]


def test_a_person_is_told_how_many_problems_are_not_listed(empty_app: Flask, tmp_path: Path):
    rows = [{**INSTITUTION, "id": f"xaa-{number}", "type": "x", "country": ""} for number in range(250)]
    lines = bring(empty_app, write_csv(tmp_path, "institutions", *rows)).stdout.splitlines()
    assert len(lines) == 202
    assert lines[-2:] == ["… y 50 problemas más.", "No se importó nada: no se pueden tomar 250 filas o archivos."]


def test_a_dry_run_says_what_would_change(empty_app: Flask, tmp_path: Path):
    before = held(empty_app)
    said = bring(empty_app, "--dry-run", write_catalogue(tmp_path / "in"))
    assert (said.exit_code, said.stdout.strip()) == (
        0,
        f"Se crearían: {len(CATALOGUE)}; cambiarían: 0; quedarían como están: 0.",
    )
    assert held(empty_app) == before


def test_several_paths_are_one_import(empty_app: Flask, tmp_path: Path):
    files = sorted(write_catalogue(tmp_path / "in").iterdir(), reverse=True)
    assert json.loads(bring(empty_app, "--json", *files).stdout)["created"] == len(CATALOGUE)


def test_an_import_without_a_path_is_used_wrongly(empty_app: Flask):
    assert bring(empty_app).exit_code == 2


@pytest.mark.parametrize(
    ("form", "name"), [("csv", "out"), ("csv", "out.zip"), ("xlsx", "out.xlsx"), ("jsonl", "out.jsonl")]
)
def test_the_regional_catalogue_comes_back_without_a_change(form: str, name: str, app: Flask, tmp_path: Path):
    assert send(app, "--format", form, "--out", tmp_path / name).exit_code == 0
    before = held(app)
    said = bring(app, "--json", tmp_path / name)
    assert json.loads(said.stdout) == {
        "created": 0,
        "updated": 0,
        "unchanged": REGIONAL,
        "refused": 0,
        "problems": [],
    }
    assert held(app) == before


def test_json_lines_go_to_standard_output_where_no_file_is_named(app: Flask):
    said = send(app, "--format", "jsonl")
    assert [json.loads(line)["kind"] for line in said.stdout.splitlines()][:1] == ["country"]
    assert len(said.stdout.splitlines()) == REGIONAL


def test_a_country_is_named_in_either_case(app: Flask):
    assert send(app, "--format", "jsonl", "--country", "hnd").stdout == (
        send(app, "--format", "jsonl", "--country", "HND").stdout
    )


@pytest.mark.parametrize(("option", "value"), [("--country", "XZZ"), ("--institution", "nobody")])
def test_an_export_of_what_does_not_exist_is_used_wrongly(option: str, value: str, app: Flask):
    said = send(app, "--format", "jsonl", option, value)
    assert said.exit_code == 2
    assert value in said.stderr


@pytest.mark.parametrize(("form", "name"), [("csv", "file/out"), ("xlsx", "nowhere/out.xlsx"), ("jsonl", "no/out")])
def test_a_place_that_cannot_be_written_to_is_told_in_words(form: str, name: str, app: Flask, tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    said = send(app, "--format", form, "--out", tmp_path / name)
    assert said.exit_code == 1
    assert str(tmp_path / name) in said.stderr


def test_an_export_that_fails_leaves_no_half_file(app: Flask, tmp_path: Path):
    (tmp_path / "out.jsonl").mkdir()
    assert send(app, "--format", "jsonl", "--out", tmp_path / "out.jsonl").exit_code == 1
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == []
