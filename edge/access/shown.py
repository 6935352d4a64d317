"""Guests' codes that the gate refused: until a guard decides, the facts that were signed stand beside the passage.

A pass may never have come to the box: then its code alone says what the guard's decision counts. The signature is not
kept, so nobody can print the code again.
"""

import sqlite3
from uuid import UUID

from edge.store import wiping
from protocols import qr
from protocols.qr import Token

KEPT_MS = 1_800_000
"""As long as any box's `guardhouse.confirm_within_s` may be."""


def keep(connection: sqlite3.Connection, passage: UUID, token: Token, at_ms: int) -> None:
    """In the transaction of the passage."""
    connection.execute(
        "INSERT OR REPLACE INTO shown_code (passage, at_ms, payload) VALUES (?, ?, ?)",
        (passage.bytes, at_ms, qr.pack(token)),
    )


def find(connection: sqlite3.Connection, passage: UUID) -> Token | None:
    """What was shown at a passage; None: no guest's code, or too long ago."""
    row = connection.execute("SELECT payload FROM shown_code WHERE passage = ?", (passage.bytes,)).fetchone()
    return None if row is None else qr.unpack(row[0])


def forget(connection: sqlite3.Connection, before_ms: int) -> None:
    """Nobody decides about these any more."""
    with wiping(connection):
        connection.execute("DELETE FROM shown_code WHERE at_ms < ?", (before_ms,))
