"""What the privacy slice lists."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.privacy.models import BoxRetention
from cloud.privacy.types import BoxReport
from cloud.sites import service as sites


def box_reports(session: Session) -> list[tuple[UUID, BoxReport]]:
    """What every box in service told last, with its company, by site, box and kind."""
    row = BoxRetention
    query = select(row.organisation_id, row.box_id, row.kind, row.days, row.erased, row.oldest, row.at)
    known = {each.box_id: (order, each) for order, each in enumerate(sites.box_places(session))}
    found = []
    for company, box_id, kind, days, erased, oldest, at in session.execute(query.order_by(row.kind)):
        if box_id in known:
            order, place = known[box_id]
            report = BoxReport(box_id, place.name, place.site_id, place.site, kind, days, erased, oldest, at)
            found.append((order, company, report))
    return [(company, report) for _, company, report in sorted(found, key=lambda each: each[0])]
