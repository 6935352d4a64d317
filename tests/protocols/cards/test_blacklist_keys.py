"""A blacklist entry holds a card's keys as a pass does; it must be found by every reader that could let the card in."""

import pytest

from protocols.cards import from_em_number, from_uid, from_wiegand, lookups, parse_printed, to_wiegand

EM = from_em_number(0x001259E3)
UID = from_uid(bytes.fromhex("04A1B2C3"))


@pytest.mark.parametrize(
    ("card", "length", "reverse"),
    [(EM, 26, False), (EM, 34, False), (UID, 26, False), (UID, 26, True), (UID, 34, False), (UID, 34, True)],
)
def test_every_reader_finds_the_entry(card, length, reverse):
    readings = from_wiegand(to_wiegand(card, length, reverse), reverse=reverse)
    assert {lookup.key for lookup in lookups(readings)} & set(card.keys())


def test_a_pass_typed_in_the_short_form_finds_the_entry_of_the_full_card():
    (typed,) = parse_printed("018,23011")
    assert {lookup.key for lookup in typed.lookups()} & set(EM.keys())


def test_another_full_card_does_not_find_it():
    other = from_em_number(0x771259E3)
    assert not {lookup.key for lookup in other.lookups()} & set(EM.keys())
