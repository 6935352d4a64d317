"""A receiving MQTT 5 connection: messages in, each acknowledged when its owner says so; answers out at QoS 1.

The broker sends no more than `receive_maximum` messages ahead of our acknowledgements: that is the back pressure.
"""

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cloud.ingest import packets
from cloud.ingest.packets import Kind, ProtocolError, Publish

_log = logging.getLogger(__name__)
_CONNECT_TIMEOUT_S = 10.0
_MAX_WAITING = 100_000  # answers that wait for the broker; a box whose answer is dropped asks again


class ConnectionLost(Exception):
    """There is no connection to the broker (any more); the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where the broker is and how much it may send ahead."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    client_id: str = ""
    keep_alive_s: int = 30
    receive_maximum: int = 256
    maximum_packet: int = 1_114_112


def tls_context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Mutual TLS: the broker is checked against the house's CA, this process shows its certificate."""
    context = ssl.create_default_context(cafile=str(ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


OnMessage = Callable[["Connection", Publish], None]


class Connection(asyncio.Protocol):
    """One connection's life. Made by `connect`; used within its event loop only."""

    def __init__(self, link: Link, on_message: OnMessage) -> None:
        self._link = link
        self._on_message = on_message
        self._splitter = packets.Splitter(link.maximum_packet)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._connack: asyncio.Future[packets.Connack] = self._loop.create_future()
        self._suback: asyncio.Future[bytes] = self._loop.create_future()
        self.closed: asyncio.Future[str] = self._loop.create_future()
        self._keep_alive_s = float(link.keep_alive_s)
        self._heard_at = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._window = 1
        self._in_flight: set[int] = set()
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._next_id = 0
        self._unsent: list[bytes] = []
        self.refused = 0  # publishes that the broker did not allow

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's TLS transport is one by behaviour, not by class.
        self._transport = cast("asyncio.Transport", transport)
        link = self._link
        self._write(
            packets.connect(
                link.client_id,
                keep_alive_s=link.keep_alive_s,
                receive_maximum=link.receive_maximum,
                maximum_packet=link.maximum_packet,
            )
        )

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        try:
            for first, body in self._splitter.feed(data):
                self._take(first, body)
        except ProtocolError as error:
            self._end(f"protocol error: {error}")

    def connection_lost(self, error: Exception | None) -> None:
        self._end(str(error) if error else "closed by the broker")

    # the owner's side

    async def start(self, filters: Sequence[str]) -> None:
        """Wait until the broker lets us in and has taken the subscriptions. Raises ConnectionLost."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                self._admit(await self._connack)
                self._write(packets.subscribe(self._packet_id(), filters))
                codes = await self._suback
        except TimeoutError as error:
            self._end("no answer to CONNECT or SUBSCRIBE")
            raise ConnectionLost("the broker does not answer") from error
        if any(code >= packets.FIRST_FAILURE for code in codes):
            self._end("subscription refused")
            raise ConnectionLost(f"the broker refused a subscription: {codes.hex(' ')}")
        self._tick()

    def acknowledge(self, packet_id: int) -> None:
        """The message is taken care of: the broker may send another."""
        if packet_id:
            self._write(packets.puback(packet_id))

    def publish(self, topic: str, payload: bytes) -> None:
        """Send at QoS 1, within the broker's window; what is lost with the connection is not sent again."""
        if len(self._waiting) < _MAX_WAITING:
            self._waiting.append((topic, payload))
        self._drain()

    def close(self) -> None:
        """Say goodbye."""
        self._write(packets.DISCONNECT)
        self._end("closed")

    # inside

    def _take(self, first: int, body: bytes) -> None:
        kind = first >> 4
        if kind == Kind.PUBLISH:
            self._on_message(self, packets.parse_publish(first, body))
        elif kind == Kind.PUBACK:
            self._published(*packets.parse_puback(body))
        elif kind == Kind.CONNACK and not self._connack.done():
            self._connack.set_result(packets.parse_connack(body))
        elif kind == Kind.SUBACK and not self._suback.done():
            self._suback.set_result(packets.parse_suback(body))
        elif kind == Kind.DISCONNECT:
            self._end(f"the broker ended the session, reason 0x{body[0] if body else 0:02x}")
        elif kind != Kind.PINGRESP:
            raise ProtocolError(f"unexpected packet type {kind}")

    def _admit(self, answer: packets.Connack) -> None:
        if answer.reason:
            self._end("refused")
            raise ConnectionLost(f"the broker refused the connection, reason 0x{answer.reason:02x}")
        self._window = answer.receive_maximum
        if answer.keep_alive_s:
            self._keep_alive_s = float(answer.keep_alive_s)

    def _published(self, packet_id: int, reason: int) -> None:
        self._in_flight.discard(packet_id)
        if reason >= packets.FIRST_FAILURE:
            self.refused += 1
            _log.error("the broker refused an answer to a box", extra={"reason": f"0x{reason:02x}"})
        self._drain()

    def _drain(self) -> None:
        while self._waiting and len(self._in_flight) < self._window:
            topic, payload = self._waiting.popleft()
            packet_id = self._packet_id()
            self._in_flight.add(packet_id)
            self._write(packets.publish(topic, payload, packet_id))

    def _packet_id(self) -> int:
        while True:
            self._next_id = self._next_id % 65_535 + 1
            if self._next_id not in self._in_flight:
                return self._next_id

    def _tick(self) -> None:
        """Ping twice a keep-alive; a broker that was not heard for one and a half is gone."""
        if self.closed.done():
            return
        if self._loop.time() - self._heard_at > self._keep_alive_s * 1.5:
            self._end("the broker fell silent")
            return
        self._write(packets.PINGREQ)
        self._timer = self._loop.call_later(self._keep_alive_s / 2, self._tick)

    def _write(self, data: bytes) -> None:
        """Sent with all else that this turn of the loop writes: one TLS record, one system call."""
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(data)

    def _send(self) -> None:
        if self._unsent and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _end(self, why: str) -> None:
        self._send()
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.close()
        for future in (self._connack, self._suback):
            if not future.done():
                future.set_exception(ConnectionLost(why))
                future.exception()  # nobody may be waiting for it
        if not self.closed.done():
            self.closed.set_result(why)


async def connect(link: Link, filters: Sequence[str], on_message: OnMessage) -> Connection:
    """A connection with its subscriptions in place. Raises ConnectionLost."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT_S):
            _, connection = await loop.create_connection(
                lambda: Connection(link, on_message), link.host, link.port, ssl=link.tls
            )
    except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
        raise ConnectionLost(f"{link.host}:{link.port}: {error}") from error
    await connection.start(filters)
    return connection
