"""Profiles, plan and decoder against frames recorded on real lines, CRC included."""

import struct

import pytest

from protocols.meters import decode, exact, load_meter, load_relay, plan
from protocols.meters.profile import Area
from protocols.records import Quality


def crc(frame: bytes) -> bytes:
    """Modbus over serial line 1.02, 6.2.2, written anew: the profiles must meet the recorded bytes, not a library."""
    value = 0xFFFF
    for byte in frame:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value.to_bytes(2, "little")


def frame(unit: int, function: int, address: int, second: int) -> str:
    body = struct.pack(">BBHH", unit, function, address, second)
    return (body + crc(body)).hex(" ").upper()


def registers(reply: str, unit: int, function: int) -> list[int]:
    """The registers of a recorded reply, after its every byte has been checked."""
    data = bytes.fromhex(reply)
    assert crc(data[:-2]) == data[-2:]
    assert (data[0], data[1], data[2]) == (unit, function, len(data) - 5)
    return list(struct.unpack(f">{data[2] // 2}H", data[3:-2]))


RECORDED = [
    (
        "eastron_sdm120",
        "voltage",
        1,
        "01 04 00 00 00 02 71 CB",
        "01 04 04 43 66 80 00 6F DF",
        230.5,
        0x43668000,
    ),
    (
        "eastron_sdm120",
        "total_energy",
        1,
        "01 04 01 56 00 02 90 27",
        "01 04 04 44 9A 52 25 33 E0",
        struct.unpack(">f", struct.pack(">f", 1234.567))[0],
        0x449A5225,
    ),
    ("wb_mcm8", "counter_1", 16, "10 04 00 3C 00 02 B2 86", "10 04 04 00 01 11 70 A6 F1", 70000.0, 70000),
]


@pytest.mark.parametrize(("model", "channel", "unit", "request_bytes", "reply", "value", "raw"), RECORDED)
def test_recorded_request_and_reply(model, channel, unit, request_bytes, reply, value, raw):
    (request,) = plan(load_meter(model), [channel])
    assert frame(unit, request.function, request.address, request.count) == request_bytes
    (measured,) = decode(request, registers(reply, unit, request.function))
    assert (measured.channel, measured.raw, measured.value) == (channel, raw, value)
    assert measured.quality is Quality.GOOD


def test_recorded_energy_of_64_bits_with_the_low_word_first():
    profile = load_meter("wb_map12e")
    (request,) = plan(profile, ["import_energy_1_l1"])
    assert (request.function, request.address, request.count) == (4, 0x1204, 4)
    (measured,) = decode(request, [0xCD15, 0x075B, 0x0000, 0x0000])
    assert (measured.raw, measured.value) == (123456789, 1234.56789)
    channel = profile.channel("import_energy_1_l1")
    assert str(exact(channel, measured.raw)) == "1234.56789"


@pytest.mark.parametrize(
    ("channel", "address", "count"),
    [
        ("current_1_l1", 0x1416, 2),
        ("current_1_l2", 0x1418, 2),
        ("active_power_1_l1", 0x1302, 2),
        ("active_power_1", 0x1300, 2),
        ("power_factor_1_l1", 0x10BD, 1),
        ("import_energy_1", 0x1200, 4),
        ("voltage_l1", 0x1410, 2),
        ("active_power_4", 0x4300, 2),
        ("import_energy_3_l1", 0x3204, 4),
    ],
)
def test_addresses_of_the_four_channel_meter(channel, address, count):
    (request,) = plan(load_meter("wb_map12e"), [channel])
    assert (request.function, request.address, request.count) == (4, address, count)


def test_pulse_counters_are_read_in_one_request():
    (request,) = plan(load_meter("wb_mcm8"), [f"counter_{place}" for place in range(1, 9)])
    assert (request.function, request.address, request.count) == (4, 60, 16)
    values = decode(request, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0xFFFF, 0xFFFF])
    assert [measured.raw for measured in values] == [1, 2, 3, 4, 5, 6, 7, 2**32 - 1]


def test_pulse_weight_is_applied_without_loss():
    channel = load_meter("wb_mcm8").channel("counter_1")
    pulses = exact(channel, 70000)
    assert pulses is not None
    assert pulses == 70000


def test_relay_module_frames():
    relay = load_relay("wb_mr6c_v2")
    assert relay.outputs.area is Area.COIL
    on = 0xFF00 if relay.outputs.on else 0
    assert frame(12, 5, relay.outputs.address, on) == "0C 05 00 00 FF 00 8D 27"
    states = frame(12, relay.outputs.area.read_function, relay.outputs.address, relay.outputs.count)
    assert states == "0C 01 00 00 00 06 BD 15"


def test_pwm_relay_module_frame():
    relay = load_relay("owen_mu110_8")
    assert relay.outputs.area is Area.HOLDING
    assert frame(10, 6, relay.outputs.address + 6, relay.outputs.on) == "0A 06 00 06 03 E8 68 0E"


@pytest.mark.parametrize("model", ["owen_mu110_8", "owen_mu110_16"])
def test_safe_state_of_the_pwm_relay_module(model):
    safe = load_relay(model).safe_state
    assert (safe.address, safe.off, safe.behaviour_address) == (0x0010, 0, None)
    assert (safe.timeout_address, safe.timeout_unit_ms) == (0x0030, 1000)
    assert frame(10, 6, safe.timeout_address, 10)[:17] == "0A 06 00 30 00 0A"


def test_safe_state_and_pulse_timer_of_the_relay_module():
    relay = load_relay("wb_mr6c_v2")
    assert (relay.safe_state.address, relay.safe_state.behaviour_address) == (930, 938)
    assert relay.safe_state.timeout_address == 8
    assert (relay.pulse_timer.mode_address, relay.pulse_timer.mode, relay.pulse_timer.time_address) == (
        1760,
        3,
        1784,
    )
