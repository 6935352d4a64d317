"""What those are called whom the records of a site's boxes name by id."""

from uuid import UUID

from sqlalchemy import String, cast, func, select, union_all
from sqlalchemy.orm import Session

from cloud.access.models import Pass
from cloud.guard.models import Guard
from cloud.sites.models import Box, Device, Point


def names_at(session: Session, site_id: UUID) -> dict[str, str]:
    """Points, devices and passes of the site and the company's guards, by id. Passes by their numbers."""
    points = select(Point.id, Point.name).where(Point.site_id == site_id)
    devices = select(Device.id, Device.name).join(Box, Box.id == Device.box_id).where(Box.site_id == site_id)
    guards = select(Guard.id, Guard.name)
    passes = select(Pass.id, func.concat("№ ", cast(Pass.number, String))).where(Pass.site_id == site_id)
    return {str(row[0]): row[1] for row in session.execute(union_all(points, devices, guards, passes))}
