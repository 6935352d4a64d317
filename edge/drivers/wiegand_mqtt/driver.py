"""A subscription to the broker to which a controller tells the cards that its Wiegand readers see.

What is old must open nothing. So the session is a clean one, without messages that were kept for it; a retained
message, which a broker gives to whoever subscribes, is passed over; and a message that came after a silence of the
connection is as old as the silence.
"""

import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from uuid import UUID

import aiomqtt
from aiomqtt.exceptions import MqttConnectError
from paho.mqtt.reasoncodes import ReasonCode

from edge.drivers.base import Read, Sink, Verdict, Why
from edge.drivers.descriptors import keep_alive
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.hearing import Hearing
from edge.drivers.presence import Backoff, Presence
from edge.drivers.repeats import Repeats
from edge.drivers.wiegand_http.decode import CardPushError, seen
from edge.drivers.wiegand_mqtt.config import Settings
from protocols import config
from protocols.records import DeviceReason

_log = logging.getLogger(__name__)
PAYLOAD_MAX_BYTES = 4096
KEEPALIVE_S = 15
ANSWER_WITHIN_S = 5.0
INCOMING_MAX = 100


class _RefusedError(Exception):
    """The broker answers, and does not let the box hear the topic."""


class _Client(aiomqtt.Client):
    """aiomqtt's client with its connection."""

    @property
    def connection(self) -> socket.socket:
        """Raises MqttError when there is none any more."""
        found = self._client.socket()
        if not isinstance(found, socket.socket):
            raise aiomqtt.MqttError("disconnected")
        return found


class WiegandListener:
    """Implements `base.Reader`; the controller's own readers show no verdict of the box."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        self.id: UUID = device.id
        self._name = device.name
        self._settings = settings
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._repeats = Repeats(settings.repeat_ms)

    async def run(self, sink: Sink) -> None:
        """Keep the subscription until cancelled."""
        presence, backoff = Presence(self.id, sink), Backoff(self._random)
        while True:
            try:
                async with self._subscribed() as client:
                    presence.online()
                    backoff.reset()
                    await self._listen(client, sink, presence)
            except (_RefusedError, MqttConnectError) as error:
                presence.fault(self._why(error, DeviceReason.BROKER_REFUSED))
            except (aiomqtt.MqttError, OSError, ValueError) as error:
                presence.offline(self._why(error, DeviceReason.NO_CONNECTION))
            await backoff.wait()

    async def signal(self, verdict: Verdict) -> None:
        """Nothing to show it with."""

    @contextlib.asynccontextmanager
    async def _subscribed(self) -> AsyncIterator[_Client]:
        settings = self._settings
        client = _Client(
            settings.host,
            settings.port,
            identifier=str(self.id),
            username=settings.user or None,
            password=settings.password or None,
            protocol=aiomqtt.ProtocolVersion.V311,  # which every broker speaks
            clean_session=True,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_WITHIN_S,
            max_queued_incoming_messages=INCOMING_MAX,
        )
        async with client:
            keep_alive(client.connection)
            for code in await client.subscribe(settings.topic, qos=0):
                if isinstance(code, ReasonCode) and code.is_failure:
                    raise _RefusedError(f"the broker refused the topic {settings.topic}: {code}")
            yield client

    async def _listen(self, client: _Client, sink: Sink, presence: Presence) -> None:
        with contextlib.closing(Hearing(client.connection, self._now_ns)) as hearing:
            async for message in client.messages:
                since_ns = hearing.since_ns()
                if message.retain:
                    _log.warning("%s: a retained message of %s is passed over", self._name, message.topic)
                    continue
                try:
                    self._take(message.payload, since_ns, sink)
                except CardPushError as error:
                    presence.fault(self._why(error, DeviceReason.WRONG_ANSWER))
                else:
                    presence.online()

    def _take(self, payload: object, since_ns: int, sink: Sink) -> None:
        if not isinstance(payload, bytes) or len(payload) > PAYLOAD_MAX_BYTES:
            raise CardPushError(f"more than {PAYLOAD_MAX_BYTES} bytes")
        what = seen(payload, reverse=self._settings.reverse)
        if not self._repeats.take(what.raw, self._now_ns()):
            sink.read(Read(device=self.id, at_ns=since_ns, raw=what.raw, credentials=what.credentials))

    def _why(self, error: Exception, reason: DeviceReason) -> Why:
        settings = self._settings
        return Why(f"{self._name}, {settings.host}:{settings.port}, {settings.topic}: {error}", reason)


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `wiegand_mqtt`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"topic {settings.topic} at {settings.host}:{settings.port}")
    built.all[device.id] = built.readers[device.id] = WiegandListener(device, settings, ports)
