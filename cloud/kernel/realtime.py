"""What changed, told to those who watch: company, kind and id, never data. Who wants the rest asks, and is checked.

`publish` notes it; at the end of the transaction all that was noted becomes rows of `realtime_event` (ids in commit
order, kept an hour) and one NOTIFY. `stream` delivers them to browsers.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.kernel.database import before_commit, now
from cloud.kernel.permissions import Permission

CHANNEL = "domovoy"
_PUBLISH = text("SELECT realtime_publish(:at, :organisations, :kinds, :objects, :permissions)")
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


class LiveKind(StrEnum):
    """What can change before watchers' eyes. The web app's table of what each makes stale is typed by this list."""

    ALARM = "alarm"
    BLOCKED = "blocked"
    BOX = "box"
    BUILDING = "building"
    CALL = "call"
    CARD = "card"
    COMMAND = "command"
    COMPLEX = "complex"
    DEVICE = "device"
    DECISION = "decision"
    ENTRANCE = "entrance"
    METER = "meter"
    NOTICE = "notice"
    PASS = "pass"
    PASSAGE = "passage"
    PERSON = "person"
    POINT = "point"
    PREMISES = "premises"
    SITE = "site"
    SHIFT = "shift"
    STAFF = "staff"
    VIOLATION = "violation"
    VISIT = "visit"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that watchers may want to look at again. `audience`: a permission, or one account (`to_account`)."""

    organisation_id: UUID
    kind: LiveKind
    object_id: UUID
    audience: str


def publish(
    session: Session, organisation_id: UUID, kind: str, object_id: UUID, permission: Permission
) -> None:
    """Tell watchers after the commit. The same change noted twice in a transaction is told once.

    Raises ValueError for a kind that is not in `LiveKind`: nobody would listen for it.
    """
    _note(session, Change(organisation_id, LiveKind(kind), object_id, permission.value))


def publish_to(
    session: Session, organisation_id: UUID, kind: LiveKind, object_id: UUID, account_id: UUID
) -> None:
    """Tell one account after the commit, whatever its permissions: a resident has none."""
    _note(session, Change(organisation_id, kind, object_id, to_account(account_id)))


def to_account(account_id: UUID) -> str:
    """The audience that is one account."""
    return f"account/{account_id}"


def _note(session: Session, change: Change) -> None:
    noted = session.info.setdefault("changes", {})
    if not noted:
        before_commit(session, _flush)
    noted[change] = None


def _flush(session: Session) -> None:
    changes: dict[Change, None] = session.info.pop("changes", {})
    if not changes:
        return
    session.execute(
        _PUBLISH,
        {
            "at": now(session),
            "organisations": [change.organisation_id for change in changes],
            "kinds": [change.kind.value for change in changes],
            "objects": [change.object_id for change in changes],
            "permissions": [change.audience for change in changes],
        },
    )


def signal(session: Session, channel: str, organisation_id: UUID, kind: str, object_id: UUID) -> None:
    """Wake another process (downlink) at the commit. Payload: "company kind id"; `parse_signal` reads it."""
    session.execute(_NOTIFY, {"channel": channel, "payload": f"{organisation_id} {kind} {object_id}"})


def parse_signal(payload: str) -> tuple[UUID, str, UUID]:
    """(company, kind, id) of a NOTIFY. Raises ValueError on anything else."""
    organisation_id, kind, object_id = payload.split(" ")
    return UUID(organisation_id), kind, UUID(object_id)
