"""``acervo setup``, ``backup`` and ``restore``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

from catalog.database import db
from catalog.exchange.cli import report_as_json
from catalog.installation import backup
from catalog.installation.errors import InstallationError
from catalog.installation.setup import set_up
from search.indexing import sync_now
from web.locale import translate


@click.command("setup")
@click.option("--empty", is_flag=True, help="Without the packaged regional catalogue.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def setup_command(empty: bool, as_json: bool) -> None:
    """Prepare the database, the regional catalogue and the search index. Safe to repeat."""
    done = set_up(db.engine, empty=empty)
    bad = done.imported is not None and done.imported.found_bad
    if not bad:
        sync_now()
    report = report_as_json(done.imported) if done.imported else None
    if as_json:
        click.echo(json.dumps({"migrated": done.migrated, "import": report}, ensure_ascii=False))
    else:
        counts = report or {"created": 0, "updated": 0, "unchanged": 0}
        click.echo(
            translate(
                "The installation is ready: %(created)s records created, %(updated)s changed, "
                "%(unchanged)s stayed as they were.",
                counts,
            )
        )
    sys.exit(1 if bad else 0)


def _refuse(error: InstallationError) -> NoReturn:
    click.echo(translate(error.message, error.facts), err=True)
    sys.exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def backup_command(file: Path, as_json: bool) -> None:
    """Write everything into one archive."""
    try:
        rows = backup.back_up(db.engine, file)
    except InstallationError as error:
        _refuse(error)
    if as_json:
        click.echo(json.dumps({"rows": sum(rows.values()), "tables": rows}))
    else:
        click.echo(translate("%(rows)s rows written to %(file)s.", {"rows": sum(rows.values()), "file": file.name}))


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def restore_command(file: Path, as_json: bool) -> None:
    """Read an archive of acervo backup into an empty installation."""
    try:
        rows = backup.restore(db.engine, file)
    except InstallationError as error:
        _refuse(error)
    sync_now(rebuild=True)
    if as_json:
        click.echo(json.dumps({"rows": sum(rows.values()), "tables": rows}))
    else:
        click.echo(translate("%(rows)s rows restored.", {"rows": sum(rows.values())}))
