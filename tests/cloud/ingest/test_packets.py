"""MQTT 5 packets, against bytes of the standard and what a general client makes of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.ingest import packets
from cloud.ingest.packets import Connack, ProtocolError, Publish, Splitter


def test_connect_is_laid_out_as_the_standard_says() -> None:
    sent = packets.connect("c1", keep_alive_s=30, receive_maximum=256, maximum_packet=65_536)
    assert sent.hex(" ") == (
        "10 1c 00 04 4d 51 54 54 05 02 00 1e 0d 11 00 00 00 00 21 01 00 27 00 01 00 00 00 02 63 31"
    )


def test_subscribe_publish_and_puback() -> None:
    assert packets.subscribe(1, ["a/#"]).hex(" ") == "82 09 00 01 00 00 03 61 2f 23 01"
    assert packets.publish("a", b"xy", 258).hex(" ") == "32 08 00 01 61 01 02 00 78 79"
    assert packets.puback(258).hex(" ") == "40 02 01 02"


def test_a_connack_with_strings_among_its_properties_is_read() -> None:
    properties = bytes.fromhex("21 0014  12 0003 616263  26 0001 78 0002 7979  13 000a  22 000a")
    body = bytes([0, 0, len(properties)]) + properties
    assert packets.parse_connack(body) == Connack(0, 20, 10)


def test_a_refusal_has_its_reason() -> None:
    assert packets.parse_connack(bytes([0, 0x87, 0])).reason == 0x87


def test_a_publish_with_properties() -> None:
    body = b"\x00\x03a/b" + b"\x00\x05" + b"\x05\x02\x00\x00\x00\x3c" + b"payload"
    assert packets.parse_publish(0x32, body) == Publish("a/b", 5, b"payload")
    assert packets.parse_publish(0x30, b"\x00\x01a\x00p") == Publish("a", 0, b"p")


@pytest.mark.parametrize("body", [b"", b"\x00\x05ab", b"\x00\x02\xff\xfe\x00"])
def test_a_broken_publish_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        packets.parse_publish(0x32, body)


@given(st.lists(st.binary(max_size=400), max_size=12), st.integers(1, 97))
def test_packets_are_found_however_the_bytes_are_cut(payloads: list[bytes], size: int) -> None:
    stream = b"".join(packets.publish("t", payload, 1) for payload in payloads)
    splitter, found = Splitter(1000), []
    for start in range(0, len(stream), size):
        found += [
            packets.parse_publish(*frame).payload for frame in splitter.feed(stream[start : start + size])
        ]
    assert found == payloads


def test_more_than_we_said_we_take_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProtocolError, match="2000 bytes"):
        list(Splitter(1000).feed(packets.publish("t", bytes(1994), 1)[:10]))


def test_a_length_without_end_is_refused() -> None:
    with pytest.raises(ProtocolError, match="four bytes"):
        list(Splitter(1000).feed(b"\x30\xff\xff\xff\xff\x01"))
