"""The connection to the broker: MQTT 5, mutual TLS, a publish is done when the broker has said yes.

aiomqtt raises nothing for a publish that the broker refused; the reason code is looked at here.
"""

import asyncio
import ssl
from pathlib import Path
from typing import Any
from uuid import UUID

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS, Client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from prometheus_client import Counter

from cloud.downlink.answers import Outgoing
from protocols import topics
from protocols.topics import Channel

ANSWER_TIMEOUT_S = 10.0
KEEPALIVE_S = 15
MOST_WAITING = 10_000
_NO_SUBSCRIBER = 0x10
PUBLISHED = Counter("domovoy_downlink_published_total", "Messages to boxes", ["channel", "outcome"])
UP_CHANNELS = (Channel.UP_STATE, Channel.UP_REQUESTS)


class PublishError(Exception):
    """The broker did not take the message; the text says why."""


class RefusedError(PublishError):
    """The broker answered with a failing reason code: the access list or a limit."""


def tls_context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Trust the house's CA, show this process's certificate."""
    context = ssl.create_default_context(cafile=str(ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


class BrokerClient(aiomqtt.Client):
    """aiomqtt's client that keeps the broker's answers to publishes."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            host,
            port,
            protocol=aiomqtt.ProtocolVersion.V5,
            tls_context=tls,
            keepalive=KEEPALIVE_S,
            timeout=ANSWER_TIMEOUT_S,
            max_queued_incoming_messages=MOST_WAITING,
        )
        self._answers: dict[int, asyncio.Future[ReasonCode]] = {}

    async def listen(self) -> None:
        """Subscribe; retained states of all boxes come (again). Raises aiomqtt.MqttError."""
        await self.subscribe([(topics.every_box(channel), 1) for channel in UP_CHANNELS])

    async def send(self, box_id: UUID, outgoing: Outgoing) -> bool:
        """Publish at QoS 1; True when somebody is subscribed. Raises PublishError, RefusedError."""
        try:
            code = await self._send(topics.topic(box_id, outgoing.channel), outgoing)
        except (aiomqtt.MqttError, TimeoutError) as error:
            PUBLISHED.labels(outgoing.channel, "lost").inc()
            raise PublishError(f"{outgoing.channel} to {box_id}: {error or 'no answer'}") from error
        if code.is_failure:
            PUBLISHED.labels(outgoing.channel, "refused").inc()
            raise RefusedError(f"{outgoing.channel} to {box_id}: {code}")
        PUBLISHED.labels(outgoing.channel, "taken").inc()
        return bool(code.value != _NO_SUBSCRIBER)

    async def _send(self, topic: str, outgoing: Outgoing) -> ReasonCode:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if outgoing.expires_in_s is not None:
            properties.MessageExpiryInterval = outgoing.expires_in_s
        info = self._client.publish(topic, outgoing.payload, 1, properties=properties)
        if info.rc != MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttCodeError(info.rc, "could not publish")
        answer: asyncio.Future[ReasonCode] = asyncio.get_running_loop().create_future()
        self._answers[info.mid] = answer
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                return await answer
        finally:
            self._answers.pop(info.mid, None)

    def _on_publish(
        self, client: Client, userdata: Any, mid: int, reason_code: ReasonCode, properties: Properties
    ) -> None:
        answer = self._answers.get(mid)
        if answer is not None and not answer.done():
            answer.set_result(reason_code)
        super()._on_publish(client, userdata, mid, reason_code, properties)
