"""Pictures of passages when the room for them is up: the oldest go before their time, and their passages say so."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from cloud.access.models import PassageRow
from cloud.access.retention import note_removed
from cloud.kernel import audit, claims
from cloud.kernel.actor import Actor
from cloud.kernel.claims import MEGABYTE, FileKind
from cloud.kernel.database import Scope, current_organisation
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import Tools

REMOVED = Counter("domovoy_stills_removed_total", "Pictures removed for want of room")
_FULL, _ROOMY = 0.9, 0.8  # of the quota: from the one on the oldest stills go, until the other
_ORGANISATIONS = text("SELECT organisation_ids()")


def remove_stills(tools: Tools) -> None:
    """For every company: the oldest stills go when room runs short. What was kept long enough goes by its rule."""
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


def shown_by(session: Session, stills: Collection[str], passages: Collection[UUID]) -> list[dict[str, Any]]:
    """Whose these pictures and these passages are, as the box knew them: their passes and the plate that was read."""
    whose = (PassageRow.pass_id, PassageRow.other_pass_id, PassageRow.plate)
    named = or_(PassageRow.still.in_(stills), PassageRow.id.in_(passages))
    mine = PassageRow.organisation_id == current_organisation(session)
    found = session.execute(select(*whose).where(mine, named)).mappings()
    return [dict(row) for row in found]


def release_stills(session: Session, *, quota_bytes: int) -> Sequence[str]:
    """Give up the current company's claims to some stills; nothing: there is room. Returns the files' names."""
    used = claims.used_bytes(session)
    if used <= quota_bytes * _FULL:
        return []
    names = claims.release_oldest(session, FileKind.STILL, used - int(quota_bytes * _ROOMY))
    _note(session, len(names), used)
    REMOVED.inc(len(names))
    note_removed(session, current_organisation(session), names)
    return names


def _note(session: Session, count: int, used: int) -> None:
    """That pictures went before their time is for the company to know."""
    if count:
        company = current_organisation(session)
        told = {"count": count, "used_mb": used // MEGABYTE}
        audit.record(session, Actor.system(company), "access.stills.remove", "company", company, told)
