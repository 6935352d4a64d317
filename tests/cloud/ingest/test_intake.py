"""The micro-batch on a real database: exactly once, forks, gaps, and what is set aside instead of lost."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cloud.ingest.unit import Intake, Message
from cloud.ingest.witnessed import Handlers
from cloud.kernel.database import Scope
from cloud.kernel.secrets import SecretBox
from cloud.kernel.tenancy import Role
from cloud.sites import service as sites
from cloud.sites.schemas import DeviceDraft, PointDraft
from cloud.sites.types import BoxOwner
from protocols import chain, correlation
from protocols.fields import Direction
from protocols.messages import Ack
from protocols.records import (
    BarrierPosition,
    BarrierState,
    Call,
    CallPhase,
    DeviceState,
    DeviceStatus,
    Event,
    Outcome,
    Passage,
    PointHold,
    Quality,
    Reading,
    Reason,
    Still,
    StreamOpened,
)
from protocols.topics import Channel, topic
from tests.cloud.ingest.boxes import (
    NOW,
    NOW_MS,
    BoxStream,
    Place,
    make_other_place,
    make_place,
    make_point,
    make_series,
)
from tests.cloud.sites.building import House

DAY_MS = 86_400_000


@dataclass
class Bench:
    """A box with a series, and eyes on what became of it."""

    house: House
    intake: Intake
    place: Place
    series: int

    def take(self, *messages: tuple[str, bytes]) -> list[Ack]:
        return [answer.ack for answer in self.intake.take([Message(*message) for message in messages])]

    def rows(self, sql: str, place: Place | None = None) -> list[tuple[Any, ...]]:
        organisation = (place or self.place).organisation_id
        with self.house.database().transaction(Scope.organisation(organisation)) as session:
            return [tuple(row) for row in session.connection().exec_driver_sql(sql)]

    def told(self, event: str) -> list[dict[str, Any]]:
        """Domain events of that name, which only the workers read."""
        statement = "SELECT payload FROM domain_event WHERE name = %s AND organisation_id = %s"
        with psycopg.connect(self.house.real.admin_url) as admin:
            rows = admin.execute(statement, [event, self.place.organisation_id])
            return [row[0] for row in rows]

    def raws(self, place: Place | None = None) -> list[int]:
        return [
            int(row[0]) for row in self.rows("SELECT raw FROM reading_point ORDER BY series_id, ts", place)
        ]

    def reasons(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT reason, sequence, times FROM quarantine ORDER BY sequence, reason")


@pytest.fixture
def bench(house: House, intake: Intake) -> Bench:
    place = make_place(house)
    [series] = make_series(house, place)
    return Bench(house, intake, place, series)


def counted(bench: Bench, count: int) -> BoxStream:
    """A stream of chunks with one reading each: raw 0, 1, 2, …"""
    stream = bench.place.stream()
    for number in range(count):
        stream.readings(Reading(bench.series, number, number, number / 100))
    return stream


def device_event(status: DeviceStatus = DeviceStatus.OFFLINE) -> DeviceState:
    return DeviceState(id=uuid4(), at=NOW, device=uuid4(), status=status)


def test_repeats_overlaps_and_holes_leave_each_reading_once(bench: Bench) -> None:
    stream = counted(bench, 9)
    assert bench.take(stream.batch(1, 3))[0].sequence == 3
    assert bench.take(stream.batch(1, 3), stream.batch(2, 5), stream.batch(7, 9))[0].sequence == 5
    [ack] = bench.take(stream.batch(4, 9))
    assert (ack.sequence, ack.head) == (9, stream.head(9).hex())
    assert bench.raws() == list(range(9))
    assert bench.reasons() == []


def test_streams_of_many_boxes_and_companies_in_one_micro_batch(bench: Bench) -> None:
    neighbour, other = make_place(bench.house), make_other_place(bench.house)
    streams = []
    for place in (bench.place, neighbour, other):
        [series] = make_series(bench.house, place)
        stream = place.stream()
        stream.readings(Reading(series, 0, 7, 0.07), Reading(series, 1, 8, 0.08))
        streams.append(stream)
    acks = bench.take(*(stream.batch() for stream in streams))
    assert {ack.stream for ack in acks} == {stream.id for stream in streams}
    assert bench.raws() == [7, 8, 7, 8]
    assert bench.raws(other) == [7, 8]


def test_an_answer_lost_after_the_commit_changes_nothing(bench: Bench) -> None:
    stream = counted(bench, 4)
    first = bench.take(stream.batch())
    assert bench.take(stream.batch()) == first
    assert bench.raws() == [0, 1, 2, 3]


def test_a_crash_before_the_commit_leaves_nothing(bench: Bench) -> None:
    """The connection is cut from outside while the handler runs; then everything comes again."""
    stream = bench.place.stream()
    stream.write(device_event())
    readings = counted(bench, 3)
    cut = [True]

    def cut_once(session: Session, _box: BoxOwner, _event: Event) -> None:
        if cut.pop():
            pid = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with psycopg.connect(bench.house.real.admin_url) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        session.connection().exec_driver_sql("SELECT 1")

    def counted_events() -> float:
        return REGISTRY.get_sample_value("domovoy_ingest_events_total", {"kind": "device_state"}) or 0

    before = counted_events()
    intake = Intake(bench.house.database(Role.INGEST), {DeviceState: cut_once})
    messages = [Message(*stream.batch(events=True)), Message(*readings.batch())]
    with pytest.raises(OperationalError):
        intake.take(messages)
    assert (bench.raws(), bench.rows("SELECT 1 FROM box_event")) == ([], [])
    assert counted_events() == before
    cut.append(False)
    intake.take(messages)
    assert bench.raws() == [0, 1, 2]
    assert bench.rows("SELECT kind FROM box_event") == [("device_state",)]
    assert counted_events() == before + 1


def test_two_processes_take_the_same_batches_at_once(bench: Bench) -> None:
    streams = [counted(bench, 20) for _ in range(4)]
    other = Intake(bench.house.database(Role.INGEST), {})
    batches = [Message(*stream.batch(first)) for stream in streams for first in (1, 5, 11)]
    barrier = threading.Barrier(2)

    def work(intake: Intake, messages: list[Message]) -> None:
        barrier.wait(10)
        for start in range(0, len(messages), 4):
            intake.take(messages[start : start + 4])

    with ThreadPoolExecutor(2) as pool:
        for future in (pool.submit(work, bench.intake, batches), pool.submit(work, other, batches[::-1])):
            future.result(30)
    assert sorted(bench.raws()) == sorted(4 * list(range(20)))


# forks and gaps


def test_a_fork_drops_nothing_and_is_recorded_once(bench: Bench) -> None:
    stream = counted(bench, 5)
    bench.take(stream.batch())
    copy = stream.fork(3)
    copy.readings(Reading(bench.series, 100, 1003, 10.03))
    copy.readings(Reading(bench.series, 101, 1004, 10.04))
    copy.readings(Reading(bench.series, 102, 1005, 10.05))
    for _ in range(2):
        [ack] = bench.take(copy.batch(4, 6))
        assert (ack.sequence, ack.head) == (5, stream.head(5).hex())  # its own hash there differs: it knows
    [fork] = bench.rows("SELECT sequence, cloud_head, box_head FROM stream_fork")
    assert fork == (5, stream.head(5), copy.head(5))
    assert [event["sequence"] for event in bench.told("telemetry.stream_forked")] == [5]
    fresh = bench.place.stream()
    fresh.records = copy.records[3:]
    bench.take(fresh.batch())
    assert bench.raws() == [0, 1, 2, 3, 4, 1003, 1004, 1005]


def test_what_a_copy_did_not_know_to_be_committed_counts_once(bench: Bench) -> None:
    """Restored from a copy of after record 3, of which the cloud had acknowledged record 1 to the copy."""
    stream = counted(bench, 5)
    bench.take(stream.batch())
    copy = stream.fork(3)
    copy.readings(Reading(bench.series, 100, 1003, 10.03))
    copy.readings(Reading(bench.series, 101, 1004, 10.04))
    bench.take(copy.batch(2, 5))
    fresh = bench.place.stream()
    fresh.records = copy.records[1:]
    bench.take(fresh.batch())
    assert bench.raws() == [0, 1, 2, 3, 4, 1003, 1004]


def test_a_stream_opened_after_a_fork_supersedes_the_old_one(bench: Bench) -> None:
    old, new = bench.place.stream(), bench.place.stream()
    old.write(device_event())
    bench.take(old.batch(events=True))
    new.write(StreamOpened(id=uuid4(), at=NOW, old_stream=old.id, old_sequence=1, old_hash=old.head(1).hex()))
    bench.take(new.batch(events=True))
    assert bench.rows("SELECT superseded_by FROM box_stream WHERE superseded_by IS NOT NULL") == [(new.id,)]


def test_records_that_nobody_holds_are_a_recorded_gap(bench: Bench) -> None:
    stream = counted(bench, 9)
    bench.take(stream.batch(1, 2))
    [ack] = bench.take(stream.batch(6, 9, oldest=6))
    assert ack.sequence == 9
    assert bench.rows("SELECT first, last FROM stream_gap") == [(3, 5)]
    assert bench.raws() == [0, 1, 5, 6, 7, 8]


# whose box it is


def test_a_revoked_box_is_ignored_in_the_transaction(bench: Bench) -> None:
    stream = counted(bench, 2)
    with bench.house.work() as session:
        sites.find_box(session, bench.place.box_id).revoked_at = NOW
    assert bench.take(stream.batch()) == []
    assert bench.rows("SELECT 1 FROM box_stream") == []


def test_unknown_boxes_and_boxes_that_never_enrolled_are_ignored(bench: Bench) -> None:
    stranger = replace(bench.place, box_id=uuid4()).stream()
    early = make_place(bench.house, enrolled=False).stream()
    for stream in (stranger, early):
        stream.readings(Reading(bench.series, 0, 1, 0.01))
        assert bench.take(stream.batch()) == []
    assert bench.raws() == []


def test_another_box_with_the_same_stream_id_is_another_stream(bench: Bench) -> None:
    stream = counted(bench, 3)
    bench.take(stream.batch())
    thief = BoxStream(make_place(bench.house), stream.id, [])
    thief.write(*stream.records)
    bench.take(thief.batch())
    assert bench.raws() == [0, 1, 2]  # the thief's site has no such series
    assert bench.rows("SELECT sequence FROM box_stream WHERE sequence > 0") == [(3,), (3,)]


def test_a_series_of_another_company_or_site_is_foreign(bench: Bench) -> None:
    stranger = make_other_place(bench.house).stream()
    stranger.readings(Reading(bench.series, 0, 666, 6.66))
    assert [ack.sequence for ack in bench.take(stranger.batch())] == [1]
    assert bench.raws() == []
    assert bench.rows("SELECT reason FROM quarantine", stranger.place) == [("foreign_series",)]
    assert bench.reasons() == []


# what cannot be taken


def test_bad_readings_are_set_aside_and_their_neighbours_taken(bench: Bench) -> None:
    stream = bench.place.stream()
    stream.write(b'{"type":"readings","at_ms":"soon","values":[[1,0,1,1.0]]}')
    stream.readings(Reading(bench.series, 0, 1, 0.01), Reading(999_999, 0, 2, 0.02))
    stream.readings(Reading(bench.series, 0, 3, 0.03), at=NOW_MS - 401 * DAY_MS)
    stream.readings(Reading(bench.series, 0, 4, 0.04), at=NOW_MS + 2 * DAY_MS)
    stream.readings(Reading(bench.series, 0, 5, 0.05), at=0)
    stream.readings(Reading(bench.series, 0, str(2**64), 1.0))
    stream.write(b'{"type":"forecast","at_ms":1}')
    stream.readings(Reading(bench.series, 1, 6, 0.06), at=NOW_MS - 399 * DAY_MS)
    stream.readings(Reading(bench.series, 2, 7, 0.07))
    assert bench.take(stream.batch())[0].sequence == 9
    assert bench.raws() == [6, 1, 7]
    assert bench.reasons() == [
        ("malformed", 1, 1),
        ("foreign_series", 2, 1),
        ("time_out_of_range", 3, 1),
        ("time_out_of_range", 4, 1),
        ("time_out_of_range", 5, 1),
        ("malformed", 6, 1),
        ("unknown_type", 7, 1),
    ]
    [(content,)] = bench.rows("SELECT content FROM quarantine WHERE sequence = 2")
    assert b"999999" in content
    assert b"0.01" not in content  # that one was taken: nothing counts twice when this is replayed


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'{"type":"events"}', b"\xff\xfe", b"[" * 100_000])
def test_a_message_that_cannot_be_read_is_set_aside_once(bench: Bench, payload: bytes) -> None:
    place = topic(bench.place.box_id, Channel.UP_EVENTS)
    for _ in range(3):
        assert bench.take((place, payload)) == []
    assert bench.reasons() == [("malformed", None, 3)]
    assert len(bench.told("telemetry.record_quarantined")) == 1


def test_an_oversize_message_is_set_aside_with_its_beginning(bench: Bench) -> None:
    payload = b'{"type":"events",' + b" " * 1_048_577
    bench.take((topic(bench.place.box_id, Channel.UP_EVENTS), payload))
    assert bench.rows("SELECT reason, size, length(content) FROM quarantine") == [
        ("too_large", len(payload), 65_536)
    ]


def test_a_newer_message_type_is_counted(bench: Bench) -> None:
    place = topic(bench.place.box_id, Channel.UP_READINGS)
    for _ in range(2):
        bench.take((place, b'{"type":"spectra","stream":"x"}'))
    assert bench.rows("SELECT channel, times FROM unknown_type") == [("up/readings", 2)]


def test_a_batch_of_the_other_stream_is_refused(bench: Bench) -> None:
    stream = counted(bench, 2)
    bench.take(stream.batch())
    stream.write(device_event())
    assert bench.take(stream.batch(3, 3, events=True))[0].sequence == 2
    assert bench.reasons() == [("malformed", 3, 1)]


# numbers


def test_every_register_survives_to_the_bit(bench: Bench) -> None:
    registers = [0, 1, -1, 2**53, 2**53 + 1, -(2**63), 2**63 - 1, 2**63, 2**64 - 1]
    stream = bench.place.stream()
    stream.readings(
        *(
            Reading(bench.series, at, number if abs(number) <= 2**53 else str(number), float(number))
            for at, number in enumerate(registers)
        )
    )
    bench.take(stream.batch())
    assert bench.raws() == registers
    assert bench.rows("SELECT DISTINCT quality FROM reading_point") == [(0,)]


def test_what_is_not_a_number_has_a_quality_and_no_value(bench: Bench) -> None:
    stream = bench.place.stream()
    stream.readings(
        Reading(bench.series, 0, 0x7FC00000, None, Quality.NOT_A_NUMBER),
        Reading(bench.series, 1, None, None, Quality.DEVICE_ERROR),
        Reading(bench.series, 2, 5, 0.05, Quality.CLOCK_UNKNOWN),
    )
    stream.write(
        b'{"type":"readings","at_ms":%d,"values":[[%d,3,1,1e999,"g"]]}' % (NOW_MS, bench.series),
    )
    bench.take(stream.batch())
    rows = bench.rows("SELECT raw, value, quality FROM reading_point ORDER BY ts")
    assert rows[:3] == [(0x7FC00000, None, 1), (None, None, 2), (5, 0.05, 4)]
    assert all(row[1] is None for row in rows[3:])


# events


def test_events_are_kept_byte_for_byte_with_their_proof(bench: Bench) -> None:
    stream = bench.place.stream()
    stream.write(device_event(), device_event(DeviceStatus.ONLINE))
    bench.take(stream.batch(1, 1, events=True))
    bench.take(stream.batch(1, 2, events=True))
    kept = [bytes(row[0]) for row in bench.rows("SELECT record FROM box_event ORDER BY sequence")]
    assert kept == stream.records
    proofs = bench.rows("SELECT last, head, signature, key FROM event_proof ORDER BY last")
    assert [proof[:2] for proof in proofs] == [(1, stream.head(1)), (2, stream.head(2))]
    for last, head, signature, _ in proofs:
        bench.place.key.public_key().verify(signature, chain.signed_bytes(stream.id, last, head))


def test_a_wrong_signature_moves_nothing(bench: Bench) -> None:
    stream = bench.place.stream()
    stream.write(device_event())
    right, stream.place = bench.place, replace(bench.place, key=make_place(bench.house).key)
    for _ in range(2):
        assert bench.take(stream.batch(events=True))[0].sequence == 0
    assert bench.reasons() == [("bad_signature", 1, 2)]
    stream.place = right
    assert bench.take(stream.batch(events=True))[0].sequence == 1


def test_an_event_that_its_slice_refuses_is_set_aside_alone(bench: Bench) -> None:
    seen: list[UUID] = []
    stream = bench.place.stream()
    events = [device_event() for _ in range(3)]
    stream.write(*events, b'{"type":"passage","id":7}', b'{"type":"eclipse","id":"x"}')

    def handle(session: Session, box: BoxOwner, event: DeviceState) -> None:
        if event.id == events[1].id:
            session.connection().exec_driver_sql("SELECT 1 / 0")
        seen.append(event.id)

    handlers: Handlers = {DeviceState: handle}
    intake = Intake(bench.house.database(Role.INGEST), handlers)
    answers = intake.take([Message(*stream.batch(events=True))])
    assert answers[0].ack.sequence == 5
    assert seen[-2:] == [events[0].id, events[2].id]
    assert bench.reasons() == [("refused", 2, 1), ("malformed", 4, 1)]
    assert len(bench.rows("SELECT 1 FROM box_event")) == 5
    assert bench.rows("SELECT type, times FROM unknown_type") == [("eclipse", 1)]


def test_each_event_is_a_matter_of_its_own_in_the_log_and_none_afterwards(bench: Bench) -> None:
    stream = bench.place.stream()
    events = [device_event() for _ in range(2)]
    stream.write(*events)
    known: dict[str, str | None] = {}

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            known[record.getMessage()] = correlation.current()

    def handle(session: Session, box: BoxOwner, event: DeviceState) -> None:
        log.warning("at %s", event.id)
        if event.id == events[1].id:
            raise ValueError("no such device")

    log, noting = logging.getLogger("cloud.ingest.passing"), Noting()
    log.addHandler(noting)
    try:
        Intake(bench.house.database(Role.INGEST), {DeviceState: handle}).take(
            [Message(*stream.batch(events=True))]
        )
    finally:
        log.removeHandler(noting)
    for event in events:
        assert known[f"at {event.id}"] == str(event.id)
    assert known["an event was refused"] == str(events[1].id)
    assert correlation.current() is None


def test_passages_of_two_companies_in_one_micro_batch_are_told_to_each(bench: Bench) -> None:
    other = make_other_place(bench.house)
    sent = []
    for place in (bench.place, other):
        stream = place.stream()
        passage = Passage(
            id=uuid4(),
            at=NOW,
            point=make_point(bench.house, place),
            direction=Direction.IN,
            outcome=Outcome.DENIED,
            reason=Reason.UNKNOWN_PLATE,
            plate="X711TT90",
        )
        stream.write(passage)
        sent.append((place, passage, stream.batch(events=True)))
    assert len(bench.take(*(batch for _, _, batch in sent))) == 2
    for place, passage, _ in sent:
        assert bench.rows("SELECT id, plate FROM passage", place) == [(passage.id, "X711TT90")]
        with psycopg.connect(bench.house.real.admin_url) as admin:
            told = "SELECT object_id FROM realtime_event WHERE organisation_id = %s AND kind = 'passage'"
            assert admin.execute(told, [place.organisation_id]).fetchall() == [(passage.id,)]


def test_a_device_state_reaches_the_device(bench: Bench) -> None:
    device = _make_device(bench)
    stream = bench.place.stream()
    stream.write(
        DeviceState(id=uuid4(), at=NOW, device=device, status=DeviceStatus.OFFLINE, detail="no answer")
    )
    bench.take(stream.batch(events=True))
    assert bench.rows("SELECT status, status_detail FROM device") == [("offline", "no answer")]


def test_a_barriers_state_reaches_its_point(bench: Bench) -> None:
    with bench.house.work() as session:
        draft = PointDraft(box_id=bench.place.box_id, name="Въезд")
        point = sites.create_point(session, bench.house.actor, draft).id
    stream = bench.place.stream()
    stream.write(BarrierState(id=uuid4(), at=NOW, point=point, position=BarrierPosition.FORCED, cause="hand"))
    bench.take(stream.batch(events=True))
    told = bench.rows(f"SELECT barrier_position, barrier_cause FROM point WHERE id = '{point}'")
    assert told == [("forced", "hand")]


def test_who_holds_a_point_open_reaches_it_and_what_is_older_changes_nothing(bench: Bench) -> None:
    with bench.house.work() as session:
        draft = PointDraft(box_id=bench.place.box_id, name="Въезд")
        point = sites.create_point(session, bench.house.actor, draft).id
    stream = bench.place.stream()

    def told(after_s: int, **fields: Any) -> list[Any]:
        at, until = NOW + timedelta(seconds=after_s), NOW + timedelta(hours=2)
        stream.write(PointHold(id=uuid4(), at=at, hold=uuid4(), point=point, until=until, **fields))
        bench.take(stream.batch(events=True))
        [(hold,)] = bench.rows(f"SELECT hold FROM point WHERE id = '{point}'")
        return [] if hold is None else [hold["person"], hold["reason"], hold["until"]]

    held = ["Диспетчер", "переезд", (NOW + timedelta(hours=2)).isoformat()]
    assert told(1, person="Диспетчер", reason="переезд") == held
    assert told(0, end="over") == held  # came late
    assert told(2, end="released", person="Диспетчер") == []


def test_a_call_at_an_intercom_is_kept_in_the_journal_and_its_picture_changes_no_passage(
    bench: Bench,
) -> None:
    stream, call = bench.place.stream(), uuid4()
    ringing = Call(
        id=call, at=NOW, call=call, point=uuid4(), source=uuid4(), phase=CallPhase.RINGING, number="12"
    )
    stream.write(ringing)
    stream.write(Still(id=uuid4(), at=NOW, passage=call, sha256="0" * 64, size=9))
    bench.take(stream.batch(events=True))
    assert bench.rows("SELECT count(*) FROM quarantine") == [(0,)]
    assert bench.rows("SELECT count(*) FROM passage") == [(0,)]


def _make_device(bench: Bench) -> UUID:
    with bench.house.work() as session:
        draft = DeviceDraft(
            box_id=bench.place.box_id, driver="modbus_tcp", name="Шина", settings={"host": "x"}
        )
        return sites.create_device(session, bench.house.actor, SecretBox(bytes(32)), draft).id
