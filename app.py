"""The composition root: settings, database, search, pages, API and commands are put together here, and only here."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from typing import Any

import click
import structlog
from flask import Flask, request, url_for
from sqlalchemy.exc import OperationalError, ProgrammingError

import catalog.api
import catalog.changes.api
import catalog.changes.views
import catalog.corrections.views
import catalog.countries.views
import catalog.figures.api
import catalog.holdings.views
import catalog.indicators.views
import catalog.institutions.views
import catalog.productions.views
import config
import quality.definition_audit.views
import search.api
import search.views
import web.api
import web.api_page
import web.assets
import web.errors
import web.health
import web.limits
import web.locale
import web.logs
import web.pages
import web.security
from catalog.code_lists.lists import REGION, attributes, code_lists, words_of_the_field
from catalog.corrections.cli import corrections_command
from catalog.database import db, now, transaction
from catalog.exchange.cli import export_command, import_command
from catalog.facet_labels import CatalogLabels
from catalog.holdings.answers import CatalogAnswers
from catalog.installation.cli import backup_command, restore_command, setup_command
from catalog.installation.doctor_cli import doctor_command
from catalog.installation.settings import Installation
from catalog.outbox.services import CatalogDocuments
from catalog.plain_search import PlainSearch
from catalog.problems import PROBLEMS
from catalog.show_cli import show_command
from catalog.unanswered.cli import unanswered_command
from catalog.unanswered.services import SilenceKeeper, sweep
from search.backend import SearchUnavailable
from search.cli import index_group, search_command
from search.embedded import EmbeddedBackend
from search.indexing import sync_now
from search.serving import SearchParts
from search.synonyms import Synonyms
from web.locale import gettext, register_pages, translate
from web.server import serve

PAGES = (
    catalog.holdings.views.bp,
    catalog.countries.views.bp,
    catalog.institutions.views.bp,
    catalog.indicators.views.bp,
    catalog.productions.views.bp,
    catalog.corrections.views.bp,
    catalog.changes.views.bp,
    quality.definition_audit.views.bp,
    search.views.bp,
    web.pages.bp,
)
ENDPOINTS = (
    catalog.api.blueprint,
    catalog.figures.api.blueprint,
    catalog.changes.api.blueprint,
    search.api.blueprint,
)
# The parts of the site in the head of every page: endpoint and name.
NAVIGATION = (
    ("holdings.home", "Who holds what"),
    ("indicators.index", "Indicators"),
    ("institutions.index", "Institutions"),
    ("countries.index", "Countries"),
    ("compare.page", "Compare"),
)
WORKER_PAUSE_SECONDS = 2.0
SWEEP_SECONDS = 60.0


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from its settings (those of the environment where none are given)."""
    settings = settings or config.read_settings()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # Values of queries are people's words: an error in the log must not repeat them.
        SQLALCHEMY_ENGINES={"default": {"url": settings.database_url, "hide_parameters": True}},
        SESSION_COOKIE_SECURE=bool(settings.base_url and settings.base_url.startswith("https:")),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["acervo.installation"] = Installation(
        settings.data_dir, settings.base_url, settings.default_language, settings.rate_limits
    )
    app.extensions["acervo.settings"] = settings
    _add_services(app, settings)
    _add_doors(app)
    return app


def _add_services(app: Flask, settings: config.Settings) -> None:
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    groups = json.loads((REGION / "synonyms.json").read_text(encoding="utf-8"))["groups"]
    backend = EmbeddedBackend(settings.data_dir / "index", Synonyms(groups, words_of_the_field()))
    app.extensions["acervo.search"] = SearchParts(
        backend=backend,
        source=CatalogDocuments(engine),
        labels=CatalogLabels(engine),
        answers=CatalogAnswers(engine, backend.search),
        fallback=PlainSearch(engine),
        unanswered=SilenceKeeper(engine, settings.secret_key),
    )
    web.logs.init_app(app)
    web.locale.init_app(app, settings.default_language)
    web.limits.init_app(app, lambda: engine, enabled=settings.rate_limits)
    web.security.init_app(app)
    web.assets.init_app(app)
    web.errors.init_app(app)
    web.errors.register(app, PROBLEMS)
    web.health.init_app(app, {"database": _probe_database(engine), "index": _probe_index(backend)})


def _probe_database(engine: Any) -> Any:
    def probe() -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM country LIMIT 1")

    return probe


def _probe_index(backend: EmbeddedBackend) -> Any:
    def probe() -> None:
        if backend.count() == 0:
            raise SearchUnavailable("the index is empty; run acervo setup")

    return probe


def _add_doors(app: Flask) -> None:
    for blueprint in PAGES:
        register_pages(app, blueprint)
    app.register_blueprint(catalog.changes.views.site)
    api = web.api.init_app(app)
    for endpoints in ENDPOINTS:
        api.register_blueprint(endpoints)
    web.api_page.init_app(app, api)
    app.jinja_env.globals["navigation"] = _navigation
    app.jinja_env.globals["base_address"] = catalog.changes.views.base_address
    app.jinja_env.globals["code_label"] = _code_label
    app.jinja_env.globals["unit_label"] = _unit_label


def _navigation() -> list[dict[str, Any]]:
    items = []
    for endpoint, name in NAVIGATION:
        address = url_for(endpoint)
        here = request.path == address or (address.count("/") > 2 and request.path.startswith(f"{address}/"))
        items.append({"address": address, "label": gettext(name), "current": here})
    return items


def _code_label(name: str, code: str) -> str:
    return code_lists()[name].label(code, web.locale.current_language())


def _unit_label(code: str) -> str:
    if code == "count":
        return ""
    return attributes()["unit"].codes.label(code, web.locale.current_language())


class _Commands(click.Group):
    """Tells in words that the database cannot be used, most often because it was never set up."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            facts = {"why": str(error.orig).partition("\n")[0]}
            message = translate("The database cannot be used (%(why)s). Run acervo setup, then acervo doctor.", facts)
            raise click.ClickException(message) from None


@click.group(name="acervo", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """Acervo: who holds which migration statistics, and how they are defined."""
    web.logs.configure()
    try:
        app = create_app()
    except config.InvalidSetting as error:
        context.with_resource(web.locale.language(config.spoken_language()))
        why = translate(error.message, error.facts)
        if context.invoked_subcommand == doctor_command.name:
            context.obj = why
            return
        click.echo(why, err=True)
        sys.exit(1)
    context.with_resource(app.app_context())
    context.with_resource(web.locale.language(app.extensions["acervo.installation"].default_language))


@cli.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--no-worker", is_flag=True, help="Do not deliver changes to the index from here.")
def serve_command(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the pages and the API, and deliver changes to the index."""
    _probe_database(db.engine)()
    db.engine.dispose()
    command = None if no_worker else [sys.executable, "-m", "app", "worker"]
    serve(create_app, host, port, workers, command)


@cli.command("worker")
@click.option("--once", is_flag=True, help="Deliver what waits, and stop.")
@click.option("--parent", type=int, metavar="PID", help="The process that started it: the worker ends with it.")
def worker_command(once: bool, parent: int | None) -> None:
    """Deliver changes to the search index, and sweep what is kept for a time; one worker at a time delivers.

    Whoever starts it to work beside itself names itself as its parent, and the worker ends with it.
    """
    swept: date | None = None
    counters_swept = -SWEEP_SECONDS
    while parent is None or os.getppid() == parent:
        try:
            # First, so that what may not be kept goes even where the index cannot be written.
            counters_swept = _sweep_counters(counters_swept)
            swept = _sweep_daily(swept)
            sync_now()
        except Exception as error:
            structlog.get_logger().error("delivery failed", error=str(error))
        if once:
            return
        time.sleep(WORKER_PAUSE_SECONDS)


def _sweep_counters(swept: float) -> float:
    """Every minute, the counts of readers whose window is over."""
    instant = time.time()
    if instant - swept < SWEEP_SECONDS:
        return swept
    web.limits.sweep(db.engine)
    return instant


def _sweep_daily(swept: date | None) -> date:
    today = now().date()
    if swept != today:
        with transaction() as session:
            sweep(session, today)
    return today


for _command in (
    setup_command,
    import_command,
    export_command,
    backup_command,
    restore_command,
    show_command,
    doctor_command,
    corrections_command,
    unanswered_command,
    search_command,
    index_group,
):
    cli.add_command(_command)


def main() -> None:
    """The command ``acervo``."""
    cli(prog_name="acervo")


if __name__ == "__main__":
    main()
