"""Which reader's card opens which pass: held keys against lookups."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.cards import (
    CardFormat,
    Credential,
    from_em_number,
    from_uid,
    from_wiegand,
    lookups,
    parse_printed,
    to_wiegand,
)

KEY = re.compile(
    r"~?(EM:[0-9A-F]{8}|UID:([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})|(W26|W34|W37|C35|C48):[0-9]+:[0-9]+"
    r"|W37:[0-9]+|RAW:[0-9]+:[0-9A-F]+|N:[0-9]+)"
)
EM = from_em_number(0x001259E3, 0x06)
OTHER_TOP_BYTE = from_em_number(0x771259E3, 0x06)
SHORT = Credential(format=CardFormat.H10301, facility=18, number=23011)


def match(held: Credential, *read: Credential) -> str | None:
    """The key by which a pass for `held` is found, "weak" in front when the match is weak."""
    keys = held.keys()
    for lookup in lookups(read):
        if lookup.key in keys:
            return ("weak " if lookup.weak else "") + lookup.key
    return None


def through(card: Credential, length: int) -> list[Credential]:
    """What a reader with frames of this length makes of the card."""
    return from_wiegand(to_wiegand(card, length))


def test_em_pass_by_ten_digits():
    assert EM.keys() == ("EM:001259E3", "~W26:18:23011", "~N:23011")
    (typed,) = parse_printed("0001202659")
    assert match(typed, EM) == "EM:001259E3"
    assert match(typed, *through(EM, 34)) == "EM:001259E3"
    assert match(typed, *through(EM, 42)) == "EM:001259E3"
    assert match(typed, *through(EM, 26)) == "weak ~W26:18:23011"


def test_em_pass_by_its_short_form():
    (typed,) = parse_printed("018,23011")
    assert typed.keys() == ("W26:18:23011", "~N:23011")
    assert match(typed, *through(EM, 26)) == "W26:18:23011"
    assert match(typed, EM) == "weak W26:18:23011"
    assert match(typed, *through(EM, 34)) == "weak W26:18:23011"


def test_two_full_cards_that_share_their_short_form_do_not_meet():
    assert set(through(EM, 26)[0].keys()) == set(through(OTHER_TOP_BYTE, 26)[0].keys())
    assert match(EM, OTHER_TOP_BYTE) is None
    assert match(EM, *through(OTHER_TOP_BYTE, 34)) is None


def test_another_facility_with_the_same_number_does_not_open():
    stranger = Credential(format=CardFormat.H10301, facility=99, number=23011)
    assert match(SHORT, stranger) is None
    assert match(EM, stranger) is None


def test_a_number_alone_matches_weakly_on_either_side():
    number_only = Credential(format=CardFormat.RAW, number=23011)
    assert match(SHORT, number_only) == "weak ~N:23011"
    assert match(EM, number_only) == "weak ~N:23011"
    assert match(number_only, SHORT) == "weak N:23011"
    assert match(number_only, number_only) == "weak N:23011"


@pytest.mark.parametrize("reverse", [False, True])
def test_uid_pass_on_a_26_bit_reader_of_either_make(reverse):
    card = from_uid(bytes.fromhex("04A1B2C3"))
    read = from_wiegand(to_wiegand(card, 26, reverse))
    assert match(card, *read) in {"weak ~W26:4:41394", "weak ~W26:178:41220"}


def test_uid_pass_on_a_34_bit_reader_is_full():
    card = from_uid(bytes.fromhex("04A1B2C3"))
    assert match(card, *through(card, 34)) == "UID:04A1B2C3"


def test_37_bit_pass_matches_whichever_reading_it_was_issued_by():
    bits = to_wiegand(Credential(format=CardFormat.H10304, facility=1234, number=56789))
    for held in from_wiegand(bits):
        assert match(held, *from_wiegand(bits)) == held.keys()[0]


def test_raw_bits_are_matched_bit_by_bit():
    (card,) = from_wiegand("0" * 26)
    assert card.keys() == ("RAW:26:0000000",)
    assert match(card, card) == "RAW:26:0000000"
    assert match(card, *from_wiegand("0" * 27)) is None


def test_strong_lookups_come_before_weak_ones_and_each_once():
    asked = lookups(from_wiegand(0x09436587, 34))
    assert [lookup.weak for lookup in asked] == sorted(lookup.weak for lookup in asked)
    assert len({lookup.key for lookup in asked}) == len(asked)


def any_credential() -> st.SearchStrategy[Credential]:
    numbers = st.integers(0, 2**16 - 1)
    return st.one_of(
        st.builds(from_em_number, st.integers(0, 2**32 - 1), st.none() | st.integers(0, 255)),
        st.sampled_from([4, 7, 10]).flatmap(lambda n: st.binary(min_size=n, max_size=n)).map(from_uid),
        st.builds(
            lambda form, facility, number: Credential(format=form, facility=facility, number=number),
            st.sampled_from(
                [CardFormat.H10301, CardFormat.H10304, CardFormat.C1K35, CardFormat.C1K48, CardFormat.W34]
            ),
            st.integers(0, 255),
            numbers,
        ),
        st.builds(lambda number: Credential(format=CardFormat.H10302, number=number), numbers),
        st.builds(lambda number: Credential(format=CardFormat.RAW, number=number), numbers),
        st.text("01", min_size=1, max_size=99).map(lambda bits: Credential(format=CardFormat.RAW, bits=bits)),
    )


@given(any_credential())
def test_every_card_opens_its_own_pass_by_its_strongest_key(card):
    assert card.lookups()[0].key == card.keys()[0]
    assert match(card, card) in {card.keys()[0], "weak " + card.keys()[0]}


@given(any_credential())
def test_keys_keep_to_the_grammar(card):
    for key in (*card.keys(), *(lookup.key for lookup in card.lookups())):
        assert KEY.fullmatch(key), key
        assert len(key) <= 100


@given(any_credential(), any_credential())
def test_two_different_cards_never_match_in_full(held, read):
    found = match(held, read)
    if found is not None and not found.startswith("weak"):
        assert held.keys()[0] == read.keys()[0]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_different_em_cards_never_match_at_all(one, other):
    if one != other:
        assert match(from_em_number(one), from_em_number(other)) is None
