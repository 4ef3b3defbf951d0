"""Settings, read once from the environment (and ``.env``) and checked at start; imported by app.py only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
LANGUAGES = ("es", "en")


class InvalidSetting(Exception):
    """A setting has a value that cannot be used; the message names it and the repair."""


@dataclass(frozen=True)
class Settings:
    """What ``docs/settings.md`` lists, with defaults filled in."""

    data_dir: Path
    database_url: str
    search_url: str | None
    secret_key: str
    base_url: str | None
    default_language: str
    currency: str
    rate_limits: bool


def read_settings(environment: Mapping[str, str] | None = None, root: Path = ROOT) -> Settings:
    """Read the settings; the environment wins over ``.env`` beside the code.

    :raises InvalidSetting: a value cannot be used.
    """
    given = dict(os.environ if environment is None else environment)
    file = {name: value for name, value in dotenv_values(root / ".env").items() if value is not None}
    values = {**file, **given}
    data_dir = Path(values.get("ACERVO_DATA_DIR") or root / "var").expanduser().resolve()
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(values.get("ACERVO_DATABASE_URL"), data_dir),
        search_url=_search_url(values.get("ACERVO_SEARCH_URL")),
        secret_key=values.get("ACERVO_SECRET_KEY") or _kept_secret(data_dir),
        base_url=(values.get("ACERVO_BASE_URL") or "").rstrip("/") or None,
        default_language=_choice(values, "ACERVO_DEFAULT_LANGUAGE", LANGUAGES),
        currency=_currency(values.get("ACERVO_CURRENCY") or "USD"),
        rate_limits=_choice(values, "ACERVO_RATE_LIMITS", ("on", "off")) == "on",
    )


def _choice(values: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = (values.get(name) or allowed[0]).lower()
    if value not in allowed:
        raise InvalidSetting(f"{name}={value}: use one of {', '.join(allowed)}")
    return value


def _currency(value: str) -> str:
    if len(value) != 3 or not value.isascii() or not value.isupper():
        raise InvalidSetting(f"ACERVO_CURRENCY={value}: use a code of ISO 4217 such as USD")
    return value


def _database_url(value: str | None, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'acervo.db'}"
    for given, driver in (
        ("postgresql://", "postgresql+psycopg://"),
        ("postgres://", "postgresql+psycopg://"),
    ):
        if value.startswith(given):
            return driver + value.removeprefix(given)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise InvalidSetting("ACERVO_DATABASE_URL: use sqlite:///FILE or postgresql://USER@HOST/DATABASE")
    return value


def _search_url(value: str | None) -> str | None:
    if value:
        raise InvalidSetting(
            "ACERVO_SEARCH_URL: this version searches with the embedded engine only; remove the setting"
        )
    return None


def _kept_secret(data_dir: Path) -> str:
    """The key made at the first start and kept in the data folder, readable by its owner only."""
    file = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as out:
        key = secrets.token_hex(32)
        out.write(key)
    return key
