"""How often something may be tried: counted in a transaction of its own, so that failures count too."""

from datetime import timedelta

from sqlalchemy import text

from cloud.kernel.database import Database, now
from cloud.kernel.errors import TooMany

_TAKE = text("SELECT rate_limit_take(:key, :now, :window, :most)")
_FORGET = text("SELECT rate_limit_forget(:key)")


def take(database: Database, key: str, *, most: int, window: timedelta) -> None:
    """Count one try of `key`. Raises TooMany after `most` of them within the window."""
    with database.transaction() as session:
        wait_s = session.scalar(_TAKE, {"key": key, "now": now(session), "window": window, "most": most})
    if wait_s:
        raise TooMany(retry_after_s=wait_s)


def forget(database: Database, key: str) -> None:
    """Start anew: it succeeded."""
    with database.transaction() as session:
        session.execute(_FORGET, {"key": key})
