"""Wiegand frames against published vectors, and round trips over all numbers of each format."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocols.cards import (
    CardError,
    CardFormat,
    Credential,
    bit_string,
    from_em_number,
    from_uid,
    from_wiegand,
    to_wiegand,
)

VECTORS = [
    (CardFormat.H10301, 1, 1, "10000000100000000000000010"),
    (CardFormat.H10301, 123, 45678, "10111101110110010011011101"),
    (CardFormat.H10301, 255, 65535, "01111111111111111111111111"),
    (CardFormat.H10301, 18, 13330, "00001001000110100000100100"),
    (CardFormat.H10304, 1234, 56789, "1000001001101001000011011101110101010"),
    (CardFormat.H10304, 1, 1, f"{0x1000100002:037b}"),
    (CardFormat.C1K35, 1234, 567890, "11010011010010100010101010010100100"),
    (CardFormat.C1K35, 1, 1, f"{0x600200003:035b}"),
    (CardFormat.C1K48, 123456, 7654321, "010000011110001001000000111010011001011101100011"),
    (CardFormat.C1K48, 1, 1, f"{0x400001000002:048b}"),
]
HEX = {
    0x2020002: 0,
    0x2F764DD: 1,
    0x1FFFFFF: 2,
    0x0246824: 3,
    0x104D21BBAA: 4,
    0x69A5154A4: 6,
    0x41E240E99763: 8,
}
RANGES = {
    CardFormat.H10301: (26, 255, 65535),
    CardFormat.W34: (34, 65535, 65535),
    CardFormat.H10304: (37, 65535, 2**19 - 1),
    CardFormat.C1K35: (35, 4095, 2**20 - 1),
    CardFormat.C1K48: (48, 2**22 - 1, 2**23 - 1),
}


def reading(readings: list[Credential], card_format: CardFormat) -> Credential:
    (found,) = [card for card in readings if card.format is card_format]
    return found


@pytest.mark.parametrize(("card_format", "facility", "number", "bits"), VECTORS)
def test_published_vectors_both_ways(card_format, facility, number, bits):
    card = reading(from_wiegand(bits), card_format)
    assert (card.facility, card.number, card.bits) == (facility, number, bits)
    assert to_wiegand(Credential(format=card_format, facility=facility, number=number)) == bits


@pytest.mark.parametrize(("value", "vector"), HEX.items())
def test_published_hex_is_the_same_frame(value, vector):
    bits = VECTORS[vector][3]
    assert int(bits, 2) == value
    assert from_wiegand(value, len(bits)) == from_wiegand(bits)


@pytest.mark.parametrize(("card_format", "facility", "number", "bits"), VECTORS)
def test_any_single_bit_error_is_raw_with_the_bits_kept(card_format, facility, number, bits):
    for place in range(len(bits)):
        broken = bits[:place] + "10"[int(bits[place])] + bits[place + 1 :]
        readings = from_wiegand(broken)
        assert [card.format for card in readings] == [CardFormat.RAW]
        assert readings[0].bits == broken


@pytest.mark.parametrize("card_format", RANGES)
@given(data=st.data())
def test_every_number_survives_the_frame(card_format, data):
    length, highest_facility, highest_number = RANGES[card_format]
    facility = data.draw(st.integers(0, highest_facility))
    number = data.draw(st.integers(0, highest_number))
    bits = to_wiegand(Credential(format=card_format, facility=facility, number=number))
    assert len(bits) == length
    card = reading(from_wiegand(bits), card_format)
    assert (card.facility, card.number) == (facility, number)


def test_37_bits_have_two_readings():
    readings = from_wiegand(0x104D21BBAA, 37)
    assert [card.format for card in readings] == [CardFormat.H10304, CardFormat.H10302]
    assert readings[1].facility is None
    assert readings[1].number == (1234 << 19) + 56789
    assert to_wiegand(readings[1]) == readings[0].bits


def test_34_bits_are_a_number_a_uid_or_an_em_card():
    readings = from_wiegand(0x09436587, 34)
    assert [card.format for card in readings] == [CardFormat.W34, CardFormat.UID4, CardFormat.EM4100]
    assert readings[1].uid_hex == "04A1B2C3"
    assert readings[2].number == 0x04A1B2C3


def test_34_bits_of_a_reader_that_turns_bytes_round():
    readings = from_wiegand(to_wiegand(from_uid(bytes.fromhex("04A1B2C3")), 34, reverse=True), reverse=True)
    uid = reading(readings, CardFormat.UID4)
    assert (uid.uid_hex, uid.reverse) == ("04A1B2C3", True)


@pytest.mark.parametrize(
    ("card", "length", "reverse", "bits"),
    [
        (from_uid(bytes.fromhex("04A1B2C3")), 34, False, "0000001001010000110110010110000111"),
        (from_uid(bytes.fromhex("04A1B2C3")), 26, False, "10000010010100001101100100"),
        (
            from_uid(bytes.fromhex("04A1B2C3D4E5F6")),
            58,
            False,
            "0000001001010000110110010110000111101010011100101111101100",
        ),
        (from_em_number(0x001259E3, 6), 42, False, "100000110000000000001001001011001111000111"),
    ],
)
def test_what_readers_send_for_em_cards_and_uids(card, length, reverse, bits):
    assert to_wiegand(card, length, reverse) == bits


@pytest.mark.parametrize(("reverse", "facility", "number"), [(False, 4, 41394), (True, 178, 41220)])
def test_uid_on_a_26_bit_reader_shows_three_of_its_bytes(reverse, facility, number):
    bits = to_wiegand(from_uid(bytes.fromhex("04A1B2C3")), 26, reverse)
    card = reading(from_wiegand(bits), CardFormat.H10301)
    assert (card.facility, card.number) == (facility, number)


def test_58_bits_are_a_seven_byte_uid():
    bits = "0000001001010000110110010110000111101010011100101111101100"
    assert [(card.format, card.uid_hex) for card in from_wiegand(bits)] == [
        (CardFormat.UID7, "04A1B2C3D4E5F6")
    ]


def test_42_bits_are_an_em_card_with_its_version():
    (card,) = from_wiegand("100000110000000000001001001011001111000111")
    assert (card.format, card.uid_hex, card.number) == (CardFormat.EM4100, "06001259E3", 0x001259E3)


@given(st.text("01", min_size=1, max_size=200))
def test_any_bits_have_a_reading_that_keeps_them(bits):
    readings = from_wiegand(bits)
    assert readings
    assert all(card.bits == bits for card in readings)


@given(st.text("01", min_size=1, max_size=200))
def test_raw_frame_goes_back_out_as_it_came(bits):
    readings = from_wiegand(bits)
    assume(readings[0].format is CardFormat.RAW)
    assert to_wiegand(readings[0]) == bits


@pytest.mark.parametrize(
    ("bits", "length"),
    [("", None), ("012", None), ("0101", 5), (16, 4), (-1, 8), (3, None), ("0" * 257, None)],
)
def test_what_is_no_bit_string_is_refused(bits, length):
    with pytest.raises(CardError):
        from_wiegand(bits, length)


def test_bits_packed_from_the_left_as_osdp_gives_them():
    assert bit_string(b"\x12\x34\x56\x40", 26) == "00010010001101000101011001"
    with pytest.raises(CardError, match="26 bits are not in 3 bytes"):
        bit_string(b"\x12\x34\x56", 26)


def test_a_card_without_such_a_frame_is_refused():
    with pytest.raises(CardError, match="UID7: no Wiegand frame of 26 bits"):
        to_wiegand(from_uid(bytes(7)), 26)
    with pytest.raises(CardError, match="no Wiegand frame of 42 bits"):
        to_wiegand(from_em_number(1), 42)  # the version is not known
