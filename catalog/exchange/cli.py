"""``acervo import`` and ``acervo export``."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from catalog.database import db, reading
from catalog.exchange.exporting import (
    Scope,
    TooLong,
    export_csv_folder,
    export_csv_zip,
    export_json_lines,
    export_workbook,
)
from catalog.exchange.imports import Order, run_import
from catalog.exchange.messages import N_
from catalog.exchange.recognising import FORMATS
from catalog.exchange.report import Problem, Report
from catalog.models import Country, Institution, identifier_of
from web.locale import ngettext, translate


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), help="Read the files as this format.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def import_command(paths: tuple[Path, ...], form: str | None, dry_run: bool, as_json: bool) -> None:
    """Import files or folders: all of it, or, where anything is wrong, nothing."""
    # Rows make no cycles; to look for some after every few hundred of them takes a tenth of the time.
    gc.set_threshold(100_000)
    with _progress() as progress:
        report = run_import(db.engine, Order(paths, form, dry_run), progress)
    click.echo(json.dumps(report_as_json(report), ensure_ascii=False) if as_json else _as_text(report, dry_run))
    sys.exit(1 if report.found_bad else 0)


@contextmanager
def _progress() -> Iterator[Any]:
    """Rows counted on standard error, where a person looks at it."""
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        click.echo(f"\r{done}", nl=False, err=True)

    yield count
    click.echo("\r", nl=False, err=True)


def report_as_json(report: Report) -> dict[str, Any]:
    """The report in the form that scripts rely on, its messages in the language at hand."""
    return {
        "created": 0 if report.found_bad else report.created,
        "updated": 0 if report.found_bad else report.updated,
        "unchanged": 0 if report.found_bad else report.unchanged,
        "refused": report.refused,
        "problems": [_problem_as_json(problem) for problem in report.problems],
    }


def _problem_as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "message": translate(problem.message, problem.facts),
        "repair": translate(problem.repair, problem.facts),
    }


def _as_text(report: Report, dry_run: bool) -> str:
    if not report.found_bad:
        done = (
            N_("Would create %(created)s, change %(updated)s; %(unchanged)s stay as they are.")
            if dry_run
            else N_("Created %(created)s, changed %(updated)s; %(unchanged)s stayed as they were.")
        )
        facts = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
        return translate(done, facts)
    lines = [_problem_as_text(problem) for problem in report.problems]
    if report.problems_left_out:
        left = ngettext(
            "… and %(count)s further problem.", "… and %(count)s further problems.", report.problems_left_out
        )
        lines.append(left % {"count": report.problems_left_out})
    refused = ngettext(
        "Nothing was imported: %(count)s row or file cannot be taken.",
        "Nothing was imported: %(count)s rows or files cannot be taken.",
        report.refused,
    )
    lines.append(refused % {"count": report.refused})
    return "\n".join(lines)


def _problem_as_text(problem: Problem) -> str:
    place = [problem.file]
    if problem.sheet:
        place.append(translate("sheet %(sheet)s", {"sheet": problem.sheet}))
    if problem.row:
        place.append(translate("row %(row)s", {"row": problem.row}))
    if problem.column:
        place.append(translate("column %(column)s", {"column": problem.column}))
    message = translate(problem.message, problem.facts)
    repair = translate(problem.repair, problem.facts)
    return f"{', '.join(filter(None, place))}: {message}. {repair[:1].upper()}{repair[1:]}."


@click.command("export")
@click.option("--format", "form", required=True, type=click.Choice(FORMATS), help="What to write.")
@click.option("--out", type=click.Path(path_type=Path), help="A file, or for csv a folder; else standard output.")
@click.option("--country", metavar="ISO3", help="Only what concerns this country.")
@click.option("--institution", metavar="ID", help="Only what concerns this institution.")
def export_command(form: str, out: Path | None, country: str | None, institution: str | None) -> None:
    """Write the catalogue's records as files that import again without a change."""
    country = identifier_of("country", country) if country else None
    scope = Scope(country, institution)
    with reading() as session:
        if country and session.get(Country, country) is None:
            raise click.UsageError(translate("There is no country %(id)s.", {"id": country}))
        if institution and session.get(Institution, institution) is None:
            raise click.UsageError(translate("There is no institution %(id)s.", {"id": institution}))
        try:
            _export(session, form, scope, out)
        except TooLong as error:
            message = translate("A sheet cannot hold all of %(name)s; use csv or jsonl.", {"name": str(error)})
            raise click.ClickException(message) from None
        except OSError as error:
            facts = {"file": out or "-", "why": error.strerror or type(error).__name__}
            raise click.ClickException(translate("%(file)s cannot be written (%(why)s)", facts)) from None


def _export(session: Any, form: str, scope: Scope, out: Path | None) -> None:
    if form == "csv" and out is not None and out.suffix.lower() != ".zip":
        export_csv_folder(session, scope, out)
        return
    with _output(out) as file:
        if form == "csv":
            export_csv_zip(session, scope, file)
        elif form == "xlsx":
            # The library complains of a workbook that it cannot end where nobody reads on.
            with tempfile.TemporaryFile() as whole:
                export_workbook(session, scope, whole)
                whole.seek(0)
                shutil.copyfileobj(whole, file)
        else:
            for line in export_json_lines(session, scope):
                file.write(line.encode())


@contextmanager
def _output(out: Path | None) -> Iterator[IO[bytes]]:
    """A file that appears only when it is complete, or standard output."""
    if out is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Whoever reads has enough, as head has; what is still in the buffer goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
