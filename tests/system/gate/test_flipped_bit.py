"""One bit of one record is flipped: on the box's disk, in the cloud's rows, in an extract. `journal verify` names it.

Any bit of any record, records taken out, moved and rewritten: `tests/cloud/telemetry/test_journal.py`; what retention
leaves, and what the desk downloads: `tests/cloud/telemetry/test_extracts.py`.
"""

import sqlite3
from contextlib import AsyncExitStack, closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.telemetry import extracts
from deploy.demo.servers.proxy import Line, Proxy
from protocols.fields import Direction
from tests.system.gate.field import Field, cameras, lay_lanes, online
from tests.system.gate.settlement import Settlement, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
CARS = 6
EXTRACTS = Ed25519PrivateKey.generate()
ON_THE_DISK, IN_THE_ROWS, IN_THE_FILE = "X001TT90", "X003TT90", "X005TT90"


def flip_on_the_disk(settlement: Settlement, plate: str) -> int:
    """In the passage of this car, by a hand that knows nothing of hashes. Returns the record's sequence."""
    with closing(sqlite3.connect(settlement.box.folder / "store.sqlite", timeout=20)) as store, store:
        sequence, body = store.execute(
            "SELECT sequence, body FROM record WHERE instr(body, ?) > 0", (plate.encode(),)
        ).fetchone()
        changed = body.replace(plate.encode(), bytes([plate.encode()[0] ^ 1]) + plate[1:].encode(), 1)
        store.execute("UPDATE record SET body = ? WHERE sequence = ? AND body = ?", (changed, sequence, body))
    return int(sequence)


def flip_in_the_rows(settlement: Settlement, plate: str) -> int:
    """Likewise; twice is as before."""
    with psycopg.connect(settlement.real.admin_url) as admin:
        [[sequence]] = admin.execute(
            "UPDATE box_event SET record = set_bit(record, 100, 1 - get_bit(record, 100))"
            " WHERE box_id = %s AND position(%s::bytea in record) > 0 RETURNING sequence",
            (settlement.box.id, plate.encode()),
        ).fetchall()
    return int(sequence)


def extract(settlement: Settlement, file: Path) -> bytes:
    """What the desk downloads of the box's journal."""
    now = settlement.time.now()
    period = {"begin": now - timedelta(days=1), "end": now + timedelta(hours=1), "made_at": now}
    with psycopg.connect(settlement.real.admin_url) as admin, file.open("wb") as target:
        extracts.write(admin, target, EXTRACTS, box=(settlement.box.id, "КПП"), **period)
    return file.read_bytes()


async def test_one_flipped_bit_is_named_wherever_it_is(
    settlement: Settlement, link: Proxy, tmp_path: Path
) -> None:
    yard, [lane] = Field(tmp_path), lay_lanes(Direction.IN)
    box = ["--box", str(settlement.box.id)]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(yard.at_work())
        modules = settlement.modules(yard)
        settlement.point(lane, modules[lane.unit], [settlement.camera(lane)])
        settlement.configure()
        await stack.enter_async_context(settlement.cloud_at_work())
        agent = await stack.enter_async_context(settlement.box.agent())
        push = await stack.enter_async_context(cameras())
        await online(agent, settlement.devices)
        await settlement.committed(agent)
        link.set_line(Line.CUT)
        await until(lambda: not agent.uplink.connected.is_set(), "the link is cut")
        for number in range(CARS):
            await push.see(lane, f"X{number:03}TT90")
            await agent.gate.drain()
        lost = flip_on_the_disk(settlement, ON_THE_DISK)
        link.set_line(Line.OPEN)
        await until(agent.uplink.connected.is_set, "the link is back")
        await settlement.committed(agent)

    code, told = settlement.verify_journal(*box)
    assert (code, f"not here: {lost} to {lost} (gap)" in told) == (0, True), told

    changed = flip_in_the_rows(settlement, IN_THE_ROWS)
    code, told = settlement.verify_journal(*box)
    assert (code, f"CHANGED: {changed} to {changed}" in told) == (1, True), told
    assert flip_in_the_rows(settlement, IN_THE_ROWS) == changed
    in_the_file = flip_in_the_rows(settlement, IN_THE_FILE)
    assert flip_in_the_rows(settlement, IN_THE_FILE) == in_the_file

    file = tmp_path / "journal.jsonl"
    data = extract(settlement, file)
    keys = ["--cloud-key", EXTRACTS.public_key().public_bytes_raw().hex()]
    code, told = settlement.verify_journal(file, *keys)
    assert code == 0, told
    plate = IN_THE_FILE.encode()
    assert plate in data
    file.write_bytes(data.replace(plate, bytes([plate[0] ^ 1]) + plate[1:], 1))
    code, told = settlement.verify_journal(file, *keys)
    assert (code, f"CHANGED: {in_the_file} to {in_the_file}" in told) == (1, True), told
    assert "THE CLOUD'S SIGNATURE DOES NOT HOLD" in told
