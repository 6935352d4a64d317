"""The broker's configuration and access list on a real mosquitto: who reaches what, and who no longer does."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiomqtt
import pytest

from cloud.sites import authority, broker, keyfiles
from cloud.sites.authority import Authority, Revoked
from deploy.demo.servers.mosquitto import MosquittoServer
from protocols.topics import ROOT, Channel, shared, topic
from tests.cloud.pki.certificates import MOSQUITTO_CONF, client_context, write_box, write_broker_folder
from tests.support.broker import StartBroker

BOX = UUID("0190a0b0-0000-7000-8000-000000000001")
OTHER = UUID("0190a0b0-0000-7000-8000-000000000002")
NOT_AUTHORISED = 135
REFUSED_S = 5.0
"""How long a refusal is waited for: the handshake's last word comes after it, and aiomqtt hears of none."""


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def ca(folder: Path, now: datetime) -> Authority:
    ca = keyfiles.create_authority(folder, "test house", now)
    write_broker_folder(ca, folder, now)
    for box in (BOX, OTHER):
        write_box(ca, folder, box, now)
    return ca


@pytest.fixture
def server(ca: Authority, folder: Path, start_broker: StartBroker) -> MosquittoServer:
    return start_broker(MOSQUITTO_CONF.read_text(), folder=folder)


def client(
    server: MosquittoServer, name: object, identifier: str | None = None, *, timeout_s: float = 60
) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        server.port,
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5,
        tls_context=client_context(server.folder, str(name)),
        timeout=timeout_s,
    )


async def publish(client: aiomqtt.Client, name: str, payload: bytes = b"x", *, timeout_s: float = 60) -> int:
    """Publish at QoS 1; the PUBACK's reason code, which aiomqtt itself does not look at."""
    answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    wanted: list[int] = []
    loop = asyncio.get_running_loop()

    def on_publish(_client: object, _data: object, mid: int, reason: object, *_rest: object) -> None:
        if wanted == [mid] and not answered.done():
            loop.call_soon(answered.set_result, reason.value)  # type: ignore[attr-defined]

    before = client._client.on_publish
    client._client.on_publish = on_publish
    try:
        wanted.append(client._client.publish(name, payload, qos=1).mid)
        return await asyncio.wait_for(answered, timeout_s)
    finally:
        client._client.on_publish = before


async def next_message(messages: AsyncIterator[aiomqtt.Message]) -> aiomqtt.Message:
    return await asyncio.wait_for(anext(messages), 60)


async def test_a_box_writes_up_and_reads_down_of_its_own(server: MosquittoServer) -> None:
    async with client(server, BOX) as box, client(server, "downlink-1") as downlink:
        await box.subscribe(topic(BOX, Channel.DOWN_PASSES), qos=1)
        await downlink.subscribe(topic(BOX, Channel.UP_REQUESTS), qos=1)
        assert await publish(box, topic(BOX, Channel.UP_REQUESTS), b"pull") < 128
        assert (await next_message(downlink.messages)).payload == b"pull"
        assert await publish(downlink, topic(BOX, Channel.DOWN_PASSES), b"passes") < 128
        assert (await next_message(box.messages)).payload == b"passes"


@pytest.mark.parametrize(
    "name",
    [
        topic(OTHER, Channel.UP_EVENTS),
        topic(BOX, Channel.DOWN_COMMANDS),
        topic(OTHER, Channel.DOWN_COMMANDS),
        "$SYS/x",
    ],
)
async def test_a_box_writes_nothing_else(server: MosquittoServer, name: str) -> None:
    async with client(server, BOX) as box:
        assert await publish(box, name) >= 128


async def test_a_box_hears_nothing_of_another(server: MosquittoServer) -> None:
    async with client(server, BOX) as box, client(server, "downlink-1") as downlink:
        await box.subscribe("#", qos=1)
        assert await publish(downlink, topic(OTHER, Channel.DOWN_COMMANDS)) < 128
        assert await publish(downlink, topic(BOX, Channel.DOWN_COMMANDS), b"mine") < 128
        assert (await next_message(box.messages)).payload == b"mine"


@pytest.mark.parametrize(
    ("name", "channel", "allowed"),
    [
        ("ingest-1", Channel.DOWN_ACK, True),
        ("ingest-1", Channel.DOWN_COMMANDS, False),
        ("ingest-1", Channel.UP_EVENTS, False),
        ("downlink-1", Channel.DOWN_ACK, False),
        ("downlink-1", Channel.DOWN_PASSES, True),
        ("downlink-1", Channel.DOWN_CONFIG, True),
        ("downlink-1", Channel.DOWN_COMMANDS, True),
        ("downlink-1", Channel.UP_STATE, False),
    ],
)
async def test_services_write_what_is_theirs(
    server: MosquittoServer, name: str, channel: Channel, *, allowed: bool
) -> None:
    async with client(server, name) as service:
        assert (await publish(service, topic(BOX, channel)) < 128) is allowed


async def test_ingest_receives_through_a_shared_subscription(server: MosquittoServer) -> None:
    async with client(server, "ingest-1") as ingest, client(server, BOX) as box:
        await ingest.subscribe(shared("ingest", Channel.UP_EVENTS), qos=1)
        assert await publish(box, topic(BOX, Channel.UP_EVENTS), b"batch") == 0
        assert (await next_message(ingest.messages)).payload == b"batch"


async def test_another_boxs_client_id_takes_nothing(server: MosquittoServer) -> None:
    async with client(server, BOX) as box, client(server, OTHER, identifier=str(BOX)):
        assert await publish(box, topic(BOX, Channel.UP_EVENTS)) < 128


async def test_without_a_certificate_nobody_enters(server: MosquittoServer) -> None:
    context = ssl.create_default_context(cafile=str(server.folder / "ca.pem"))
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", server.port, tls_context=context, timeout=3):
            pass


async def test_a_live_session_stops_by_the_deny_line(server: MosquittoServer) -> None:
    async with (
        client(server, BOX) as box,
        client(server, OTHER) as other,
        client(server, "downlink-1") as down,
    ):
        await box.subscribe(topic(BOX, Channel.DOWN_COMMANDS), qos=1)
        assert await publish(box, topic(BOX, Channel.UP_EVENTS)) < 128
        acl = broker.access_list(["ingest-1", "downlink-1"], [BOX])
        keyfiles.replace_file(server.folder / "acl", acl.encode())
        server.reload()
        deadline = asyncio.get_running_loop().time() + 5
        while await publish(box, topic(BOX, Channel.UP_EVENTS)) != NOT_AUTHORISED:
            assert asyncio.get_running_loop().time() < deadline
        assert await publish(other, topic(OTHER, Channel.UP_EVENTS)) < 128
        await publish(down, topic(BOX, Channel.DOWN_COMMANDS))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(box.messages), 0.5)


async def test_a_revoked_certificate_does_not_connect(
    ca: Authority, server: MosquittoServer, now: datetime
) -> None:
    serial = keyfiles.load_certificate(server.folder / f"{BOX}.pem").serial_number
    crl = authority.revocation_list(ca, [Revoked(serial, now)], 2, now)
    keyfiles.replace_file(server.folder / "crl.pem", authority.to_pem(crl))
    server.reload()
    async with client(server, OTHER):
        pass
    with pytest.raises(aiomqtt.MqttError):
        async with client(server, BOX, timeout_s=REFUSED_S):
            pass


async def test_an_expired_list_refuses_every_box(
    ca: Authority, folder: Path, start_broker: StartBroker, now: datetime
) -> None:
    """The trap that pki-sync exists to avoid."""
    write_broker_folder(ca, folder, now, crl_made=now - timedelta(days=31))
    server = start_broker(MOSQUITTO_CONF.read_text(), folder=folder)
    with pytest.raises(aiomqtt.MqttError):
        async with client(server, OTHER, timeout_s=REFUSED_S):
            pass


async def test_an_oversize_packet_ends_the_session(server: MosquittoServer) -> None:
    async with client(server, OTHER) as sane:
        with pytest.raises((aiomqtt.MqttError, TimeoutError, ValueError)):
            async with client(server, BOX) as box:
                await publish(box, topic(BOX, Channel.UP_EVENTS), bytes(2 * 1024 * 1024), timeout_s=REFUSED_S)
        assert await publish(sane, topic(OTHER, Channel.UP_EVENTS)) < 128


async def test_a_box_keeps_no_messages_under_names_of_its_own(server: MosquittoServer) -> None:
    """Each topic may hold a retained message for ever: there are four, not as many as a box can think of."""
    async with client(server, BOX) as box:
        assert await publish(box, f"{ROOT}/{BOX}/up/junk/1") == NOT_AUTHORISED
        assert await publish(box, f"{ROOT}/{BOX}/up/events/1") == NOT_AUTHORISED
