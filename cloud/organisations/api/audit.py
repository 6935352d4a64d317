"""Who did what."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import StringConstraints
from sqlalchemy import or_, select

from cloud.kernel.api import Call, Router, reading
from cloud.kernel.lists import ListParams, Page, fetch_page, matches
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import ONE_LINE, Instant
from cloud.kernel.tables import AuditEntry
from cloud.organisations import schemas

router = Router(tags=["audit"])
Word = Annotated[str, StringConstraints(max_length=100), ONE_LINE]
_COLUMNS = (
    AuditEntry.id,
    AuditEntry.organisation_id,
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.account_id,
    AuditEntry.action,
    AuditEntry.object_kind,
    AuditEntry.object_id,
    AuditEntry.changes,
    AuditEntry.correlation_id,
    AuditEntry.address,
)


@router.get("/audit", responses=answers(), response_model=Page[schemas.AuditRow])
def list_audit(
    call: Annotated[Call, reading(Permission.AUDIT_READ)],
    query: ListParams,
    object_kind: Annotated[Word | None, Query()] = None,
    object_id: UUID | None = None,
    account_id: UUID | None = None,
    action: Annotated[Word | None, Query(description="the action or how it begins")] = None,
    since: Annotated[Instant | None, Query(description="from this moment")] = None,
    until: Annotated[Instant | None, Query(description="before this moment")] = None,
) -> dict[str, Any]:
    """The audit trail, the newest first; `q` looks into the actor's name and the correlation id."""
    rows = select(*_COLUMNS)
    if object_kind is not None:
        rows = rows.where(AuditEntry.object_kind == object_kind)
    if object_id is not None:
        rows = rows.where(AuditEntry.object_id == object_id)
    if account_id is not None:
        rows = rows.where(AuditEntry.account_id == account_id)
    if action is not None:
        rows = rows.where(AuditEntry.action.startswith(action, autoescape=True))
    if since is not None:
        rows = rows.where(AuditEntry.at >= since)
    if until is not None:
        rows = rows.where(AuditEntry.at < until)
    return fetch_page(
        call.session,
        rows,
        query,
        sortable={"at": AuditEntry.at},
        default_sort="-at",
        tie=AuditEntry.id,
        found=or_(matches(AuditEntry.search, query.q), AuditEntry.correlation_id == query.q),
    )
