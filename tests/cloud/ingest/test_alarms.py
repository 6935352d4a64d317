"""From what a box sends, or what ingest notices of it, to the alarm that people see."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from cloud.ingest.unit import Intake, Message
from cloud.kernel import outbox
from cloud.kernel.actor import Actor
from cloud.kernel.outbox import Deliverer
from cloud.kernel.tenancy import Role
from cloud.reactions import REACTIONS
from cloud.sites import service as sites
from cloud.sites.events import NoRoomForFiles
from protocols.fields import Event
from protocols.records import Alarm, Reading, Severity, Shortage
from tests.cloud.ingest.boxes import NOW, BoxStream, Place, make_other_place, make_place, make_series
from tests.cloud.sites.building import House

Row = dict[str, Any]


@pytest.fixture
def place(house: House) -> Place:
    return make_place(house)


@pytest.fixture
def tell(place: Place, intake: Intake) -> Callable[..., None]:
    """The box tells more of its one stream."""
    stream = place.stream()

    def told(*events: Event) -> None:
        first = len(stream.records) + 1
        stream.write(*events)
        intake.take([Message(*stream.batch(first, events=True))])

    return told


def alarms(house: House, place: Place) -> list[Row]:
    with house.work(company=place.organisation_id) as session:
        rows = session.connection().exec_driver_sql(
            "SELECT * FROM alarm WHERE box_id = %s ORDER BY raised_at, id", (place.box_id,)
        )
        return [dict(row) for row in rows.mappings()]


def told_of(house: House, place: Place, name: str) -> list[Row]:
    """Domain events, which only workers read."""
    with psycopg.connect(house.real.admin_url) as admin:
        rows = admin.execute(
            "SELECT payload FROM domain_event WHERE name = %s AND payload->>'box_id' = %s",
            [name, str(place.box_id)],
        )
        return [row[0] for row in rows]


def react(house: House, place: Place) -> None:
    """What a worker does with the company's events, twice: a hint may come again."""
    deliverer = Deliverer(house.database(Role.WORKER), REACTIONS)
    with psycopg.connect(house.real.admin_url) as admin:
        due = admin.execute(
            "SELECT id FROM domain_event WHERE organisation_id = %s AND done_at IS NULL ORDER BY id",
            [place.organisation_id],
        ).fetchall()
    for (event_id,) in due * 2:
        deliverer.deliver(place.organisation_id, event_id)


def alarm(alarm_id: UUID, *, raised: bool = True, after_s: float = 0, **more: Any) -> Alarm:
    at = NOW + timedelta(seconds=after_s)
    return Alarm(id=uuid4(), at=at, alarm=alarm_id, kind="tamper", raised=raised, **more)


def shortage(kind: str, after_s: float, count: int = 3) -> Shortage:
    return Shortage(
        id=uuid4(), at=NOW + timedelta(seconds=after_s), kind=kind, count=count, detail="9 MB free"
    )


def test_an_alarm_is_raised_and_cleared_under_the_box_s_own_id(
    house: House, place: Place, tell: Callable[..., None]
) -> None:
    alarm_id, source = uuid4(), uuid4()
    tell(alarm(alarm_id, severity=Severity.CRITICAL, source=source, detail="крышка"), alarm(alarm_id))
    [row] = alarms(house, place)
    assert (row["id"], row["site_id"], row["source_id"]) == (alarm_id, place.site_id, source)
    assert (row["severity"], row["detail"], row["raised_at"]) == ("critical", "крышка", NOW)
    assert (row["times"], row["cleared_at"]) == (1, None)
    tell(alarm(alarm_id, raised=False, after_s=5), alarm(alarm_id, raised=False, after_s=9))
    tell(alarm(alarm_id, after_s=10))  # a forked box tells its past again
    [row] = alarms(house, place)
    assert row["cleared_at"] == NOW + timedelta(seconds=5)
    raised, cleared = (told_of(house, place, f"sites.alarm_{what}") for what in ("raised", "cleared"))
    assert [each["alarm_id"] for each in (*raised, *cleared)] == [str(alarm_id)] * 2


def test_a_clearing_without_a_raising_and_another_box_s_alarm_change_nothing(
    house: House, place: Place, intake: Intake, tell: Callable[..., None]
) -> None:
    alarm_id = uuid4()
    tell(alarm(uuid4(), raised=False), alarm(alarm_id))
    for other in (make_place(house), make_other_place(house)):
        stream = other.stream()
        stream.write(alarm(alarm_id, raised=False), alarm(alarm_id))
        intake.take([Message(*stream.batch(events=True))])
        assert alarms(house, other) == []
    [row] = alarms(house, place)
    assert (row["id"], row["cleared_at"]) == (alarm_id, None)


def test_shortages_of_a_box_count_on_one_alarm_until_they_are_over(
    house: House, place: Place, tell: Callable[..., None]
) -> None:
    tell(shortage("stills_dropped", 0), shortage("readings_thinned", 60, 10))
    [row] = alarms(house, place)
    assert (row["kind"], row["times"], row["detail"]) == ("shortage", 2, "readings_thinned 10 9 MB free")
    assert (row["raised_at"], row["last_at"]) == (NOW, NOW + timedelta(seconds=60))
    tell(shortage("stills_dropped", 0), shortage("stills_dropped", 30))  # its past again
    assert alarms(house, place) == [row]
    tell(shortage("over", 90, 0))
    [row] = alarms(house, place)
    assert row["cleared_at"] == NOW + timedelta(seconds=90)
    tell(shortage("stills_dropped", 120))
    assert [row["cleared_at"] is None for row in alarms(house, place)] == [False, True]
    assert len(told_of(house, place, "sites.alarm_raised")) == 2


def test_who_was_refused_unrecorded_is_told_until_somebody_takes_note(
    house: House, place: Place, tell: Callable[..., None]
) -> None:
    tell(shortage("stills_dropped", 0), shortage("decisions_unwritten", 60, 2), shortage("over", 61, 0))
    [full, refused] = alarms(house, place)
    assert (full["kind"], full["cleared_at"]) == ("shortage", NOW + timedelta(seconds=61))
    assert (refused["kind"], refused["cleared_at"]) == ("decisions_unwritten", None)
    assert refused["detail"].startswith("decisions_unwritten 2 ")
    with house.work() as session:
        sites.acknowledge_alarm(session, house.actor, refused["id"])
    assert [row["cleared_at"] is None for row in alarms(house, place)] == [False, False]


def test_whoever_was_refused_unrecorded_adds_up_until_somebody_takes_note(
    house: House, place: Place, tell: Callable[..., None]
) -> None:
    def refused(seconds: float, many: int, first: str, last: str) -> Shortage:
        told = shortage("decisions_unwritten", seconds, many)
        return msgspec.structs.replace(told, detail=f"2026-03-01T{first}Z to 2026-03-01T{last}Z")

    first, second = refused(60, 5, "10:00:00", "10:00:40"), refused(120, 1, "10:01:30", "10:01:30")
    tell(first, second)
    for again in (first, second):  # as after a fork of its stream
        tell(again)
    [row] = alarms(house, place)
    span = "2026-03-01T10:00:00Z to 2026-03-01T10:01:30Z"
    assert (row["detail"], row["times"]) == (f"decisions_unwritten 6 {span}", 2)
    assert row["raised_at"] == NOW + timedelta(seconds=60)
    with house.work() as session:
        sites.acknowledge_alarm(session, house.actor, row["id"])
    tell(refused(180, 2, "10:02:00", "10:02:10"))
    [_, row] = alarms(house, place)
    assert row["detail"].startswith("decisions_unwritten 2 ")


def test_whoever_was_refused_unrecorded_before_the_clock_went_back_is_added_too(
    house: House, place: Place, tell: Callable[..., None]
) -> None:
    ahead = msgspec.structs.replace(
        shortage("decisions_unwritten", 72_000, 3), detail="2026-03-02T07:55:00Z to 2026-03-02T08:00:00Z"
    )
    right = msgspec.structs.replace(
        shortage("decisions_unwritten", 60, 50), detail="2026-03-01T11:00:00Z to 2026-03-01T12:00:00Z"
    )
    tell(ahead)
    tell(right)
    tell(right)
    [row] = alarms(house, place)
    assert row["detail"] == "decisions_unwritten 53 2026-03-01T11:00:00Z to 2026-03-02T08:00:00Z"


def test_a_fork_is_one_alarm_whoever_tells_of_it(
    house: House, place: Place, intake: Intake, tell: Callable[..., None]
) -> None:
    stream = place.stream()
    [series] = make_series(house, place)
    for number in range(3):
        stream.readings(Reading(series, number, number, None))
    copy: BoxStream = stream.fork(1)
    intake.take([Message(*stream.batch())])
    for number in range(4):
        copy.readings(Reading(series, number, 100 + number, None))
    intake.take([Message(*copy.batch())])
    react(house, place)
    [row] = alarms(house, place)
    assert (row["kind"], row["severity"], row["times"]) == ("stream_forked", "critical", 1)
    assert str(stream.id) in row["detail"]
    fork = Alarm(
        id=uuid4(),
        at=NOW + timedelta(seconds=2),
        alarm=uuid4(),
        kind="stream_forked",
        raised=True,
        severity=Severity.CRITICAL,
    )
    tell(fork)
    [row] = alarms(house, place)
    assert row["times"] == 2
    actor = Actor.system(place.organisation_id, name="Анна Петрова")
    with house.work(company=place.organisation_id) as session:
        sites.acknowledge_alarm(session, actor, row["id"])
    [row] = alarms(house, place)
    assert (row["acknowledged_person"], row["cleared_at"]) == ("Анна Петрова", NOW)


def test_gaps_and_what_was_set_aside_are_alarms(house: House, place: Place, intake: Intake) -> None:
    stream = place.stream()
    [series] = make_series(house, place)
    for number in range(5):
        stream.readings(Reading(series, number, number, None))
    intake.take([Message(*stream.batch(3, oldest=3))])
    stream.write(b'{"type":"readings","at_ms":"soon"}')
    intake.take([Message(*stream.batch(6, oldest=3))])
    react(house, place)
    found = {row["kind"]: row["detail"] for row in alarms(house, place)}
    assert found["stream_gap"] == f"stream {stream.id} from 1 to 2"
    assert found["record_quarantined"].startswith("malformed: ")


def test_a_company_hears_once_that_its_files_leave_no_room(house: House, place: Place) -> None:
    for _ in range(2):
        with house.work(company=place.organisation_id) as session:
            outbox.add(session, NoRoomForFiles(box_id=place.box_id, quota_mb=10))
    react(house, place)
    [row] = alarms(house, place)
    assert (row["kind"], row["detail"], row["times"]) == ("no_room_for_files", "quota 10 MB", 1)
