"""Passes made at the gate: in force at once, held beside the list until the cloud's version of them arrives in it."""

import logging
import sqlite3
from typing import NamedTuple
from uuid import UUID

import msgspec

from edge.access.passes import Passes
from protocols.held import ItemKind, PassItem, decode_item, encode_item

log = logging.getLogger(__name__)


class Draft(NamedTuple):
    """`taken`: the cloud's own version is held; `conflict`: set where that does not let it stand. The item says why."""

    item: PassItem
    at_ms: int
    shift: UUID | None = None
    visit: UUID | None = None
    withdrawn: bool = False
    taken: bool = False
    conflict: str | None = None


class Drafts:
    """In memory, by pass id. There are few: those of the last days."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute(
            "SELECT body, at_ms, shift, visit, withdrawn, taken, conflict FROM draft ORDER BY at_ms"
        )
        self.by_id: dict[UUID, Draft] = {}
        for body, at_ms, shift, visit, withdrawn, taken, conflict in rows:
            try:
                item = decode_item(body)
            except msgspec.DecodeError as error:  # of a newer agent; a gate stands still for nothing
                log.warning("a pass that was made at the gate cannot be read: %s", error)
                continue
            assert isinstance(item, PassItem)  # noqa: S101  # nothing else is put there
            draft = Draft(item, at_ms, _id(shift), _id(visit), bool(withdrawn), bool(taken), conflict)
            self.by_id[item.id] = draft

    def put_in_force(self, passes: Passes) -> list[Draft]:
        """After any change of the list. Returns those that the cloud has taken over, or refused, since last time."""
        changed = []
        for draft in self.by_id.values():
            held = passes.find_pass(draft.item.id)
            if held is None or not held.version:
                if not draft.taken:  # once taken over, the list alone has the word
                    passes.put_draft(msgspec.structs.replace(draft.item, revoked=draft.withdrawn))
                continue
            conflict = (
                "revoked" if held.revoked and not draft.withdrawn and not draft.taken else draft.conflict
            )
            if draft.withdrawn and not held.revoked:
                passes.withdraw(draft.item.id)
            if not draft.taken or conflict != draft.conflict:
                changed.append(draft._replace(taken=True, conflict=conflict))
        for draft in changed:
            self.by_id[draft.item.id] = draft
        return changed

    def forget(self, gone: list[UUID], passes: Passes) -> list[UUID]:
        """They are off the disk. Returns those that the list does not hold either."""
        ended = []
        for pass_id in gone:
            draft = self.by_id.pop(pass_id, None)
            if draft is not None and not draft.taken:
                passes.remove(ItemKind.PASS, pass_id)
                ended.append(pass_id)
        return ended


def keep(connection: sqlite3.Connection, draft: Draft) -> None:
    """In the transaction of its record."""
    connection.execute(
        "INSERT OR REPLACE INTO draft (id, body, at_ms, shift, visit, withdrawn, taken, conflict)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            draft.item.id.bytes,
            encode_item(draft.item),
            draft.at_ms,
            draft.shift.bytes if draft.shift else None,
            draft.visit.bytes if draft.visit else None,
            draft.withdrawn,
            draft.taken,
            draft.conflict,
        ),
    )


def forget(connection: sqlite3.Connection, before_ms: int) -> list[UUID]:
    """Drop those that were made before, and say which. They were valid for a day at most."""
    rows = connection.execute("DELETE FROM draft WHERE at_ms < ? RETURNING id", (before_ms,)).fetchall()
    return [UUID(bytes=row[0]) for row in rows]


def _id(data: bytes | None) -> UUID | None:
    return None if data is None else UUID(bytes=data)
