"""Lists of the guard slice."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.guard.models import Guard
from cloud.kernel.lists import ListQuery, fetch_page, matches


def list_guards(session: Session, query: ListQuery) -> dict[str, Any]:
    """Page of `Guard`."""
    columns = Guard.__table__.columns
    page = fetch_page(
        session,
        select(*columns),
        query,
        sortable={"name": Guard.sort_name, "changed": Guard.changed_at},
        default_sort="name",
        tie=Guard.id,
        found=matches(Guard.search, query.q),
    )
    return page | {"items": [Guard(**row) for row in page["items"]]}
