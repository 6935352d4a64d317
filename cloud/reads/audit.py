"""The audit trail, with the names of what its entries name by id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.access.models import Pass
from cloud.housing.models import Building, Complex, Entrance, Premises
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.kernel.tables import AuditEntry
from cloud.meters.models import Meter
from cloud.organisations.models import RoleRow
from cloud.people.models import Person
from cloud.sites.models import Box, Device, Point, Site, Zone
from protocols.urls import without_secrets

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
_NAMED: tuple[tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[Any]], ...] = (
    (Site.id, Site.name),
    (Zone.id, Zone.name),
    (Box.id, Box.name),
    (Point.id, Point.name),
    (Device.id, Device.name),
    (Meter.id, Meter.name),
    (Complex.id, Complex.name),
    (Building.id, Building.address),
    (Entrance.id, Entrance.name),
    (Premises.id, Premises.address),
    (Person.id, Person.name),
    (Pass.id, Pass.number),
    (RoleRow.id, RoleRow.name),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries a list shows. `action`: the action or how it begins; `since` inclusive, `until` exclusive."""

    object_kind: str | None = None
    object_id: UUID | None = None
    account_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_audit(session: Session, query: ListQuery, wanted: AuditFilter) -> dict[str, Any]:
    """The newest first. `q` looks into the actor's name and the correlation id. Sorts: at."""
    rows = select(*_COLUMNS)
    if wanted.object_kind is not None:
        rows = rows.where(AuditEntry.object_kind == wanted.object_kind)
    if wanted.object_id is not None:
        rows = rows.where(AuditEntry.object_id == wanted.object_id)
    if wanted.account_id is not None:
        rows = rows.where(AuditEntry.account_id == wanted.account_id)
    if wanted.action is not None:
        rows = rows.where(AuditEntry.action.startswith(wanted.action, autoescape=True))
    if wanted.since is not None:
        rows = rows.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        rows = rows.where(AuditEntry.at < wanted.until)
    page = fetch_page(
        session,
        rows,
        query,
        sortable={"at": AuditEntry.at},
        default_sort="-at",
        tie=AuditEntry.id,
        found=or_(matches(AuditEntry.search, query.q), AuditEntry.correlation_id == query.q),
    )
    return page | {"items": _with_names(session, page["items"])}


def _with_names(session: Session, entries: Sequence[Any]) -> list[dict[str, Any]]:
    """`names`: by id, of what the entry is about and of whatever it names; what is gone has none."""
    rows = [dict(entry) for entry in entries]
    ids = [{row["object_id"], *_ids(row["changes"])} for row in rows]
    known = _names(session, frozenset[UUID]().union(*ids))
    return [
        row
        | {
            "changes": without_secrets(row["changes"]) if row["object_kind"] == "device" else row["changes"],
            "names": {str(each): known[each] for each in named if each in known},
        }
        for row, named in zip(rows, ids, strict=True)
    ]


def _names(session: Session, ids: frozenset[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    lookups = [select(key, cast(name, String).label("name")).where(key.in_(ids)) for key, name in _NAMED]
    return {row[0]: row[1] for row in session.execute(union_all(*lookups))}


def _ids(value: Any) -> Iterator[UUID]:
    """Whatever looks like an id, however deep."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
    elif isinstance(value, str) and len(value) == 36:  # as ids are written
        try:
            yield UUID(value)
        except ValueError:
            return
