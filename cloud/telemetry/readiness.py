"""Whether readings have a place to go."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.kernel.database import now

LEAST_AHEAD = timedelta(days=14)


def what_is_missing(session: Session) -> str | None:
    """None when there is room for readings 14 days ahead, without a hole; else what to do about it."""
    asked = text("SELECT nullif(readings_ready_until(:at), 'infinity')")
    until = session.scalar(asked, {"at": now(session)})
    if until is None or until >= now(session) + LEAST_AHEAD:
        return None
    return f"readings have a place only until {until:%Y-%m-%d}: run `domovoy maintain`"
