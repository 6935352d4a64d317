"""What happens to accounts, noted in the audit of every company that one opens: by its person, or by strangers."""

import logging
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.kernel import audit, limits
from cloud.kernel.actor import Actor
from cloud.kernel.database import Database, Scope, enter
from cloud.kernel.errors import TooMany
from cloud.organisations.accounts import find_account
from protocols import correlation

FAILURES = Counter("domovoy_sign_in_failures_total", "Sign-ins that did not succeed", ["reason"])
_COMPANIES = text("SELECT auth_companies(:account)")
_NOTED_AN_HOUR = 30  # of one account: an attack fills no audit
_STRANGER = "—"
_log = logging.getLogger(__name__)


class Failure(StrEnum):
    """Why somebody did not get in."""

    WRONG_PASSWORD = "wrong_credentials"
    WRONG_CODE = "totp_wrong"
    LOCKED = "too_many_requests"  # noted once a lock
    MANY_MORE = "many_more"  # not noted one by one any more


def note(session: Session, actor: Actor, action: str) -> None:
    """Record an act on the actor's own account; the transaction is in that person's scope afterwards."""
    assert actor.account_id is not None  # noqa: S101  # the system has no account
    for organisation_id in sorted(actor.permissions):
        enter(session, Scope.organisation(organisation_id, account=actor.account_id))
        audit.record(
            session, replace(actor, organisation_id=organisation_id), action, "account", actor.account_id
        )
    enter(session, Scope(account=actor.account_id))


def note_from_outside(
    session: Session,
    account_id: UUID,
    action: str,
    *,
    address: str | None,
    name: str | None = None,
    **told: str,
) -> None:
    """Record an act on an account by somebody not signed in: its person, if a `name` is given, or a stranger.

    The transaction is in that person's scope afterwards.
    """
    for organisation_id in session.scalars(_COMPANIES, {"account": account_id}).all():
        enter(session, Scope.organisation(organisation_id, account=account_id))
        actor = Actor(
            name=name or _STRANGER,
            account_id=account_id if name else None,
            organisation_id=organisation_id,
            correlation_id=correlation.current(),
            address=address,
        )
        audit.record(session, actor, action, "account", account_id, told)
    enter(session, Scope(account=account_id))


def note_failure(database: Database, email: str, reason: Failure, *, address: str | None) -> None:
    """Record that somebody did not get in, in a transaction of its own: the sign-in's is rolled back.

    A name that is no account's belongs to no company: it is logged, its address by a hash alone, since what is typed
    there may be anything, a password too.
    """
    FAILURES.labels(reason.value).inc()
    known = f"noted/sign-in/{email}"
    try:
        limits.take(
            database,
            known,
            most=_NOTED_AN_HOUR,
            window=timedelta(hours=1),
            on_lock=lambda: _record(database, email, Failure.MANY_MORE, address),
        )
    except TooMany:
        return
    _record(database, email, reason, address)


def _record(database: Database, email: str, reason: Failure, address: str | None) -> None:
    with database.transaction() as session:
        account_id = find_account(session, email)
        if account_id is None:
            name = sha256(email.encode()).hexdigest()[:12]
            told = {"name_hash": name, "reason": reason.value, "address": address}
            _log.warning("a sign-in of nobody known failed", extra=told)
            return
        action = "organisations.account.sign_in_failed"
        note_from_outside(session, account_id, action, address=address, reason=reason.value)
