"""The ledger of looks, with what those are called whose data was looked at."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from cloud.access.models import Blocked, Pass
from cloud.guard.models import ViolationRow, VisitRow
from cloud.housing.models import Premises
from cloud.kernel.language import Language
from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.kernel.permissions import roles_in_language
from cloud.people.models import Person
from cloud.privacy.models import LookRow
from cloud.sites.models import Box, Site
from protocols.privacy import LookKind

_COLUMNS = (
    LookRow.id,
    LookRow.organisation_id,
    LookRow.at,
    LookRow.kind,
    LookRow.account_id,
    LookRow.guard_id,
    LookRow.who,
    LookRow.role,
    LookRow.operation,
    LookRow.screen,
    LookRow.asked,
    LookRow.subjects,
    LookRow.rows,
    LookRow.times,
    LookRow.address,
    Box.name.label("box"),
    Site.name.label("site"),
)
_NAMES: Mapping[str, Select[UUID, str]] = {
    "pass": select(Pass.id, func.concat("№ ", Pass.number, " ", Pass.holder)),
    "person": select(Person.id, Person.name),
    "premises": select(Premises.id, Premises.address),
    "visit": select(VisitRow.id, VisitRow.name),
    "violation": select(ViolationRow.id, func.concat("№ ", ViolationRow.number)),
    "blocked": select(
        Blocked.id, func.concat_ws(" ", Blocked.person, func.array_to_string(Blocked.plates, ", "))
    ),
}
_SHEET_PAGE = 200


class LookFilter(NamedTuple):
    """Which entries a list shows. `since` inclusive, `until` exclusive."""

    kind: LookKind | None = None
    subject: str | None = None
    account_id: UUID | None = None
    guard_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterable[ColumnElement[bool]]:
        if self.kind is not None:
            yield LookRow.kind == self.kind.value
        if self.subject is not None:
            yield LookRow.subjects.contains([self.subject])
        if self.account_id is not None:
            yield LookRow.account_id == self.account_id
        if self.guard_id is not None:
            yield LookRow.guard_id == self.guard_id
        if self.since is not None:
            yield LookRow.at >= self.since
        if self.until is not None:
            yield LookRow.at < self.until


def list_looks(session: Session, query: ListQuery, wanted: LookFilter, language: Language) -> dict[str, Any]:
    """The newest first, roles in the reader's language. Sorts: at, who."""
    entries = (
        select(*_COLUMNS)
        .join_from(LookRow, Box, Box.id == LookRow.box_id, isouter=True)
        .join(Site, Site.id == LookRow.site_id, isouter=True)
        .where(*wanted.conditions())
    )
    page = fetch_page(
        session,
        entries,
        query,
        sortable={"at": LookRow.at, "who": LookRow.who},
        default_sort="-at",
        tie=LookRow.id,
        found=matches(LookRow.search, query.q),
    )
    rows = [row | {"role": roles_in_language(row["role"], language)} for row in page["items"]]
    return page | {"items": _with_names(session, rows)}


def all_looks(
    session: Session, query: ListQuery, wanted: LookFilter, language: Language, *, most: int
) -> list[dict[str, Any]]:
    """As listed, up to `most` of them."""
    found: list[dict[str, Any]] = []
    for number in range(1, most // _SHEET_PAGE + 1):
        page = list_looks(session, ListQuery(number, _SHEET_PAGE, None, query.q), wanted, language)
        found += page["items"]
        if page["next"] is None:
            break
    return found


def _with_names(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`names`: by subject; what is gone, or erased since, has none."""
    known = _names(session, {each for row in rows for each in row["subjects"]})
    return [
        row | {"names": {each: known[each] for each in row["subjects"] if known.get(each)}} for row in rows
    ]


def _names(session: Session, subjects: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, names in _NAMES.items():
        ids = [each.partition(":")[2] for each in subjects if each.startswith(f"{kind}:")]
        if ids:
            key = names.selected_columns[0]
            rows = session.execute(names.where(key.in_([UUID(each) for each in ids if _is_id(each)])))
            found |= {f"{kind}:{found_id}": (name or "").strip() for found_id, name in rows}
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
