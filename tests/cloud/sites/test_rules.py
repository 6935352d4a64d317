"""Decisions about sites, and what boxes report."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cloud.kernel.secrets import SecretBox
from cloud.kernel.tenancy import Role
from cloud.sites import barriers, queries, rules, service, uses
from cloud.sites.models import BoxState, DesiredConfig, Device, HeldChange
from cloud.sites.schemas import DeviceCard, DeviceDraft, PointCard, PointDraft
from cloud.sites.types import BoxOwner
from protocols import config
from protocols.config import Barrier, Reader
from protocols.driver_forms import SECRET_SETTINGS
from protocols.fields import LATEST, Direction
from protocols.messages import Backlog, State
from protocols.records import BarrierPosition, BarrierState, ConfigApplied, DeviceState, DeviceStatus
from tests.cloud.sites.building import NOON, House, make_pass


@given(
    st.dictionaries(st.sampled_from(["host", "password", "token", "key"]), st.text(min_size=1), max_size=4)
)
def test_no_secret_survives_redaction(settings: dict[str, str]) -> None:
    told = rules.redacted({"devices": [{"id": "1", "settings": settings}]})["devices"][0]["settings"]
    assert {
        name for name, value in told.items() if value == rules.REDACTED
    } >= settings.keys() & SECRET_SETTINGS
    assert told.get("host") == settings.get("host")


def test_no_password_of_an_address_survives_redaction() -> None:
    settings = {
        "url": "http://admin:S3cret@10.0.0.5/snap.jpg"
    }  # as one may have been stored before it was refused
    told = rules.redacted({"devices": [{"id": "1", "settings": settings}]})["devices"][0]["settings"]
    assert told == {"url": "http://***@10.0.0.5/snap.jpg"}


def test_a_password_shown_as_asterisks_is_not_stored_in_its_place() -> None:
    """What the form was shown comes back from it."""
    settings = {"url": "http://10.0.0.5/snapshot.cgi?user=admin&pwd=S3cret"}
    assert rules.secret_faults(settings, {}) == []
    shown = rules.redacted({"devices": [{"id": "1", "settings": settings}]})["devices"][0]["settings"]
    assert shown == {"url": "http://10.0.0.5/snapshot.cgi?***"}
    [fault] = rules.secret_faults(shown, {})
    assert (fault.path, fault.code) == ("settings.url", "hidden_in_url")


def test_a_point_may_use_only_its_boxs_devices() -> None:
    relay, reader, camera, foreign = uuid4(), uuid4(), uuid4(), uuid4()
    own = {relay: "modbus_relay", reader: "osdp_reader", camera: "http_camera"}
    assert uses.point_faults(own, Barrier(device=relay, output=0), [Reader(device=reader)], camera) == []
    faults = uses.point_faults(
        own,
        Barrier(device=foreign, output=0),
        [Reader(device=reader), Reader(device=foreign)],
        foreign,
    )
    assert [fault.path for fault in faults] == ["barrier.device", "readers.1.device", "camera_id"]
    assert {fault.code for fault in faults} == {"foreign_device"}


def test_a_reader_reads_once_in_a_direction() -> None:
    reader = uuid4()
    both_ways = [Reader(device=reader), Reader(device=reader, direction=Direction.OUT)]
    own = {reader: "osdp_reader"}
    assert uses.point_faults(own, None, both_ways, None) == []
    [fault] = uses.point_faults(own, None, [*both_ways, Reader(device=reader)], None)
    assert (fault.path, fault.code) == ("readers.2.device", "reads_twice")


@pytest.mark.parametrize(
    ("settings", "barrier", "told"),
    [
        ({}, {"output": 5}, []),
        ({"module_timer_ms": 2000, "held_outputs": [1]}, {"output": 0, "pulse_ms": 2000}, []),
        ({}, {"output": 6}, [("barrier.output", "no_output", {"last": 5, "output": 6})]),
        ({"held_outputs": [0]}, {"output": 0}, [("barrier.output", "output_held", {"output": 0})]),
        (
            {"module_timer_ms": 500},
            {"output": 0, "pulse_ms": 501},
            [("barrier.pulse_ms", "pulse_too_long", {"timer_ms": 500})],
        ),
    ],
)
def test_a_barrier_hangs_on_an_output_that_can_open(
    settings: dict[str, Any], barrier: dict[str, Any], told: list[Any]
) -> None:
    relay = {"bus": str(uuid4()), "unit": 1, "profile": "wb_mr6c_v2"} | settings
    faults = barriers.module_faults("modbus_relay", relay, Barrier(device=uuid4(), **barrier))
    assert [(fault.path, fault.code, fault.data) for fault in faults] == told


def test_a_state_of_impossible_times_is_kept_at_the_end_of_what_is_judged(house: House) -> None:
    box = house.make_box()
    far = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=14)))
    backlog = Backlog(records=5, oldest_at=far, oldest_held_at=far)
    with house.work(Role.DOWNLINK) as session:
        service.record_state(
            session, owner(house, box.id), State(online=True, at=far, events=backlog, readings=backlog)
        )
    with house.work() as session:
        row = session.scalars(select(BoxState)).one()
    assert [row.reported_at, row.events_oldest_at, row.readings_oldest_at] == [LATEST] * 3


def owner(house: House, box_id: UUID) -> BoxOwner:
    with house.database().transaction() as session:
        found = service.owner_of(session, box_id)
    assert found is not None
    return found


def test_a_will_forgets_nothing_but_that_the_box_is_there(house: House) -> None:
    box = house.make_box()
    mine = owner(house, box.id)
    said = State(online=True, software="0.1", pass_version=3, events=Backlog(records=5, oldest_at=NOON))
    with house.work(Role.DOWNLINK) as session:
        assert service.record_state(session, mine, said)
    with house.work(Role.DOWNLINK) as session:
        assert not service.record_state(session, mine, said)
    assert house.clock is not None
    house.clock.advance(timedelta(minutes=1))
    with house.work(Role.DOWNLINK) as session:
        assert not service.record_state(session, mine, State(online=False))
    with house.work() as session:
        row = session.scalars(select(BoxState)).one()
    assert (row.online, row.software, row.pass_version, row.events_waiting) == (False, "0.1", 3, 5)
    assert row.changed_at - NOON == timedelta(minutes=1)
    assert row.seen_at == NOON


@pytest.mark.parametrize(("minutes", "expected"), [(1, "offline"), (-1, "online")])
def test_a_devices_state_is_the_newest_whatever_the_order(house: House, minutes: int, expected: str) -> None:
    box, vault = house.make_box(), SecretBox(bytes(32))
    with house.work() as session:
        draft = DeviceDraft(box_id=box.id, driver="modbus_tcp", name="Реле", settings={"host": "10.0.0.7"})
        device = service.create_device(session, house.actor, vault, draft)
    for at, status in (
        (NOON, DeviceStatus.ONLINE),
        (NOON + timedelta(minutes=minutes), DeviceStatus.OFFLINE),
    ):
        event = DeviceState(id=uuid4(), at=at, device=device.id, status=status)
        with house.work(Role.INGEST) as session:
            service.record_device_state(session, box.id, event)
    with house.work() as session:
        assert session.scalars(select(Device.status)).one() == expected


@pytest.mark.parametrize(
    ("reason", "number", "shown"),
    [("http_status", 401, "http_status"), ("", None, None), ("of_a_newer_box", 7, None)],
)
def test_why_a_device_does_not_work_is_kept(
    house: House, reason: str, number: int | None, shown: str | None
) -> None:
    box, vault = house.make_box(), SecretBox(bytes(32))
    with house.work() as session:
        draft = DeviceDraft(box_id=box.id, driver="modbus_tcp", name="Реле", settings={"host": "10.0.0.7"})
        device = service.create_device(session, house.actor, vault, draft)
    event = DeviceState(
        id=uuid4(),
        at=NOON,
        device=device.id,
        status=DeviceStatus.OFFLINE,
        detail='{"reason": 1}',
        reason=reason,
        number=number,
    )
    with house.work(Role.INGEST) as session:
        service.record_device_state(session, box.id, event)
    with house.work() as session:
        card = DeviceCard.model_validate(queries.device_card(session, device.id))
    assert (card.status_reason, card.status_number, card.status_detail) == (shown, number, '{"reason": 1}')


def test_another_boxs_device_is_not_touched(house: House) -> None:
    box, other, vault = house.make_box(), house.make_box(), SecretBox(bytes(32))
    with house.work() as session:
        draft = DeviceDraft(box_id=box.id, driver="modbus_tcp", name="Реле", settings={"host": "10.0.0.7"})
        device = service.create_device(session, house.actor, vault, draft)
    event = DeviceState(id=uuid4(), at=NOON, device=device.id, status=DeviceStatus.FAULT)
    with house.work(Role.INGEST) as session:
        service.record_device_state(session, other.id, event)
    with house.work() as session:
        assert session.scalars(select(Device.status)).one() is None


def test_the_first_answer_to_a_configuration_stands(house: House) -> None:
    box, vault = house.make_box(), SecretBox(bytes(32))
    wanted = config.Configuration(site=box.site_id, site_name="Афины", time_zone="Europe/Moscow")
    with house.work() as session:
        version = service.set_desired_config(session, house.actor, vault, box.id, wanted)
        assert service.set_desired_config(session, house.actor, vault, box.id, wanted) == version
    for applied, errors in ((False, ["no driver"]), (True, [])):
        event = ConfigApplied(id=uuid4(), at=NOON, version=version, applied=applied, errors=errors)
        with house.work(Role.INGEST) as session:
            service.record_config_applied(session, box.id, event)
    with house.work() as session:
        row = session.scalars(select(DesiredConfig)).one()
    assert (row.applied, row.errors) == (False, ["no driver"])
    assert b"Europe/Moscow" not in row.body  # sealed


def test_the_log_forgets_what_no_box_is_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloud.sites.replication._LOG_IS_WORTH_IT", 50)
    site = house.make_site()
    with house.work() as session:
        service.append_items(session, site.id, [make_pass(str(n)) for n in range(99)])
    with house.work() as session:
        service.append_items(session, site.id, [make_pass(str(n)) for n in range(150)])
        kept = session.scalars(select(HeldChange.version).order_by(HeldChange.version)).all()
    assert kept == list(range(150, 250))


@pytest.mark.parametrize(("minutes", "expected"), [(1, "open"), (-1, "closed")])
def test_a_barrier_stands_where_its_newest_word_says(house: House, minutes: int, expected: str) -> None:
    box = house.make_box()
    with house.work() as session:
        point = service.create_point(session, house.actor, PointDraft(box_id=box.id, name="Въезд"))
    for at, position in (
        (NOON, BarrierPosition.CLOSED),
        (NOON + timedelta(minutes=minutes), BarrierPosition.OPEN),
    ):
        event = BarrierState(id=uuid4(), at=at, point=point.id, position=position, cause="of_a_newer_box")
        with house.work(Role.INGEST) as session:
            service.record_barrier_state(session, box.id, event)
            service.record_barrier_state(session, uuid4(), event)  # another box's word
    with house.work() as session:
        card = PointCard.model_validate(queries.point_card(session, point.id))
    assert (card.barrier_position, card.barrier_cause) == (expected, None)
