"""Live events of the guard's page: ids that grow over restarts too, a bounded queue for each page that listens."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import msgspec

from protocols.guard_views import Live, LiveKind

KEPT = 500
QUEUE_MAX = 100
BEAT_S = 15.0
_RELOAD = b"event: reload\ndata: {}\n\n"
_BEAT = b": \n\n"


class Told(NamedTuple):
    """An event and its number."""

    number: int
    data: bytes


_OVERFLOWN = Told(0, b"")


class Hub:
    """`begun_ms`: Unix time of the start, above which no earlier run has counted."""

    def __init__(self, begun_ms: int) -> None:
        self._first = self.last = begun_ms * 1000
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self._pages: set[asyncio.Queue[Told | None]] = set()
        self._closed = False

    def publish(self, kind: LiveKind, id_: UUID | None = None, guard: UUID | None = None) -> None:
        """Tell every page; one that does not keep up is told to ask for all anew."""
        self.last += 1
        told = Told(self.last, msgspec.json.encode(Live(kind=kind, id=id_, guard=guard)))
        self._kept.append(told)
        for page in self._pages:
            _put(page, told)

    def close(self) -> None:
        """The server ends: so do all streams."""
        self._closed = True
        for page in self._pages:
            _put(page, None)

    async def stream(self, after: int | None, goes_on: Callable[[], bool]) -> AsyncIterator[bytes]:
        """What comes from now on as server-sent events, while the page's session goes on.

        `after`: what the page has seen (Last-Event-ID).
        """
        with self._page() as page:
            yield _BEAT if after is None else self._missed(after)
            while not self._closed and goes_on():
                try:
                    async with asyncio.timeout(BEAT_S):
                        told = await page.get()
                except TimeoutError:
                    yield _BEAT
                    continue
                if told is None:
                    return
                yield _RELOAD if told is _OVERFLOWN else _event(told)

    def _missed(self, after: int) -> bytes:
        oldest = self._kept[0].number if self._kept else self.last + 1
        if after > self.last or after < oldest - 1:
            return _RELOAD
        return b"".join(_event(told) for told in self._kept if told.number > after) or _BEAT

    @contextmanager
    def _page(self) -> Iterator[asyncio.Queue[Told | None]]:
        page: asyncio.Queue[Told | None] = asyncio.Queue(QUEUE_MAX)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)

    @property
    def pages(self) -> int:
        """How many listen."""
        return len(self._pages)


def _put(page: asyncio.Queue[Told | None], told: Told | None) -> None:
    try:
        page.put_nowait(told)
    except asyncio.QueueFull:
        while not page.empty():
            page.get_nowait()
        page.put_nowait(None if told is None else _OVERFLOWN)


def _event(told: Told) -> bytes:
    return b"id: %d\ndata: %b\n\n" % told
