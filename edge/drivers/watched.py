"""Readers whose libraries block: a thread on one side, the event loop on the other, a bounded queue between."""

import asyncio
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple, ParamSpec
from uuid import UUID

from edge.drivers.base import MonotonicNs, Read, Sink, Verdict, Why
from edge.drivers.presence import Presence
from protocols import config
from protocols.cards import CardError, Credential, from_uid
from protocols.records import DeviceReason

_log = logging.getLogger(__name__)
QUEUE_MAX = 32
STOP_S = 5.0  # how long a library is waited for that hangs on a card, or on a reader


class Card(NamedTuple):
    """`raw`: what it said, in hex or in words. No credentials: it has no UID that anybody can use."""

    raw: str
    credentials: tuple[Credential, ...]


def card_of(uid: bytes, *, reverse: bool) -> Card:
    """By its UID, of 4, 7 or 10 bytes as the reader gave it; `reverse`: last byte first."""
    raw = uid.hex().upper()[:500]
    try:
        return Card(raw, (from_uid(uid, reverse=reverse),))
    except CardError:
        return Card(raw, ())


OnCard = Callable[[Card], None]
OnState = Callable[[bool, str], None]
Told = ParamSpec("Told")


class GoneError(Exception):
    """The reader, or what serves it, is not there; the text is what was said of it."""


class Watcher(ABC):
    """A thread between `start` and `stop`. `on_card` and `on_state` are called in it, and not after `stop`."""

    def __init__(self, name: str, *, again_s: float, on_card: OnCard, on_state: OnState) -> None:
        self._again_s = again_s
        self._stopping = threading.Event()
        self._on_card = self._unless_stopping(on_card)
        self._on_state = self._unless_stopping(on_state)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def watch(self) -> None:
        """Until `_stopping` is set; it must be looked at every second or so. Raises GoneError."""

    def start(self) -> None:
        """Begin watching."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; takes as long as one look. One that hangs in its library is left, and has no say any more."""
        self._stopping.set()
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            _log.warning("%s: its library does not come back and is left", self._thread.name)

    def _unless_stopping(self, tell: Callable[Told, None]) -> Callable[Told, None]:
        def told(*what: Told.args, **named: Told.kwargs) -> None:
            if not self._stopping.is_set():
                tell(*what, **named)

        return told

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.watch()
            except GoneError as error:
                self._on_state(False, str(error))
                self._stopping.wait(self._again_s)


class WatchedReader(ABC):
    """Implements `base.Reader`; such a reader shows no verdict."""

    def __init__(self, device: config.Device, monotonic_ns: MonotonicNs) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._now_ns = monotonic_ns

    @abstractmethod
    def watcher(self, on_card: OnCard, on_state: OnState) -> Watcher:
        """The thread; its libraries are loaded here, since a box without such a reader lacks them."""

    async def run(self, sink: Sink) -> None:
        """Watch the reader until cancelled."""
        loop = asyncio.get_running_loop()
        presence = Presence(self.id, sink)
        reads: asyncio.Queue[Read] = asyncio.Queue(QUEUE_MAX)

        def on_card(card: Card) -> None:
            read = Read(device=self.id, at_ns=self._now_ns(), raw=card.raw, credentials=card.credentials)
            loop.call_soon_threadsafe(self._offer, reads, read)

        def on_state(there: bool, detail: str) -> None:
            told = f"{self._name}: {detail}"
            if there:
                loop.call_soon_threadsafe(presence.online, told)
            else:
                loop.call_soon_threadsafe(presence.offline, Why(told, DeviceReason.READER_ABSENT))

        watcher = self.watcher(on_card, on_state)
        watcher.start()
        try:
            while True:
                sink.read(await reads.get())
        finally:
            await asyncio.to_thread(watcher.stop)

    async def signal(self, verdict: Verdict) -> None:  # noqa: B027  # there is no lamp
        """Nothing to show it with."""

    def _offer(self, reads: asyncio.Queue[Read], read: Read) -> None:
        if reads.full():
            _log.warning("%s: reads come faster than they are taken; one is dropped", self._name)
        else:
            reads.put_nowait(read)
