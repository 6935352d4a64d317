"""Every type in every order, numbers that are none, and plans within the limits."""

import math
import struct
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.meters import (
    METERS,
    Channel,
    Kind,
    MeterProfile,
    ProfileError,
    Request,
    decode,
    exact,
    load_meter,
    plan,
)
from protocols.meters.profile import Area, Limits, Order, Type
from protocols.records import Quality, wire_raw

STRUCT = {
    Type.U16: ">H",
    Type.S16: ">h",
    Type.U32: ">I",
    Type.S32: ">i",
    Type.U64: ">Q",
    Type.S64: ">q",
    Type.FLOAT32: ">f",
    Type.FLOAT64: ">d",
}
INTEGERS = [Type.U16, Type.S16, Type.U32, Type.S32, Type.U64, Type.S64]


def make_channel(value_type: Type, **changes) -> Channel:
    return Channel(**{"name": "x", "address": 100, "type": value_type, "kind": Kind.GAUGE, **changes})


def read(channel: Channel, words):
    (measured,) = decode(Request(4, channel.address, len(words), (channel,)), words)
    return measured


def words_of(packed: bytes, channel: Channel) -> list[int]:
    """As a device of these orders would send them."""
    form = "<" if channel.byte_order is Order.LITTLE else ">"
    words = list(struct.unpack(f"{form}{len(packed) // 2}H", packed))
    return words[::-1] if channel.word_order is Order.LITTLE else words


orders = st.sampled_from(list(Order))


@given(st.sampled_from(INTEGERS), orders, orders, st.data())
def test_integers_in_every_order(value_type, byte_order, word_order, data):
    bits = 16 * value_type.size
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if value_type.startswith("s") else (0, 2**bits - 1)
    number = data.draw(st.integers(low, high))
    channel = make_channel(value_type, byte_order=byte_order, word_order=word_order)
    measured = read(channel, words_of(struct.pack(STRUCT[value_type], number), channel))
    assert measured.raw == number
    assert measured.value == float(number)
    assert exact(channel, measured.raw) == number


@given(st.sampled_from([Type.FLOAT32, Type.FLOAT64]), orders, orders, st.data())
def test_floats_in_every_order_keep_their_bits(value_type, byte_order, word_order, data):
    number = data.draw(st.floats(width=16 * value_type.size))
    packed = struct.pack(STRUCT[value_type], number)
    channel = make_channel(value_type, byte_order=byte_order, word_order=word_order)
    measured = read(channel, words_of(packed, channel))
    assert measured.raw == int.from_bytes(packed, "big")
    if math.isfinite(number):
        assert (measured.value, measured.quality) == (number, Quality.GOOD)
    else:
        assert (measured.value, measured.quality) == (None, Quality.NOT_A_NUMBER)


@pytest.mark.parametrize("bits", [0x7FC00000, 0x7F800000, 0xFF800000, 0x7F800001, 0xFFFFFFFF])
def test_what_is_no_number_has_a_flag_and_no_value(bits):
    measured = read(make_channel(Type.FLOAT32), [bits >> 16, bits & 0xFFFF])
    assert measured == ("x", bits, None, Quality.NOT_A_NUMBER)


@given(st.sampled_from([Type.BCD16, Type.BCD32, Type.BCD64]), st.data())
def test_bcd(value_type, data):
    digits = 4 * value_type.size
    number = data.draw(st.integers(0, 10**digits - 1))
    packed = bytes.fromhex(f"{number:0{digits}d}")
    channel = make_channel(value_type)
    measured = read(channel, words_of(packed, channel))
    assert (measured.raw, measured.value) == (number, float(number))


def test_recorded_bcd_tariff():
    measured = read(make_channel(Type.BCD32, scale=Decimal("0.01")), [0x0006, 0x2142])
    assert (measured.raw, measured.value) == (62142, 621.42)


def test_bcd_with_a_letter_is_no_number_and_keeps_its_bits():
    channel = make_channel(Type.BCD16)
    measured = read(channel, [0x12A4])
    assert (measured.value, measured.quality) == (None, Quality.NOT_A_NUMBER)
    assert ~measured.raw == 0x12A4
    assert exact(channel, measured.raw) is None


def test_the_device_s_own_sign_for_not_measured():
    channel = make_channel(Type.U32, not_measured=0xFFFFFFFF)
    assert read(channel, [0xFFFF, 0xFFFF]).quality is Quality.NOT_A_NUMBER
    assert exact(channel, 0xFFFFFFFF) is None
    assert read(channel, [0xFFFF, 0xFFFE]).quality is Quality.GOOD


def test_scale_is_decimal_to_the_end():
    channel = make_channel(Type.U64, scale=Decimal("1e-5"))
    raw = 2**53 + 1
    assert exact(channel, raw) == Decimal("90071992547.40993")
    assert read(channel, list(struct.unpack(">4H", struct.pack(">Q", raw)))).raw == raw
    assert wire_raw(raw) == str(raw)


def test_bits():
    channel = make_channel(Type.BIT, area=Area.DISCRETE)
    assert [read(channel, [bit]).value for bit in (0, 1)] == [0.0, 1.0]


@pytest.mark.parametrize("words", [[], [1], [1, 2, 3]])
def test_an_answer_of_another_length_is_refused(words):
    with pytest.raises(ValueError, match="for 2 asked at 0x0064"):
        decode(Request(4, 100, 2, (make_channel(Type.U32),)), words)


@pytest.mark.parametrize("word", [-1, 0x10000])
def test_a_register_wider_than_16_bits_is_refused(word):
    with pytest.raises(ValueError, match="16 bits"):
        read(make_channel(Type.U16), [word])


def make_profile(channels: list[Channel], **limits) -> MeterProfile:
    return MeterProfile(
        id="test", maker="m", model="m", sources=["s"], limits=Limits(**limits), channels=tuple(channels)
    )


@given(
    st.sampled_from(METERS).flatmap(
        lambda model: st.tuples(
            st.just(model),
            st.lists(st.sampled_from([c.name for c in load_meter(model).channels]), unique=True),
        )
    )
)
def test_a_plan_reads_each_channel_once_within_the_limits(model_and_names):
    model, names = model_and_names
    profile = load_meter(model)
    requests = plan(profile, names)
    assert sorted(channel.name for request in requests for channel in request.channels) == sorted(names)
    for request in requests:
        assert request.count <= profile.limits.span
        for channel in request.channels:
            assert request.address <= channel.address
            assert channel.address + channel.type.size <= request.address + request.count
            assert channel.area.read_function == request.function


def test_a_plan_bridges_gaps_only_as_far_as_the_device_bears():
    channels = [make_channel(Type.U16, name=f"c{place}", address=place) for place in (0, 4, 20)]
    names = [channel.name for channel in channels]
    assert [r.count for r in plan(make_profile(channels, span=60, gap=3), names)] == [5, 1]
    assert [r.count for r in plan(make_profile(channels, span=60, gap=15), names)] == [21]
    assert [r.count for r in plan(make_profile(channels, span=8, gap=60), names)] == [5, 1]


def test_overlapping_channels_share_a_request():
    channels = [make_channel(Type.U64, name="whole"), make_channel(Type.U16, name="part", address=101)]
    (request,) = plan(make_profile(channels, span=4), ["part", "whole"])
    assert (request.address, request.count) == (100, 4)
    assert [measured.raw for measured in decode(request, [0, 7, 0, 1])] == [(7 << 32) + 1, 7]


def test_the_whole_meter_in_few_requests():
    everything = {model: [channel.name for channel in load_meter(model).channels] for model in METERS}
    counts = {model: len(plan(load_meter(model), names)) for model, names in everything.items()}
    assert counts == {"eastron_sdm120": 3, "eastron_sdm630": 3, "wb_map12e": 21, "wb_mcm8": 3}


def test_asking_for_what_is_not_there_names_the_model():
    with pytest.raises(ProfileError, match="profile wb_mcm8: no channel 'counter_9'"):
        plan(load_meter("wb_mcm8"), ["counter_1", "counter_9"])


@pytest.mark.parametrize(
    ("value_type", "packed", "scale"),
    [
        (Type.FLOAT64, "7FEFFFFFFFFFFFFF", "1e10"),
        (Type.FLOAT64, "FFEFFFFFFFFFFFFF", "1e10"),
        (Type.U64, "FFFFFFFFFFFFFFFF", "1e300"),
    ],
)
def test_a_number_that_no_float_holds_once_it_is_scaled_is_out_of_range(value_type, packed, scale):
    channel = make_channel(value_type, scale=Decimal(scale))
    measured = read(channel, words_of(bytes.fromhex(packed), channel))
    assert (measured.value, measured.quality) == (None, Quality.OUT_OF_RANGE)
    assert measured.raw == int(packed, 16)
