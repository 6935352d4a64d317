"""What is written is read back the same, whatever the declaration allows; raw parts keep their very bytes."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocols import chain, messages, records
from protocols.topics import Channel
from tests.protocols.wire.codecs import CODECS, SHAPES, instances


@pytest.mark.parametrize(
    ("kind", "shape"), SHAPES, ids=[f"{kind}-{shape.__name__}" for kind, shape in SHAPES]
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_comes_back_the_same(kind, shape, data):
    codec = CODECS[kind]
    value = data.draw(instances(shape))
    written = codec.encode(value)
    assert codec.decode(written) == value
    assert codec.encode(codec.decode(written)) == written


AWKWARD = b'{ "b" : 1.50,\n"a": "\\u0416" , "a":"twice", "n": 1e2, "big": 123456789012345678901234567890 }'


def test_records_keep_the_bytes_that_were_hashed():
    box = {"stream": "0193514c-8a00-7000-8000-000000000030", "first": 1, "before": "00" * 32, "oldest": 1}
    head = msgspec.json.encode({"type": "events", **box, "signature": ""})[:-1]
    data = head + b',"records":[' + AWKWARD + b" , " + AWKWARD + b"]}"
    batch = messages.decode(Channel.UP_EVENTS, data)
    assert [bytes(record) for record in batch.records] == [AWKWARD, AWKWARD]
    again = messages.decode(Channel.UP_EVENTS, messages.encode(batch))
    assert [bytes(record) for record in again.records] == [AWKWARD, AWKWARD]
    genesis = chain.genesis(batch.stream)
    assert chain.head(genesis, map(bytes, again.records)) == chain.head(genesis, [AWKWARD, AWKWARD])


def test_signed_payload_keeps_the_bytes_that_were_signed():
    data = (
        b'{"type":"signed","key":"0193514c-8a00-7000-8000-000000000009","payload":'
        + AWKWARD
        + b',"signature":""}'
    )
    signed = messages.decode(Channel.DOWN_COMMANDS, data)
    assert bytes(signed.payload) == AWKWARD
    assert AWKWARD in messages.encode(signed)


def test_held_items_keep_the_bytes_of_the_digest():
    change = b'{"type":"put","version":1,"item":' + AWKWARD + b"}"
    data = (
        b'{"type":"changes","epoch":"0193514c-8a00-7000-8000-000000000032","after":0,"version":1,"digest":"'
        + b"0" * 64
        + b'","changes":['
        + change
        + b'],"now":"2026-11-22T00:00:00Z"}'
    )
    (put,) = messages.decode(Channel.DOWN_PASSES, data).changes
    assert bytes(put.item) == AWKWARD


@given(st.integers(-(2**63), 2**64 - 1))
def test_registers_survive_json_that_knows_doubles_only(register):
    wire = records.wire_raw(register)
    assert isinstance(wire, str) == (abs(register) > 2**53)
    assert int(wire) == register
    chunk = records.Readings(at_ms=0, values=[records.Reading(1, 0, wire, None)])
    assert records.decode_readings(records.encode(chunk)).values[0].raw == wire
