"""Plates as people type them and cameras read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.plates import PlateError, PlateKind, PlateWarning, canonical, parse_plate

CYRILLIC = "АВЕКМНОРСТУХ"
LATIN = "ABEKMHOPCTYX"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("а 123 вс 72", "A123BC72"),
        ("Х711ТТ 90 RUS", "X711TT90"),
        ("Х 711 ТТ 90", "X711TT90"),
        ("X711TT90", "X711TT90"),
        ("х711тт90 рус", "X711TT90"),
        ("AB1234 77", "AB123477"),
        ("1234 AB-7", "1234AB7"),
        ("А 123 ВС 797", "A123BC797"),
        ("  а-123-вс-72  ", "A123BC72"),
        ("Ａ１２３ＢＣ７２", "A123BC72"),
    ],
)
def test_normal_form(text, expected):
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A12OBC77", "A120BC77"),
        ("О123О077", "O123OO77"),
        ("A123BC7O", "A123BC70"),
        ("OO12377", "OO12377"),
        ("O1230O77", "O123OO77"),
        ("0123OO77", "0123OO77"),  # a tractor's as it stands
    ],
)
def test_zero_and_o_are_told_by_their_place(text, expected):
    assert canonical(text) == expected


def test_a_corrected_zero_is_told():
    assert PlateWarning.CORRECTED_ZERO_O in parse_plate("A12OBC77").warnings
    assert parse_plate("A120BC77").warnings == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A123BC72", {PlateKind.CAR}),
        ("A123BC797", {PlateKind.CAR}),
        ("AB12372", {PlateKind.TAXI}),
        ("AB123477", {PlateKind.TAXI, PlateKind.TRAILER}),
        ("AB1234777", {PlateKind.TRAILER}),
        ("1234AB777", {PlateKind.TRACTOR, PlateKind.MOTORCYCLE}),
        ("1234AB77", {PlateKind.TRACTOR, PlateKind.MOTORCYCLE, PlateKind.MILITARY}),
        ("AB1234", {PlateKind.MILITARY_TRAILER}),
        ("004CD177", {PlateKind.DIPLOMATIC}),
        ("004D12377", {PlateKind.DIPLOMATIC}),
        ("AB123C77", {PlateKind.TRANSIT}),
        ("TAB12377", {PlateKind.EXPORT}),
        ("A123477", {PlateKind.POLICE}),
    ],
)
def test_russian_kinds(text, kinds):
    plate = parse_plate(text)
    assert set(plate.kinds) == kinds
    assert plate.country == "RU"
    assert (PlateWarning.AMBIGUOUS_KIND in plate.warnings) == (len(kinds) > 1)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("1234 AB-7", "BY", "1234AB7"),
        ("123 ABC 02", "KZ", "123ABC02"),
        ("34 AB 123", "AM", "34AB123"),
        ("01KG 123 ABC", "KG", "01KG123ABC"),
        ("01 A 123 AB", "UZ", "01A123AB"),
        ("01 123 ABC", "UZ", "01123ABC"),
    ],
)
def test_neighbours_plates(text, country, expected):
    plate = parse_plate(text)
    assert (plate.country, plate.canonical, plate.kinds) == (country, expected, (PlateKind.FOREIGN,))


@pytest.mark.parametrize("text", ["HELLO", "1", "B-MW 1234", "ЖЗ99"])
def test_an_unknown_form_is_only_warned_about(text):
    plate = parse_plate(text)
    assert plate.country is None
    assert PlateWarning.UNKNOWN_FORM in plate.warnings
    assert plate.raw == text


def test_oddities_are_told():
    assert PlateWarning.NUMBER_000 in parse_plate("A000BC72").warnings
    assert PlateWarning.TOO_LONG in parse_plate("ABCDEFGHIJK").warnings
    assert PlateWarning.STRANGE_CHARACTERS in parse_plate("Ж123ВС72").warnings


def test_rus_is_dropped_from_russian_plates_only():
    assert canonical("A123BC72RUS") == "A123BC72"
    assert canonical("01123RUS") == "01123RUS"


@pytest.mark.parametrize("text", ["", "   ", "--", "!?", "A" * 101])
def test_no_plate_at_all_is_refused(text):
    with pytest.raises(PlateError):
        parse_plate(text)


@given(st.text(min_size=1, max_size=20))
def test_any_text_is_read_or_refused_and_stays_as_it_is_read(text):
    try:
        first = canonical(text)
    except PlateError:
        return
    assert canonical(first) == first


@given(st.data())
def test_both_alphabets_any_case_and_any_spaces_give_one_form(data):
    letters = data.draw(st.lists(st.integers(0, 11), min_size=3, max_size=3))
    number = data.draw(st.integers(1, 999))
    region = data.draw(st.sampled_from(["01", "72", "797"]))
    alphabets = [data.draw(st.sampled_from([LATIN, CYRILLIC])) for _ in range(3)]
    one, two, three = (alphabet[letter] for alphabet, letter in zip(alphabets, letters, strict=True))
    gap = data.draw(st.sampled_from(["", " ", "-", "  "]))
    typed = gap.join([one, f"{number:03d}", two + three, region])
    expected = f"{LATIN[letters[0]]}{number:03d}{LATIN[letters[1]]}{LATIN[letters[2]]}{region}"
    assert canonical(data.draw(st.sampled_from([typed, typed.lower()]))) == expected


@pytest.mark.parametrize("text", ["\ufdfa" * 60, "\ufb03" * 40, "ß" * 60])
def test_the_length_counts_as_the_plate_is_kept(text):
    """Folding makes eighteen characters of one: what is short as typed may be too long for a box."""
    assert len(text) <= 100
    with pytest.raises(PlateError):
        parse_plate(text)
    assert len(canonical("Ａ" * 100)) == 100
