"""Names and time zones of sites, for everybody who reads what happens there."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.sites.models import Site


def list_site_names(session: Session) -> list[dict[str, Any]]:
    """`SiteName` of every site, by name."""
    statement = select(Site.id, Site.organisation_id, Site.complex_id, Site.name, Site.time_zone)
    return [dict(row) for row in session.execute(statement.order_by(Site.sort_name, Site.id)).mappings()]
