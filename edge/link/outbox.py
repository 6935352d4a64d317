"""Sends one stream: a batch in flight at a time, the next one grows meanwhile; repeats until the cloud acknowledges."""

import asyncio
import base64
import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

import msgspec

from edge import streams
from edge.access.journal import Stamp
from edge.link.forks import fork
from edge.link.mqtt import LinkDownError, Publisher, RefusedByBrokerError
from edge.store import Store
from edge.streams import Run, Standing
from protocols import chain
from protocols.messages import Ack, EventBatch, ReadingBatch, Stream
from protocols.topics import Channel

log = logging.getLogger(__name__)
RESEND_FIRST_S = 5.0
RESEND_CAP_S = 60.0
Sign = Callable[[bytes], bytes]


class Outbox:
    """One stream's sender. `wait_turn`: returns when nothing more urgent wants the line (events before readings)."""

    def __init__(
        self,
        kind: Stream,
        *,
        store: Store,
        stamp: Callable[[], Stamp],
        new_id: Callable[[], UUID],
        publisher: Publisher,
        connected: asyncio.Event,
        sign: Sign,
        random: Callable[[], float],
        before: "Outbox | None" = None,
        resend_first_s: float = RESEND_FIRST_S,
    ) -> None:
        self.kind = kind
        self._store = store
        self._stamp = stamp
        self._new_id = new_id
        self._publisher = publisher
        self._connected = connected
        self._sign = sign
        self._random = random
        self._before = before
        self._resend_first_s = resend_first_s
        self._more = asyncio.Event()
        self._moved = asyncio.Event()
        self._quiet = asyncio.Event()
        self._answer: tuple[UUID | None, int] = (None, 0)
        """The stream that the cloud spoke of last, and up to where it has it; -1: what goes next is to be seen anew."""
        self.forked: Callable[[], None] = lambda: None
        """Called when this box turns out to have come back from a copy."""
        self.counts: dict[str, int] = {"batches": 0, "resent": 0, "acks": 0, "foreign_acks": 0, "forks": 0}

    def wake(self) -> None:
        """Something was appended, or the connection is back."""
        self._more.set()

    async def run(self) -> None:
        """Send what is not acknowledged, for ever."""
        while True:
            await self._connected.wait()
            if self._before is not None:
                await self._before.quiet()
            self._more.clear()
            run = await self._store.write(partial(streams.next_run, kind=self.kind))
            if run is None:
                self._quiet.set()
                await self._more.wait()
                continue
            self._quiet.clear()
            await self._deliver(run)

    async def quiet(self) -> None:
        """Returns when everything is acknowledged, or when the cloud is not taking any and waiting would be in vain."""
        await self._quiet.wait()

    async def take(self, ack: Ack) -> None:
        """An acknowledgement came. Raises StoreError."""
        job = partial(
            streams.take_ack,
            kind=self.kind,
            stream=ack.stream,
            sequence=ack.sequence,
            cloud_hash=bytes.fromhex(ack.head),
        )
        # Taken back by a power cut, the batch is sent again and acknowledged again.
        standing = await self._store.write(job, lasting=False)
        if standing is Standing.FOREIGN:
            self.counts["foreign_acks"] += 1
            return
        self.counts["acks"] += 1
        if standing is Standing.FORKED:
            await self._fork(ack)
        elif standing is Standing.REWOUND:
            log.warning(
                "%s %s: the cloud is back at %s, sending again from there",
                self.kind,
                ack.stream,
                ack.sequence,
            )
        elif standing is Standing.DISOWNED:
            log.error("%s %s: the cloud holds another history of a closed stream", self.kind, ack.stream)
        self._answer = (ack.stream, ack.sequence if standing is Standing.COMMITTED else -1)
        self._moved.set()

    async def _deliver(self, run: Run) -> None:
        """Publish the batch until an acknowledgement moves the watermark, or the connection is lost."""
        delay_s = self._resend_first_s
        while self._connected.is_set():
            self._moved.clear()
            try:
                await self._publisher.publish(_CHANNELS[self.kind], self._batch(run))
            except LinkDownError as error:
                log.info("%s: %s", self.kind, error)
                await self._moved_within(self._resend_first_s * self._random())
                return
            except RefusedByBrokerError as error:
                log.warning("%s", error)
            self.counts["batches"] += 1
            if await self._acknowledged(run, delay_s * (0.75 + 0.5 * self._random())):
                return
            self.counts["resent"] += 1
            self._quiet.set()  # waiting longer would hold the other stream back for nothing
            delay_s = min(delay_s * 2, RESEND_CAP_S)

    async def _acknowledged(self, run: Run, timeout_s: float) -> bool:
        """Whether the watermark moved past the batch, or behind it; other acknowledgements are late ones."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while await self._moved_within(deadline - asyncio.get_running_loop().time()):
            self._moved.clear()
            stream, acked = self._answer
            if acked < 0 or (stream == run.stream and not run.first - 1 <= acked < run.last):
                return True
        return False

    async def _moved_within(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(max(timeout_s, 0)):
                await self._moved.wait()
        except TimeoutError:
            return False
        return True

    def _batch(self, run: Run) -> EventBatch | ReadingBatch:
        common = {
            "stream": run.stream,
            "first": run.first,
            "before": run.before.hex(),
            "records": [msgspec.Raw(record) for record in run.records],
            "oldest": run.oldest,
        }
        if self.kind is Stream.READINGS:
            return ReadingBatch(**common)  # type: ignore[arg-type]
        signature = self._sign(chain.signed_bytes(run.stream, run.last, run.head))
        return EventBatch(**common, signature=base64.b64encode(signature).decode())  # type: ignore[arg-type]

    async def _fork(self, ack: Ack) -> None:
        """This box came back from a copy: go on in a new stream that names the old one."""
        self.counts["forks"] += 1
        log.error("%s: the cloud holds another history at %s; a new stream begins", self.kind, ack.sequence)
        stamps = (self._stamp(), self._stamp())
        stream = self._new_id()
        await self._store.write(
            partial(fork, kind=self.kind, stream=stream, cloud_at=ack.sequence, stamps=stamps)
        )
        self.forked()
        self.wake()
        if self._before is not None:
            self._before.wake()


_CHANNELS = {Stream.EVENTS: Channel.UP_EVENTS, Stream.READINGS: Channel.UP_READINGS}
