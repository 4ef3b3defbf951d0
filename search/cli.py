"""``acervo search`` and ``acervo index``."""

from __future__ import annotations

import html
import json
import sys
from dataclasses import asdict
from urllib.parse import urlencode

import click

from search.indexing import status, sync_now
from search.serving import Request, Result, parts, run_search
from search.shapes import search_as_json, without_marks
from web.locale import LANGUAGES, current_language, language, translate

# Of the kinds that the search finds, those that this version has records of.
KINDS = ("country", "institution", "indicator", "production")


@click.command("search")
@click.argument("text")
@click.option("--country", metavar="ISO3", multiple=True, help="Only this country; several will do.")
@click.option("--kind", type=click.Choice(KINDS), multiple=True, help="Only this kind of record; several will do.")
@click.option("--lang", type=click.Choice(LANGUAGES), help="The language of the answer.")
@click.option("--limit", type=click.IntRange(1, 100), default=25, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def search_command(
    text: str, country: tuple[str, ...], kind: tuple[str, ...], lang: str | None, limit: int, as_json: bool
) -> None:
    """Search the registry."""
    with language(lang or current_language()):
        chosen = {"country": tuple(one.upper() for one in country), "kind": kind}
        filters = {name: values for name, values in chosen.items() if values}
        asked = Request(text=text, lang=current_language(), filters=filters, limit=limit)
        result = run_search(asked)
        if as_json:
            shape = search_as_json(result, asked.lang, lambda cursor: address_of(asked, cursor))
            click.echo(json.dumps(shape, ensure_ascii=False))
        else:
            click.echo("\n".join(_as_text(result)))


def address_of(asked: Request, cursor: str) -> str:
    """The address at which the API goes on with a search."""
    values = [("q", asked.text), ("lang", asked.lang), ("limit", asked.limit), ("cursor", cursor)]
    chosen = [(facet, value) for facet, values in asked.filters.items() for value in values]
    return f"/api/v1/search?{urlencode([*values, *chosen])}"


def _as_text(result: Result) -> list[str]:
    lang = current_language()
    lines = []
    if result.degraded:
        lines += [translate("The full search is away: whole words only, the newest first. Try again later."), ""]
    if result.page.corrected:
        lines += [translate("Results for: %(text)s", {"text": result.page.corrected.searched}), ""]
    if result.answer:
        lines += [result.answer.title[lang]]
        for line in result.answer.lines:
            unconfirmed = f" [{translate('unconfirmed')}]" if line.unconfirmed else ""
            lines.append(f"  · {line.text[lang]}{unconfirmed}")
            lines += [f"    {note[lang]}" for note in line.notes]
        lines += [f"  {text[lang]}" for text in result.answer.closing] + [""]
    if result.page.loosened:
        lines.append(translate("No record holds all the words; these hold most of them."))
    lines.append(translate("%(total)s records", {"total": result.page.total}))
    for hit in result.page.hits:
        lines.append(f"  {hit.kind:12} {hit.id:45} {html.unescape(without_marks(hit.title))}")
    return lines


@click.group("index")
def index_group() -> None:
    """The search index."""


@index_group.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def rebuild_command(as_json: bool) -> None:
    """Fill a new index and put it in the place of the old one; search never stops."""
    _tell(sync_now(rebuild=True), as_json)


@index_group.command("sync")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def sync_command(as_json: bool) -> None:
    """Make the index equal to the database."""
    _tell(sync_now(), as_json)


def _tell(delivered: int, as_json: bool) -> None:
    if delivered < 0:
        click.echo(translate("Another process is delivering changes now; try again in a minute."), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"documents": delivered}))
    else:
        click.echo(translate("%(count)s documents brought to the index.", {"count": delivered}))


@index_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def status_command(as_json: bool) -> None:
    """Compare the index with the database."""
    found = status(parts().source, parts().backend)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    facts = asdict(found)
    click.echo(
        translate(
            "Database %(database)s, index %(index)s, changes waiting %(lag)s, documents that differ %(different)s.",
            facts,
        )
    )
