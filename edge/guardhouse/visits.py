"""Visitors: registered with and without a pass, in and out, temporary cards handed out and taken back."""

import sqlite3


def count_inside(store: sqlite3.Connection) -> int:
    """Visitors who are inside now."""
    return int(store.execute("SELECT count(*) FROM visit WHERE state = 'inside'").fetchone()[0])
