"""``acervo unanswered``: what people look for in vain."""

from __future__ import annotations

import json

import click

from catalog.database import reading
from catalog.unanswered import services
from web.locale import show_date, translate


@click.command("unanswered")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def unanswered_command(as_json: bool) -> None:
    """List the words that several days have searched for without result."""
    with reading() as session:
        found = services.often_unanswered(session)
    if as_json:
        items = [{"words": one.words, "days": one.days, "last_day": one.last_day.isoformat()} for one in found]
        click.echo(json.dumps({"items": items}, ensure_ascii=False))
        return
    for one in found:
        facts = {"words": one.words, "days": one.days, "last": show_date(one.last_day)}
        click.echo(translate("%(words)s: on %(days)s days, last on %(last)s", facts))
    if not found:
        click.echo(translate("Nothing was searched for in vain on three different days."))
