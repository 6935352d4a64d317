"""The box's connection to the broker: MQTT 5 over mutual TLS, last will, every answer of the broker looked at.

aiomqtt does not tell a publish that the broker refused (PUBACK with a failing reason code) from one it took, so
`_Client` keeps the reason codes itself.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.drivers.presence import Backoff
from protocols import topics
from protocols.fields import Message
from protocols.messages import State, encode
from protocols.topics import Channel

log = logging.getLogger(__name__)
KEEPALIVE_S = 15
ANSWER_TIMEOUT_S = 10.0
INCOMING_MAX = 1000
DOWN_CHANNELS = (Channel.DOWN_ACK, Channel.DOWN_PASSES, Channel.DOWN_CONFIG, Channel.DOWN_COMMANDS)


class LinkError(Exception):
    """The message did not reach the broker."""


class LinkDownError(LinkError):
    """There is no connection now."""


class RefusedByBrokerError(LinkError):
    """The broker refused: the ACL, a limit, or the box is revoked."""


class Publisher(Protocol):
    """What the rest of the link sees of the connection."""

    async def publish(self, channel: Channel, message: Message, *, retain: bool = False) -> None:
        """Returns when the broker has it. Raises LinkError."""


@dataclass(frozen=True, kw_only=True)
class BrokerAddress:
    """Where the broker is and how to speak to it. `tls` None: without TLS, for tests on loopback alone."""

    host: str
    port: int
    tls: Callable[[], ssl.SSLContext] | None


NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME; the ssl module has no name for it


def client_context(ca: str, certificate: str, key: str, *, check_time: bool = True) -> ssl.SSLContext:
    """Trust this CA alone; show this certificate. Paths of PEM files.

    `check_time` False: a box that does not know the time must still reach the one who tells it.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not check_time:
        context.verify_flags |= NO_CHECK_TIME
    context.load_cert_chain(certificate, key)
    return context


class _Client(aiomqtt.Client):
    """aiomqtt's client with the broker's answers to publishes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answers: dict[int, asyncio.Future[ReasonCode]] = {}

    async def send(self, topic: str, payload: bytes, *, retain: bool) -> ReasonCode:
        """Publish with QoS 1 and return the broker's reason code. Raises aiomqtt.MqttError."""
        info = self._client.publish(topic, payload, 1, retain)
        if info.rc != MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttCodeError(info.rc, "could not publish")
        answer: asyncio.Future[ReasonCode] = asyncio.get_running_loop().create_future()
        self._answers[info.mid] = answer
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await asyncio.wait((answer, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise aiomqtt.MqttError("the broker did not answer a publish in time") from None
        finally:
            self._answers.pop(info.mid, None)
        if not answer.done():
            raise aiomqtt.MqttError("disconnected before the broker answered a publish")
        return answer.result()

    def _on_publish(
        self, client: Client, userdata: Any, mid: int, reason_code: ReasonCode, properties: Properties
    ) -> None:
        answer = self._answers.get(mid)
        if answer is not None and not answer.done():
            answer.set_result(reason_code)
        super()._on_publish(client, userdata, mid, reason_code, properties)


class Uplink:
    """Keeps one connection, reconnecting with a capped and jittered delay; hands down messages to `receive`.

    `up` is called after each connect, before anything else is published.
    """

    def __init__(
        self,
        box: UUID,
        address: BrokerAddress,
        *,
        random: Callable[[], float],
        receive: Callable[[Channel, bytes], None],
    ) -> None:
        self._box = box
        self.address = address
        self._random = random
        self._receive = receive
        self._client: _Client | None = None
        self.connected = asyncio.Event()
        self.connections = 0
        self.refusals = 0
        self.last_error = ""
        self.up: list[Callable[[], None]] = []

    async def publish(self, channel: Channel, message: Message, *, retain: bool = False) -> None:
        """See Publisher."""
        client = self._client
        if client is None:
            raise LinkDownError("no connection to the broker")
        try:
            code = await client.send(topics.topic(self._box, channel), encode(message), retain=retain)
        except aiomqtt.MqttError as error:
            raise LinkDownError(f"{channel}: {error}") from error
        if code.is_failure:
            self.refusals += 1
            raise RefusedByBrokerError(f"{channel}: the broker refused: {code}")

    async def run(self) -> None:
        """Connect, receive, and again; until cancelled."""
        backoff = Backoff(self._random, first_s=0.5, cap_s=30.0)
        while True:
            try:
                async with self._connection() as client:
                    backoff.reset()
                    await self._receive_all(client)
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                self._tell_down(str(error))
            await backoff.wait()

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Client]:
        will = aiomqtt.Will(
            topics.topic(self._box, Channel.UP_STATE), encode(State(online=False)), qos=1, retain=True
        )
        tls = self.address.tls
        client = _Client(
            self.address.host,
            self.address.port,
            identifier=str(self._box),
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_TIMEOUT_S,
            will=will,
            max_queued_incoming_messages=INCOMING_MAX,
            tls_context=None if tls is None else await asyncio.to_thread(tls),
        )
        async with client:
            await self._subscribe(client)
            self._tell_up(client)
            try:
                yield client
            finally:
                self._client = None
                self.connected.clear()

    async def _subscribe(self, client: _Client) -> None:
        for channel in DOWN_CHANNELS:
            codes = await client.subscribe(topics.topic(self._box, channel), qos=1)
            for code in codes:
                if isinstance(code, ReasonCode) and code.is_failure:
                    raise aiomqtt.MqttError(f"{channel}: the broker refused the subscription: {code}")

    async def _receive_all(self, client: _Client) -> None:
        async for message in client.messages:
            try:
                address = topics.parse(str(message.topic))
            except topics.TopicError as error:
                log.warning("%s", error)
                continue
            if address.box == self._box and isinstance(message.payload, bytes):
                self._receive(address.channel, message.payload)

    def _tell_up(self, client: _Client) -> None:
        log.info("connected to the broker %s:%s", self.address.host, self.address.port)
        self._client = client
        self.connections += 1
        self.last_error = ""
        self.connected.set()
        for call in self.up:
            call()

    def _tell_down(self, error: str) -> None:
        if error != self.last_error:
            log.warning("no connection to the broker: %s", error)
        self.last_error = error
