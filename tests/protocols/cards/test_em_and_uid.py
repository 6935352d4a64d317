"""EM-Marine frames, UIDs and what a Credential refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.cards import (
    CardError,
    CardFormat,
    Credential,
    em4100_frame,
    from_em4100_frame,
    from_em_number,
    from_frame,
    from_uid,
    parse_printed,
)

FRAME = 0xFF818000CAA974C8
FRAME_BITS = "1111111110000001100000000000000011001010101010010111010011001000"


def rotated(frame: int, turns: int) -> int:
    return (frame << turns | frame >> 64 - turns) & 2**64 - 1


def test_published_frame_both_ways():
    card = from_em4100_frame(FRAME)
    assert (card.number, card.uid_hex, card.bits) == (0x001259E3, "06001259E3", FRAME_BITS)
    assert em4100_frame(0x06, 0x001259E3) == FRAME == int(FRAME_BITS, 2)


@given(st.integers(0, 255), st.integers(0, 2**32 - 1), st.integers(0, 63))
def test_any_card_is_found_wherever_its_frame_begins(version, number, turns):
    card = from_em4100_frame(rotated(em4100_frame(version, number), turns))
    assert (card.number, card.uid_hex) == (number, f"{version:02X}{number:08X}")


@pytest.mark.parametrize("place", range(64))
def test_any_single_bit_error_is_refused(place):
    with pytest.raises(CardError, match="0 rotations"):
        from_em4100_frame(FRAME ^ 1 << place)


@pytest.mark.parametrize("frame", [-1, 2**64, 0, 2**64 - 1])
def test_what_is_no_frame_is_refused(frame):
    with pytest.raises(CardError):
        from_em4100_frame(frame)


@pytest.mark.parametrize(("version", "number"), [(256, 1), (-1, 1), (0, 2**32), (0, -1)])
def test_numbers_that_do_not_fit_are_refused(version, number):
    with pytest.raises(CardError):
        em4100_frame(version, number)


@pytest.mark.parametrize(
    ("uid", "big", "little"),
    [("04A1B2C3", 77705923, 3283263748), ("04A1B2C3D4E5F6", 1303689068602870, 69495546249912580)],
)
def test_a_typed_decimal_of_either_order_may_be_the_card(uid, big, little):
    for decimal in (big, little):
        assert f"UID:{uid}" in {card.keys()[0] for card in parse_printed(str(decimal))}


@pytest.mark.parametrize(
    ("uid", "big", "little"),
    [("04A1B2C3", 77705923, 3283263748), ("04A1B2C3D4E5F6", 1303689068602870, 69495546249912580)],
)
def test_uid_is_kept_in_card_order_whichever_end_the_reader_gives_first(uid, big, little):
    forward = from_uid(big.to_bytes(len(uid) // 2, "big"))
    turned = from_uid(little.to_bytes(len(uid) // 2, "big"), reverse=True)
    assert forward.uid_hex == turned.uid_hex == uid
    assert (forward.reverse, turned.reverse) == (False, True)
    assert forward.keys() == turned.keys()


@given(st.sampled_from([4, 7, 10]).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
def test_any_uid_turned_round_is_the_same_card(uid):
    assert from_uid(uid).keys() == from_uid(uid[::-1], reverse=True).keys()


@pytest.mark.parametrize(
    ("frame", "uid"),
    [
        ("04A1B2C3D4", "04A1B2C3"),
        ("8804A1B29FC3D4E5F604", "04A1B2C3D4E5F6"),
        ("8804A1B29F88C3D4E57A0102030404", "04A1B2C3D4E501020304"),
    ],
)
def test_anticollision_frames_give_the_uid(frame, uid):
    assert from_frame(bytes.fromhex(frame)).uid_hex == uid


@pytest.mark.parametrize(
    ("frame", "match"),
    [
        ("04A1B2C3D5", "level 1: check byte D5, computed D4"),
        ("8804A1B29FC3D4E5F605", "level 2: check byte 05, computed 04"),
        ("0404A1B213C3D4E5F604", "level 1: begins with 04"),
        ("04A1B2C3", "frame of 4 bytes"),
        ("", "frame of 0 bytes"),
    ],
)
def test_anticollision_frames_with_a_fault_are_refused(frame, match):
    with pytest.raises(CardError, match=match):
        from_frame(bytes.fromhex(frame))


def test_uid_that_changes_at_each_reading_is_told():
    assert from_uid(bytes.fromhex("08A1B2C3")).random_uid
    assert not from_uid(bytes.fromhex("04A1B2C3")).random_uid
    assert not from_uid(bytes.fromhex("08A1B2C3D4E5F6")).random_uid


@pytest.mark.parametrize("size", [0, 1, 3, 5, 6, 8, 9, 11])
def test_uids_of_other_lengths_are_refused(size):
    with pytest.raises(CardError, match=f"UID of {size} bytes"):
        from_uid(bytes(size))


@pytest.mark.parametrize(
    "parts",
    [
        {"format": CardFormat.H10301, "facility": 256, "number": 1},
        {"format": CardFormat.H10301, "facility": 1, "number": 65536},
        {"format": CardFormat.H10301, "number": 1},
        {"format": CardFormat.H10301, "facility": 1},
        {"format": CardFormat.H10302, "facility": 1, "number": 1},
        {"format": CardFormat.H10302, "number": 2**35},
        {"format": CardFormat.C1K35, "facility": 4096, "number": 1},
        {"format": CardFormat.C1K48, "facility": 1, "number": 2**23},
        {"format": CardFormat.EM4100, "number": 2**32},
        {"format": CardFormat.UID4, "uid_hex": "04a1b2c3"},
        {"format": CardFormat.UID4, "uid_hex": "04A1B2"},
        {"format": CardFormat.UID7},
        {"format": CardFormat.RAW},
    ],
)
def test_a_credential_whose_parts_do_not_fit_is_refused(parts):
    with pytest.raises(CardError, match=parts["format"].value):
        Credential(**parts)


def test_em_number_alone_has_no_version():
    assert from_em_number(0x001259E3).uid_hex == "001259E3"
