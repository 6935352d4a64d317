"""What a configuration's record tells: things by name, settings by name alone, and no more than a record holds."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from protocols.config import (
    Barrier,
    Configuration,
    Contact,
    Device,
    Meter,
    MeterChannel,
    Point,
    StalePolicy,
    Zone,
)
from protocols.config_changes import CHANGES_MAX_BYTES, changes
from protocols.records import ConfigAct, ConfigApplied, ConfigChange, decode_event, encode

SITE, LANE, RELAY, CAMERA, ZONE, METER = (UUID(int=number) for number in range(1, 7))
SECRET = "hunter2-very-secret"  # it is looked for in what is told


def make(**differing: Any) -> Configuration:
    fields: dict[str, Any] = {
        "site": SITE,
        "site_name": "Афины",
        "time_zone": "Europe/Moscow",
        "points": [Point(id=LANE, name="Въезд", barrier=Barrier(device=RELAY, output=0))],
        "devices": [
            Device(id=RELAY, driver="modbus_relay", name="Реле"),
            Device(
                id=CAMERA,
                driver="onvif_camera",
                name="Камера",
                settings={"host": "10.0.0.7", "password": "a"},
            ),
        ],
    }
    return Configuration(**(fields | differing))


def told(before: Configuration | None, after: Configuration) -> list[ConfigChange]:
    return changes(before, after).told


def test_nothing_changed_is_nothing_told() -> None:
    assert changes(make(), make()) == ([], 0)


def test_the_first_configuration_is_all_new() -> None:
    assert [(each.section, each.act, each.name, each.settings) for each in told(None, make())] == [
        ("points", ConfigAct.ADDED, "Въезд", []),
        ("devices", ConfigAct.ADDED, "Реле", []),
        ("devices", ConfigAct.ADDED, "Камера", []),
    ]


def test_settings_are_named_and_their_values_are_not_told() -> None:
    camera = Device(
        id=CAMERA, driver="onvif_camera", name="Камера", settings={"host": "10.0.0.8", "password": SECRET}
    )
    lane = Point(
        id=LANE, name="Въезд 1", barrier=Barrier(device=RELAY, output=0, pulse_ms=900, loop=Contact(input=1))
    )
    after = make(
        time_zone="Asia/Omsk",
        stale=StalePolicy(after_s=60),
        points=[lane],
        devices=[make().devices[0], camera],
    )
    found = told(make(), after)
    assert found == [
        ConfigChange(section="box", act=ConfigAct.CHANGED, settings=["time_zone", "stale.after_s"]),
        ConfigChange(
            section="points",
            act=ConfigAct.CHANGED,
            id=LANE,
            name="Въезд 1",
            settings=["name", "barrier.pulse_ms", "barrier.loop"],
        ),
        ConfigChange(
            section="devices",
            act=ConfigAct.CHANGED,
            id=CAMERA,
            name="Камера",
            driver="onvif_camera",
            settings=["host", "password"],
        ),
    ]
    record = msgspec.json.encode(found).decode()
    for value in (SECRET, "10.0.0.8", "900"):
        assert value not in record


def test_what_is_gone_is_named_as_it_was() -> None:
    zone = Zone(id=ZONE, number=1, name="Двор")
    meter = Meter(
        id=METER,
        device=RELAY,
        profile="eastron_sdm120",
        unit=3,
        channels=[MeterChannel(channel="v", series=1)],
    )
    found = told(make(zones=[zone], meters=[meter]), make(points=[]))
    assert [(each.section, each.act, each.id, each.name) for each in found] == [
        ("points", ConfigAct.REMOVED, LANE, "Въезд"),
        ("zones", ConfigAct.REMOVED, ZONE, "Двор"),
        ("meters", ConfigAct.REMOVED, METER, "eastron_sdm120, 3"),
    ]


def test_a_large_change_is_cut_and_counted() -> None:
    for count, name in ((1000, "Д"), (150, "Длинное имя " * 40), (3, "с\tтабуляцией\nи строкой")):
        devices = [Device(id=UUID(int=100 + n), driver="modbus_relay", name=name) for n in range(count)]
        found = changes(None, make(points=[], devices=devices))
        assert len(found.told) + found.untold == count
        assert len(msgspec.json.encode(found.told)) <= CHANGES_MAX_BYTES + 2
        event = ConfigApplied(
            id=SITE, at=make_time(), version=1, applied=True, changes=found.told, untold=found.untold
        )
        assert decode_event(encode(event)) == event


def make_time() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)
