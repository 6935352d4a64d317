"""A box that sends rubbish without end fills no disk: what it may leave is bounded, the rest is counted."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from cloud.kernel.tenancy import Role
from cloud.telemetry import service as telemetry
from cloud.telemetry import upkeep
from cloud.telemetry.service import Refused
from cloud.telemetry.types import QuarantineReason
from cloud.telemetry.upkeep import Retention
from protocols.topics import Channel
from tests.cloud.ingest.boxes import NOW, Place, make_place
from tests.cloud.sites.building import House

MOST = 5


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloud.telemetry.streams.MOST_QUARANTINED", MOST)
    monkeypatch.setattr("cloud.telemetry.streams.MOST_UNKNOWN_TYPES", MOST)


@pytest.fixture
def place(house: House) -> Place:
    return make_place(house)


def refuse(house: House, place: Place, *numbers: int, channel: Channel = Channel.UP_EVENTS) -> None:
    for number in numbers:
        with house.work(Role.INGEST) as session:
            refused = Refused(
                box_id=place.box_id,
                channel=channel,
                reason=QuarantineReason.MALFORMED,
                detail=f"rubbish {number}",
                content=str(number).encode(),
            )
            telemetry.quarantine(session, refused)


def count(house: House, place: Place, *names: str) -> None:
    for name in names:
        with house.work(Role.INGEST) as session:
            telemetry.count_unknown(session, place.box_id, Channel.UP_EVENTS, name)


def rows(house: House, sql: str) -> list[tuple[Any, ...]]:
    with house.work() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


def test_what_is_too_much_for_the_quarantine_is_counted_and_known_items_still_count(
    house: House, place: Place
) -> None:
    refuse(house, place, *range(MOST + 4))
    refuse(house, place, 99, channel=Channel.UP_READINGS)
    refuse(house, place, 0, 0)
    found = rows(house, "SELECT reason, times, detail, size FROM quarantine ORDER BY first_at, reason, id")
    assert [row[:2] for row in found if row[0] == "malformed"] == [("malformed", 3), *[("malformed", 1)] * 4]
    beyond = "more than 5; the last: malformed"
    assert [row for row in found if row[0] != "malformed"] == [("too_many", 5, beyond, 0)]


def test_another_box_has_its_own_room(house: House, place: Place) -> None:
    refuse(house, place, *range(MOST + 1))
    neighbour = make_place(house)
    refuse(house, neighbour, 1)
    [row] = rows(house, f"SELECT reason FROM quarantine WHERE box_id = '{neighbour.box_id}'")
    assert row == ("malformed",)


def test_unknown_types_beyond_the_most_are_one(house: House, place: Place) -> None:
    count(house, place, *"abcdefgh", "a", "h")
    found = rows(house, 'SELECT type, times FROM unknown_type ORDER BY type COLLATE "C"')
    assert found == [("a", 2), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("…", 4)]


def test_both_are_forgotten_in_time(house: House, place: Place) -> None:
    refuse(house, place, 1)
    count(house, place, "a")
    retention = Retention()
    with psycopg.connect(house.real.owner_url, autocommit=True) as owner:
        for age, left in ((timedelta(), 1), (timedelta(days=1), 0)):
            upkeep.clear_leftovers(owner, NOW + retention.quarantine + age, retention)
            tables = ("quarantine", "unknown_type")
            assert [rows(house, f"SELECT count(*) FROM {table}") for table in tables] == [[(left,)]] * 2
