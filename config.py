"""Settings, read once from the environment (and ``.env``) and checked at start; imported by app.py only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from catalog.exchange.messages import N_

ROOT = Path(__file__).resolve().parent
LANGUAGES = ("es", "en")
SHORTEST_SECRET = 16


class InvalidSetting(Exception):
    """A setting has a value that cannot be used.

    ``message`` is a msgid that names it and the repair, ``facts`` its parameters.
    """

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message % facts)
        self.message, self.facts = message, facts


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
    values = _values(environment, root)
    data_dir = _data_dir(values.get("ACERVO_DATA_DIR"), root)
    settings = Settings(
        data_dir=data_dir,
        database_url=_database_url(values.get("ACERVO_DATABASE_URL"), data_dir),
        search_url=_search_url(values.get("ACERVO_SEARCH_URL")),
        secret_key=_secret_key(values.get("ACERVO_SECRET_KEY")),
        base_url=_base_url(values.get("ACERVO_BASE_URL")),
        default_language=_choice(values, "ACERVO_DEFAULT_LANGUAGE", LANGUAGES),
        currency=_currency(values.get("ACERVO_CURRENCY") or "USD"),
        rate_limits=_choice(values, "ACERVO_RATE_LIMITS", ("on", "off")) == "on",
    )
    # Nothing is made where a setting is wrong.
    _make(data_dir)
    return settings if settings.secret_key else replace(settings, secret_key=_kept_secret(data_dir))


def spoken_language(environment: Mapping[str, str] | None = None, root: Path = ROOT) -> str:
    """The language to speak where the settings cannot be used: the one asked for, if that can."""
    try:
        return _choice(_values(environment, root), "ACERVO_DEFAULT_LANGUAGE", LANGUAGES)
    except InvalidSetting:
        return LANGUAGES[0]


def _values(environment: Mapping[str, str] | None, root: Path) -> dict[str, str]:
    given = dict(os.environ if environment is None else environment)
    try:
        file = dotenv_values(root / ".env")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(N_("%(file)s cannot be read (%(why)s)."), file=root / ".env", why=_why(error)) from None
    return {**{name: value for name, value in file.items() if value is not None}, **given}


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _data_dir(value: str | None, root: Path) -> Path:
    try:
        return Path(value or root / "var").expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise _bad_folder(value or "", error) from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _bad_folder(folder, error) from None


def _bad_folder(folder: Path | str, error: Exception) -> InvalidSetting:
    return InvalidSetting(
        N_("ACERVO_DATA_DIR=%(folder)s: no data can be kept there (%(why)s); use a folder that can be written to"),
        folder=folder,
        why=_why(error),
    )


def _choice(values: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = (values.get(name) or allowed[0]).lower()
    if value not in allowed:
        raise InvalidSetting(
            N_("%(name)s=%(value)s: use one of these: %(allowed)s"), name=name, value=value, allowed=", ".join(allowed)
        )
    return value


def _currency(value: str) -> str:
    if len(value) != 3 or not value.isascii() or not value.isupper():
        raise InvalidSetting(N_("ACERVO_CURRENCY=%(value)s: use a code of ISO 4217 such as USD"), value=value)
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
    if value.startswith("sqlite:///"):
        return _sqlite_url(value.removeprefix("sqlite:///"), data_dir)
    if not value.startswith("postgresql+psycopg://"):
        raise InvalidSetting(N_("ACERVO_DATABASE_URL: use sqlite:///FILE or postgresql://USER@HOST/DATABASE"))
    return value


def _sqlite_url(file: str, data_dir: Path) -> str:
    """A relative path is meant from the data folder, so that every command finds the same file."""
    if not file or file.startswith((":memory:", "?")):
        raise InvalidSetting(N_("ACERVO_DATABASE_URL: use sqlite:///FILE or postgresql://USER@HOST/DATABASE"))
    if file.startswith(("/", "file:")):
        return f"sqlite:///{file}"
    if not Path(data_dir, file).resolve().is_relative_to(data_dir):
        raise InvalidSetting(
            N_("ACERVO_DATABASE_URL=%(value)s leads out of the data folder; use the whole path: sqlite:////PATH/FILE"),
            value=f"sqlite:///{file}",
        )
    return f"sqlite:///{data_dir / file}"


def _base_url(value: str | None) -> str | None:
    if not value:
        return None
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits or parts.path not in ("", "/") or parts.query or parts.fragment or any(map(str.isspace, value)):
        raise InvalidSetting(
            N_("ACERVO_BASE_URL=%(value)s: use http(s)://HOST[:PORT] with nothing after it"), value=value
        )
    return f"{parts.scheme}://{parts.netloc}"


def _secret_key(value: str | None) -> str:
    """The key of the environment; none is one to be made."""
    if value and len(value) < SHORTEST_SECRET:
        raise InvalidSetting(
            N_("ACERVO_SECRET_KEY is too short; use at least %(least)s characters, or remove it and one is made"),
            least=SHORTEST_SECRET,
        )
    return value or ""


def _search_url(value: str | None) -> str | None:
    if value:
        raise InvalidSetting(
            N_("ACERVO_SEARCH_URL: this version searches with the embedded engine only; remove the setting")
        )
    return None


def _kept_secret(data_dir: Path) -> str:
    """The key made at the first start and kept in the data folder, readable by its owner only."""
    file = data_dir / "secret_key"
    try:
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _long_enough(file.read_text(encoding="ascii", errors="replace").strip(), file)
        with os.fdopen(descriptor, "w") as out:
            key = secrets.token_hex(32)
            out.write(key)
    except OSError as error:
        raise _bad_folder(data_dir, error) from None
    return key


def _long_enough(key: str, file: Path) -> str:
    """A start that was killed may leave an empty file."""
    if len(key) < SHORTEST_SECRET:
        raise InvalidSetting(N_("%(file)s holds no secret key; delete it and use the one that is then made"), file=file)
    return key
