"""What people read off a card and type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.cards import CardError, parse_printed, unambiguous


def readings(text: str) -> list[str]:
    """Format and first key of each reading."""
    return [f"{card.format} {card.keys()[0]}" for card in parse_printed(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0001202659", ["EM4100 EM:001259E3"]),
        ("0012345678", ["EM4100 EM:00BC614E"]),
        ("018,23011", ["H10301 W26:18:23011"]),
        ("018 , 23011", ["H10301 W26:18:23011"]),
        ("018/23011", ["H10301 W26:18:23011"]),
        ("018 23011", ["H10301 W26:18:23011"]),
        ("188,24910", ["H10301 W26:188:24910"]),
        ("123,45678", ["H10301 W26:123:45678"]),
        ("066,15381", ["H10301 W26:66:15381"]),
        ("0001202659 018,23011", ["EM4100 EM:001259E3"]),
        ("0001202659-018,23011", ["EM4100 EM:001259E3"]),
        ("0001202659 (018,23011)", ["EM4100 EM:001259E3"]),
        ("0001202659 / 018/23011", ["EM4100 EM:001259E3"]),
        ("№ 0001202659", ["EM4100 EM:001259E3"]),
        ("№0001202659 018,23011", ["EM4100 EM:001259E3"]),
        ("No. 018,23011", ["H10301 W26:18:23011"]),
        ("#018,23011", ["H10301 W26:18:23011"]),
        ("N° 0001202659", ["EM4100 EM:001259E3"]),
        ("0x1259E3", ["EM4100 EM:001259E3"]),
        ("0x600200003", ["C1K35 C35:1:1"]),
        ("0x41E240E99763", ["C1K48 C48:123456:7654321"]),
        ("06001259E3", ["EM4100 EM:001259E3"]),
        ("322126887957", ["EM4100 EM:00423C15"]),
        ("04:A1:B2:C3", ["UID4 UID:04A1B2C3"]),
        ("04 a1 b2 c3", ["UID4 UID:04A1B2C3"]),
        ("04-A1-B2-C3-D4-E5-F6", ["UID7 UID:04A1B2C3D4E5F6"]),
        ("04A1B2C3D4E5F6", ["UID7 UID:04A1B2C3D4E5F6"]),
        ("04A1B2C3D4E501020305", ["UID10 UID:04A1B2C3D4E501020305"]),
        ("06 00 12 59 E3", ["EM4100 EM:001259E3"]),
        ("1303689068602870", ["UID7 UID:04A1B2C3D4E5F6"]),  # begins with 04, as NXP's do
        ("EM:C3B2A104", ["EM4100 EM:C3B2A104"]),
        ("uid:04a1b2c3", ["UID4 UID:04A1B2C3"]),
        ("ЕМ:001259Е3", ["EM4100 EM:001259E3"]),
        ("W26:18:23011", ["H10301 W26:18:23011"]),
        ("W34:1234:56789", ["W34 W34:1234:56789"]),
        ("W37:1234:56789", ["H10304 W37:1234:56789"]),
        ("W37:1234567890", ["H10302 W37:1234567890"]),
        ("C35:1:1", ["C1K35 C35:1:1"]),
        ("С48:1:1", ["C1K48 C48:1:1"]),
        ("N:23011", ["RAW N:23011"]),
        ("10000000100000000000000010", ["H10301 W26:1:1"]),
    ],
)
def test_one_reading(text, expected):
    assert readings(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "01823011",
            [
                "H10301 W26:18:23011",
                "EM4100 EM:001BD123",
                "EM4100 EM:01823011",
                "UID4 UID:01823011",
                "UID4 UID:11308201",
            ],
        ),
        (
            "30023011",
            [
                "EM4100 EM:01CA1D63",
                "UID4 UID:01CA1D63",
                "UID4 UID:631DCA01",
                "EM4100 EM:30023011",
                "UID4 UID:30023011",
                "UID4 UID:11300230",
                "H10302 W37:30023011",
            ],
        ),
        ("001259E3", ["EM4100 EM:001259E3", "UID4 UID:001259E3", "UID4 UID:E3591200"]),
        ("C3B2A104", ["EM4100 EM:C3B2A104", "UID4 UID:C3B2A104", "UID4 UID:04A1B2C3"]),
        ("0x2F764DD", ["H10301 W26:123:45678", "EM4100 EM:02F764DD"]),
        ("0x0246824", ["H10301 W26:18:13330", "EM4100 EM:00246824"]),
        ("0x2F764DC", ["EM4100 EM:02F764DC"]),  # its parities do not hold
        ("0x104D21BBAA", ["H10304 W37:1234:56789", "H10302 W37:647028181", "EM4100 EM:4D21BBAA"]),
        ("0x00125903", ["EM4100 EM:00125903", "UID4 UID:00125903", "UID4 UID:03591200"]),
        ("0600125903", ["EM4100 EM:23C531CF", "EM4100 EM:00125903"]),
        ("F6E5D4C3B2A104", ["UID7 UID:04A1B2C3D4E5F6", "UID7 UID:F6E5D4C3B2A104"]),
        ("05E5D4C3B2A103", ["UID7 UID:05E5D4C3B2A103", "UID7 UID:03A1B2C3D4E505"]),
        ("04A1B2C3D4E504", ["UID7 UID:04A1B2C3D4E504", "UID7 UID:04E5D4C3B2A104"]),
        ("69495546249912580", ["UID7 UID:04A1B2C3D4E5F6", "UID7 UID:F6E5D4C3B2A104"]),
        (
            "3283263748",
            [
                "EM4100 EM:C3B2A104",
                "UID4 UID:C3B2A104",
                "UID4 UID:04A1B2C3",
                "EM4100 EM:83263748",
                "H10302 W37:3283263748",
            ],
        ),
        ("25771006435", ["EM4100 EM:001259E3", "H10302 W37:25771006435"]),
        ("23011", ["RAW N:23011", "EM4100 EM:000059E3", "H10302 W37:23011"]),
        ("1202659", ["RAW N:1202659", "EM4100 EM:001259E3", "H10302 W37:1202659"]),
        (
            "1234,56789",
            ["W34 W34:1234:56789", "H10304 W37:1234:56789", "C1K35 C35:1234:56789", "C1K48 C48:1234:56789"],
        ),
        (
            "1,1",
            ["H10301 W26:1:1", "W34 W34:1:1", "H10304 W37:1:1", "C1K35 C35:1:1", "C1K48 C48:1:1"],
        ),
        (
            "18,23011",
            [
                "H10301 W26:18:23011",
                "W34 W34:18:23011",
                "H10304 W37:18:23011",
                "C1K35 C35:18:23011",
                "C1K48 C48:18:23011",
            ],
        ),
    ],
)
def test_an_ambiguous_number_gives_all_readings(text, expected):
    assert readings(text) == expected


@given(st.text("0123456789ABCDEF,: ", min_size=1, max_size=20) | st.text("0123456789", max_size=18))
def test_each_reading_can_be_typed_so_that_it_is_the_only_one(text):
    try:
        found = parse_printed(text)
    except CardError:
        return
    for reading in found:
        assert [card.keys() for card in parse_printed(unambiguous(reading))] == [reading.keys()]


@pytest.mark.parametrize(
    "text", ["W26:256:1", "W26:18", "EM:1259E3", "UID:04A1B2", "N:8388608", "RAW:26:1", "PIN:1234"]
)
def test_what_does_not_fit_its_class_is_refused(text):
    with pytest.raises(CardError):
        parse_printed(text)


def test_cyrillic_look_alikes_are_hex_digits():
    assert readings("04А1В2С3") == readings("04A1B2C3")  # А В С of a Russian keyboard


def test_what_was_typed_is_kept():
    assert {card.printed for card in parse_printed("  01823011 ")} == {"01823011"}


def test_two_notations_that_disagree_are_refused():
    with pytest.raises(CardError, match="0001202659 is 018,23011, not 018,23012"):
        parse_printed("0001202659 018,23012")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "card",
        "12G4",
        "04:A1:B2",
        "04:A1-B2:C3",
        "A1B2C3",
        "99999999999999999999999",
        "4294967296,1",
        "1,",
        "¹²³",
    ],
)
def test_what_is_no_card_number_is_refused(text):
    with pytest.raises(CardError):
        parse_printed(text)


def test_endless_text_is_refused():
    with pytest.raises(CardError, match="100000 characters"):
        parse_printed("1" * 100_000)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse_printed(text)
    except CardError:
        return
    assert found


@given(st.integers(0, 2**24 - 1))
def test_the_short_form_of_a_card_matches_its_ten_digits(number):
    (short,) = parse_printed(f"{number >> 16:03d},{number & 0xFFFF:05d}")
    (full,) = parse_printed(f"{number:010d}")
    assert full.keys()[1] == "~" + short.keys()[0]
