"""What cannot be taken does not stop what can: single records and messages are set aside, their stream goes on."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.ingest import incoming
from cloud.ingest.incoming import Incoming
from cloud.ingest.measured import SeriesSites
from cloud.ingest.unit import Intake, Message
from cloud.kernel.database import before_commit
from cloud.kernel.tenancy import Role
from cloud.sites.types import BoxOwner
from protocols import chain, records
from protocols.fields import ClockState, Direction, Event
from protocols.messages import Ack
from protocols.records import DeviceState, DeviceStatus, Outcome, Passage, Reading, Reason
from tests.cloud.ingest.boxes import NOW, BoxStream, Place, make_place, make_point, make_series
from tests.cloud.sites.building import House


@pytest.fixture
def place(house: House) -> Place:
    return make_place(house)


def take(intake: Intake, *messages: tuple[str, bytes]) -> list[Ack]:
    return [answer.ack for answer in intake.take([Message(*message) for message in messages])]


def apart(intake: Intake, message: tuple[str, bytes]) -> list[Ack]:
    return [answer.ack for answer in intake.take_apart(Message(*message))]


def rows(house: House, sql: str) -> list[tuple[Any, ...]]:
    with house.work() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


def set_aside(house: House) -> list[tuple[Any, ...]]:
    return rows(house, "SELECT reason, sequence FROM quarantine ORDER BY sequence")


def device_event() -> DeviceState:
    return DeviceState(id=uuid4(), at=NOW, device=uuid4(), status=DeviceStatus.OFFLINE)


def passage(house: House, place: Place, at: datetime, clock: ClockState = ClockState.TRUSTED) -> Passage:
    return Passage(
        id=uuid4(),
        at=at,
        clock=clock,
        point=make_point(house, place),
        direction=Direction.IN,
        outcome=Outcome.DENIED,
        reason=Reason.UNKNOWN_PLATE,
        plate="X711TT90",
    )


@pytest.mark.parametrize("name", [r"a\u0000b", r"\u001b[2J", "long" * 100])
def test_a_type_that_the_database_would_not_take_is_kept_and_counted(
    house: House, intake: Intake, place: Place, name: str
) -> None:
    stream = place.stream()
    stream.write(b'{"type":"%s","id":"x"}' % name.encode(), device_event())
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [2]
    assert [bytes(row[0]) for row in rows(house, "SELECT record FROM box_event ORDER BY sequence")] == (
        stream.records
    )
    [(kind, times)] = rows(house, "SELECT type, times FROM unknown_type")
    assert (kind.isprintable(), len(kind) <= 100, times) == (True, True, 1)


def test_a_nul_in_a_field_is_malformed_and_told_without_it(
    house: House, intake: Intake, place: Place
) -> None:
    stream = place.stream()
    stream.write(
        b'{"type":"shortage","id":"%s","at":"2026-11-20T12:00:00Z","kind":"a\\u0000"}'
        % str(uuid4()).encode(),
        b'{"type":"device_state","id":"%s","at":"2026-11-20T12:00:00Z","device":"%s","status":"a\\u0000b"}'
        % (str(uuid4()).encode(), str(uuid4()).encode()),
        device_event(),
    )
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [3]
    assert set_aside(house) == [("malformed", 1), ("malformed", 2)]


UNDECODABLE = [
    rb'{"type":"passage","read":"\ud800"}',
    rb'{"type":"of_tomorrow","read":"\ud800"}',
    b'{"type":"of_tomorrow","more":' + b"[" * 2000 + b"]" * 2000 + b"}",
    b'{"type":"passage","read":"\xff"}',
    rb'{"type":"passage","read":"\q, ] } \" "}',
]


@pytest.mark.parametrize("bad", UNDECODABLE, ids=range(len(UNDECODABLE)))
def test_a_record_that_nobody_can_decode_holds_up_no_other(
    house: House, intake: Intake, place: Place, bad: bytes
) -> None:
    stream, more = place.stream(), place.stream()
    stream.write(device_event(), bad, device_event())
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [3]
    assert set_aside(house) == [("malformed", 2)]
    assert [bytes(row[0]) for row in rows(house, "SELECT record FROM box_event ORDER BY sequence")] == (
        stream.records
    )
    [series] = make_series(house, place)
    more.readings(Reading(series, 0, 1, None))
    more.write(bad)
    more.readings(Reading(series, 1, 2, None))
    assert [ack.sequence for ack in take(intake, more.batch())] == [3]
    assert [row[1] for row in set_aside(house)] == [2, 2]


def test_a_number_that_no_column_holds_is_named_and_no_sql_is(
    house: House, intake: Intake, place: Place
) -> None:
    stream = place.stream()
    good = records.encode(passage(house, place, NOW))
    for field in (b'"decision_us":2147483648', b'"use":9007199254740993', b'"carrier":"a\\u0000"'):
        stream.write(good[:-1] + b"," + field + b"}")
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [3]
    told = rows(house, "SELECT reason, detail FROM quarantine ORDER BY sequence")
    assert [reason for reason, _ in told] == ["malformed"] * 3
    for (_, detail), field in zip(told, ("decision_us", "use", "carrier"), strict=True):
        assert f"$.{field}" in detail


def test_a_value_that_the_database_refuses_is_told_without_its_statement(house: House, place: Place) -> None:
    stream = place.stream()
    stream.write(device_event())
    intake = Intake(house.database(Role.INGEST), {DeviceState: _overflow})
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [1]
    [(reason, detail)] = rows(house, "SELECT reason, detail FROM quarantine")
    assert (reason, detail) == ("refused", "the database refused a value: integer out of range")


def _overflow(session: Session, _box: BoxOwner, _event: Event) -> None:
    session.execute(text("SELECT CAST(:number AS integer)"), {"number": 2**40})


FAR = timezone(timedelta(hours=14))
NEAR = timezone(-timedelta(hours=14))
IMPOSSIBLE = [
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=NEAR),
    datetime(1, 1, 1, tzinfo=FAR),
    NOW - timedelta(days=401),
    NOW + timedelta(days=2),
]


@pytest.mark.parametrize("at", IMPOSSIBLE, ids=str)
def test_an_event_of_an_impossible_time_is_set_aside(
    house: House, intake: Intake, place: Place, at: datetime
) -> None:
    stream = place.stream()
    good = passage(house, place, NOW - timedelta(days=399))
    stream.write(passage(house, place, at), good)
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [2]
    assert set_aside(house) == [("time_out_of_range", 1)]
    assert rows(house, "SELECT id FROM passage") == [(good.id,)]
    assert [bytes(row[0]) for row in rows(house, "SELECT record FROM box_event ORDER BY sequence")] == (
        stream.records
    )


@pytest.mark.parametrize("at", IMPOSSIBLE, ids=str)
def test_an_impossible_time_of_an_untrusted_clock_becomes_that_of_receipt(
    house: House, intake: Intake, place: Place, at: datetime
) -> None:
    stream = place.stream()
    lost = passage(house, place, at, ClockState.UNKNOWN)
    slow = passage(house, place, datetime(2026, 1, 1, tzinfo=UTC), ClockState.UNKNOWN)
    stream.write(lost, slow)
    take(intake, stream.batch(events=True))
    assert set_aside(house) == []
    assert rows(house, "SELECT id, at, clock_trusted FROM passage ORDER BY at") == [
        (slow.id, slow.at, False),
        (lost.id, NOW, False),
    ]


class Troubled:
    """A slice that takes events, and whose work fails only when all is to be committed."""

    def __init__(self, bad: UUID) -> None:
        self.bad = bad
        self.taken: list[UUID] = []

    def handle(self, session: Session, _box: BoxOwner, event: Event) -> None:
        if event.id == self.bad:
            before_commit(session, self._fail)
        self.taken.append(event.id)

    @staticmethod
    def _fail(_session: Session) -> None:
        raise ValueError("nobody thought of this")


def test_one_event_that_fails_at_the_commit_is_set_aside_and_kept_with_its_proof(
    house: House, place: Place
) -> None:
    stream = place.stream()
    events = [device_event() for _ in range(7)]
    stream.write(*events)
    troubled = Troubled(events[4].id)
    intake = Intake(house.database(Role.INGEST), {DeviceState: troubled.handle})
    with pytest.raises(ValueError, match="nobody thought"):
        take(intake, stream.batch(events=True))
    troubled.taken.clear()
    [ack] = apart(intake, stream.batch(events=True))
    assert (ack.sequence, ack.head) == (7, stream.head(7).hex())
    good = [event.id for event in events if event.id != troubled.bad]
    assert [each for each in dict.fromkeys(troubled.taken) if each != troubled.bad] == good
    assert set_aside(house) == [("refused", 5)]
    assert [bytes(row[0]) for row in rows(house, "SELECT record FROM box_event ORDER BY sequence")] == (
        stream.records
    )
    [(last, head, signature)] = rows(house, "SELECT last, head, signature FROM event_proof")
    place.key.public_key().verify(bytes(signature), chain.signed_bytes(stream.id, last, bytes(head)))
    stream.write(device_event())
    assert [ack.sequence for ack in take(intake, stream.batch(events=True))] == [8]


def test_a_part_of_a_batch_is_no_better_signed_than_the_whole(house: House, place: Place) -> None:
    stream = place.stream()
    stream.write(*(device_event() for _ in range(4)))
    stream.place = make_place(house)  # another's key
    name, payload = stream.batch(events=True)
    own = name.replace(str(stream.place.box_id), str(place.box_id))
    whole = incoming.read(own, payload)
    assert isinstance(whole, Incoming)
    intake = Intake(house.database(Role.INGEST), {})
    for part in (whole, *incoming.halves(whole)):
        assert [answer.ack.sequence for answer in intake._commit([part])] == [0]
    assert rows(house, "SELECT 1 FROM box_event") == []
    assert {reason for reason, _ in set_aside(house)} == {"bad_signature"}


def test_the_parts_of_a_batch_are_as_well_signed_as_the_whole(
    house: House, intake: Intake, place: Place
) -> None:
    stream = place.stream()
    stream.write(*(device_event() for _ in range(5)))
    whole = incoming.read(*stream.batch(events=True))
    assert isinstance(whole, Incoming)
    first, second = incoming.halves(whole)
    parts = [*incoming.halves(first), *incoming.halves(second)]
    made = [intake._commit([part])[0].ack for part in parts]
    assert [(ack.sequence, ack.head) for ack in made] == [
        (number, stream.head(number).hex()) for number in (1, 2, 3, 5)
    ]
    assert rows(house, "SELECT last FROM event_proof") == [(5,)]


def test_a_box_opens_only_so_many_streams_a_year(
    house: House, intake: Intake, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloud.telemetry.streams.MOST_STREAMS_A_YEAR", 3)
    [series] = make_series(house, place)
    streams = [place.stream() for _ in range(6)]
    for number, stream in enumerate(streams):
        stream.readings(Reading(series, number, number, None))
        stream.readings(Reading(series, 10 + number, number, None))
    known = [take(intake, stream.batch(1, 1)) for stream in streams]
    assert [len(acks) for acks in known] == [1, 1, 1, 0, 0, 0]
    assert [ack.sequence for ack in take(intake, streams[0].batch())] == [2]  # those it has go on
    assert rows(house, "SELECT reason, times FROM quarantine") == [("refused", 3)]
    assert len(rows(house, "SELECT 1 FROM box_stream")) == 3
    neighbour = make_place(house).stream()
    neighbour.write(device_event())
    assert len(take(intake, neighbour.batch(events=True))) == 1
    with house.work(Role.INGEST) as session:
        session.connection().exec_driver_sql(
            "UPDATE box_stream SET opened_at = opened_at - interval '366 days'"
        )
    assert len(take(intake, streams[5].batch())) == 1


class Stumbling(SeriesSites):
    """Fails at one series, as a mistake in our own code would."""

    def __init__(self, bad: int) -> None:
        super().__init__()
        self.bad = bad

    def learn(self, wanted: set[int], ask: Any) -> None:
        if self.bad in wanted:
            raise ZeroDivisionError("a mistake")
        super().learn(wanted, ask)


def test_one_record_at_which_the_code_fails_is_set_aside(house: House, place: Place) -> None:
    [series, bad] = make_series(house, place, count=2)
    stream: BoxStream = place.stream()
    for number in range(9):
        stream.readings(Reading(bad if number == 6 else series, number, number, None))
    intake = Intake(house.database(Role.INGEST), {}, Stumbling(bad))
    assert apart(intake, stream.batch())[-1].sequence == 9
    assert set_aside(house) == [("refused", 7)]
    [(content,)] = rows(house, "SELECT content FROM quarantine")
    assert stream.records[6] in bytes(content)
    found = rows(house, "SELECT raw FROM reading_point ORDER BY ts")
    assert [int(row[0]) for row in found] == [0, 1, 2, 3, 4, 5, 7, 8]
