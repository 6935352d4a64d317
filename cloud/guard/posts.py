"""Posts: computers at the gates where guards sign in at the cloud's own page by PIN or card, as they do at a box's.

An administrator names a post and gets a code; whoever types it at the computer's page makes that computer the post,
from then on and until it is removed. So nobody has to sign in there with more rights than a guard's.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from cloud.guard.errors import PostNotThere
from cloud.guard.models import Post, PostSession
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import Scope, enter, new_id, now
from cloud.kernel.permissions import Permission
from cloud.sites import service as sites
from protocols import codes

CODE_LIFE = timedelta(minutes=30)
_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(minutes=1)
_BY_CODE = text("SELECT organisation_id, id FROM gate_post_by_code(:hash, :now)")
_BY_TOKEN = text("SELECT organisation_id, id FROM gate_post_by_token(:hash)")


def list_posts(session: Session, site_id: UUID) -> Sequence[Post]:
    """A site's posts by name. Raises SiteNotFound."""
    sites.find_site(session, site_id)
    return session.scalars(select(Post).where(Post.site_id == site_id).order_by(Post.name, Post.id)).all()


def make_post(session: Session, actor: Actor, site_id: UUID, name: str) -> tuple[Post, str]:
    """A post that no computer is yet, and the code that makes one of it. Raises SiteNotFound."""
    organisation_id = actor.require(Permission.GUARDS_MANAGE)
    site = sites.find_site(session, site_id)
    row = Post(id=new_id(session), organisation_id=organisation_id, site_id=site.id, name=name)
    row.made_by, row.made_at, row.token_hash = actor.name, now(session), None
    session.add(row)
    code = _give_code(session, row)
    record(
        session, actor, "guard.post.create", "gate_post", row.id, {"name": row.name, "site_id": str(site.id)}
    )
    return row, code


def renew_code(session: Session, actor: Actor, post_id: UUID) -> tuple[Post, str]:
    """Another code, for another computer: once it is typed there, the one before is the post no more.

    Raises PostNotThere.
    """
    row = _to_change(session, actor, post_id)
    code = _give_code(session, row)
    record(session, actor, "guard.post.code", "gate_post", row.id, {"name": row.name})
    return row, code


def remove_post(session: Session, actor: Actor, post_id: UUID) -> None:
    """Whoever is at it is out with their next request. Raises PostNotThere."""
    row = _to_change(session, actor, post_id)
    session.delete(row)
    record(session, actor, "guard.post.remove", "gate_post", row.id, {"name": row.name})


def join_post(session: Session, typed: str) -> str | None:
    """A computer is a post from now on, by the token that this returns. None: the code is worth nothing.

    Enters the company's scope.
    """
    key = codes.key_of(typed)
    known = session.execute(_BY_CODE, {"hash": hash_of(key or ""), "now": now(session)}).one_or_none()
    if known is None:
        return None
    enter(session, Scope.organisation(known.organisation_id))
    row = session.get(Post, known.id, with_for_update={"key_share": True})
    if row is None or row.code_hash != hash_of(key or ""):
        return None  # somebody else was faster, or it was removed
    session.execute(
        delete(PostSession).where(PostSession.post_id == row.id)
    )  # whoever was at the computer before
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row.code_hash = row.code_until = None
    row.token_hash, row.joined_at, row.seen_at = hash_of(token), now(session), now(session)
    site = sites.find_site(session, row.site_id)
    system = Actor.system(row.organisation_id, name=row.name)
    record(
        session, system, "guard.post.join", "gate_post", row.id, {"name": row.name, "site_id": str(site.id)}
    )
    return token


def post_of(session: Session, token: str) -> Post | None:
    """The post that a computer shows itself to be; None: it is none. Enters the company's scope."""
    known = session.execute(_BY_TOKEN, {"hash": hash_of(token)}).one_or_none()
    if known is None:
        return None
    enter(session, Scope.organisation(known.organisation_id))
    row = session.get(Post, known.id)
    if row is not None:
        note_seen(session, row)
    return row


def note_seen(session: Session, row: Post) -> None:
    """The computer is there; a post that is removed meanwhile stays so."""
    if row.seen_at is None or now(session) - row.seen_at > _SEEN_EVERY:
        session.execute(update(Post).where(Post.id == row.id).values(seen_at=now(session)))


def hash_of(secret: str) -> bytes:
    """What is kept of a token or a code."""
    return sha256(secret.encode()).digest()


def _give_code(session: Session, row: Post) -> str:
    code = codes.new_code()
    row.code_hash, row.code_until = hash_of(codes.key_of(code) or ""), now(session) + CODE_LIFE
    session.flush()
    return codes.shown(code)


def _to_change(session: Session, actor: Actor, post_id: UUID) -> Post:
    organisation_id = actor.require(Permission.GUARDS_MANAGE)
    row = session.get(Post, post_id, with_for_update={"key_share": True})
    if row is None or row.organisation_id != organisation_id:
        raise PostNotThere
    return row
