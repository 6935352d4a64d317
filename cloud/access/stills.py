"""Pictures of passages whose time is up, or the room for them: the file goes, and the passage says so."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from cloud.access.models import PassageRow
from cloud.kernel import audit, claims
from cloud.kernel.actor import Actor
from cloud.kernel.claims import MEGABYTE, FileKind
from cloud.kernel.database import Scope, current_organisation, now
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import Tools
from cloud.kernel.tables import Organisation

REMOVED = Counter("domovoy_stills_removed_total", "Pictures removed, by the reason", ["reason"])
_FULL, _ROOMY = 0.9, 0.8  # of the quota: from the one on the oldest stills go, until the other
_ORGANISATIONS = text("SELECT organisation_ids()")


def remove_stills(tools: Tools) -> None:
    """For every company: the pictures that were kept long enough go, and the oldest stills when room runs short."""
    folder = tools.settings.files_dir
    if folder is None:
        return
    with tools.database.transaction() as session:
        organisations = session.scalars(_ORGANISATIONS).all()
    for organisation_id in organisations:
        while _remove_some(tools, organisation_id, FileStore(folder)):
            pass


def _remove_some(tools: Tools, organisation_id: UUID, store: FileStore) -> bool:
    """Rows first, bytes after the commit: what falls between is found by the sweep of unclaimed files."""
    with tools.database.transaction(Scope.organisation(organisation_id)) as session:
        names = release_stills(session, quota_bytes=tools.settings.files_quota_mb * MEGABYTE)
    with tools.database.transaction() as session:
        claims.sweep_unclaimed(session, store, names)
    return bool(names)


def release_stills(session: Session, *, quota_bytes: int) -> Sequence[str]:
    """Give up the current company's claims to some pictures; nothing: all is well. Returns the files' names."""
    names = _release_old(session)
    reason = "age"
    used = claims.used_bytes(session)
    if not names and used > quota_bytes * _FULL:
        names, reason = (
            claims.release_oldest(session, FileKind.STILL, used - int(quota_bytes * _ROOMY)),
            "room",
        )
        _note(session, len(names), used)
    REMOVED.labels(reason).inc(len(names))
    mine = PassageRow.organisation_id == current_organisation(session)
    gone = update(PassageRow).where(mine, PassageRow.still.in_(names)).values(still_removed_at=now(session))
    session.execute(gone)
    return names


def _release_old(session: Session) -> Sequence[str]:
    company = session.get_one(Organisation, current_organisation(session))
    kept = {
        FileKind.STILL: company.stills_kept_days,
        FileKind.VIOLATION: company.violations_kept_days,
    }
    return [
        name
        for kind, days in kept.items()
        for name in claims.release_older(session, kind, now(session) - timedelta(days=days))
    ]


def _note(session: Session, count: int, used: int) -> None:
    """That pictures went before their time is for the company to know."""
    if count:
        company = current_organisation(session)
        told = {"count": count, "used_mb": used // MEGABYTE}
        audit.record(session, Actor.system(company), "access.stills.remove", "company", company, told)
