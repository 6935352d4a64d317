"""Guests' codes of the real cloud before a box that is cut off from it, and after the link is back.

What a bare gate refuses a code for stands in `tests/edge/test_codes.py`, its bytes in `tests/protocols/test_qr.py`.
"""

from base64 import b32decode, b32encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.scanner import Scanner

from cloud.access import service as access
from cloud.access.code_keys import revoke_code_key
from cloud.access.models import CodeKey, Pass
from deploy.demo.servers.proxy import Line, Proxy
from edge.agent import Agent
from protocols import qr
from protocols.fields import Direction
from tests.system.gate.field import Field, lay_lanes, online
from tests.system.gate.settlement import Settlement, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


@dataclass
class Gate:
    """A way in and a way out, each with a scanner on a socket."""

    settlement: Settlement
    agent: Agent
    yard: Field
    scanners: dict[Direction, Scanner]

    async def scan(self, way: Direction, code: str) -> str:
        """What becomes of a code that is held before the lane's scanner: the reason."""
        reads = self.agent.gate.counts["reads"]
        assert self.scanners[way].scan(code)["submitted"]
        await until(lambda: self.agent.gate.counts["reads"] > reads, "the box read the code")
        await self.agent.gate.drain()
        rows = await self.agent.store.write(
            lambda store: store.execute("SELECT body FROM record ORDER BY n, sequence").fetchall()
        )
        told = [msgspec.json.decode(row[0]) for row in rows]
        return str([each for each in told if each["type"] == "passage"][-1]["reason"])

    def code(self, row: Pass) -> str:
        """As the guest's page shows it."""
        with self.settlement.work() as session:
            made = access.guest_code(session, self.settlement.vault, access.get_pass(session, row.id))
        assert made is not None
        return made.text


@pytest.fixture
async def gate(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Gate]:
    yard, journal = Field(tmp_path), Journal(tmp_path / "scanners.jsonl", SystemClock())
    scanners = {way: Scanner(way.value, journal=journal) for way in Direction}
    with settlement.work() as session:
        access.keep_key(session, settlement.vault, settlement.site.id)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(yard.at_work())
        modules = settlement.modules(yard)
        for lane in lay_lanes(*Direction):
            scanner = scanners[lane.direction]
            await scanner.start()
            stack.push_async_callback(scanner.stop)
            tcp = {"host": "127.0.0.1", "port": scanner.port}
            reader = settlement.device("line_scanner", scanner.name, {"tcp": tcp})
            settlement.point(lane, modules[lane.unit], [reader])
        settlement.configure()
        await stack.enter_async_context(settlement.cloud_at_work())
        agent = await stack.enter_async_context(settlement.box.agent())
        await online(agent, settlement.devices)
        await settlement.held(agent)
        yield Gate(settlement, agent, yard, scanners)
    journal.close()


async def test_codes_before_a_box_that_is_cut_off(gate: Gate, link: Proxy) -> None:
    """Issued after the link died: let in once each way; revoked meanwhile: refused when the box has heard of it."""
    settlement, IN, OUT = gate.settlement, Direction.IN, Direction.OUT  # noqa: N806  # read as words
    link.set_line(Line.CUT)
    await until(lambda: not gate.agent.uplink.connected.is_set(), "the link is cut")
    version = gate.agent.held.standing.version
    guest = settlement.issue(entries=1, plates=["Х 711 ТТ 90"])
    code, again = gate.code(guest), gate.code(guest)
    assert [await gate.scan(IN, code), await gate.scan(IN, code), await gate.scan(IN, again)] == [
        "granted",
        "no_entries_left",  # replayed
        "no_entries_left",  # another print is the same pass
    ]
    assert [await gate.scan(OUT, again), await gate.scan(OUT, code)] == ["granted", "no_entries_left"]

    away = settlement.issue(entries=1)
    unheard = gate.code(away)
    with settlement.work() as session:
        access.revoke_passes(session, settlement.actor, [away.id], "не приедет")
    assert gate.agent.held.standing.version == version, "the box has heard of nothing"
    link.set_line(Line.OPEN)
    await settlement.held(gate.agent)
    assert gate.agent.held.passes.find_pass(away.id) is not None, "its id came, to the window's end"
    assert await gate.scan(IN, unheard) == "revoked"
    assert len(gate.yard.openings()) == 2


async def test_codes_of_another_site_and_of_a_key_that_was_revoked(gate: Gate) -> None:
    settlement = gate.settlement
    mine, here = settlement.issue(entries=2), settlement.site
    elsewhere = settlement.make_site("к/п Спарта")
    with settlement.work() as session:
        access.keep_key(session, settlement.vault, elsewhere.id)
        [key] = session.query(CodeKey).filter(CodeKey.site_id == here.id)
    settlement.site = elsewhere
    other = gate.code(settlement.issue())
    settlement.site = here
    await settlement.held(gate.agent)
    assert await gate.scan(Direction.IN, other) == "code_key_unknown"
    code = gate.code(mine)
    assert await gate.scan(Direction.IN, code) == "granted"
    with settlement.work() as session:
        revoke_code_key(session, settlement.actor, settlement.vault, key.id, "ключ утёк")
    await settlement.held(gate.agent)
    assert await gate.scan(Direction.IN, code) == "code_key_unknown"
    assert len(gate.yard.openings()) == 1
    assert await gate.scan(Direction.IN, gate.code(mine)) == "granted", "the page shows another one by now"


async def test_a_forged_code_opens_nothing_and_the_genuine_one_still_does(gate: Gate, link: Proxy) -> None:
    """All in it is right but the signer; then a real one with one byte changed. The box is cut off meanwhile."""
    row = gate.settlement.issue(entries=2)
    code = gate.code(row)
    await gate.settlement.held(gate.agent)
    link.set_line(Line.CUT)
    genuine = qr.read(code)
    forger = Ed25519PrivateKey.generate()
    by_another = qr.write(genuine.token, gate.settlement.site.id, forger.sign)
    own_tag = replace(genuine.token, key=qr.key_tag(forger.public_key().public_bytes_raw()))
    by_another_that_says_so = qr.write(own_tag, gate.settlement.site.id, forger.sign)
    assert [await gate.scan(Direction.IN, each) for each in (by_another, by_another_that_says_so)] == [
        "code_forged",
        "code_key_unknown",
    ]
    for part, at in PARTS.items():
        assert await gate.scan(Direction.IN, with_another_byte(code, at)) == "code_forged", part
    assert gate.yard.openings() == []
    assert await gate.scan(Direction.IN, code) == "granted", "no forgery has spent an entry of it"
    assert len(gate.yard.openings()) == 1


PARTS = {
    "pass": 7,
    "begins": 26,
    "minutes": 27,
    "uses": 29,
    "nonce": 31,
    "signature's first": -64,
    "last": -1,
}


def with_another_byte(code: str, at: int) -> str:
    data = bytearray(b32decode(code + "=" * (-len(code) % 8)))
    data[at] ^= 1
    return b32encode(bytes(data)).decode().rstrip("=")


async def test_a_code_is_good_for_its_window_alone(gate: Gate) -> None:
    """The clock of both sides goes on a day: what was printed is over, though the pass is not."""
    settlement = gate.settlement
    code = gate.code(settlement.issue(entries=5))
    await settlement.held(gate.agent)
    assert await gate.scan(Direction.IN, code) == "granted"
    settlement.time.skip(timedelta(hours=24, minutes=1))
    assert await gate.scan(Direction.IN, code) == "expired"
