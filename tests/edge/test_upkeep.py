"""Around the gate: the disk that fills, pictures, settings, pollers, supervision, commands after a crash, the dump."""

import asyncio
import json
import random
import re
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from edge import cli, streams, upkeep
from edge import dump as dumping
from edge.access.holdings import Holdings
from edge.access.journal import Journal
from edge.access.unwritten import Unwritten
from edge.disk import MEGABYTE, DiskGuard, Level, level_of
from edge.drivers.base import SilentError, Still
from edge.drivers.devices import Ports
from edge.dump import dump
from edge.identity import Files, IdentityError, load_membership
from edge.ids import Ids
from edge.link import commands
from edge.link.commands import Commands, Done
from edge.link.files import VIOLATION, Pictures
from edge.running import draw_up
from edge.settings import DiskSettings, RetentionSettings, SettingsError, load
from edge.store import Store, StoreError
from edge.supervisor import Supervisor
from edge.telemetry.poller import MeterPlan, Poller
from edge.telemetry.recorder import Recorder
from protocols.config import Configuration, Device
from protocols.fields import ClockState
from protocols.messages import Command, CommandKind, Stream
from protocols.meters.plan import plan
from protocols.meters.profile import load_meter
from protocols.records import CommandOutcome, DeviceStatus, Quality, Reading, Readings, Shortage
from tests.edge.world import NOON, HandClock, records_of, uid

DAY_MS = 86_400_000


def journal_of(store: Store, clock: HandClock | None = None) -> Journal:
    clock = clock or HandClock()
    return Journal(store, clock, Ids(clock, random.Random(1).randbytes))


class Video:
    """Some segments of 50 MB."""

    def __init__(self, bench: "Bench", count: int) -> None:
        self._bench = bench
        self.count = count

    async def drop_until(self, quota_bytes: int) -> int:
        assert quota_bytes == 0, "its own quota is not the disk's affair"
        gone, self.count = self.count, 0
        return gone

    async def drop_bytes(self, size: int) -> int:
        gone = min(self.count, -(-size // (50 * MEGABYTE)))
        self.count -= gone
        self._bench.free += gone * 50 * MEGABYTE
        return gone


class Bench:
    """A disk guard whose free space the test sets."""

    def __init__(self, store: Store, folder: Path, videos: int = 0) -> None:
        self.free = 500 * MEGABYTE
        self.video = Video(self, videos)
        self.told: list[tuple[str, int]] = []
        self.refuses = ""  # a kind that cannot be reported
        self.pictures = Pictures(folder / "stills", store, HandClock())
        self.unwritten = Unwritten(folder / "unwritten")
        self.guard = DiskGuard(
            folder,
            DiskSettings(low_mb=100, stills_mb=1, reserve_mb=8),
            store=store,
            stills=self.pictures,
            video=self.video,
            report=self.report,
            unwritten=self.unwritten,
            free_bytes=lambda _folder: self.free,
        )

    async def report(self, kind: str, count: int, _detail: str) -> None:
        if kind == self.refuses:
            raise StoreError("store: disk I/O error")
        self.told.append((kind, count))


def test_levels() -> None:
    assert [level_of(free * MEGABYTE, 100) for free in (100, 99, 25, 24)] == [
        Level.FINE,
        Level.LOW,
        Level.LOW,
        Level.CRITICAL,
    ]


async def test_stills_go_first_then_readings_thin_then_go_and_events_never(
    store: Store, tmp_path: Path
) -> None:
    bench = Bench(store, tmp_path)
    for number in range(3):
        picture = Still(bytes([number]) * 400_000)
        await bench.pictures.keep(picture, sha256(picture.data).hexdigest())
    violation = Still(b"violation")
    await bench.pictures.keep(violation, sha256(violation.data).hexdigest(), VIOLATION)
    await Recorder(store).keep(Readings(at_ms=1, values=[]))
    events_before = len(await records_of(store))
    await bench.guard.look()  # over the quota of 1 MB by one
    assert bench.told == [("stills_dropped", 1)]  # and over at the next look, when nothing more has to go
    assert (tmp_path / "reserve").stat().st_size == 8 * MEGABYTE
    bench.free = 60 * MEGABYTE
    await bench.guard.look()
    assert bench.told[1:] == [("stills_dropped", 2), ("readings_thinned", 10)]
    assert bench.guard.thin_every == 10
    assert [path.name for path in (tmp_path / "stills").iterdir()] == [sha256(violation.data).hexdigest()]
    bench.free = 10 * MEGABYTE
    await bench.guard.look()
    assert bench.told[3:] == [("readings_dropped", 1)]
    bench.free = 500 * MEGABYTE
    await bench.guard.look()
    assert bench.told[4:] == [("over", 0)]
    assert bench.guard.thin_every == 1
    assert len(await records_of(store)) == events_before


async def test_decisions_that_could_not_be_written_are_told_once_there_is_room(
    store: Store, tmp_path: Path
) -> None:
    bench = Bench(store, tmp_path)
    bench.unwritten.add(1_800_000_000_000)
    bench.unwritten.add(1_800_000_000_000 + 5000)
    bench.free = 10 * MEGABYTE
    await bench.guard.look()
    assert "decisions_unwritten" not in {kind for kind, _ in bench.told}  # it could not be written
    bench.free = 500 * MEGABYTE
    await bench.guard.look()
    await bench.guard.look()
    assert bench.told[-2:] == [("decisions_unwritten", 2), ("over", 0)]
    told = len(bench.told)
    await bench.guard.look()
    assert len(bench.told) == told


async def test_video_goes_before_stills(store: Store, tmp_path: Path) -> None:
    bench = Bench(store, tmp_path, videos=3)
    picture = Still(b"p" * 400_000)
    await bench.pictures.keep(picture, sha256(picture.data).hexdigest())
    bench.free = 60 * MEGABYTE
    await bench.guard.look()
    assert (bench.told, bench.video.count) == ([("video_dropped", 2)], 1)
    assert bench.guard.thin_every == 1
    bench.free = 20 * MEGABYTE
    await bench.guard.look()
    assert bench.told[1:3] == [("video_dropped", 1), ("stills_dropped", 1)]


async def test_an_event_that_finds_no_room_makes_some(store: Store, tmp_path: Path) -> None:
    bench, recorder, journal = Bench(store, tmp_path), Recorder(store), journal_of(store)
    await bench.guard.look()
    await store.write(lambda connection: connection.execute("PRAGMA max_page_count = 60"))
    chunk = Readings(at_ms=1, values=[Reading(1, 0, 10**9, 1.5)] * 100)
    for _ in range(200):  # more than there is room for
        await recorder.keep(chunk)
    assert recorder.lost_chunks > 0
    journal.relieve = bench.guard.relieve
    for number in range(50):
        await journal.add(
            Shortage(**journal.stamp(), kind="test", count=number + 1, detail=f"{number} " + "x" * 400)
        )
    told = [event["count"] for event in (await records_of(store))[1:]]
    assert told == list(range(1, 51))
    assert not (tmp_path / "reserve").exists()
    assert bench.guard.thin_every == 10
    await bench.guard.look()
    assert [kind for kind, _ in bench.told] == ["readings_thinned", "readings_dropped"]
    await bench.guard.look()
    assert bench.told[2:] == [("over", 0)]


async def test_relief_goes_on_until_there_is_room_for_hundreds_of_events(
    store: Store, tmp_path: Path
) -> None:
    """Small chunks that the cloud has free almost nothing: those that it lacks go, too, and are told."""
    bench, recorder = Bench(store, tmp_path), Recorder(store)
    for _ in range(300):
        await recorder.keep(Readings(at_ms=1, values=[Reading(1, 0, 10**9, 1.5)]))
    await store.write(
        lambda connection: connection.execute("UPDATE stream SET acked = 299 WHERE kind = 'readings'")
    )
    await bench.guard.relieve()
    await bench.guard.look()
    assert ("readings_dropped", 1) in bench.told
    for _ in range(300):
        await recorder.keep(Readings(at_ms=1, values=[Reading(1, 0, 10**9, 1.5)] * 500))
    await bench.guard.relieve()
    assert len(await records_of(store, "readings")) > 200  # larger ones: a part is enough


async def test_what_was_given_up_is_owed_until_it_is_told(store: Store, tmp_path: Path) -> None:
    bench, recorder = Bench(store, tmp_path), Recorder(store)
    await recorder.keep(Readings(at_ms=1, values=[]))
    bench.free = 10 * MEGABYTE
    bench.refuses = "readings_dropped"
    with pytest.raises(StoreError):
        await bench.guard.look()
    await recorder.keep(Readings(at_ms=2, values=[]))
    bench.refuses = ""
    await bench.guard.look()
    assert bench.told == [("readings_thinned", 10), ("readings_dropped", 2)]
    bench.free = 500 * MEGABYTE
    bench.refuses = "over"
    with pytest.raises(StoreError):
        await bench.guard.look()
    bench.refuses = ""
    await bench.guard.look()
    await bench.guard.look()
    assert bench.told[2:] == [("over", 0)]


async def test_readings_that_go_from_two_sides_at_once_are_all_counted(store: Store, tmp_path: Path) -> None:
    bench, recorder = Bench(store, tmp_path), Recorder(store)
    for _ in range(600):
        await recorder.keep(Readings(at_ms=1, values=[]))
    bench.free = 10 * MEGABYTE
    await asyncio.gather(bench.guard.look(), bench.guard.relieve())
    await bench.guard.look()
    left = len(await records_of(store, "readings"))
    assert sum(count for kind, count in bench.told if kind == "readings_dropped") == 600 - left


async def test_pictures_wait_in_order_and_leave(store: Store, tmp_path: Path) -> None:
    clock = HandClock()
    pictures = Pictures(tmp_path / "stills", store, clock)
    named = {}
    for name, kind in (("old", "still"), ("new", "still"), ("crime", VIOLATION)):
        picture = Still(name.encode())
        named[name] = sha256(picture.data).hexdigest()
        clock.pass_s(1)
        await pictures.keep(picture, named[name], kind)
        await pictures.keep(picture, named[name], kind)
    order = []
    while (waiting := await pictures.next()) is not None:
        order.append(next(name for name, digest in named.items() if digest == waiting.sha256))
        assert pictures.path(waiting.sha256).stat().st_mode & 0o777 == 0o600
        await pictures.done(waiting.sha256)
    assert order == ["crime", "new", "old"]
    assert list((tmp_path / "stills").iterdir()) == []


class Bus:
    """Answers with what the test put in."""

    id = uid()

    def __init__(self) -> None:
        self.answer: Exception | float = 230.0
        self.reads = 0

    async def read(self, unit: int, function: int, address: int, count: int) -> tuple[int, ...]:
        import struct

        self.reads += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        words = struct.unpack(">2H", struct.pack(">f", self.answer))
        return (words * count)[:count]


class StatusSink:
    def __init__(self) -> None:
        self.told: list[DeviceStatus] = []

    def read(self, _read: object, /) -> None:
        raise AssertionError("a meter reads no cards")

    def status(self, _device: object, status: DeviceStatus, _why: object, /) -> None:
        self.told.append(status)

    def alarm(self, _device: object, _alarm: object, _active: bool, _detail: str, /) -> None:
        raise AssertionError("a meter watches nothing of itself")


def poller_of(store: Store, bus: Bus, clock: HandClock, sink: StatusSink, every: int = 1) -> Poller:
    meter = MeterPlan(
        id=uid(),
        name="m",
        bus=bus,  # type: ignore[arg-type]
        unit=1,
        period_s=60,
        requests=tuple(plan(load_meter("eastron_sdm120"), ["voltage"])),
        series={"voltage": 7},
    )
    return Poller(
        meter, clock=clock, sink=sink, keep=Recorder(store).keep, every=lambda: every, random=lambda: 0.0
    )


async def test_a_meter_gone_is_told_once_and_back_once(store: Store) -> None:
    bus, sink = Bus(), StatusSink()
    poller = poller_of(store, bus, HandClock(), sink)
    for answer in (230.0, SilentError("m: silent"), SilentError("m: silent"), 231.0, 232.0):
        bus.answer = answer
        await poller.poll()
    assert sink.told == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]
    chunks = await records_of(store, "readings")
    assert [chunk["values"][0][3] for chunk in chunks] == [230.0, 231.0, 232.0]
    assert chunks[0]["at_ms"] == HandClock().now().unix_ms


async def test_by_an_unknown_clock_the_raw_value_is_kept_and_flagged(store: Store) -> None:
    poller = poller_of(store, Bus(), HandClock(state=ClockState.UNKNOWN), StatusSink())
    await poller.poll()
    ((series, _offset, raw, value, quality),) = (await records_of(store, "readings"))[0]["values"]
    assert (series, raw, value, quality) == (7, 0x43660000, None, Quality.CLOCK_UNKNOWN)


async def test_a_short_disk_thins_readings(store: Store) -> None:
    bus = Bus()
    poller = poller_of(store, bus, HandClock(), StatusSink(), every=5)
    for _ in range(20):
        await poller.poll()
    assert bus.reads == 20
    assert len(await records_of(store, "readings")) == 4


async def test_what_was_asked_for_is_kept_though_the_disk_is_short(store: Store) -> None:
    poller = poller_of(store, Bus(), HandClock(), StatusSink(), every=5)
    assert await poller.poll(asked=True)
    assert len(await records_of(store, "readings")) == 1
    assert poller.counts["thinned"] == 0


async def test_retention_forgets_only_what_is_acknowledged_and_old(store: Store) -> None:
    now_ms = 100 * DAY_MS

    def job(connection) -> None:
        for at_ms in (now_ms - 20 * DAY_MS, now_ms - DAY_MS):
            _, sequence = streams.append(connection, Stream.READINGS, b"x", at_ms)
        head = streams.head(connection, Stream.READINGS)
        streams.take_ack(connection, Stream.READINGS, head.id, sequence, head.head)

    await store.write(job)
    await upkeep.forget_old(store, RetentionSettings(), now_ms, Holdings())
    left = await store.write(
        lambda c: c.execute("SELECT count(*) FROM record JOIN stream USING (n)").fetchone()[0]
    )
    assert left == 2  # the day-old reading, and the journal's unacknowledged first record


async def test_a_failing_task_is_restarted_and_the_others_live() -> None:
    supervisor = Supervisor(lambda: 0.0)
    runs, lived = asyncio.Queue(), asyncio.Event()

    async def bad() -> None:
        runs.put_nowait(1)
        raise RuntimeError("no")

    async def good() -> None:
        lived.set()
        await asyncio.Event().wait()

    supervisor.start("bad", bad)
    supervisor.start("good", good)
    async with asyncio.timeout(60):
        for _ in range(3):
            await runs.get()
        await lived.wait()
    assert supervisor.records["bad"].restarts >= 2
    assert supervisor.records["bad"].last_error == "RuntimeError: no"
    assert supervisor.records["good"].restarts == 0
    with pytest.raises(ValueError, match="runs already"):
        supervisor.start("good", good)
    await supervisor.stop()


async def test_a_command_begun_before_a_crash_is_answered_and_not_begun_again(store: Store) -> None:
    done: list[Command] = []

    async def execute(command: Command) -> Done:
        done.append(command)
        return Done(CommandOutcome.DONE)

    def make() -> Commands:
        return Commands(
            store=store, journal=journal_of(store), clock=HandClock(), execute=execute, answered=lambda: None
        )

    command = Command(
        id=uid(),
        box=uid(),
        kind=CommandKind.OPEN,
        person="P",
        issued_at=NOON,
        expires_at=NOON.replace(hour=13),
    )
    await store.write(partial(commands._note, command, 1))  # noted, then the power went
    again = make()
    await again.answer_interrupted()
    await again.drain()
    await again.take(command)
    await again.drain()
    assert done == []
    results = [event for event in await records_of(store) if event["type"] == "command_result"]
    assert [(result["outcome"], result["reason"]) for result in results] == [("failed", "interrupted")]


def test_settings_forbid_what_they_do_not_know(tmp_path: Path) -> None:
    file = tmp_path / "edge.toml"
    file.write_text("[gate]\ngrant_max_age_s = 2\n")
    assert load(tmp_path).gate.grant_max_age_s == 2
    for text, place in (
        ("[gate]\nmax_age = 2\n", "max_age"),
        ("[disk]\nlow_mb = -1\n", "low_mb"),
        ("[gate\n", "edge.toml"),
    ):
        file.write_text(text)
        with pytest.raises(SettingsError, match=place):
            load(tmp_path)


def test_a_configuration_with_an_unknown_driver_is_refused() -> None:
    bad = Configuration(
        site=uid(), site_name="", time_zone="UTC", devices=[Device(id=uid(), driver="magic", name="wand")]
    )
    with pytest.raises(ValueError, match=r"wand.*magic"):
        draw_up(bad, Ports(monotonic_ns=lambda: 0, random=lambda: 0.0))


async def test_one_command_more_than_can_be_under_way_is_answered_too(store: Store) -> None:
    goes_on = asyncio.Event()

    async def execute(_command: Command) -> Done:
        await goes_on.wait()
        return Done(CommandOutcome.DONE)

    taking = Commands(
        store=store, journal=journal_of(store), clock=HandClock(), execute=execute, answered=lambda: None
    )
    later = NOON.replace(hour=13)
    for _ in range(commands.PENDING_MAX + 1):
        order = Command(
            id=uid(), box=uid(), kind=CommandKind.OPEN, person="P", issued_at=NOON, expires_at=later
        )
        await taking.take(order)
    assert taking.counts["refused"] == 1
    goes_on.set()
    await taking.drain()
    assert taking.counts["done"] == commands.PENDING_MAX
    answers = [event for event in await records_of(store) if event["type"] == "command_result"]
    assert len(answers) == commands.PENDING_MAX + 1


def test_commands_of_the_box_tell_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status", "--folder", str(tmp_path)]) == 1
    assert "Агент не отвечает" in capsys.readouterr().err
    assert cli.main(["run", "--folder", str(tmp_path)]) == 1
    assert "not enrolled" in capsys.readouterr().err
    (tmp_path / "edge.toml").write_text("nonsense = 1\n")
    assert cli.main(["run", "--folder", str(tmp_path)]) == 2
    assert "nonsense" in capsys.readouterr().err
    with pytest.raises(IdentityError):
        load_membership(Files(tmp_path))


async def test_a_dump_tells_no_secret_and_no_person(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from edge.link.configuring import _keep
    from protocols.config import encode_configuration
    from tests.edge.world import GateBench, holding, make_pass

    secret = "a-key-that-nobody-may-see"
    configuration = Configuration(
        site=uid(),
        site_name="S",
        time_zone="UTC",
        devices=[Device(id=uid(), driver="osdp_reader", name="r", settings={"key": secret, "address": 3})],
    )
    await store.write(partial(_keep, 1, encode_configuration(configuration)))
    await GateBench(store, holding(make_pass())).present(plate="X711TT90")
    report = json.dumps(dump(tmp_path))
    assert secret not in report
    assert "X711TT90" not in report
    assert '"address": 3' in report
    assert '"passage"' in report


SAMPLES = Path(__file__).parents[1] / "protocols/golden/v1/event"
PERSONAL = re.compile(r"[А-Яа-яЁё]|\+7\d|X711TT90|A123BC77|C065MK78|EM:|W26:|45 10|192\.168")


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_no_event_tells_of_a_person_in_a_dump(sample: Path) -> None:
    told = dumping._event(sample.read_bytes())
    assert told["type"] == json.loads(sample.read_bytes())["type"]
    assert PERSONAL.search(json.dumps(told, ensure_ascii=False)) is None


def test_what_cannot_be_read_is_said_in_a_dump() -> None:
    assert dumping._event(b"\x00{").startswith("unreadable: ")
    assert dumping._configuration(b"{}").startswith("unreadable: ")
    assert (
        dumping._event(b'{"type":"of_a_newer_box","said":"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd"}')["said"]
        == "***"
    )
