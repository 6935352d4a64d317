"""Types that only newer boxes know, with the names of the boxes."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.sites.models import Box, Site
from cloud.telemetry.models import UnknownType

MOST_TYPES = 200


def list_unknown_types(session: Session, site_id: UUID | None) -> list[dict[str, Any]]:
    """`UnknownTypeRow`s, the latest first, at most `MOST_TYPES`: what matters is that there are some."""
    statement = (
        select(
            UnknownType.organisation_id,
            UnknownType.box_id,
            Box.name.label("box_name"),
            Box.site_id,
            Site.name.label("site_name"),
            UnknownType.channel,
            UnknownType.type,
            UnknownType.times,
            UnknownType.first_at,
            UnknownType.last_at,
        )
        .join(Box, Box.id == UnknownType.box_id)
        .join(Site, Site.id == Box.site_id)
    )
    if site_id is not None:
        statement = statement.where(Box.site_id == site_id)
    order = (UnknownType.last_at.desc(), UnknownType.box_id, UnknownType.channel, UnknownType.type)
    return [dict(row) for row in session.execute(statement.order_by(*order).limit(MOST_TYPES)).mappings()]
