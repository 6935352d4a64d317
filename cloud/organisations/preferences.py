"""How a person likes what they see: what a face keeps for them under a name, on whatever device they sign in."""

import json
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.kernel.database import now
from cloud.kernel.errors import FixInput, NotThere
from cloud.kernel.language import Text
from cloud.organisations.errors import PreferencesFull
from cloud.organisations.models import Account, AccountPreference

KEY = r"^[a-z0-9.-]{1,64}$"
MOST_KEYS = 100
MOST_BYTES = 4096
_TOO_LARGE = Text("Не больше {most} байт.", "At most {most} bytes.")


def preferences_of(session: Session) -> dict[str, Any]:
    """The caller's own, by key: the policy leaves no others."""
    rows = session.scalars(select(AccountPreference))
    return {row.key: row.value for row in rows}


def set_preference(session: Session, account_id: UUID, key: str, value: dict[str, Any]) -> None:
    """Keep it instead of what was there. Raises FixInput when it is too large, PreferencesFull."""
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > MOST_BYTES:
        raise FixInput.at("value", "too_large", _TOO_LARGE, most=MOST_BYTES)
    if session.get(AccountPreference, (account_id, key)) is None:
        _make_sure_of_room(session, account_id)
    values = {"value": value, "changed_at": now(session)}
    kept = insert(AccountPreference).values(account_id=account_id, key=key, **values)
    session.execute(kept.on_conflict_do_update(index_elements=["account_id", "key"], set_=values))


def forget_preference(session: Session, key: str) -> None:
    """From now on it is as the face has it. Raises NotThere."""
    gone = session.execute(delete(AccountPreference).where(AccountPreference.key == key))
    if not cast("CursorResult[Any]", gone).rowcount:
        raise NotThere


def _make_sure_of_room(session: Session, account_id: UUID) -> None:
    session.get_one(
        Account, account_id, with_for_update={"key_share": True}
    )  # two at once would both be the last
    if (session.scalar(select(func.count()).select_from(AccountPreference)) or 0) >= MOST_KEYS:
        raise PreferencesFull(most=MOST_KEYS)
