"""How often something may be tried: counted in a transaction of its own, so that failures count too."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from cloud.kernel.database import Database, now
from cloud.kernel.errors import TooMany

_TAKE = text("SELECT wait_s, is_first FROM rate_limit_take(:key, :now, :window, :most)")
_FORGET = text("SELECT rate_limit_forget(:key)")


class Limit(NamedTuple):
    """How often an account may do something."""

    what: str
    most: int
    window: timedelta

    def key_of(self, account_id: UUID | None) -> str:
        """Under which its tries are counted."""
        return f"{self.what}/{account_id}"


def take(
    database: Database,
    key: str,
    *,
    most: int,
    window: timedelta,
    on_lock: Callable[[], None] = lambda: None,
) -> None:
    """Count one try of `key`. Raises TooMany after `most` of them within the window, the first time after `on_lock`."""
    with database.transaction() as session:
        values = {"key": key, "now": now(session), "window": window, "most": most}
        wait_s, is_first = session.execute(_TAKE, values).one()
    if wait_s:
        if is_first:
            on_lock()
        raise TooMany(retry_after_s=wait_s)


def forget(database: Database, *keys: str) -> None:
    """Start anew: it succeeded."""
    with database.transaction() as session:
        for key in sorted(keys):
            session.execute(_FORGET, {"key": key})
