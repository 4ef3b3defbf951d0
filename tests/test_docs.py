"""The documentation is true and complete: what exists is in it, and what is in it exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient

import app
from catalog.problems import PROBLEMS
from search.backend import FACETS
from tests.conftest import ROOT
from web import errors

DOCS = ROOT / "docs"
GUIDES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    for name, command in app.cli.commands.items():
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", one) for inner, one in command.commands.items())
        else:
            yield name, command


COMMANDS = tuple(commands())


def rows(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.startswith("| `"))


def documented(name: str) -> str:
    """What the table of commands says of one; those of a group share a line."""
    group, _, inner = name.partition(" ")
    found = [line for line in rows(read("commands.md")) if re.search(rf"`acervo {group}\b", line)]
    assert len(found) == 1, name
    assert inner in found[0]
    return found[0]


@pytest.mark.parametrize("file", sorted((DOCS / "domain").glob("*.md")), ids=lambda file: file.name)
def test_every_file_that_a_page_on_the_domain_names_is_in_the_repository(file: Path):
    places = (ROOT, DOCS / "domain", ROOT / "catalog/region", ROOT / "catalog/region/seed", ROOT / "tests/data/domain")
    text = file.read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w./])[\w/]+\.(?:csv|json|md|py)\b", text)) | set(re.findall(r"`([\w/]+/)`", text))
    assert [name for name in sorted(named) if not any((place / name).exists() for place in places)] == []


# -- settings --------------------------------------------------------------------------------------------------------


def settings() -> set[str]:
    """The settings that the code reads."""
    tree = ast.parse((ROOT / "config.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"ACERVO_[A-Z_]+", text)}


def test_every_setting_is_documented_and_every_documented_one_exists():
    assert {
        match[1] for line in rows(read("settings.md")) if (match := re.match(r"\| `(ACERVO_\w+)`", line))
    } == settings()


@pytest.mark.parametrize("file", GUIDES, ids=lambda file: file.name)
def test_no_guide_names_a_setting_that_does_not_exist(file: Path):
    # Tests have a setting of their own.
    assert set(re.findall(r"\bACERVO_[A-Z_]+", file.read_text(encoding="utf-8"))) <= {
        *settings(),
        "ACERVO_TEST_POSTGRESQL_URL",
    }


# -- commands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_is_documented_with_all_that_it_takes(name: str, command: click.Command):
    line = documented(name)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[-1] in line
        else:
            # One that may be repeated is named in the plural, and documented in the singular.
            assert str(parameter.human_readable_name).rstrip("S" if parameter.nargs == -1 else "") in line


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_and_option_says_what_it_is_for(name: str, command: click.Command):
    assert command.help, name
    plain = {"host", "port", "workers", "limit", "out", "form"}
    silent = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
    assert set(silent) <= plain


def test_no_documented_command_or_option_does_not_exist():
    for line in rows(read("commands.md")):
        cells = line.split("|")
        for name in re.findall(r"`acervo ([a-z]+)", line):
            assert name in app.cli.commands
        options = set(re.findall(r"--[a-z-]+", line.replace("\\|", "|")))
        named = re.findall(r"`acervo ([a-z]+)", cells[1])
        known = {
            opt
            for full, command in COMMANDS
            if full.split()[0] in named
            for parameter in command.params
            for opt in parameter.opts
        }
        assert options <= known, line


@pytest.mark.parametrize("file", GUIDES, ids=lambda file: file.name)
def test_no_guide_names_a_command_that_does_not_exist(file: Path):
    text = file.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:\.venv/bin/acervo|`acervo) ([a-z]+)", text))
    assert named <= set(app.cli.commands)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|    )make ([a-z]+)", text)) <= targets


# -- the API ---------------------------------------------------------------------------------------------------------


def test_every_path_of_the_api_is_documented_and_every_documented_one_exists(reader: FlaskClient):
    paths = set(reader.get("/api/v1/openapi.json").json["paths"])
    described = set(re.findall(r"`(/api/v1/[^`?]*)`", read("api.md"))) - {"/api/v1/openapi.json"}
    assert {path.replace("{identifier}", "{id}") for path in paths} == described


def test_every_facet_of_the_search_is_documented():
    assert " ".join(FACETS) in read("api.md")


def slugs() -> set[str]:
    own = {problem.slug for problem in (*PROBLEMS.values(), errors._BAD_CURSOR, errors._NOT_WRITABLE_NOW)}
    return own | {f"http-{status}" for status in errors._HTTP}


def test_every_problem_is_documented_and_every_documented_one_exists():
    assert {
        match[1] for line in rows(read("api.md")) if (match := re.match(r"\| `([a-z]+-[a-z0-9-]+)` \|", line))
    } == slugs()


def test_the_status_of_a_problem_is_the_documented_one():
    told = {
        match[1]: int(match[2])
        for line in rows(read("api.md"))
        if (match := re.match(r"\| `([\w-]+)` \| (\d{3}) ", line))
    }
    for problem in (*PROBLEMS.values(), errors._BAD_CURSOR, errors._NOT_WRITABLE_NOW):
        assert told[problem.slug] == problem.status
    assert {slug: status for slug, status in told.items() if slug.startswith("http-")} == {
        f"http-{status}": status for status in errors._HTTP
    }


# -- pages and files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", GUIDES, ids=lambda file: file.name)
def test_no_guide_links_to_a_file_that_does_not_exist(file: Path):
    for target in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")) and not target.endswith(".png"):
            assert (file.parent / target).exists(), target


@pytest.mark.parametrize("file", GUIDES, ids=lambda file: file.name)
def test_no_guide_names_a_source_file_that_does_not_exist(file: Path):
    named = re.findall(
        r"`((?:catalog|search|web|quality|tests|templates|docs|bench)/[\w/.*-]*)`", file.read_text(encoding="utf-8")
    )
    assert [one for one in named if not list(ROOT.glob(one.rstrip("/")))] == []


@pytest.mark.parametrize("file", GUIDES, ids=lambda file: file.name)
def test_no_guide_names_a_page_that_does_not_exist(file: Path, regional_app: Flask):
    adapter = regional_app.url_map.bind("localhost")
    for path in re.findall(r"`(/(?:es|en|api|healthz|readyz|metrics)[\w/.-]*)`", file.read_text(encoding="utf-8")):
        if path.startswith("/api/v1/") or path in ("/es", "/en"):
            continue
        assert adapter.test(path, "GET") or adapter.test(f"{path}/", "GET"), path


def test_every_guide_can_be_reached_from_the_readme():
    linked = set(re.findall(r"\]\((docs/[^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {f"docs/{file.name}" for file in DOCS.glob("*.md")} <= linked
