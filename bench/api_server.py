"""The api process with one route more: the list of passes as whole entities, for comparison.

python -m bench.api_server        told by DOMOVOY_… like `domovoy api`
"""

from typing import Annotated, Any

import uvicorn
from pydantic import ConfigDict
from sqlalchemy import func, select

from cloud.access import rules
from cloud.access.models import Pass
from cloud.access.schemas import PassRow
from cloud.access.types import PassState
from cloud.app import create_app, open_house
from cloud.kernel.api import Call, Router, reading
from cloud.kernel.database import now, scope_of
from cloud.kernel.lists import COUNT_LIMIT, ListParams, Page
from cloud.kernel.permissions import Permission
from cloud.kernel.settings import Settings

router = Router()
Reading = Annotated[Call, reading(Permission.PASSES_READ)]


class EntityRow(PassRow):
    """The same row, read from an entity's attributes."""

    model_config = ConfigDict(from_attributes=True)


@router.get("/api/bench/passes", response_model=Page[EntityRow])
def list_entities(call: Reading, query: ListParams) -> dict[str, Any]:
    """What `/api/access/passes` answers, by ORM entities: the same conditions, order, count and fields."""
    [company] = scope_of(call.session).allowed
    statement = select(Pass).where(Pass.organisation_id == company)
    counted = statement.limit(COUNT_LIMIT + 1).subquery()
    total = call.session.scalar(select(func.count()).select_from(counted)) or 0
    ordered = statement.order_by(Pass.changed_at.desc(), Pass.id.desc())
    offset = (query.page - 1) * query.page_size
    rows = list(call.session.scalars(ordered.limit(query.page_size + 1).offset(offset)))
    items = [_shown(row, call) for row in rows[: query.page_size]]
    more = len(rows) > query.page_size
    return {
        "items": items,
        "total": min(total, COUNT_LIMIT),
        "total_capped": total > COUNT_LIMIT,
        "next": query.page + 1 if more else None,
    }


def _shown(row: Pass, call: Call) -> EntityRow:
    shown = EntityRow.model_validate(row)
    shown.state = rules.shown_state(PassState(row.state), row.valid_until, now(call.session))
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
