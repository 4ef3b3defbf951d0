"""``acervo show``: one record."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from sqlalchemy.orm import Session

from catalog.database import reading
from catalog.definitions.services import in_force
from catalog.models import KINDS, identifier_of
from catalog.record_shapes import SHAPES, definition_shape
from catalog.records import Record
from web.locale import translate

_ORDER = ("country", "institution", "indicator", "production", "definition", "figure", "contact", "absence")


@click.command("show")
@click.argument("identifier", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def show_command(identifier: str, as_json: bool) -> None:
    """Show one record by its identifier; a country by its ISO3 code."""
    with reading() as session:
        found = find_record(session, identifier)
        if found is None:
            click.echo(
                translate("There is no record “%(id)s”; look for it with acervo search.", {"id": identifier}), err=True
            )
            sys.exit(1)
        kind, record = found
        shape = SHAPES[kind](record)
        if kind in ("production", "indicator"):
            definition = in_force(session, **{kind: record.id})
            shape["definition"] = definition_shape(definition) if definition else None
    click.echo(json.dumps(shape, ensure_ascii=False) if as_json else "\n".join(_lines(shape)))


def find_record(session: Session, identifier: str) -> tuple[str, Record] | None:
    """A record by its identifier, whatever its kind."""
    for kind in _ORDER:
        record = session.get(KINDS[kind], identifier_of(kind, identifier))
        if record is not None:
            return kind, record
    return None


def _lines(shape: dict[str, Any], indent: str = "") -> list[str]:
    """A record as indented lines; what is unknown says so."""
    lines = []
    for name, value in shape.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{name}:")
            lines += _lines(value, indent + "  ")
        elif isinstance(value, list):
            lines.append(f"{indent}{name}: {'; '.join(str(one) for one in value) or '—'}")
        else:
            lines.append(f"{indent}{name}: {'—' if value is None else value}")
    return lines
