"""Puts chunks of readings into their stream; on a full disk they are what is lost, and it is counted."""

from collections.abc import Callable

from edge import streams
from edge.store import Store, StoreFullError
from protocols import records
from protocols.messages import Stream
from protocols.records import Readings


class Recorder:
    """`woken` is called after each chunk that is on the disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.woken: Callable[[], None] = lambda: None
        self.lost_chunks = 0
        self._told = 0

    async def keep(self, chunk: Readings) -> None:
        """Append the chunk. Raises StoreError; a full disk is no error here."""
        body = records.encode(chunk)
        try:
            await self._store.write(
                lambda connection: streams.append(connection, Stream.READINGS, body, chunk.at_ms)
            )
        except StoreFullError:
            self.lost_chunks += 1
            return
        self.woken()

    def take_lost(self) -> int:
        """Chunks lost since this was last asked."""
        lost = self.lost_chunks - self._told
        self._told = self.lost_chunks
        return lost
