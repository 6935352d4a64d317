"""Keys that sign guests' codes, as an administrator sees them: which one signs, which are good, and one revoked.

A key that has leaked signs a pass for anybody. Revoked, it leaves the log, so that boxes refuse its codes from the next
version on, and its private half is destroyed. Guests get another code when they open their page again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access.errors import CodeKeyNotThere
from cloud.access.guest_codes import keep_key, signing_key
from cloud.access.models import CodeKey
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import now
from cloud.kernel.permissions import Permission
from cloud.kernel.secrets import SecretBox
from cloud.sites import service as sites
from protocols import qr
from protocols.held import ItemKind


class CodeKeyState(StrEnum):
    """What a key is good for."""

    SIGNS = "signs"  # new codes
    ACCEPTED = "accepted"  # by boxes: it signs next, or did until lately
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class SeenKey:
    """A key without what is secret of it. `tag`: as codes name it."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    tag: str
    state: CodeKeyState
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None


def list_code_keys(session: Session, vault: SecretBox, site_id: UUID) -> list[SeenKey]:
    """A site's keys, the newest first. Raises SiteNotFound."""
    sites.find_site(session, site_id)
    signs, at = signing_key(session, vault, site_id), now(session)
    query = select(CodeKey).where(CodeKey.site_id == site_id)
    rows = session.scalars(query.order_by(CodeKey.valid_from.desc(), CodeKey.id.desc()))
    return [_seen(row, signs, at) for row in rows]


def revoke_code_key(
    session: Session, actor: Actor, vault: SecretBox, key_id: UUID, reason: str
) -> list[SeenKey]:
    """Revoke a key for good, and make another where none would sign any more; the site's keys as they are then.

    Revoked before, it stays as it was. Raises CodeKeyNotThere.
    """
    actor.require(Permission.SITES_MANAGE)
    site_id = session.scalar(select(CodeKey.site_id).where(CodeKey.id == key_id))
    if site_id is None:
        raise CodeKeyNotThere
    sites.lock_sites(session, {site_id})
    row = session.get_one(CodeKey, key_id, with_for_update={"key_share": True}, populate_existing=True)
    if row.revoked_at is None:
        row.revoked_at, row.sealed = now(session), b""
        session.flush()
        if sites.is_held(session, site_id, ItemKind.KEY, key_id):
            sites.remove_item(session, site_id, ItemKind.KEY, key_id)
        told = {"reason": reason, "tag": _tag(row), "site_id": str(site_id)}
        record(session, actor, "access.code_key.revoke", "code_key", key_id, told)
        keep_key(session, vault, site_id)
    return list_code_keys(session, vault, site_id)


def _seen(row: CodeKey, signs: UUID | None, at: datetime) -> SeenKey:
    if row.revoked_at is not None:
        state = CodeKeyState.REVOKED
    elif row.valid_until <= at:
        state = CodeKeyState.ENDED
    else:
        state = CodeKeyState.SIGNS if row.id == signs else CodeKeyState.ACCEPTED
    return SeenKey(
        id=row.id,
        organisation_id=row.organisation_id,
        site_id=row.site_id,
        tag=_tag(row),
        state=state,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
    )


def _tag(row: CodeKey) -> str:
    return qr.key_tag(row.public_key).hex()
