"""Searches of passages: a thread and a connection of their own, so that no board or decision waits for one."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from starlette.requests import ClientDisconnect

from edge.guardhouse import passage_search
from edge.guardhouse.passage_search import Search, Wanted
from edge.guardhouse.reading import Reading

_CACHE_KB = 2000


class Searching:
    """One search by words at a time. `reading` makes the index that is read here."""

    def __init__(self, reading: Reading, store_file: Path, index_file: Path) -> None:
        self._thread = ThreadPoolExecutor(1, "guardhouse search")
        self._turn = asyncio.Lock()
        self._reading = reading
        self._files = {"store": store_file, "passes": index_file}
        self._connection: sqlite3.Connection | None = None

    async def passages(self, wanted: Wanted, is_left: Callable[[], Awaitable[bool]]) -> list[bytes]:
        """Ids. Raises ClientDisconnect when whoever asked has left, as a page does whenever somebody types on."""
        search = Search(wanted)
        async with self._turn if search.has_words else nullcontext():
            if self._connection is None:
                await self._reading.look(lambda _index: None)
            while not search.is_over:
                if await is_left():
                    raise ClientDisconnect
                await asyncio.get_running_loop().run_in_executor(self._thread, self._step, search)
            return search.found

    def close(self) -> None:
        """End the thread and its connection."""
        self._thread.submit(self._end).result()
        self._thread.shutdown()

    def _step(self, search: Search) -> None:
        if self._connection is None:
            self._connection = self._open()
        search.step(self._connection)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None)
        for name, file in self._files.items():
            connection.execute(f"ATTACH ? AS {name}", (f"{file.absolute().as_uri()}?mode=ro",))
            connection.execute(f"PRAGMA {name}.cache_size=-{_CACHE_KB}")
        passage_search.prepare(connection)
        return connection

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
