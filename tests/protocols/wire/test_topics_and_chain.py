"""The topic grammar and the arithmetic of streams."""

from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import chain
from protocols.topics import Address, Channel, TopicError, every_box, parse, shared, topic

BOX = UUID("0193514c-8a00-7000-8000-000000000030")


@given(st.uuids(), st.sampled_from(list(Channel)))
def test_a_topic_comes_back_as_it_was_built(box, channel):
    assert parse(topic(box, channel)) == Address(box, channel)


def test_topics_are_spelled_as_planned():
    assert topic(BOX, Channel.UP_EVENTS) == f"domovoy/1/{BOX}/up/events"
    assert every_box(Channel.DOWN_ACK) == "domovoy/1/+/down/ack"
    assert shared("ingest", Channel.UP_READINGS) == "$share/ingest/domovoy/1/+/up/readings"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "does not begin"),
        (f"domovoy/2/{BOX}/up/events", "does not begin"),
        (f"other/1/{BOX}/up/events", "does not begin"),
        ("domovoy/1/box/up/events", "'box' is not a UUID"),
        (f"domovoy/1/{BOX.hex}/up/events", "canonical"),
        (f"domovoy/1/{str(BOX).upper()}/up/events", "canonical"),
        (f"domovoy/1/{{{BOX}}}/up/events", "canonical"),
        (f"domovoy/1/{BOX}/up/eventz", "unknown channel 'up/eventz'"),
        (f"domovoy/1/{BOX}/up/events/more", "unknown channel"),
        (f"domovoy/1/{BOX}", "does not begin"),
    ],
)
def test_a_topic_of_another_grammar_names_the_part(text, place):
    with pytest.raises(TopicError, match=place):
        parse(text)


def test_the_chain_is_sha256_of_hash_and_bytes():
    first = sha256(b"domovoy/1 stream " + BOX.bytes).digest()
    assert chain.genesis(BOX) == first
    second = sha256(first + b"one").digest()
    assert chain.link(first, b"one") == second
    assert chain.head(first, [b"one", b"two"]) == sha256(second + b"two").digest()
    assert chain.head(first, []) == first


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=6), st.data())
def test_the_head_tells_any_change_of_any_record(records, data):
    place = data.draw(st.integers(0, len(records) - 1))
    changed = list(records)
    changed[place] = data.draw(st.binary(max_size=8).filter(lambda other: other != records[place]))
    start = chain.genesis(BOX)
    assert chain.head(start, changed) != chain.head(start, records)


def test_what_the_box_signs_is_spelled_out():
    signed = chain.signed_bytes(BOX, 1042, b"\x5c" * 32)
    assert signed == b"domovoy/1 events\x00" + BOX.bytes + bytes.fromhex("0000000000000412") + b"\x5c" * 32


@given(st.lists(st.binary(max_size=8), max_size=6), st.randoms(use_true_random=False))
def test_the_set_digest_knows_no_order_and_takes_items_back(items, random):
    total = sum(map(chain.item_digest, items))
    shuffled = random.sample(items, len(items))
    assert chain.digest_hex(sum(map(chain.item_digest, shuffled))) == chain.digest_hex(total)
    gone = total + chain.item_digest(b"another") - chain.item_digest(b"another")
    assert chain.digest_hex(gone) == chain.digest_hex(total)


def test_the_digest_of_nothing_and_of_one():
    assert chain.digest_hex(0) == "0" * 64
    assert chain.digest_hex(chain.item_digest(b"x")) == sha256(b"x").hexdigest()
    assert chain.digest_hex(-1) == "f" * 64
