"""How many passes premises have, for the limits that a company sets on a kind of pass and at a point."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from cloud.access.models import Pass
from cloud.access.narrowing import Ordered
from cloud.access.types import PassDraft, PassState
from cloud.kernel.database import now
from cloud.sites import service as sites

_GONE = (PassState.REVOKED, PassState.REFUSED)


def of_premises(premises_id: UUID, but: UUID | None) -> ColumnElement[bool]:
    """Which passes count; `but`: not the one that is being changed."""
    mine = Pass.premises_id == premises_id
    return mine if but is None else and_(mine, Pass.id != but)


def stands(session: Session) -> ColumnElement[bool]:
    """Good now or later."""
    lasts = or_(Pass.valid_until.is_(None), Pass.valid_until > now(session))
    return and_(Pass.state.not_in(_GONE), lasts)


def midnight(session: Session, site_id: UUID) -> datetime:
    """When today began at the site."""
    zone = ZoneInfo(sites.find_site(session, site_id).time_zone)
    return now(session).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def at_points(
    session: Session, draft: PassDraft, points: Collection[UUID], but: UUID | None
) -> dict[UUID, Ordered]:
    """Passes of the draft's premises that open each of these points of its site; none of no premises."""
    if draft.premises_id is None or not points:
        return {}
    is_todays = Pass.created_at >= midnight(session, draft.site_id)
    counts = stands(session)
    statement = (
        select(Pass.points, is_todays, counts, func.count())
        .where(of_premises(draft.premises_id, but), Pass.site_id == draft.site_id, or_(is_todays, counts))
        .group_by(Pass.points, is_todays, counts)
    )
    today, standing = Counter[UUID](), Counter[UUID]()
    for named, of_today, is_standing, many in session.execute(statement):
        opened = points if not named else [point for point in points if str(point) in named]
        for point in opened:
            today[point] += many * of_today
            standing[point] += many * is_standing
    return {point: Ordered(today[point], standing[point]) for point in points}
