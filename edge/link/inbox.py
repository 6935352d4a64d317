"""What comes down: decoded, counted, and queued for whoever does the work; nothing that comes can stop the link."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from edge.clock import BoxClock
from edge.link.mqtt import LinkError
from edge.link.signatures import FindKey, SignatureError, open_signed
from edge.store import StoreFullError
from protocols.messages import Command, Desired, MalformedError, Signed, UnknownTypeError, decode
from protocols.topics import Channel

log = logging.getLogger(__name__)
QUEUE_MAX = 500
FULL_PAUSE_S = 2.0
Handler = Callable[[Any], Awaitable[None]]


class Inbox:
    """A bounded queue per channel; `work` empties one. A message that finds its queue full is asked for again.

    `trusted` is called when the clock's state has changed; `relieve` makes room when the disk is full.
    """

    def __init__(
        self,
        box: UUID,
        clock: BoxClock,
        find_key: FindKey,
        *,
        trusted: Callable[[], None],
        relieve: Callable[[], Awaitable[None]],
    ) -> None:
        self._box = box
        self._clock = clock
        self._find_key = find_key
        self._trusted = trusted
        self._relieve = relieve
        self._queues: dict[Channel, asyncio.Queue[Any]] = {}
        self.counts: Counter[str] = Counter()

    def receive(self, channel: Channel, data: bytes) -> None:
        """A message came. Called by the link in the loop."""
        self.counts[channel] += 1
        try:
            message = decode(channel, data)
            if isinstance(message, Signed):
                message = open_signed(message, self._find_key, self._box)
                _check_channel(channel, message)
        except UnknownTypeError as error:
            self._count("unknown_type", error)
        except MalformedError as error:
            self._count("malformed", error)
        except SignatureError as error:
            self._count("bad_signature", error)
        else:
            self._learn(message)
            self._queue(channel, message)

    async def work(self, channel: Channel, handler: Handler) -> None:
        """Handle the channel's messages, one after another. Raises what a handler raises but for link and form."""
        queue = self._queue_of(channel)
        while True:
            message = await queue.get()
            try:
                await self._insist(message, handler)
            except (LinkError, MalformedError) as error:
                self._count("failed", error)

    async def _insist(self, message: Any, handler: Handler) -> None:
        """While the disk is full for all relief, it is tried again, and those behind it wait."""
        while True:
            try:
                return await handler(message)
            except StoreFullError as error:
                log.warning("%s waits for room: %s", type(message).__name__, error)
                await self._relieve()
                await asyncio.sleep(FULL_PAUSE_S)

    def _learn(self, message: Any) -> None:
        now = getattr(message, "now", None)
        if now is not None:
            before = self._clock.source, self._clock.now().state
            self._clock.learn(now)
            if (self._clock.source, self._clock.now().state) != before:
                self._trusted()

    def _queue(self, channel: Channel, message: Any) -> None:
        try:
            self._queue_of(channel).put_nowait(message)
        except asyncio.QueueFull:
            self._count("queue_full", channel)

    def _queue_of(self, channel: Channel) -> "asyncio.Queue[Any]":
        return self._queues.setdefault(channel, asyncio.Queue(QUEUE_MAX))

    def _count(self, what: str, why: object) -> None:
        self.counts[what] += 1
        log.warning("%s: %s", what, why)


def _check_channel(channel: Channel, payload: Command | Desired) -> None:
    expected = Desired if channel is Channel.DOWN_CONFIG else Command
    if not isinstance(payload, expected):
        raise MalformedError(f"{channel}: carries a {type(payload).__name__}")
