"""Bring a database's schema to the newest revision, as the owner."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

SCRIPTS = Path(__file__).parent.parent / "migrations"


def alembic_config(owner_url: str | None = None) -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = owner_url
    return config


def migrate(owner_url: str, revision: str = "head") -> None:
    """Upgrade to a revision; each migration is a transaction of its own."""
    command.upgrade(alembic_config(owner_url), revision)


@cache
def head() -> str:
    """The newest revision that the code knew when this process first asked."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert newest is not None  # noqa: S101  # there is at least 0001
    return newest
