"""Reads beside the writer: a thread with a connection of its own, so that neither waits for the other."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from edge.guardhouse.pass_index import PassIndex

Result = TypeVar("Result")
_BUSY_TIMEOUT_S = 5.0
_CACHE_KB = 2000


class Reading:
    """One thread, in which `store` (read only) and `index` are used, and nowhere else."""

    def __init__(self, store_file: Path, index_file: Path) -> None:
        self._thread = ThreadPoolExecutor(1, "guardhouse")
        self._store_file = store_file
        self._index_file = index_file
        self._store: sqlite3.Connection | None = None
        self._index: PassIndex | None = None

    async def ask(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run the job in the thread, on the store as it is at that moment."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: job(self.store))

    async def look(self, job: Callable[[PassIndex], Result]) -> Result:
        """The same, on the index of the passes."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: job(self.index))

    @property
    def store(self) -> sqlite3.Connection:
        """For jobs that need both."""
        if self._store is None:
            uri = f"{self._store_file.absolute().as_uri()}?mode=ro"
            self._store = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_TIMEOUT_S)
            self._store.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
        return self._store

    @property
    def index(self) -> PassIndex:
        """Likewise."""
        if self._index is None:
            self._index = PassIndex(self._index_file, self._store_file)
        return self._index

    def close(self) -> None:
        """End the thread and its connections."""
        self._thread.submit(self._end).result()
        self._thread.shutdown()

    def _end(self) -> None:
        if self._store is not None:
            self._store.close()
        if self._index is not None:
            self._index.close()


def chunks(items: list[bytes], size: int = 500) -> Iterator[list[bytes]]:
    """SQLite takes so many parameters at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
