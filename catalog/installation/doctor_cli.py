"""``acervo doctor``."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask import has_app_context

from catalog.database import db
from catalog.installation.doctor import Check, Patient, examine, invalid_settings, is_sound
from catalog.installation.settings import installation
from search.serving import parts
from web.locale import translate


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def doctor_command(context: click.Context, as_json: bool) -> None:
    """Say whether this installation is sound, and what would repair it."""
    checks = _checks(context)
    ok = is_sound(checks)
    if as_json:
        listed = [check_as_json(check) for check in checks]
        click.echo(json.dumps({"ok": ok, "checks": listed}, ensure_ascii=False))
    else:
        click.echo("\n".join(_as_text(check) for check in checks))
    sys.exit(0 if ok else 1)


def _checks(context: click.Context) -> list[Check]:
    # Settings that cannot be used leave no application to examine: the group hands their error over instead.
    if not has_app_context():
        return invalid_settings(str(context.obj))
    found = parts()
    return examine(Patient(installation(), db.engine, found.source, found.backend))


def check_as_json(check: Check) -> dict[str, Any]:
    """A check with its texts in the language at hand."""
    return {
        "id": check.id,
        "status": check.status,
        "message": translate(check.message, check.facts),
        "repair": translate(check.repair, check.facts) if check.repair else None,
    }


def _as_text(check: Check) -> str:
    line = f"{check.status.upper():<5}{check.id:<14}{translate(check.message, check.facts)}"
    return f"{line}\n{'':19}{translate(check.repair, check.facts)}" if check.repair else line
