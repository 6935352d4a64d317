"""The api process with one route more: the list of passes as whole entities, for comparison.

python -m bench.api_server        told by DOMOVOY_… like `domovoy api`
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import uvicorn
from pydantic import ConfigDict
from sqlalchemy import ColumnElement, and_, func, or_, select

from cloud.access import rules
from cloud.access.api import WantedPasses
from cloud.access.models import Pass
from cloud.access.queries import PassFilter, shown_state
from cloud.access.schemas import PassRow
from cloud.access.types import PassState
from cloud.app import create_app, open_house
from cloud.kernel.api import Call, Router, reading
from cloud.kernel.database import now, scope_of
from cloud.kernel.listing import COUNT_LIMIT
from cloud.kernel.lists import Column, ListParams, ListQuery, Page, in_order, matches
from cloud.kernel.permissions import Permission
from cloud.kernel.settings import Settings

router = Router()
Reading = Annotated[Call, reading(Permission.PASSES_READ)]


_SORTABLE: dict[str, Column] = {"changed": Pass.changed_at, "number": Pass.number, "visit": Pass.valid_from}


class EntityRow(PassRow):
    """The same row, read from an entity's attributes."""

    model_config = ConfigDict(from_attributes=True)


@router.get("/api/bench/passes", response_model=Page[EntityRow])
def list_entities(call: Reading, query: ListParams, wanted: WantedPasses) -> dict[str, Any]:
    """What `/api/access/passes` answers, by ORM entities: the same conditions, order, count and fields."""
    at = now(call.session)
    [company] = scope_of(call.session).allowed
    statement = select(Pass).where(Pass.organisation_id == company, *_conditions(query, wanted, at))
    counted = statement.limit(COUNT_LIMIT + 1).subquery()
    total = call.session.scalar(select(func.count()).select_from(counted)) or 0
    ordered = statement.order_by(*in_order(query.sort or "-changed", _SORTABLE, Pass.id))
    offset = (query.page - 1) * query.page_size
    rows = list(call.session.scalars(ordered.limit(query.page_size + 1).offset(offset)))
    items = [_shown(row, at) for row in rows[: query.page_size]]
    more = len(rows) > query.page_size
    return {
        "items": items,
        "total": min(total, COUNT_LIMIT),
        "total_capped": total > COUNT_LIMIT,
        "next": query.page + 1 if more else None,
    }


def _conditions(query: ListQuery, wanted: PassFilter, at: datetime) -> Iterator[ColumnElement[bool]]:
    yield matches(Pass.search, query.q)
    if wanted.states:
        yield shown_state(at).in_(wanted.states)
    if wanted.kinds:
        yield Pass.kind.in_(wanted.kinds)
    if wanted.site_id:
        yield Pass.site_id == wanted.site_id
    if wanted.premises_id:
        yield Pass.premises_id == wanted.premises_id
    if wanted.valid_on_from:
        yield or_(Pass.valid_until.is_(None), Pass.valid_until > wanted.valid_on_from)
    if wanted.valid_on_until:
        yield Pass.valid_from < wanted.valid_on_until
    if wanted.is_overstayed:
        yield and_(Pass.state == PassState.INSIDE, Pass.valid_until <= at)


def _shown(row: Pass, at: datetime) -> EntityRow:
    shown = EntityRow.model_validate(row)
    shown.state = rules.shown_state(PassState(row.state), row.valid_until, at)
    return shown


def main() -> None:
    """Serve until SIGTERM."""
    settings = Settings()
    app = create_app(open_house(settings))
    app.include_router(router)
    uvicorn.run(
        app, host="127.0.0.1", port=settings.http_port, log_config=None, access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
