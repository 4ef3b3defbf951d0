"""The layers hold: packages point one way, and pure modules import nothing but the standard library and one another."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("quality", "catalog", "search", "web")
# Modules that compute without a database, a request or a clock.
PURE = {
    "catalog.periods",
    "catalog.code_lists.lists",
    "catalog.definitions.structure",
    "catalog.exchange.columns",
    "catalog.exchange.messages",
    "catalog.exchange.report",
    "catalog.holdings.matrix",
    "catalog.holdings.understanding",
}
LARGEST_FILE = 420


def modules() -> dict[str, Path]:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(file: Path) -> set[str]:
    """The modules that a file imports, in full."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_packages_import_only_downwards_and_nobody_imports_the_composition_root():
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_imports_only_the_standard_library_and_other_pure_modules(name: str):
    allowed = {*sys.stdlib_module_names, *PURE}
    foreign = {
        module
        for module in imports(modules()[name])
        if module not in allowed and module.partition(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_services_know_no_request():
    services = {name: file for name, file in modules().items() if name.endswith(".services")}
    assert {name for name, file in services.items() if any(m.split(".")[0] == "flask" for m in imports(file))} == set()


def test_services_never_commit():
    committing = {
        name
        for name, file in modules().items()
        if name.endswith(".services") and ".commit(" in file.read_text(encoding="utf-8")
    }
    assert committing == set()


def test_modules_import_at_their_top_and_not_inside_functions():
    inside = [
        f"{name}:{node.lineno}"
        for name, file in modules().items()
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_no_module_is_called_by_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "core", "base"}
    assert [name for name in modules() if name.rpartition(".")[2] in empty] == []


def test_files_stay_short_enough_to_read():
    long = {
        name: lines for name, file in modules().items() if (lines := len(file.read_text().splitlines())) > LARGEST_FILE
    }
    assert long == {}


def test_every_module_says_what_it_is():
    silent = [
        name
        for name, file in modules().items()
        if file.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []
