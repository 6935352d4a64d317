"""Whether readings have a place to go."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.kernel.database import now

LEAST_AHEAD = timedelta(days=14)


def what_is_missing(session: Session) -> str | None:
    """None when there is room for readings 14 days ahead; else what to do about it."""
    until = session.scalar(text("SELECT nullif(readings_ready_until(), 'infinity')"))
    if until is None or until >= now(session) + LEAST_AHEAD:
        return None
    return f"readings have a place only until {until:%Y-%m-%d}: run `domovoy maintain`"
