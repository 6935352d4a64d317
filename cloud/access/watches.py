"""Who wants to know when a pass, or one key of it, is used."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access import typed
from cloud.access.events import PassUsed
from cloud.access.models import PassageRow, PassWatch
from cloud.access.pass_cards import cards_of
from cloud.access.types import Watcher
from cloud.kernel import outbox
from cloud.kernel.database import current_organisation, enter, new_id, now, scope_of
from protocols.records import Passage


def watch_pass(session: Session, pass_id: UUID, account_id: UUID, *, key: str = "", by_email: bool) -> None:
    """From now on the account is told. Asked again, the newer word on letters holds. `key`: of that one alone."""
    values = {
        "id": new_id(session),
        "organisation_id": current_organisation(session),
        "pass_id": pass_id,
        "key": key,
        "account_id": account_id,
        "by_email": by_email,
        "created_at": now(session),
    }
    known = [PassWatch.organisation_id, PassWatch.pass_id, PassWatch.account_id, PassWatch.key]
    session.execute(
        insert(PassWatch)
        .values(values)
        .on_conflict_do_update(index_elements=known, set_={"by_email": by_email})
    )


def unwatch_pass(session: Session, pass_id: UUID, account_id: UUID, *, key: str = "") -> None:
    """The account is told no more; one that was not is none the wiser."""
    mine = (PassWatch.pass_id == pass_id, PassWatch.account_id == account_id, PassWatch.key == key)
    session.execute(delete(PassWatch).where(*mine))


def watchers_of(session: Session, used: PassUsed) -> list[Watcher]:
    """Whom to tell that a pass was used, each once: of the pass, or of the key that was shown."""
    keys = {"", *_keys_shown(session, used)}
    query = (
        select(PassWatch.account_id, func.bool_or(PassWatch.by_email))
        .where(PassWatch.pass_id == used.pass_id, PassWatch.key.in_(keys))
        .group_by(PassWatch.account_id)
    )
    return [Watcher(*row) for row in session.execute(query.order_by(PassWatch.account_id))]


def _keys_shown(session: Session, used: PassUsed) -> set[str]:
    read = select(PassageRow.credential).where(
        PassageRow.id == used.shown, PassageRow.pass_id == used.pass_id
    )
    credential = session.scalar(read) if used.shown is not None else None
    return typed.shown_among(credential, cards_of(session, used.pass_id)) if credential else set()


def note_use(session: Session, event: Passage, shown: UUID | None) -> None:
    """A pass was shown: if anybody wants to know, they are told by the worker. `shown`: as `PassUsed` has it."""
    if event.pass_id is not None and _is_watched(session, event.pass_id):
        used = PassUsed(
            pass_id=event.pass_id,
            passage_id=event.id,
            point_id=event.point,
            at=event.at,
            direction=event.direction.value,
            outcome=event.outcome.value,
            reason=event.reason.value,
            shown=shown,
        )
        outbox.add(session, used, correlation_id=str(event.id))


def _is_watched(session: Session, pass_id: UUID) -> bool:
    """By anybody. Whoever serves an account sees that one's own watches alone, so the account is left out here."""
    scope = scope_of(session)
    enter(session, replace(scope, account=None))
    try:
        return bool(session.scalar(select(exists().where(PassWatch.pass_id == pass_id))))
    finally:
        enter(session, scope)
