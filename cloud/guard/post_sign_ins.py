"""Guards at posts: by PIN or card, with the same rules as at a box's own page. Each try is written down.

A refusal is an answer and no exception: what was counted and written down must be committed.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from cloud.guard import pins
from cloud.guard.acts import record_sign_in
from cloud.guard.models import Guard, GuardCard, Post, PostSession
from cloud.guard.posts import hash_of, note_seen
from cloud.guard.types import Where
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, enter, new_id, now
from cloud.kernel.permissions import ADMINISTERING, Permission
from cloud.organisations import service as organisations
from protocols import correlation
from protocols.acts import SignIn, SignInOutcome, SignInWay
from protocols.fields import clipped
from protocols.guard_api import PIN_LOCKED_S, PIN_TRIES
from protocols.guard_cards import holder_of
from protocols.guard_views import SessionEnd

SESSION_LIFE = timedelta(hours=26)  # a day's turn, and the time to hand it over
_SESSIONS_OF_ONE = 5
_TOKEN_BYTES = 32
_BY_TOKEN = text("SELECT organisation_id, id, account_id FROM gate_session_by_token(:hash, :since)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEntry:
    """What a try came to. `token`: of the session, when the guard is in; `left`: tries; `until`: of the lock."""

    outcome: SignInOutcome
    token: str | None = None
    left: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPost:
    """A guard who is signed in at a post."""

    session_id: UUID
    post: Post
    guard: Guard
    actor: Actor  # without what needs a password and a second factor


def guards_at(session: Session, post: Post) -> Sequence[Guard]:
    """Whose names the PIN pad offers: those who may keep watch at the site and have something to sign in with."""
    rows = session.scalars(
        select(Guard).where(Guard.may_work, Guard.enabled).order_by(Guard.sort_name, Guard.id)
    )
    with_card = set(session.scalars(select(GuardCard.guard_id)))
    return [row for row in rows if may_enter(row, post) and (row.pin_hash or row.id in with_card)]


def may_enter(guard: Guard, post: Post) -> bool:
    """Whether the company lets the guard keep watch there."""
    return guard.may_work and guard.enabled and (not guard.site_ids or post.site_id in guard.site_ids)


def enter_by_pin(session: Session, post: Post, guard_id: UUID, pin: str) -> PostEntry:
    """A guard's name was chosen and a PIN typed. The company's scope is entered."""
    # Locked: five tries at once are five tries.
    guard = session.get(Guard, guard_id, with_for_update={"key_share": True})
    if guard is not None and (locked := _locked(session, post, guard, SignInWay.PIN)) is not None:
        return locked
    if not pins.is_right(guard.pin_hash if guard else "", pin) or guard is None:
        return _wrong(session, post, guard)
    return _let_in(session, post, guard, SignInWay.PIN)


def enter_by_card(session: Session, post: Post, typed: str) -> PostEntry:
    """What a reader at the desk typed. The company's scope is entered."""
    cards: dict[UUID, list[str]] = {}
    for card in session.scalars(select(GuardCard)):
        cards.setdefault(card.guard_id, []).extend(card.keys)
    found = holder_of(typed, cards.items())
    guard = session.get(Guard, found, with_for_update={"key_share": True}) if found is not None else None
    if guard is None:
        return _told(session, post, None, SignInWay.CARD, PostEntry(outcome=SignInOutcome.WRONG))
    return _locked(session, post, guard, SignInWay.CARD) or _let_in(session, post, guard, SignInWay.CARD)


def note_too_many(session: Session, post: Post, way: SignInWay) -> None:
    """The post tries too often, and waits from now on."""
    _told(session, post, None, way, PostEntry(outcome=SignInOutcome.LOCKED))


def at_post(session: Session, post_token: str, token: str, address: str | None) -> AtPost | None:
    """Who is signed in by this token at the computer that is the post; None: nobody any more.

    Enters the company's scope.
    """
    row, account_id = _shown(session, token)
    if row is None or row.ended_at is not None:
        return None
    post, guard = session.get(Post, row.post_id), session.get(Guard, row.guard_id)
    if post is None or guard is None or not may_enter(guard, post):
        return None
    if post.token_hash != hash_of(post_token):
        return None
    note_seen(session, post)
    member = organisations.staff_member(session, guard.id)
    if member is None or not member.is_active or Permission.GATE_WORK not in member.permissions:
        return None  # the roles have changed this moment
    actor = Actor(
        name=guard.name,
        account_id=account_id,
        organisation_id=row.organisation_id,
        permissions={row.organisation_id: member.permissions - ADMINISTERING},
        correlation_id=correlation.current(),
        address=address,
    )
    return AtPost(session_id=row.id, post=post, guard=guard, actor=actor)


def why_ended(session: Session, token: str) -> SessionEnd | None:
    """Why the session of this token is over, where that was not its own doing. Enters the company's scope."""
    row, _ = _shown(session, token)
    return SessionEnd.CREDENTIALS if row is not None and row.ended_at is not None else None


def end_sessions(session: Session, guard: Guard) -> None:
    """The guard's PIN is another, or a card was taken away: whoever had it may be who sits there."""
    going_on = (PostSession.guard_id == guard.id, PostSession.ended_at.is_(None))
    begun = PostSession.begun_at > now(session) - SESSION_LIFE
    for row in session.scalars(
        select(PostSession).where(*going_on, begun).with_for_update(key_share=True)
    ).all():
        row.ended_at = now(session)
        post = session.get_one(Post, row.post_id)
        _told(session, post, guard, SignInWay(row.way), PostEntry(outcome=SignInOutcome.EXPIRED))


def _shown(session: Session, token: str) -> tuple[PostSession | None, UUID | None]:
    """What is kept of the session that a browser shows, and whose account that is. Enters the company's scope."""
    since = now(session) - SESSION_LIFE
    known = session.execute(_BY_TOKEN, {"hash": hash_of(token), "since": since}).one_or_none()
    if known is None:
        return None, None
    enter(session, Scope.organisation(known.organisation_id, account=known.account_id))
    return session.get(PostSession, known.id), known.account_id


def leave_post(session: Session, session_id: UUID) -> None:
    """The guard is at the post no more. Repeated, it changes nothing."""
    row = session.get(PostSession, session_id)
    if row is None:
        return
    post, guard = session.get_one(Post, row.post_id), session.get_one(Guard, row.guard_id)
    _told(session, post, guard, SignInWay(row.way), PostEntry(outcome=SignInOutcome.SIGNED_OUT))
    session.delete(row)


def _locked(session: Session, post: Post, guard: Guard, way: SignInWay) -> PostEntry | None:
    if guard.locked_until is None or now(session) >= guard.locked_until:
        return None
    return _told(session, post, guard, way, PostEntry(outcome=SignInOutcome.LOCKED, until=guard.locked_until))


def _wrong(session: Session, post: Post, guard: Guard | None) -> PostEntry:
    """Counted by guard; after the fifth the guard is locked for minutes, at every post."""
    if guard is None:
        entry = PostEntry(outcome=SignInOutcome.WRONG, left=PIN_TRIES - 1)
        return _told(session, post, None, SignInWay.PIN, entry)
    guard.wrong_pins += 1
    if guard.wrong_pins < PIN_TRIES:
        entry = PostEntry(outcome=SignInOutcome.WRONG, left=PIN_TRIES - guard.wrong_pins)
    else:
        guard.wrong_pins, guard.locked_until = 0, now(session) + timedelta(seconds=PIN_LOCKED_S)
        entry = PostEntry(outcome=SignInOutcome.LOCKED, until=guard.locked_until)
    return _told(session, post, guard, SignInWay.PIN, entry)


def _let_in(session: Session, post: Post, guard: Guard, way: SignInWay) -> PostEntry:
    if not may_enter(guard, post):
        return _told(session, post, guard, way, PostEntry(outcome=SignInOutcome.DISABLED))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    guard.wrong_pins, guard.locked_until = 0, None
    _make_room(session, guard)
    made = PostSession(
        id=new_id(session), organisation_id=post.organisation_id, post_id=post.id, guard_id=guard.id
    )
    made.way, made.token_hash, made.begun_at = way.value, hash_of(token), now(session)
    session.add(made)
    return _told(session, post, guard, way, PostEntry(outcome=SignInOutcome.SIGNED_IN, token=token))


def _make_room(session: Session, guard: Guard) -> None:
    """The guard's oldest sessions go, and whatever of the company's has ended by itself."""
    mine = (
        select(PostSession.id).where(PostSession.guard_id == guard.id).order_by(PostSession.begun_at.desc())
    )
    gone = session.scalars(mine.offset(_SESSIONS_OF_ONE - 1)).all()
    ended = PostSession.begun_at <= now(session) - SESSION_LIFE
    session.execute(delete(PostSession).where(ended | PostSession.id.in_(gone)))


def _told(session: Session, post: Post, guard: Guard | None, way: SignInWay, entry: PostEntry) -> PostEntry:
    event = SignIn(
        id=new_id(session),
        at=now(session),
        guard=guard.id if guard is not None else None,
        way=way,
        outcome=entry.outcome,
        station=clipped(post.name),
    )
    record_sign_in(session, Where(post.organisation_id, post.site_id), event)
    return entry
