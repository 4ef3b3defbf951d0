"""The composition root: settings, database, search, pages, API and command line are put together here, and only here."""

from __future__ import annotations

import sys

import click
from flask import Flask

import config
from catalog.corrections.cli import corrections_command
from catalog.database import db
from catalog.exchange.cli import export_command, import_command
from catalog.installation.cli import backup_command, restore_command, setup_command
from catalog.installation.doctor_cli import doctor_command
from catalog.installation.settings import Installation
from catalog.show_cli import show_command
from catalog.outbox.services import CatalogDocuments


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from its settings (those of the environment where none are given)."""
    settings = settings or config.read_settings()
    app = Flask(__name__)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return app


@click.group(name="acervo")
@click.pass_context
def cli(context: click.Context) -> None:
    """Acervo: who holds which migration statistics, and how they are defined."""
    try:
        app = create_app()
    except config.InvalidSetting as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    context.with_resource(app.app_context())


def main() -> None:
    """The command ``acervo``."""
    cli(prog_name="acervo")
