"""The audit trail: who did what to which thing, written in the transaction that does it, never changed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.tables import AuditEntry
from cloud.kernel.text import search_text

_HIDDEN = "•••"


def record(
    session: Session,
    actor: Actor,
    action: str,
    object_kind: StrEnum | str,
    object_id: UUID,
    changes: Mapping[str, Any] | None = None,
    *,
    secret: frozenset[str] = frozenset(),
) -> None:
    """Note an act in the current company. `action` is dotted ("access.pass.issue"); `changes` is JSON data.

    Values of the fields named in `secret` are hidden: that they changed is told, not to what.
    """
    told = {name: _HIDDEN if name in secret else value for name, value in (changes or {}).items()}
    session.add(
        AuditEntry(
            id=new_id(session),
            organisation_id=current_organisation(session),
            at=now(session),
            account_id=actor.account_id,
            actor=actor.name,
            search=search_text(actor.name),
            action=action,
            object_kind=str(object_kind),
            object_id=object_id,
            changes=told,
            correlation_id=actor.correlation_id,
            address=actor.address,
        )
    )


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any], *, secret: frozenset[str] = frozenset()
) -> dict[str, list[Any]]:
    """What changed: {field: [old, new]}. Of the fields named in `secret`: whether there was, and is, anything."""
    names = sorted(before.keys() | after.keys())
    changed = {
        name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    }
    return {
        name: [value and _HIDDEN for value in pair] if name in secret else pair
        for name, pair in changed.items()
    }
