"""What a person does to the own account, noted in the audit of every company that the account opens."""

from dataclasses import replace

from sqlalchemy.orm import Session

from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, enter


def note(session: Session, actor: Actor, action: str) -> None:
    """Record an act on the actor's own account; the transaction is in that person's scope afterwards."""
    assert actor.account_id is not None  # noqa: S101  # the system has no account
    for organisation_id in sorted(actor.permissions):
        enter(session, Scope.organisation(organisation_id, account=actor.account_id))
        audit.record(
            session, replace(actor, organisation_id=organisation_id), action, "account", actor.account_id
        )
    enter(session, Scope(account=actor.account_id))
