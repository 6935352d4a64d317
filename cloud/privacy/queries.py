"""What the privacy slice lists."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.privacy.models import BoxRetention
from cloud.privacy.types import BoxReport
from cloud.sites import service as sites
from cloud.sites.types import BoxPlace
from protocols.privacy import BOX_RECORDS


def box_reports(session: Session) -> list[tuple[UUID, BoxReport]]:
    """What every box in service told last, with its company, by site, box and kind; of an enrolled one that never told
    anything, that it holds records.
    """
    row = BoxRetention
    told_last = (row.days, row.erased, row.erased_until, row.oldest, row.at)
    query = select(row.organisation_id, row.box_id, row.kind, *told_last)
    known = {each.box_id: (order, each) for order, each in enumerate(sites.box_places(session))}
    found = []
    for company, box_id, kind, days, erased, until, oldest, at in session.execute(query.order_by(row.kind)):
        if box_id in known:
            order, place = known[box_id]
            told_of = {"days": days, "erased": erased, "erased_until": until, "oldest": oldest, "at": at}
            report = _report(place, kind, **told_of, since=at)
            found.append((order, company, report))
    told = {report.box_id for _, _, report in found}
    for order, place in known.values():
        if place.enrolled_at is not None and place.box_id not in told:
            silent = _report(
                place,
                BOX_RECORDS,
                days=None,
                erased=0,
                erased_until=None,
                oldest=None,
                at=None,
                since=place.enrolled_at,
            )
            found.append((order, place.organisation_id, silent))
    return [(company, report) for _, company, report in sorted(found, key=lambda each: each[0])]


def _report(place: BoxPlace, kind: str, **told: Any) -> BoxReport:
    return BoxReport(place.box_id, place.name, place.site_id, place.site, kind, **told)
