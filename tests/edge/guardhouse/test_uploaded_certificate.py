"""A certificate that was uploaded to the cloud serves over real TLS, gives way and comes back; which serves is told."""

import asyncio
import json
import ssl
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from cloud.sites import authority, keyfiles
from cloud.sites.authority import Authority
from deploy.demo.servers.mosquitto import MosquittoServer
from edge import identity
from edge.drivers.http_server import listen, serve
from edge.dump import dump
from edge.guardhouse.certificate import Ask, Certificate
from edge.guardhouse.doors import Doors, make_app
from edge.guardhouse.pace import Pace
from edge.guardhouse.showing import stands_for
from edge.guardhouse.web_files import WebFiles
from edge.settings import GuardhouseSettings
from protocols import records
from protocols.config import Configuration, PageCertificate
from protocols.guard_api import OPERATIONS
from tests.edge.boxes import Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import until, with_page
from tests.edge.world import uid
from tests.support.certificates import Made, make_ca, make_certificate, rsa_key

NAMES = ["kpp.local", "127.0.0.1"]
NOW = datetime.now(UTC)


@pytest.fixture
def ca(tmp_path: Path) -> Authority:
    """The cloud's."""
    return keyfiles.create_authority(tmp_path / "pki", "test", NOW)


def asking(ca: Authority) -> Ask:
    async def ask(key: Path, names: list[str]) -> str:
        public = identity.load_tls_key(key).public_key()
        return authority.to_pem(authority.issue_server(ca, public, names, datetime.now(UTC))).decode()

    return ask


class Page:
    """A page's certificate, and the time that its box believes."""

    def __init__(self, folder: Path, ca: Authority, **settings: object) -> None:
        self.at = NOW
        self.told = 0
        given = GuardhouseSettings(**({"port": 0, "names": NAMES} | settings))  # type: ignore[arg-type]
        self.certificate = Certificate(given, folder, asking(ca), lambda: self.at, self._told)

    def _told(self) -> None:
        self.told += 1

    async def take(self, page: PageCertificate | None) -> None:
        self.certificate.take(page)
        assert await self.certificate.look()


@pytest.fixture
def page(tmp_path: Path, ca: Authority) -> Page:
    folder = tmp_path / "box"
    folder.mkdir()
    return Page(folder, ca)


def uploaded(made: Made, *chain: Made, key: Made | None = None) -> PageCertificate:
    pem = "".join(each.pem for each in (made, *chain))
    return PageCertificate(chain=pem, key=(key or made).key_pem)


@asynccontextmanager
async def served(page: Page, folder: Path) -> AsyncIterator[int]:
    """One server for the whole test; its port."""
    app = make_app(
        Doors(
            NAMES, "cookie", Pace(time.monotonic_ns), lambda _: None, lambda _: None, page.certificate.is_name
        ),
        dict.fromkeys((operation.name for operation in OPERATIONS), None),  # type: ignore[arg-type]
        WebFiles(folder),
        lambda *_: None,
    )
    with listen("127.0.0.1", 0) as listener:
        task = asyncio.create_task(serve(app, listener, tls=page.certificate.context))
        try:
            yield listener.getsockname()[1]
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def shown(port: int, *, tls12: bool = False) -> tuple[str, int]:
    """(whom a browser is shown, the length of the chain), without trusting anybody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    connection = writer.get_extra_info("ssl_object")
    der = connection.getpeercert(binary_form=True)
    chain = connection._sslobj.get_unverified_chain()
    writer.close()
    await writer.wait_closed()
    return fingerprint(x509.load_der_x509_certificate(der)), len(chain)


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize("kind", ["rsa", "ec"])
async def test_it_serves_gives_way_and_comes_back_while_the_page_serves(
    page: Page, tmp_path: Path, kind: str
) -> None:
    """The CA's is of another kind of key, or of the same; who is connected stays so."""
    root = make_ca()
    own = make_certificate(by=root, key=rsa_key() if kind == "rsa" else None)
    assert await page.certificate.look()
    cas = identity.load_certificate(page.certificate.certificate)
    async with served(page, tmp_path) as port:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "pki/ca.pem"))
        async with httpx.AsyncClient(verify=trusting, base_url=f"https://127.0.0.1:{port}") as client:
            assert (await client.get("/gate/api/board")).status_code == 401
            await page.take(uploaded(own, root))
            assert (await client.get("/gate/api/board")).status_code == 401, "it goes on"
        for tls12 in (False, True):
            assert await shown(port, tls12=tls12) == (fingerprint(own.certificate), 2)
        file = page.certificate.uploaded
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        await page.take(None)
        for tls12 in (False, True):
            assert await shown(port, tls12=tls12) == (fingerprint(cas), 1)
        assert not file.exists()
        await page.take(uploaded(own, root))
        assert (await shown(port))[0] == fingerprint(own.certificate)


async def test_what_serves_is_told(page: Page) -> None:
    assert await page.certificate.look()
    state = page.certificate.state
    assert (state.source, state.names, state.own_names) == ("authority", sorted(NAMES), NAMES)
    own = make_certificate(["gate.example.com", "10.0.0.7"], by=make_ca("Наш центр"))
    await page.take(uploaded(own))
    state = page.certificate.state
    assert (state.source, state.names, state.issuer, state.refused) == (
        "uploaded",
        ["10.0.0.7", "gate.example.com"],
        "Наш центр",
        "",
    )
    assert (state.fingerprint, state.ends) == (
        fingerprint(own.certificate),
        own.certificate.not_valid_after_utc,
    )
    told = page.told
    assert await page.certificate.look()
    assert page.told == told == 2, "only when it differs"


@pytest.mark.parametrize("fault", ["key", "chain", "begins", "ends"])
async def test_one_that_cannot_serve_leaves_the_page_to_the_ca_and_it_is_told(
    page: Page, tmp_path: Path, fault: str
) -> None:
    own = make_certificate(begins=NOW - timedelta(days=1), ends=NOW + timedelta(days=10))
    bad = {
        "key": uploaded(own, key=make_certificate()),
        "chain": PageCertificate(chain="-----BEGIN CERTIFICATE-----\nMIIB\n", key=own.key_pem),
        "begins": uploaded(make_certificate(begins=NOW + timedelta(days=1))),
        "ends": uploaded(make_certificate(begins=NOW - timedelta(days=9), ends=NOW)),
    }[fault]
    await page.take(bad)
    async with served(page, tmp_path) as port:
        assert (await shown(port))[0] == fingerprint(identity.load_certificate(page.certificate.certificate))
        expected = {"begins": "not_yet_valid", "ends": "expired"}.get(fault, "broken")
        assert (page.certificate.state.source, page.certificate.state.refused) == ("authority", expected)
        await page.take(uploaded(own))
        assert (await shown(port))[0] == fingerprint(own.certificate)


async def test_one_that_ends_while_it_serves_gives_way(page: Page, tmp_path: Path) -> None:
    own = make_certificate(ends=NOW + timedelta(days=10))
    await page.take(uploaded(own))
    async with served(page, tmp_path) as port:
        page.at = NOW + timedelta(days=10)
        assert await page.certificate.look()
        assert (await shown(port))[0] != fingerprint(own.certificate)
    assert page.certificate.state.refused == "expired"


async def test_a_file_of_the_settings_stands_first(tmp_path: Path, ca: Authority) -> None:
    of_file = make_certificate(["own.example.com"])
    (tmp_path / "own.crt").write_text(of_file.pem)
    (tmp_path / "own.key").write_text(of_file.key_pem)
    page = Page(tmp_path, ca, certificate=str(tmp_path / "own.crt"), key=str(tmp_path / "own.key"))
    await page.take(uploaded(make_certificate()))
    state = page.certificate.state
    assert (state.source, state.names, state.refused) == ("file", ["own.example.com"], "file_first")


async def test_a_full_disk_takes_no_page_away(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await page.certificate.look()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(identity, "write_private", full)
    page.certificate.take(uploaded(make_certificate()))
    assert not await page.certificate.look()
    assert page.certificate.state.source == "authority"
    monkeypatch.undo()
    assert await page.certificate.look()
    assert page.certificate.state.source == "uploaded"


async def test_the_page_is_found_under_the_names_of_its_certificate(page: Page, tmp_path: Path) -> None:
    await page.take(uploaded(make_certificate(["gate.example.com", "*.athens.example"])))
    async with (
        served(page, tmp_path) as port,
        httpx.AsyncClient(verify=False, base_url=f"https://127.0.0.1:{port}") as client,
    ):

        async def status(host: str) -> int:
            return (await client.get("/gate/api/board", headers={"Host": host})).status_code

        for host in ("gate.example.com", "GATE.example.com:8443", "kpp.athens.example", "kpp.local"):
            assert await status(host) == 401, host
        for host in ("example.com", "a.b.athens.example", "athens.example", "evil.example"):
            assert await status(host) == 421, host


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.example.com", True),
        ("example.com", False),
        ("a.b.example.com", False),
        ("com", False),
        ("", False),
    ],
)
def test_an_asterisk_stands_for_one_label(name: str, is_one: bool) -> None:
    assert stands_for(name, ["*.example.com"]) is is_one


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "whole", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


async def test_it_comes_by_the_configuration_and_outlives_a_restart(box: Box, cloud: CloudPeer) -> None:
    """Also where the CA cannot be asked. Its key stands in no record, no state and no dump."""
    own = make_certificate()
    with_page(box, names=NAMES)
    wanted = Configuration(site=uid(), site_name="Афины", time_zone="Europe/Moscow", page=uploaded(own))

    def is_told() -> bool:
        page = cloud.states[-1].page if cloud.states else None
        return page is not None and page.source == "uploaded"

    async def is_shown(folder: Path) -> bool:
        return (await shown(int((folder / "guardhouse.port").read_text())))[0] == fingerprint(own.certificate)

    async with box.agent() as agent:
        await cloud.configure(wanted)
        await cloud.until(is_told)
        await cloud.until(lambda: cloud.of(records.ConfigApplied))
        await cloud.until((agent.data / "guardhouse.port").exists)
        await until(lambda: is_shown(agent.data))
    cloud.states.clear()
    (agent.data / "guardhouse.port").unlink()
    async with box.agent() as agent:
        await cloud.until(is_told)
        await cloud.until((agent.data / "guardhouse.port").exists)
        await until(lambda: is_shown(agent.data))
        told = json.dumps(dump(agent.data), default=str) + repr(cloud.events) + repr(cloud.states)
    secret = own.key_pem.splitlines()[1]
    assert secret in (agent.data / "guardhouse-uploaded.pem").read_text()
    assert secret not in told
    assert cloud.of(records.ConfigApplied)[0].applied
