"""The page's certificate from the real edge-api, over real TLS; renewed, mended after a cut; and what is refused."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509

from cloud.sites import authority, keyfiles
from deploy.demo.servers.mosquitto import MosquittoServer
from edge import identity
from edge.clock import BoxClock
from edge.drivers.http_server import listen, serve
from edge.guardhouse.certificate import Ask, Certificate, asking, names_of
from edge.guardhouse.doors import Doors, make_app
from edge.guardhouse.pace import Pace
from edge.guardhouse.web_files import WebFiles
from edge.identity import Files, Membership
from edge.link.enrolment import enrol, page_certificate
from edge.link.refusals import EnrolmentError
from edge.settings import GuardhouseSettings, SettingsError, load
from protocols.guard_api import OPERATIONS
from protocols.held import ItemKind
from tests.cloud.pki.serving import EdgeServer, new_code, running_edge_api
from tests.cloud.sites.building import House
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import PIN, make_guard, until, with_page
from tests.support.postgres import Database

NAMES = ["kpp.local", "127.0.0.1"]


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
async def box(house: House, server: EdgeServer, tmp_path: Path) -> tuple[Membership, Files]:
    files = Files(tmp_path / "box")
    code = await asyncio.to_thread(new_code, house, server)
    return await enrol(server.url, code, files), files


@pytest.fixture
def box_with_page(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "whole", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box_with_page: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box_with_page.peer(), box_with_page.host, box_with_page.port) as peer:
        yield peer


def now() -> datetime:
    return datetime.now(UTC)


def ask_of(box: tuple[Membership, Files]) -> Ask:
    return asking(*box, BoxClock(highest_ns=0, has_battery=True, synchronised=lambda: True))


def settings(**changes: object) -> GuardhouseSettings:
    return GuardhouseSettings(**({"port": 0, "names": NAMES} | changes))  # type: ignore[arg-type]


async def answer_of(context: ssl.SSLContext, files: Files) -> tuple[int, int]:
    """Serve with the context, ask as a browser that trusts the CA; the status, and the serial of what was shown."""
    app = make_app(
        Doors(NAMES, "cookie", Pace(time.monotonic_ns), lambda _: None, lambda _: None),
        dict.fromkeys((operation.name for operation in OPERATIONS), None),  # type: ignore[arg-type]
        WebFiles(files.folder),
        lambda *_: None,
    )
    with listen("127.0.0.1", 0) as listener:
        serving = asyncio.create_task(serve(app, listener, tls=context))
        port = listener.getsockname()[1]
        try:
            shown = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port))
            trusting = ssl.create_default_context(cadata=files.ca.read_text())
            async with httpx.AsyncClient(verify=trusting) as client:
                answer = await client.get(f"https://127.0.0.1:{port}/gate/api/board")
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
    return answer.status_code, x509.load_pem_x509_certificate(shown.encode()).serial_number


async def test_the_page_gets_its_certificate_and_the_next_one_without_a_restart(
    box: tuple[Membership, Files], tmp_path: Path
) -> None:
    _, files = box
    moment = [now()]
    certificate = Certificate(settings(), files.folder, ask_of(box), lambda: moment[0])
    assert await certificate.look()
    assert names_of(identity.load_certificate(certificate.certificate)) == sorted(NAMES)
    status, first = await answer_of(certificate.context, files)
    assert status == 401
    assert await certificate.look()
    assert await answer_of(certificate.context, files) == (401, first), "it is not due yet"
    moment[0] += timedelta(days=500)
    assert await certificate.look()
    status, second = await answer_of(certificate.context, files)
    assert (status, second != first) == (401, True)


async def test_other_names_are_asked_for_anew(box: tuple[Membership, Files]) -> None:
    _, files = box
    await Certificate(settings(), files.folder, ask_of(box), now).look()
    certificate = Certificate(settings(names=["gate.lan"]), files.folder, ask_of(box), now)
    assert await certificate.look()
    assert names_of(identity.load_certificate(certificate.certificate)) == ["gate.lan"]


async def test_a_cut_between_certificate_and_key_is_mended(box: tuple[Membership, Files]) -> None:
    membership, files = box
    certificate = Certificate(settings(), files.folder, ask_of(box), now)
    await certificate.look()
    following = files.folder / "guardhouse-next.key"
    identity.write_private(following, identity.make_tls_key())
    pem = await page_certificate(membership, files, following, NAMES, check_time=True)
    identity.write_private(certificate.certificate, pem.encode())  # and here the power went
    again = Certificate(settings(), files.folder, ask_of(box), now)
    assert await again.look()
    assert not following.exists()
    assert (await answer_of(again.context, files))[0] == 401


@pytest.mark.parametrize(
    "name", ["localhost", "broker.example", "example.com", "8.8.8.8", "a..local", "*.local"]
)
async def test_a_box_gets_no_certificate_under_a_strange_name(
    box: tuple[Membership, Files], name: str
) -> None:
    """Neither the cloud's own, as which it could pass, nor one of the Internet."""
    membership, files = box
    with pytest.raises(EnrolmentError) as refused:
        await page_certificate(membership, files, files.tls_key, ["kpp.local", name], check_time=True)
    assert refused.value.code == "name_refused"


async def test_while_the_cloud_is_away_the_old_one_serves_on(box: tuple[Membership, Files]) -> None:
    membership, files = box
    await Certificate(settings(), files.folder, ask_of(box), now).look()
    away = msgspec.structs.replace(membership, cloud="https://127.0.0.1:9")
    later = lambda: now() + timedelta(days=600)  # noqa: E731
    certificate = Certificate(settings(), files.folder, ask_of((away, files)), later)
    assert not await certificate.look()
    assert (await answer_of(certificate.context, files))[0] == 401


async def test_a_certificate_of_ones_own(
    box: tuple[Membership, Files], server: EdgeServer, tmp_path: Path
) -> None:
    _, files = box
    key = tmp_path / "own.key"
    identity.write_private(key, identity.make_tls_key())
    own = authority.issue_server(
        server.house.ca, identity.load_tls_key(key).public_key(), ["gate.example.com", "127.0.0.1"], now()
    )
    (tmp_path / "own.crt").write_bytes(authority.to_pem(own))
    brought = settings(names=[], certificate=str(tmp_path / "own.crt"), key=str(key))
    certificate = Certificate(brought, files.folder, ask_of(box), now)
    assert await certificate.look()
    assert await answer_of(certificate.context, files) == (401, own.serial_number)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('port = 8443\nhost = "0.0.0.0"', "guardhouse.host"),
        ('port = 8443\ncertificate = "own.crt"', "`certificate` and `key`"),
        ('port = 8443\nnames = ["example.com"]', "guardhouse.names"),
        ("port = 70000", "guardhouse.port"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "edge.toml").write_text(f"[guardhouse]\n{text}\n")
    with pytest.raises(SettingsError) as refused:
        load(tmp_path)
    assert place in str(refused.value)


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "edge.toml").write_text(
        '[guardhouse]\nport = 8443\ncertificate = "a.crt"\nkey = "a.key"\nweb = "web"\n'
    )
    loaded = load(tmp_path).guardhouse
    assert [loaded.certificate, loaded.key, loaded.web] == [
        str(tmp_path / name) for name in ("a.crt", "a.key", "web")
    ]


async def test_the_whole_box_serves_https_and_its_own_screen_without(
    box_with_page: Box, tmp_path: Path, cloud: CloudPeer
) -> None:
    """A cookie that was given over HTTPS is never sent without."""
    ca = keyfiles.create_authority(tmp_path / "ca", "test", now())
    key = tmp_path / "own.key"
    identity.write_private(key, identity.make_tls_key())
    own = authority.issue_server(ca, identity.load_tls_key(key).public_key(), ["127.0.0.1"], now())
    (tmp_path / "own.crt").write_bytes(authority.to_pem(own))
    with_page(box_with_page, certificate=str(tmp_path / "own.crt"), key=str(key), local_port=0)
    guard = make_guard()
    async with box_with_page.agent() as agent:
        await cloud.put(guard, ItemKind.GUARD)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        trusting = ssl.create_default_context(cadata=authority.to_pem(ca.certificate).decode())
        for scheme, name in (("https", "guardhouse.port"), ("http", "guardhouse.local")):
            file = agent.data / name
            await until_there(file)
            url = f"{scheme}://127.0.0.1:{int(file.read_text())}"
            async with httpx.AsyncClient(base_url=url, verify=trusting, headers={"Origin": url}) as client:
                answer = await client.post("/gate/api/sign-in", json={"guard": str(guard.id), "pin": PIN})
                assert answer.status_code == 200, answer.text
                assert ("secure" in answer.headers["set-cookie"].lower()) == (scheme == "https")
                assert (await client.get("/gate/api/board")).status_code == 200


async def until_there(file: Path) -> None:
    def is_there() -> bool:
        return file.exists() and bool(file.read_text().strip())

    await until(lambda: asyncio.to_thread(is_there))
