"""Where pictures are that are named by their content."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access.types import StillState
from cloud.kernel.database import now
from cloud.kernel.tables import StoredFile

COMING_FOR = timedelta(days=14)  # as long as a box out of reach may hold it


def with_pictures(session: Session, rows: Iterable[dict[str, Any]], told_at: str) -> list[dict[str, Any]]:
    """The rows, their `photos` as `PictureOut`. `told_at`: the column that says when they were told of."""
    listed = [dict(row) for row in rows]
    names = {sha256 for row in listed for sha256 in row["photos"]}
    here = set[str]()
    if names:
        here.update(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(names))))
    return [row | {"photos": _pictures(session, row["photos"], here, row[told_at])} for row in listed]


def _pictures(session: Session, names: Sequence[str], here: set[str], told: datetime) -> list[dict[str, Any]]:
    away = StillState.COMING if told > now(session) - COMING_FOR else StillState.MISSING
    return [{"sha256": name, "state": StillState.HERE if name in here else away} for name in names]
