"""The gate: what is on the disk before the coil, two lanes and one entry, late grants, failures, power cuts."""

import asyncio
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from edge.access import holdings
from edge.access.uses import Uses
from edge.drivers.base import (
    ConfigError,
    DoubtfulError,
    RefusedError,
    SilentError,
    Still,
    UnavailableError,
    Verdict,
)
from edge.store import Store, StoreError
from protocols.cards import from_em_number, from_wiegand
from protocols.fields import ClockState, Direction
from protocols.held import PassKind
from protocols.records import DeviceStatus
from tests.edge.conftest import open_store
from tests.edge.world import (
    NOON,
    RELAY,
    GateBench,
    HandClock,
    holding,
    make_block,
    make_pass,
    records_of,
    row,
    uid,
)

ROOT = Path(__file__).parents[2]


async def of(store: Store, kind: str) -> list[dict]:
    return [record for record in await records_of(store) if record["type"] == kind]


async def test_a_known_car_opens_the_barrier(store: Store) -> None:
    guest = make_pass(entries=2)
    bench = GateBench(store, holding(guest))
    await bench.present(plate="X711TT90", raw="Х711ТТ90")
    assert bench.relay.pulses == [(0, 500)]
    assert bench.readers[0].shown == [Verdict.GRANTED]
    (passage,), (actuation,) = await of(store, "passage"), await of(store, "actuation")
    assert (passage["outcome"], passage["use"], passage["read"]) == ("granted", 1, "Х711ТТ90")
    assert passage["pass_id"] == str(guest.id)
    assert actuation["passage"] == passage["id"]
    assert (actuation["done"], actuation["latency_us"]) == (True, 250)


async def test_a_stranger_does_not(store: Store) -> None:
    bench = GateBench(store, holding(make_pass()))
    await bench.present(plate="A001AA77")
    await bench.present(plate=None, raw="smudge")
    assert bench.relay.pulses == []
    assert bench.readers[0].shown == [Verdict.DENIED] * 2
    assert [record["reason"] for record in await of(store, "passage")] == ["unknown_plate", "unreadable"]


async def test_two_lanes_5_ms_apart_spend_a_single_entry_once(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=1)), readers=2)
    bench.gate.read(bench.read(reader=0))
    bench.clock.pass_s(0.005)
    bench.gate.read(bench.read(reader=1))  # the first one's write has not even begun
    await bench.gate.drain()
    assert len(bench.relay.pulses) == 1
    assert [record["reason"] for record in await of(store, "passage")] == ["granted", "no_entries_left"]


async def test_the_same_read_again_at_once_is_one_visit(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=5)))
    bench.gate.read(bench.read())
    bench.clock.pass_s(0.3)
    await bench.present()
    bench.clock.pass_s(1.5)
    await bench.present()
    assert [record["use"] for record in await of(store, "passage")] == [1, 2]
    assert bench.gate.counts["repeats"] == 1


async def test_a_refused_car_that_stays_in_view_is_judged_again(store: Store) -> None:
    bench = GateBench(store, holding())
    for _ in range(25):  # 2.4 s of a camera that pushes faster than the window
        await bench.present()
        bench.clock.pass_s(0.1)
    assert len(await of(store, "passage")) == 3
    bench.held.passes.put(row(make_pass(entries=1)))
    bench.gate.forget_refusals()
    await bench.present()
    assert len(bench.relay.pulses) == 1


async def test_a_car_let_in_that_stays_in_view_spends_one_entry(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=5)))
    for _ in range(25):
        await bench.present()
        bench.gate.forget_refusals()
        bench.clock.pass_s(0.1)
    assert [record["use"] for record in await of(store, "passage")] == [1]


async def test_a_car_let_in_before_a_barrier_that_did_nothing_is_judged_again(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=1)))
    bench.relay.error = UnavailableError("relay: no connection")
    await bench.present()
    bench.relay.error = None
    bench.clock.pass_s(0.1)
    await bench.present()
    assert len(bench.relay.pulses) == 1


async def test_control_characters_of_a_reader_are_made_visible(store: Store) -> None:
    bench = GateBench(store, holding(make_pass()))
    bench.relay.error = SilentError("relay:\r\nno\0answer")
    await bench.present(raw='a\0b\x1f"\\\ud83d')
    (passage,), (actuation,) = await of(store, "passage"), await of(store, "actuation")
    assert passage["read"] == 'a␀b␟"\\\ufffd'
    assert actuation["detail"] == "relay:␍␊no␀answer"


async def test_leaving_counts_no_entry(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=1)))
    bench.gate.site = bench.site(Direction.OUT)
    for _ in range(3):
        await bench.present()
        bench.clock.pass_s(5)
    assert len(bench.relay.pulses) == 3
    assert all("use" not in record for record in await of(store, "passage"))


async def test_a_grant_that_became_old_before_it_was_written_is_not_executed(tmp_path: Path) -> None:
    clock = HandClock()
    store = open_store(tmp_path / "store.sqlite", fault=lambda _stage: clock.pass_s(4))
    store.start()
    bench = GateBench(store, holding(make_pass(entries=1)), clock=clock)
    await bench.present()
    assert bench.relay.pulses == []
    (actuation,) = await of(store, "actuation")
    assert actuation.get("done", False) is False
    assert "too old" in actuation["detail"]
    assert actuation["entry_returned"]
    store.close()


@pytest.mark.parametrize(("waited_s", "opens"), [(2.5, True), (3.5, False)])
async def test_what_waited_while_the_process_slept_is_as_old_as_that(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, waited_s: float, opens: bool
) -> None:
    """A swapping machine, a paused one: the driver took the bytes up as if they had come just now."""
    bench = GateBench(store, holding(make_pass(entries=1)))
    monkeypatch.setattr(bench.gate.pulse, "waited_ns", lambda _ago_ns: int(waited_s * 1e9))
    await bench.present()
    assert bool(bench.relay.pulses) is opens
    (actuation,) = await of(store, "actuation")
    assert actuation.get("done", False) is opens
    assert actuation.get("entry_returned", False) is not opens


async def test_nothing_opens_when_the_record_cannot_be_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = GateBench(store, holding(make_pass(entries=1)))

    async def refuse(_job: object) -> None:
        raise StoreError("store: disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(store, "write", refuse)
        await bench.present()
    assert bench.relay.pulses == []
    assert (bench.gate.counts["unwritten"], bench.gate.unwritten.tally.many) == (1, 1)
    assert "disk I/O error" in caplog.text
    bench.clock.pass_s(5)
    await bench.present()  # the entry was given back
    assert len(bench.relay.pulses) == 1


@pytest.mark.parametrize(
    ("error", "returned"),
    [
        (UnavailableError("relay: no connection"), True),
        (RefusedError("relay: exception 2", 2), True),
        (ConfigError(["relay: no output 6"]), True),
        (SilentError("relay: no answer"), False),  # it may have opened
        (DoubtfulError("relay: exception 11"), False),
        (RuntimeError("a defect"), False),
    ],
)
async def test_an_entry_comes_back_only_when_surely_nothing_opened(
    store: Store, error: Exception, returned: bool
) -> None:
    guest = make_pass(entries=1)
    bench = GateBench(store, holding(guest))
    bench.relay.error = error
    await bench.present()
    (actuation,) = await of(store, "actuation")
    assert str(error) in actuation["detail"]
    assert bench.held.uses.of(guest.id.bytes) == (0 if returned else 1)
    kept = await store.write(lambda connection: holdings.load(connection).uses.of(guest.id.bytes))
    assert kept == (0 if returned else 1)


async def test_a_point_whose_relay_is_gone_is_not_ready_and_spends_nothing(store: Store) -> None:
    guest = make_pass(entries=1)
    bench = GateBench(store, holding(guest))
    bench.gate.status(RELAY, DeviceStatus.OFFLINE)
    await bench.present()
    bench.gate.status(RELAY, DeviceStatus.ONLINE)
    bench.clock.pass_s(5)
    await bench.present()
    assert [record["reason"] for record in await of(store, "passage")] == ["point_not_ready", "granted"]


async def test_while_its_relay_is_set_up_anew_a_point_is_not_ready_and_says_so(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=1)))
    bench.gate.suspend({RELAY})
    await bench.present()
    assert not (
        await bench.gate.open_for(bench.point, order=uid(), expires_at=NOON + timedelta(seconds=15))
    ).done
    bench.gate.put_in_force(bench.site())
    bench.clock.pass_s(5)
    await bench.present()
    assert [record["reason"] for record in await of(store, "passage")] == ["point_not_ready", "granted"]


async def test_a_read_at_no_point_is_journalled_once(store: Store) -> None:
    bench = GateBench(store, holding(make_pass()))
    for raw in ("first", "second"):
        await bench.present(device=uid(900), raw=raw)
    (alarm,) = await of(store, "alarm")
    assert (alarm["kind"], alarm["source"]) == ("reader_unassigned", str(uid(900)))
    assert alarm["detail"].endswith("first")
    assert bench.gate.counts["unassigned"] == 2


async def test_a_code_read_at_no_point_is_not_told_whole(store: Store) -> None:
    bench = GateBench(store, holding(make_pass()))
    await bench.present(device=uid(900), plate=None, code="480913", raw="480913")
    (alarm,) = await of(store, "alarm")
    assert "480913" not in str(alarm["detail"])


async def test_a_camera_picture_of_the_read_is_kept_and_named(store: Store) -> None:
    bench = GateBench(store, holding(make_pass()))
    picture = Still(b"\xff\xd8 a car")
    await bench.present(still=picture)
    (passage,) = await of(store, "passage")
    assert passage["still"] == sha256(picture.data).hexdigest()
    assert bench.stills.kept == {passage["still"]: picture}


async def test_the_clocks_doubt_stands_in_every_record(store: Store) -> None:
    clock = HandClock(state=ClockState.UNKNOWN)
    bench = GateBench(store, holding(make_pass(kind=PassKind.RESIDENT)), clock=clock)
    await bench.present()
    mine = (await records_of(store))[1:]
    assert [record["clock"] for record in mine] == ["unknown", "unknown"]
    assert mine[0]["reason"] == "granted_clock_unknown"


async def test_blacklist_by_plate_card_and_pass(store: Store) -> None:
    card = from_em_number(0x001259E3)
    by_pass = make_pass(plates=["A002AA77"])
    held = holding(
        make_pass(plates=["A001AA77"]),
        by_pass,
        make_pass(plates=[], keys=list(card.keys())),
        make_block(plates=["A001AA77"]),
        make_block(passes=[by_pass.id]),
        make_block(keys=list(card.keys())),
    )
    bench = GateBench(store, held)
    await bench.present(plate="A001AA77")
    await bench.present(plate="A002AA77")
    await bench.present(plate=None, raw="card", credentials=(card,))
    await bench.present(plate=None, raw="bits", credentials=tuple(from_wiegand(short_frame(), 26)))
    assert {record["reason"] for record in await of(store, "passage")} == {"blacklisted"}
    assert bench.relay.pulses == []


async def test_a_blacklisting_that_has_ended_does_not_count(store: Store) -> None:
    clock = HandClock()
    held = holding(make_pass(), make_block(plates=["X711TT90"], until=clock.utc))
    bench = GateBench(store, held, clock=clock)
    await bench.present()
    assert len(bench.relay.pulses) == 1


async def test_an_em_card_is_known_by_a_26_bit_reader_and_the_match_is_weak(store: Store) -> None:
    guest = make_pass(plates=[], keys=list(from_em_number(0x001259E3).keys()))
    bench = GateBench(store, holding(guest))
    await bench.present(plate=None, raw="em", credentials=(from_em_number(0x001259E3),))
    await bench.present(plate=None, raw="w26", credentials=tuple(from_wiegand(short_frame(), 26)))
    strong, weak = await of(store, "passage")
    assert (strong["reason"], strong.get("weak_match", False)) == ("granted", False)
    assert (weak["reason"], weak["weak_match"]) == ("granted", True)
    assert strong["credential"] == "EM:001259E3"


async def test_two_cards_that_look_alike_to_a_short_reader_open_nothing(store: Store) -> None:
    held = holding(
        make_pass(plates=[], keys=list(from_em_number(0x001259E3).keys())),
        make_pass(plates=[], keys=list(from_em_number(0xFF1259E3).keys())),
    )
    bench = GateBench(store, held)
    await bench.present(plate=None, raw="w26", credentials=tuple(from_wiegand(short_frame(), 26)))
    assert [record["reason"] for record in await of(store, "passage")] == ["ambiguous"]


def short_frame() -> str:
    """Facility 18, number 23011 in 26 bits: even parity over the first 12, odd over the last 12."""
    payload = f"{18:08b}{23011:016b}"
    even = payload[:12].count("1") % 2
    odd = 1 - payload[12:].count("1") % 2
    return f"{even}{payload}{odd}"


def test_the_frame_helper_agrees_with_the_codec() -> None:
    (only,) = from_wiegand(short_frame(), 26)
    assert (only.facility, only.number) == (18, 23011)


CHILD = """
import asyncio, os, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from edge.access import holdings
from edge.access.passes import Standing
from tests.edge.conftest import open_store
from tests.edge.world import GateBench, holding, make_pass, row, uid

def fault(stage):
    if stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

def store_fault(stage):
    if armed and stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

armed = False
guest = make_pass(id=uid(700), entries=1)
store = open_store(Path(sys.argv[1]), fault=store_fault)
held = holding(guest)
connection = store.connection
connection.execute("BEGIN")
holdings.write_changes(connection, 0, [row(guest)], Standing(uid(701), 1, held.passes.digest), 1)
connection.execute("COMMIT")
store.start()

async def main():
    global armed
    bench = GateBench(store, held, fault=fault)
    pulse = bench.relay.pulse
    async def told(*args, **kwargs):
        os.write(1, b"coil\\n")
        return await pulse(*args, **kwargs)
    bench.relay.pulse = told
    armed = True
    await bench.present()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("stage", "coil", "use"),
    [
        ("before commit", False, 0),
        ("after commit", False, 1),
        ("passage written", False, 1),
        ("coil written", True, 1),
    ],
)
async def test_power_cuts_between_read_and_coil(tmp_path: Path, stage: str, coil: bool, use: int) -> None:
    """Never a coil without its record; never a record twice; the entry and its record live or die together."""
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD.format(root=str(ROOT))))
    file = tmp_path / "store.sqlite"
    command = [sys.executable, script, file, stage]
    child = await asyncio.to_thread(subprocess.run, command, stdout=subprocess.PIPE, timeout=30, check=False)
    assert child.returncode == -signal.SIGKILL
    assert (b"coil" in child.stdout) is coil
    store = Store(file)
    held = holdings.load(store.connection)
    store.start()
    passages = await of(store, "passage")
    assert len(passages) == use
    counted = await store.write(
        lambda connection: connection.execute("SELECT coalesce(sum(entries), 0) FROM uses").fetchone()[0]
    )
    assert counted == use
    bench = GateBench(store, held)
    await bench.present()  # after the restart: a spent entry stays spent
    assert len(bench.relay.pulses) == (1 if use == 0 else 0)
    store.close()


def test_uses_are_never_negative() -> None:
    uses = Uses({})
    guest = make_pass()
    uses.give_back(guest.id)
    assert uses.of(guest.id.bytes) == 0
    assert uses.reserve(guest.id) == 1
    uses.at_least(guest.id, 5)
    uses.at_least(guest.id, 2)
    assert uses.of(guest.id.bytes) == 5


async def test_many_reads_at_once_are_all_written(store: Store) -> None:
    bench = GateBench(store, holding(make_pass(entries=50)), readers=100)
    for number in range(100):
        bench.gate.read(bench.read(reader=number))
    await bench.gate.drain()
    reasons = [record["reason"] for record in await of(store, "passage")]
    assert reasons.count("granted") == 50
    assert reasons.count("no_entries_left") == 50
    assert len(bench.relay.pulses) == 50
    assert store.groups < 60
