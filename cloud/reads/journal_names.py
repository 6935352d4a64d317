"""What those are called that the records of a site's boxes name by id."""

from uuid import UUID

from sqlalchemy import String, cast, func, select, union_all
from sqlalchemy.orm import Session

from cloud.access.models import Pass
from cloud.guard.models import Guard
from cloud.sites import service as sites
from cloud.sites.models import Box, Device, Point


def names_at(session: Session, site_id: UUID) -> dict[str, str]:
    """Points, devices, meters and passes of the site and the company's guards, by id. Passes by their numbers."""
    points = select(Point.id, Point.name).where(Point.site_id == site_id)
    devices = select(Device.id, Device.name).join(Box, Box.id == Device.box_id).where(Box.site_id == site_id)
    guards = select(Guard.id, Guard.name)
    passes = select(Pass.id, func.concat("№ ", cast(Pass.number, String))).where(Pass.site_id == site_id)
    meters = [sites.meter_names(box) for box in session.scalars(select(Box).where(Box.site_id == site_id))]
    found = {str(row[0]): row[1] for row in session.execute(union_all(points, devices, guards, passes))}
    return found | {str(meter): name for each in meters for meter, name in each.items()}
