"""``acervo corrections``: what readers said should be corrected."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from catalog.corrections import services
from catalog.database import reading, transaction
from web.locale import translate

# As far as either database counts.
LARGEST = 2**31 - 1


@click.command("corrections")
@click.option(
    "--close", "closed", type=click.IntRange(1, LARGEST), metavar="N", help="Delete message N, which was dealt with."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def corrections_command(closed: int | None, as_json: bool) -> None:
    """List the messages that wait, or close one."""
    if closed is not None:
        with transaction() as session:
            if not services.close(session, closed):
                click.echo(translate("There is no open message %(number)s.", {"number": closed}), err=True)
                sys.exit(1)
        return
    with reading() as session:
        found: list[dict[str, Any]] = [
            {
                "id": one.id,
                "received_at": one.received_at.isoformat(),
                "kind": one.kind,
                "record": one.record_id,
                "message": one.message,
                "email": one.email,
            }
            for one in services.waiting(session)
        ]
    if as_json:
        click.echo(json.dumps({"items": found}, ensure_ascii=False))
        return
    for one in found:
        click.echo(
            f"{one['id']}  {one['received_at'][:10]}  {one['record'] or ''}  {one['email'] or ''}\n{one['message']}\n"
        )
    if not found:
        click.echo(translate("Nothing waits."))
