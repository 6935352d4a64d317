"""A blacklist entry holds a card's keys as a pass does; it must be found by every reader that could let the card in."""

import pytest

from protocols.cards import from_em_number, from_uid, from_wiegand, lookups, parse_printed, to_wiegand

BLOCKED = [from_em_number(0x001259E3), from_uid(bytes.fromhex("04A1B2C3"))]


@pytest.mark.parametrize("card", BLOCKED, ids=["em", "uid"])
@pytest.mark.parametrize("length", [26, 34])
@pytest.mark.parametrize("reverse", [False, True])
def test_every_reader_finds_the_entry(card, length, reverse):
    readings = from_wiegand(to_wiegand(card, length, reverse and card.format == "UID4"), reverse=False)
    if length == 34 and reverse and card.format == "UID4":
        readings = from_wiegand(to_wiegand(card, length, reverse), reverse=True)
    assert {lookup.key for lookup in lookups(readings)} & set(card.keys())


def test_a_pass_typed_in_the_short_form_finds_the_entry_of_the_full_card():
    (typed,) = parse_printed("018,23011")
    assert {lookup.key for lookup in typed.lookups()} & set(BLOCKED[0].keys())


def test_another_full_card_does_not_find_it():
    other = from_em_number(0x771259E3)
    assert not {lookup.key for lookup in other.lookups()} & set(BLOCKED[0].keys())
