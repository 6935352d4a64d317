"""Who serves which box: 64 shards, each held by one process through an advisory lock of its own connection.

A process takes no more than its fair share, so that a second one finds work; when a process dies its connection goes,
and the others take its shards over. Two owners for a moment do no harm: versions and command ids repeat safely.
"""

from collections.abc import Iterable
from math import ceil
from uuid import UUID

import psycopg

SHARDS = 64
STEP_S = 1.0
_CLASS = (
    0x646F  # advisory locks of downlink: (class, shard); (class, SHARDS) is held shared by every live process
)
_ALIVE = (
    "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
    " AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def shard_of(box_id: UUID) -> int:
    """The last bits of a UUIDv7 are random."""
    return box_id.int % SHARDS


class ShardKeeper:
    """The shards of this process; the connection must be direct, not pooled. Raises psycopg.Error when it is lost."""

    def __init__(self, connection: psycopg.AsyncConnection[tuple[int]]) -> None:
        self._connection = connection
        self._mine: set[int] = set()

    @property
    def mine(self) -> frozenset[int]:
        """The shards held now."""
        return frozenset(self._mine)

    async def enter(self) -> None:
        """Be counted among the living."""
        await self._connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (_CLASS, SHARDS))

    async def step(self) -> frozenset[int]:
        """Take free shards up to the fair share, give back what is above it; the shards that are new."""
        row = await (await self._connection.execute(_ALIVE, (_CLASS, SHARDS))).fetchone()
        fair = ceil(SHARDS / max(row[0] if row else 1, 1))
        await self._release(sorted(self._mine)[fair:])
        return await self._take(fair - len(self._mine))

    async def _release(self, shards: Iterable[int]) -> None:
        for shard in shards:
            self._mine.discard(shard)
            await self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (_CLASS, shard))

    async def _take(self, wanted: int) -> frozenset[int]:
        taken: set[int] = set()
        for shard in range(SHARDS):
            if len(taken) >= wanted:
                break
            if shard in self._mine:
                continue
            cursor = await self._connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)::int", (_CLASS, shard)
            )
            row = await cursor.fetchone()
            if row is not None and row[0]:
                taken.add(shard)
        self._mine |= taken
        return frozenset(taken)
