"""Building a configuration's devices: every fault named, nothing half built."""

from typing import Any
from uuid import UUID

import pytest

from edge.drivers.base import ConfigError, redacted
from edge.drivers.table import TABLE, build
from protocols.drivers import SETTINGS
from tests.edge.drivers.support import BUS, PORTS, READER, RELAY, device

KEY = "000102030405060708090a0b0c0d0e0f"
OSDP = {"tcp": {"host": "10.0.0.5", "port": 4001}, "key": KEY}
SCANNER = {"hid": {"path": "/dev/input/event5"}}
PANEL = {"url": "http://10.0.0.10/api", "port": 8091, "token": "a-long-enough-token"}
PLATES = {"port": 8089, "token": "a-long-enough-token"}


def test_all_families_are_built_whatever_their_order() -> None:
    devices = build(
        [
            device("modbus_relay", {"bus": str(BUS), "unit": 1, "profile": "owen_mu110_8"}, RELAY),
            device("osdp_reader", OSDP, UUID(int=10)),
            device("pcsc_reader", {}, UUID(int=11)),
            device("plate_http", PLATES, UUID(int=12)),
            device("line_scanner", SCANNER, UUID(int=15)),
            device("wiegand_http", PLATES | {"port": 8090}, UUID(int=16)),
            device("wiegand_mqtt", {"topic": "gate/in/card"}, UUID(int=22)),
            device("nfc_reader", {}, UUID(int=17)),
            device("http_camera", {"url": "http://10.0.0.6/snap.jpg"}, UUID(int=13)),
            device("onvif_camera", {"host": "10.0.0.8"}, UUID(int=18)),
            device("onvif_door", {"host": "10.0.0.9", "doors": "door_1"}, UUID(int=19)),
            device("http_panel", PANEL, UUID(int=20)),
            device("sip_panel", {"panel": "10.0.0.11"}, UUID(int=21)),
            device("modbus_tcp", {"host": "10.0.0.7"}, BUS),
            device("modbus_rtu", {"port": "/dev/ttyRS485-1"}, UUID(int=14)),
        ],
        PORTS,
    )
    assert len(devices.all) == len(TABLE)
    assert set(devices.readers) == {
        UUID(int=10),
        UUID(int=11),
        UUID(int=12),
        UUID(int=15),
        UUID(int=16),
        UUID(int=17),
        UUID(int=20),
        UUID(int=21),
        UUID(int=22),
    }
    assert set(devices.relays) == {RELAY, UUID(int=19), UUID(int=20), UUID(int=21)}
    assert set(devices.panels) == {UUID(int=20)}
    assert set(devices.buses) == {BUS, UUID(int=14)}
    assert set(devices.cameras) == {UUID(int=13), UUID(int=18)}


@pytest.mark.parametrize(
    ("driver", "settings", "message"),
    [
        ("modbus", {}, "no driver 'modbus', only http_camera, http_panel"),
        ("modbus_tcp", {"host": "h", "prot": 502}, r"unknown field `prot`"),
        ("modbus_tcp", {"host": "h", "port": 70_000}, r"<= 65535.*\$\.port"),
        ("modbus_tcp", {}, "missing required field `host`"),
        ("modbus_rtu", {"port": "/dev/ttyS0", "parity": "X"}, r"\$\.parity"),
        (
            "modbus_relay",
            {"bus": str(BUS), "unit": 1, "profile": "wb_mr6c_v2"},
            f"settings.bus: no bus {BUS}",
        ),
        ("osdp_reader", {"key": KEY}, "exactly one of tcp and serial"),
        ("osdp_reader", {"tcp": {"host": "h", "port": 1}}, "either a key, or insecure"),
        ("osdp_reader", OSDP | {"insecure": True}, "either a key, or insecure"),
        ("osdp_reader", {"tcp": OSDP["tcp"], "insecure": True, "install": True}, "no key to install"),
        ("osdp_reader", OSDP | {"key": "12"}, r"\$\.key"),
        ("plate_http", {"port": 1, "token": "short"}, r"\$\.token"),
        ("line_scanner", {}, "exactly one of tcp, serial and hid"),
        ("line_scanner", SCANNER | {"serial": {"port": "/dev/ttyS0"}}, "exactly one of tcp, serial and hid"),
        ("line_scanner", SCANNER | {"beep_denied": "07"}, "nothing can be sent to a keyboard"),
        ("line_scanner", {"serial": {"port": "/dev/ttyS0"}, "beep_denied": "7"}, r"\$\.beep_denied"),
        ("line_scanner", {"hid": {"path": "event5"}}, r"\$\.hid\.path"),
        ("wiegand_http", {"port": 1, "token": "short"}, r"\$\.token"),
        ("wiegand_http", PLATES | {"host": "ы" * 60}, "host: no name or address"),
        ("wiegand_mqtt", {"topic": "gate/+/card"}, r"\$\.topic"),
        ("wiegand_mqtt", {"topic": "$SYS/broker"}, r"\$\.topic"),
        ("wiegand_mqtt", {}, "topic"),
        ("nfc_reader", {"path": "com:COM1"}, r"\$\.path"),
        ("nfc_reader", {"path": "tty:USB0"}, r"\$\.path"),
        ("nfc_reader", {"path": "usb\n"}, r"\$\.path"),
        ("http_camera", {"url": "ftp://x/"}, r"\$\.url"),
        ("plate_http", PLATES | {"user": "lane"}, "both user and password"),
        ("plate_http", PLATES | {"shape": "axis"}, r"\$\.shape"),
        ("sip_panel", {"panel": "tower"}, r"\$\.panel"),
        ("sip_panel", {"panel": "10.0.0.11", "open_with": "#,,*"}, r"\$\.open_with"),
        ("onvif_door", {"host": "h", "doors": "a,,b"}, r"\$\.doors"),
        ("http_panel", PANEL | {"url": "panel"}, r"\$\.url"),
        ("http_panel", PANEL | {"doors": 0}, r"\$\.doors"),
        ("onvif_camera", {"host": "http://10.0.0.8/"}, r"\$\.host"),
        ("modbus_tcp", {"host": "a\0b"}, r"\$\.host"),
        ("modbus_tcp", {"host": "a b"}, r"\$\.host"),
        ("modbus_tcp", {"host": "http://10.0.0.7/"}, r"\$\.host"),
        ("modbus_tcp", {"host": "10.0.0.7\n"}, r"\$\.host"),
        ("modbus_tcp", {"host": "a..b"}, r"\$\.host"),
        ("modbus_tcp", {"host": "x" * 64}, r"\$\.host"),
        ("modbus_tcp", {"host": "ы" * 60}, "host: no name or address"),
        ("modbus_rtu", {"port": "/dev/tty\0"}, r"\$\.port"),
        ("osdp_reader", {"tcp": {"host": "a\0b", "port": 1}, "key": KEY}, r"\$\.tcp\.host"),
        ("osdp_reader", {"tcp": {"host": "ы" * 60, "port": 1}, "key": KEY}, "host: no name or address"),
        ("osdp_reader", {"serial": {"port": "/dev/tty\0"}, "key": KEY}, r"\$\.serial\.port"),
        ("osdp_reader", OSDP | {"key": KEY + "\n"}, r"\$\.key"),
        ("plate_http", PLATES | {"host": "a\0b"}, r"\$\.host"),
        ("plate_http", PLATES | {"host": "ы" * 60}, "host: no name or address"),
        ("plate_http", PLATES | {"token": "a-long-enough-token\n"}, r"\$\.token"),
        ("http_camera", {"url": "http://a\0b/"}, r"\$\.url"),
        ("http_camera", {"url": "http://a/\0"}, r"\$\.url"),
        ("http_camera", {"url": "http://a:99999/"}, "url: no such host or port"),
        ("http_camera", {"url": "http://admin:secret/"}, "url: no such host or port"),
        ("http_camera", {"url": "http://[::1/x"}, "url: no such host or port"),
        ("http_camera", {"url": f"http://{'ы' * 60}/"}, "url: no such host or port"),
        ("http_camera", {"url": f"http://{'x' * 64}/"}, "url: no such host or port"),
    ],
)
def test_a_fault_names_device_and_key(driver: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        build([device(driver, settings)], PORTS)
    assert str(READER) in str(error.value)


@pytest.mark.parametrize(
    "host", ["10.0.0.7", "fe80::1%eth0", "::1", "gate_1.lan", "шлагбаум.дом.рф", "box.example.", "x" * 63]
)
def test_any_host_that_may_exist_is_taken(host: str) -> None:
    build([device("modbus_tcp", {"host": host}, BUS)], PORTS)


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.6/a b.jpg?x=1", "https://[fe80::1]:8443/", "http://u:p@cam_1/ы", "http://камера.рф:80/1"],
)
def test_any_address_that_may_exist_is_taken(url: str) -> None:
    build([device("http_camera", {"url": url})], PORTS)


def test_a_secret_never_stands_in_the_error() -> None:
    with pytest.raises(ConfigError) as error:
        build([device("osdp_reader", OSDP | {"key": "not hex but secret"})], PORTS)
    assert "secret" not in str(error.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        build(
            [device("a", {}, UUID(int=1)), device("b", {}, UUID(int=2)), device("c", {}, UUID(int=2))], PORTS
        )
    assert len(error.value.errors) == 3


def test_an_id_or_a_line_is_taken_once() -> None:
    with pytest.raises(ConfigError, match="stands twice"):
        build([device("modbus_tcp", {"host": "a"}), device("modbus_tcp", {"host": "b"})], PORTS)
    with pytest.raises(ConfigError, match=r"address: 0 stands twice on 10\.0\.0\.5:4001"):
        build([device("osdp_reader", OSDP), device("osdp_reader", OSDP, UUID(int=10))], PORTS)
    serial = {"serial": {"port": "/dev/ttyS0"}, "key": KEY}
    with pytest.raises(ConfigError, match=r"/dev/ttyS0 is already used by 'modbus_rtu'"):
        build([device("osdp_reader", serial), device("modbus_rtu", {"port": "/dev/ttyS0"}, BUS)], PORTS)
    with pytest.raises(ConfigError, match=r"port 8089 is already used by 'plate_http'"):
        build([device("plate_http", PLATES), device("plate_http", PLATES, UUID(int=10))], PORTS)
    faster = {"serial": {"port": "/dev/ttyS0", "baud": 115200}, "key": KEY, "address": 1}
    with pytest.raises(ConfigError, match="already used, and otherwise"):
        build([device("osdp_reader", serial), device("osdp_reader", faster, UUID(int=10))], PORTS)


def test_a_model_without_timer_refuses_one() -> None:
    relay = {"bus": str(BUS), "unit": 1, "profile": "owen_mu110_16", "module_timer_ms": 2000}
    with pytest.raises(ConfigError, match="owen_mu110_16 has no pulse timer"):
        build([device("modbus_tcp", {"host": "h"}, BUS), device("modbus_relay", relay, RELAY)], PORTS)
    with pytest.raises(ConfigError, match="profile 'mr6' is unknown"):
        build(
            [
                device("modbus_tcp", {"host": "h"}, BUS),
                device("modbus_relay", {"bus": str(BUS), "unit": 1, "profile": "mr6"}, RELAY),
            ],
            PORTS,
        )


def test_the_cloud_knows_the_drivers_of_the_box() -> None:
    assert TABLE.keys() == SETTINGS.keys()


def test_dumps_show_no_secrets() -> None:
    shown = redacted(OSDP | {"user": "admin", "password": "p", "nested": {"token": "t"}})
    assert shown["key"] == shown["password"] == shown["nested"]["token"] == "***"
    assert shown["user"] == "admin"
    assert shown["tcp"] == OSDP["tcp"]
    assert redacted({"url": "http://admin:S3cret@cam/1.jpg"}) == {"url": "http://***@cam/1.jpg"}
