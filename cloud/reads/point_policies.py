"""Points with what the company says of passes there."""

from typing import Any

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from cloud.access.models import PointPolicy
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.sites.models import Point, Site


def list_point_policies(session: Session, query: ListQuery) -> dict[str, Any]:
    """Page of `PointPolicyRow`: every point in service; one of which nothing is said lets every pass through."""
    of_point = and_(PointPolicy.organisation_id == Point.organisation_id, PointPolicy.point_id == Point.id)
    statement = (
        select(
            Point.id.label("point_id"),
            Point.organisation_id,
            Point.name.label("point"),
            Point.site_id,
            Site.name.label("site"),
            PointPolicy.kinds,
            func.coalesce(PointPolicy.residents, true()).label("residents"),
            func.coalesce(PointPolicy.approval, False).label("approval"),
            PointPolicy.from_minute,
            PointPolicy.until_minute,
            PointPolicy.longest_days,
            PointPolicy.per_day,
            PointPolicy.standing,
        )
        .join(Site, Site.id == Point.site_id)
        .outerjoin(PointPolicy, of_point)
        .where(Point.archived_at.is_(None))
    )
    sortable = {"point": Point.sort_name, "site": Site.sort_name}
    found = matches(Point.search_name, query.q)
    return fetch_page(
        session, statement, query, sortable=sortable, default_sort="point", tie=Point.id, found=found
    )
