"""Settings of drivers, as a form needs them told."""

from uuid import uuid4

import pytest

from protocols.driver_forms import (
    SECRET_SETTINGS,
    Fault,
    Field,
    FieldKind,
    every_field,
    fields_of,
    find_field,
    settings_faults,
)
from protocols.drivers import ROLES, SETTINGS, DeviceRole

RELAY = {"bus": str(uuid4()), "unit": 1, "profile": "wb_mr6c_v2"}
READER = {"tcp": {"host": "10.0.0.7", "port": 4001}, "key": "00" * 16}


def test_every_driver_has_a_form_and_a_role() -> None:
    assert ROLES.keys() == SETTINGS.keys()
    for driver in SETTINGS:
        names = SETTINGS[driver].__struct_fields__
        assert tuple(field.name for field in fields_of(driver)) == names


def test_a_form_knows_bounds_units_choices_and_defaults() -> None:
    assert find_field("modbus_relay", "module_timer_ms") == Field(
        name="module_timer_ms",
        kind=FieldKind.INTEGER,
        required=False,
        minimum=100,
        maximum=60_000,
        unit="ms",
    )
    bus, profile = find_field("modbus_relay", "bus"), find_field("modbus_relay", "profile")
    assert bus is not None
    assert profile is not None
    assert (bus.kind, bus.device, bus.required) == (FieldKind.DEVICE, DeviceRole.BUS, True)
    assert profile.catalogue == "relays"
    baud = find_field("osdp_reader", "serial.baud")
    assert baud is not None
    assert (baud.kind, baud.default, baud.choices[0]) == (FieldKind.CHOICE, 9600, 9600)
    assert find_field("osdp_reader", "serial.host") is None


def test_secrets_are_told_by_the_types_and_stand_on_the_first_level() -> None:
    """The cloud keeps them apart by their names alone."""
    assert {"key", "password", "token"} == SECRET_SETTINGS
    for driver in SETTINGS:
        for path, field in every_field(driver):
            assert (field.name in SECRET_SETTINGS) == field.secret, path


@pytest.mark.parametrize(
    ("driver", "settings", "told"),
    [
        ("modbus_relay", RELAY, []),
        ("osdp_reader", READER, []),
        (
            "modbus_relay",
            {"unit": 0, "profile": "x", "zz": 1},
            [("zz", "unknown"), ("bus", "missing"), ("unit", "unfit")],
        ),
        ("osdp_reader", READER | {"tcp": {"host": "a b"}}, [("tcp.host", "unfit"), ("tcp.port", "missing")]),
        ("osdp_reader", {"key": "00" * 16}, [("", "one_line")]),
        ("osdp_reader", {"tcp": READER["tcp"]}, [("key", "key_or_insecure")]),
        (
            "osdp_reader",
            {"tcp": {"host": "é" * 60 + ".ru", "port": 1}, "insecure": True},
            [("tcp.host", "unfit")],
        ),
        ("osdp_reader", READER | {"tcp": "10.0.0.7"}, [("tcp", "unfit")]),
        ("http_camera", {"url": "http://x:99999/a"}, [("url", "unfit")]),
        ("modbus_relay", RELAY | {"held_outputs": ["1"]}, [("held_outputs", "unfit")]),
    ],
)
def test_every_fault_is_found_with_its_place(
    driver: str, settings: dict[str, object], told: list[tuple[str, str]]
) -> None:
    assert [(fault.path, fault.code) for fault in settings_faults(driver, settings)] == told


def test_an_address_in_a_fault_is_not_told() -> None:
    [fault] = settings_faults("http_camera", {"url": "http://x:99999/a?pwd=S3cret"})
    assert isinstance(fault, Fault)
    assert "S3cret" not in fault.reason
