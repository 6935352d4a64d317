"""The box's side of enrolment and renewal against the real edge-api; its pictures; its TLS link to a real broker."""

import asyncio
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.sites import authority, keyfiles
from edge import identity
from edge.clock import BoxClock
from edge.identity import Files
from edge.link import enrolment
from edge.link.enrolment import enrol, finish_renewal, renew_if_due
from edge.link.files import FileError, upload
from edge.link.mqtt import BrokerAddress, RefusedByBrokerError, Uplink, client_context
from edge.link.refusals import EnrolmentError
from edge.upkeep import renew_certificate
from protocols.enrolment import Code, parse_code
from protocols.messages import PullConfig
from protocols.topics import Channel
from tests.cloud.pki.certificates import MOSQUITTO_CONF, write_box, write_broker_folder
from tests.cloud.pki.serving import EdgeServer, new_code, running_edge_api
from tests.cloud.sites.building import House
from tests.edge.world import uid
from tests.support.broker import StartBroker
from tests.support.postgres import Database
from tests.support.tasks import end_tasks


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    house = House(database, at=None)
    yield house
    house.close()


@pytest.fixture
def server(house: House, tmp_path: Path) -> Iterator[EdgeServer]:
    with running_edge_api(house, tmp_path / "pki") as server:
        yield server


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "box")


async def code_of(house: House, server: EdgeServer) -> str:
    return await asyncio.to_thread(new_code, house, server)


async def test_a_box_enrols_once_and_keeps_its_keys_to_itself(
    house: House, server: EdgeServer, files: Files
) -> None:
    code = await code_of(house, server)
    membership = await enrol(server.url, code.lower().replace("-", " "), files)
    assert membership.answer.files_url == f"{server.url}/edge/files"
    assert authority.common_name(identity.load_certificate(files.certificate)) == str(membership.answer.box)
    for private in (files.tls_key, files.journal_key, files.membership):
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert await enrol(server.url, code, files) == membership  # nothing is asked again
    assert identity.load_membership(files) == membership


async def test_a_lost_answer_costs_nothing(
    house: House, server: EdgeServer, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await code_of(house, server)
    ask = enrolment._ask
    answers = []

    async def lose(*arguments: object) -> None:
        answers.append(await ask(*arguments))  # type: ignore[arg-type]
        raise EnrolmentError("the line broke")

    with monkeypatch.context() as broken:
        broken.setattr(enrolment, "_ask", lose)
        with pytest.raises(EnrolmentError, match="line broke"):
            await enrol(server.url, code, files)
    assert not files.membership.exists()
    membership = await enrol(server.url, code, files)
    assert membership.answer.certificate == answers[0].certificate


@pytest.mark.parametrize(
    "lost", [["membership"], ["membership", "certificate"], ["membership", "certificate", "ca"]]
)
async def test_a_power_cut_at_any_write_is_mended_by_the_same_command(
    house: House, server: EdgeServer, files: Files, lost: list[str]
) -> None:
    code = await code_of(house, server)
    first = await enrol(server.url, code, files)
    for name in lost:
        getattr(files, name).unlink()
    assert await enrol(server.url, code, files) == first


async def test_a_code_serves_one_box(house: House, server: EdgeServer, files: Files, tmp_path: Path) -> None:
    code = await code_of(house, server)
    await enrol(server.url, code, files)
    with pytest.raises(EnrolmentError) as refused:
        await enrol(server.url, code, Files(tmp_path / "thief"))
    assert refused.value.code == "code_used"
    assert str(refused.value).endswith("the enrolment code has been used: issue a new one on the box's page")
    assert refused.value.russian.endswith("выпустите новый на странице контроллера")


async def test_another_authority_gets_nothing(house: House, server: EdgeServer, files: Files) -> None:
    code = parse_code(await code_of(house, server))
    astray = Code(code.secret, bytes(16)).text()
    with pytest.raises(EnrolmentError, match="nothing was sent"):
        await enrol(server.url, astray, files)
    assert not files.tls_key.exists()
    await enrol(server.url, code.text(), files)  # the code is still good


async def test_the_code_never_goes_out_in_the_clear(files: Files) -> None:
    asked = asyncio.Event()

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        for address in (f"http://127.0.0.1:{port}", f"127.0.0.1:{port}", f"ftp://127.0.0.1:{port}", "https:"):
            with pytest.raises(EnrolmentError, match="begins with https://; nothing was sent"):
                await enrol(address, Code(bytes(10), bytes(16)).text(), files)
        with pytest.raises(EnrolmentError, match="no address"):
            await enrol(f"https://[::1:{port}", Code(bytes(10), bytes(16)).text(), files)
    assert not asked.is_set()
    assert not files.folder.exists()


async def test_a_certificate_of_another_signer_is_not_taken(
    house: House, server: EdgeServer, files: Files
) -> None:
    """It shows the right authority and signs by another key."""
    code, membership = await code_of(house, server), files.membership
    true = server.house.ca
    with signing_by(server, true.certificate), pytest.raises(EnrolmentError, match="not signed by the auth"):
        await enrol(server.url, code, files)
    assert not membership.exists()
    assert not files.certificate.exists()
    enrolled = await enrol(server.url, await code_of(house, server), files)
    old, later = files.certificate.read_bytes(), datetime.now(UTC) + timedelta(days=250)
    with signing_by(server, true.certificate), pytest.raises(EnrolmentError, match="not signed by the auth"):
        await renew_if_due(enrolled, files, later)
    assert files.certificate.read_bytes() == old


@contextmanager
def signing_by(server: EdgeServer, shown: x509.Certificate) -> Iterator[None]:
    """Meanwhile the server's certificates are signed by a key that is not of the authority it shows."""
    true, other = server.house.ca, ec.generate_private_key(ec.SECP256R1())
    object.__setattr__(server.house, "ca", authority.Authority(shown, other))
    try:
        yield
    finally:
        object.__setattr__(server.house, "ca", true)


@pytest.mark.parametrize("days", [400, -1200], ids=["behind", "ahead"])
async def test_a_box_with_a_wrong_clock_enrols(
    database: Database, files: Files, tmp_path: Path, days: int
) -> None:
    """By the box's clock the server's certificate is not yet valid, or no longer."""
    then = datetime.now(UTC) + timedelta(days=days)
    house = House(database, at=then)
    with running_edge_api(house, tmp_path / "pki", at=then) as server:
        membership = await enrol(server.url, await code_of(house, server), files)
    assert identity.load_membership(files) == membership
    house.close()


async def test_an_enrolled_box_says_where_it_belongs(house: House, server: EdgeServer, files: Files) -> None:
    code = await code_of(house, server)
    membership = await enrol(server.url, code, files)
    for cloud, other in (
        (server.url, "garbage"),
        (server.url, await code_of(house, server)),
        ("https://other.example", code),
        ("http://other.example", "garbage"),
    ):
        with pytest.raises(
            EnrolmentError, match=f"already enrolled at {server.url} as {membership.answer.box}"
        ):
            await enrol(cloud, other, files)
    files.membership.write_bytes(msgspec.json.encode(msgspec.structs.replace(membership, code_sha256=None)))
    with pytest.raises(EnrolmentError, match="already enrolled"):
        await enrol(server.url, "garbage", files)


async def test_a_box_whose_membership_was_removed_enrols_anew(
    house: House, server: EdgeServer, files: Files
) -> None:
    """Its certificate was renewed meanwhile, so the first request is of a key that is gone."""
    first = await enrol(server.url, await code_of(house, server), files)
    assert await renew_if_due(first, files, datetime.now(UTC) + timedelta(days=250))
    files.membership.unlink()
    second = await enrol(server.url, await code_of(house, server), files)
    assert second.answer.box != first.answer.box
    client_context(str(files.ca), str(files.certificate), str(files.tls_key))  # key and certificate fit


async def test_what_is_no_code_or_no_cloud_is_named(files: Files) -> None:
    with pytest.raises(EnrolmentError, match="letters and digits"):
        await enrol("https://127.0.0.1:9", "ABC", files)
    with pytest.raises(EnrolmentError, match="letters A-Z"):
        await enrol("https://127.0.0.1:9", "Ж" * 42, files)
    with pytest.raises(EnrolmentError, match=r"127\.0\.0\.1:9"):
        await enrol("https://127.0.0.1:9", Code(bytes(10), bytes(16)).text(), files)


async def test_a_certificate_renews_at_two_thirds_of_its_life(
    house: House, server: EdgeServer, files: Files
) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    old = identity.load_certificate(files.certificate)
    now = datetime.now(UTC)
    assert not await renew_if_due(membership, files, now + timedelta(days=240))
    assert await renew_if_due(membership, files, now + timedelta(days=250))
    new = identity.load_certificate(files.certificate)
    assert new.serial_number != old.serial_number
    assert not files.next_key.exists()
    client_context(str(files.ca), str(files.certificate), str(files.tls_key))  # key and certificate fit


async def test_a_lapsed_certificate_renews_by_proof_of_its_key(
    house: House, server: EdgeServer, files: Files
) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    now = datetime.now(UTC)
    csr = identity.make_csr(identity.load_tls_key(files.tls_key))
    lapsed = authority.issue_box(server.house.ca, csr, membership.answer.box, now - timedelta(days=500))
    files.certificate.write_bytes(authority.to_pem(lapsed))
    assert await renew_if_due(membership, files, now)
    assert identity.load_certificate(files.certificate).not_valid_after_utc > now


async def test_a_lapsed_certificate_and_a_clock_that_is_behind(
    house: House, server: EdgeServer, files: Files
) -> None:
    """By its own clock the certificate is good, and the broker that would tell the time refuses it."""
    membership = await enrol(server.url, await code_of(house, server), files)
    now = datetime.now(UTC)
    csr = identity.make_csr(identity.load_tls_key(files.tls_key))
    lapsed = authority.issue_box(server.house.ca, csr, membership.answer.box, now - timedelta(days=500))
    files.certificate.write_bytes(authority.to_pem(lapsed))
    clock = clock_at(now - timedelta(days=450))
    assert not await renew_if_due(membership, files, clock.now().utc)
    assert await renew_certificate(membership, files, clock)
    assert identity.load_certificate(files.certificate).not_valid_after_utc > now
    assert abs(clock.now().utc - now) < timedelta(minutes=1)
    assert not await renew_certificate(membership, files, clock)


async def test_a_clock_that_is_ahead_renews_nothing(house: House, server: EdgeServer, files: Files) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    assert not await renew_certificate(membership, files, clock_at(datetime.now(UTC) + timedelta(days=390)))


async def test_the_time_is_told_to_a_box_for_which_the_server_is_of_the_future(
    database: Database, house: House, server: EdgeServer, files: Files, tmp_path: Path
) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    then = datetime.now(UTC) + timedelta(days=400)
    later = House(database, at=then)
    with running_edge_api(later, tmp_path / "later", at=then) as future:
        files.ca.write_bytes((future.folder / "ca.pem").read_bytes())
        moved = msgspec.structs.replace(membership, cloud=future.url)
        assert await enrolment.cloud_time(moved, files) == then
        with pytest.raises(EnrolmentError, match="not yet valid"):
            await renew_if_due(moved, files, then)
    later.close()


def clock_at(moment: datetime) -> BoxClock:
    """A box's clock that stands on its battery alone, and is wrong."""
    wall_ns = int(moment.timestamp()) * 1_000_000_000
    return BoxClock(highest_ns=0, has_battery=True, wall_ns=lambda: wall_ns, synchronised=lambda: False)


async def test_a_power_cut_between_certificate_and_key_is_mended_at_start(
    house: House, server: EdgeServer, files: Files
) -> None:
    await enrol(server.url, await code_of(house, server), files)
    old_key = files.tls_key.read_bytes()
    identity.write_private(files.next_key, identity.make_tls_key())
    csr = identity.make_csr(identity.load_tls_key(files.next_key))
    renewed = authority.issue_box(server.house.ca, csr, uid(), datetime.now(UTC))
    finish_renewal(files)
    assert files.tls_key.read_bytes() == old_key  # the certificate is still the old key's
    files.certificate.write_bytes(authority.to_pem(renewed))
    finish_renewal(files)
    assert files.tls_key.read_bytes() != old_key
    client_context(str(files.ca), str(files.certificate), str(files.tls_key))


async def test_pictures_go_up_in_pieces_and_go_on_after_a_break(
    house: House, server: EdgeServer, files: Files
) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    picture = bytes(range(256)) * 3000
    name = sha256(picture).hexdigest()
    url = f"{membership.answer.files_url}/{name}"
    context = client_context(str(files.ca), str(files.certificate), str(files.tls_key))
    async with httpx.AsyncClient(verify=context) as client:
        headers = {"Content-Range": f"bytes 0-999/{len(picture)}", "Content-Type": "image/jpeg"}
        (await client.put(url, content=picture[:1000], headers=headers)).raise_for_status()
        await upload(client, url, picture, "image/jpeg")
        await upload(client, url, picture, "image/jpeg")
        with pytest.raises(FileError) as refused:
            await upload(client, f"{membership.answer.files_url}/{'0' * 64}", picture, "image/jpeg")
    assert server.house.files.path(name).read_bytes() == picture
    assert refused.value.lasting


async def test_the_link_speaks_mutual_tls_and_hears_refusals(
    tmp_path: Path, start_broker: StartBroker
) -> None:
    folder, now, box, other = tmp_path / "broker", datetime.now(UTC), uid(), uid()
    ca = keyfiles.create_authority(folder, "test house", now)
    write_broker_folder(ca, folder, now)
    write_box(ca, folder, box, now)
    broker = start_broker(MOSQUITTO_CONF.read_text(), folder=folder)

    def context():
        return client_context(str(folder / "ca.pem"), str(folder / f"{box}.pem"), str(folder / f"{box}.key"))

    address = BrokerAddress(host="localhost", port=broker.port, tls=context)
    mine = Uplink(box, address, random=lambda: 0.0, receive=lambda _channel, _data: None)
    task = asyncio.create_task(mine.run())
    async with asyncio.timeout(60):
        await mine.connected.wait()
    await mine.publish(Channel.UP_REQUESTS, PullConfig(version=0))
    with pytest.raises(RefusedByBrokerError):
        await mine.publish(Channel.DOWN_ACK, PullConfig(version=0))
    assert mine.refusals == 1
    await end_tasks([task])
    # with this certificate, as another box: not a word gets through
    foreign = Uplink(other, address, random=lambda: 0.0, receive=lambda _channel, _data: None)
    task = asyncio.create_task(foreign.run())
    async with asyncio.timeout(60):
        await foreign.connected.wait()
    with pytest.raises(RefusedByBrokerError):
        await foreign.publish(Channel.UP_REQUESTS, PullConfig(version=0))
    await end_tasks([task])


# paho leaves the socket of a failed handshake to the garbage collector
@pytest.mark.filterwarnings("ignore:.*SSLSocket.*:pytest.PytestUnraisableExceptionWarning")
async def test_a_stranger_in_the_brokers_place_is_not_spoken_to(
    tmp_path: Path, start_broker: StartBroker, house: House, server: EdgeServer, files: Files
) -> None:
    """The broker's certificate is of another CA than the one the box enrolled with."""
    await enrol(server.url, await code_of(house, server), files)
    folder, now = tmp_path / "stranger", datetime.now(UTC)
    write_broker_folder(keyfiles.create_authority(folder, "stranger", now), folder, now)
    broker = start_broker(MOSQUITTO_CONF.read_text(), folder=folder)

    def context():
        return client_context(str(files.ca), str(files.certificate), str(files.tls_key), check_time=False)

    link = Uplink(
        uid(),
        BrokerAddress(host="localhost", port=broker.port, tls=context),
        random=lambda: 0.0,
        receive=lambda _channel, _data: None,
    )
    told: asyncio.Queue[str] = asyncio.Queue()
    link._tell_down = told.put_nowait  # type: ignore[method-assign]
    task = asyncio.create_task(link.run())
    async with asyncio.timeout(60):
        error = await told.get()
    assert "certificate verify failed" in error.lower()
    await end_tasks([task])
