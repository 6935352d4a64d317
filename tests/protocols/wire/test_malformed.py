"""Bad bytes: a clear error that names the place, and never another exception."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import decoding, held, messages, records
from protocols.messages import MESSAGE_MAX_BYTES, MalformedError, UnknownTypeError
from protocols.topics import Channel
from tests.protocols.wire.codecs import CODECS
from tests.protocols.wire.test_golden import SAMPLES

EXPECTED = (MalformedError, msgspec.DecodeError)
BOX = "0193514c-8a00-7000-8000-000000000030"


@pytest.mark.parametrize("channel", Channel)
def test_an_unknown_type_is_told_apart(channel):
    with pytest.raises(UnknownTypeError, match=f"{channel}: Invalid value 'invented_later'"):
        messages.decode(channel, b'{"type":"invented_later","a":1}')


def test_an_unknown_payload_event_or_item_is_told_apart():
    data = b'{"type":"invented_later"}'
    with pytest.raises(UnknownTypeError):
        messages.decode_payload(data)
    for decode in (records.decode_event, held.decode_item):
        with pytest.raises(msgspec.ValidationError) as caught:
            decode(data)
        assert decoding.is_unknown_type(caught.value)


@pytest.mark.parametrize(
    ("channel", "data", "place"),
    [
        (Channel.UP_STATE, b"", "truncated"),
        (Channel.UP_STATE, b"{", "truncated"),
        (Channel.UP_STATE, b"[]", "Expected `object`"),
        (Channel.UP_STATE, b'{"type":5}', r"`\$\.type`"),
        (Channel.UP_STATE, b'{"type":"state","online":1}', r"Expected `bool`.*`\$\.online`"),
        (Channel.UP_STATE, b'{"type":"state"}', "required field `online`"),
        (
            Channel.UP_STATE,
            b'{"type":"state","online":true,"at":"2026-11-22T00:00:00"}',
            r"timezone.*`\$\.at`",
        ),
        (Channel.UP_STATE, b'{"type":"state","online":true,"pass_digest":"ABC"}', r"`\$\.pass_digest`"),
        (Channel.UP_STATE, b'{"type":"state","online":true,"pass_version":-1}', r"`\$\.pass_version`"),
        (
            Channel.UP_STATE,
            b'{"type":"state","online":true,"pass_version":9007199254740993}',
            r"`\$\.pass_version`",
        ),
        (
            Channel.UP_STATE,
            b'{"type":"state","online":true,"disk_free_mb":' + b"9" * 5000 + b"}",
            "disk_free_mb",
        ),
        (
            Channel.UP_STATE,
            b'{"type":"state","online":true,"disk_free_mb":1e999}',
            "disk_free_mb|out of range",
        ),
        (
            Channel.UP_STATE,
            b'{"type":"state","online":true,"events":{"records":"1"}}',
            r"`\$\.events\.records`",
        ),
        (Channel.UP_STATE, b'{"type":"state","online":NaN}', "malformed"),
        (Channel.UP_STATE, b'{"type":"state\xff","online":true}', "utf-8"),
        (Channel.UP_STATE, b'{"type":"state","online":true} {}', "trailing"),
        (Channel.UP_REQUESTS, b'{"type":"pull_config","version":"7"}', r"`\$\.version`"),
        (Channel.DOWN_ACK, b'{"type":"ack","stream":"not-a-uuid"}', r"`\$\.stream`"),
        (
            Channel.DOWN_PASSES,
            b'{"type":"changes","changes":[{"type":"invented"}]}',
            r"\$\.changes\[(0|\.\.\.)\]\.type",
        ),
        (Channel.DOWN_COMMANDS, b'{"type":"signed","signature":"not base64"}', r"`\$\.signature`"),
    ],
)
def test_malformed_message_names_channel_and_place(channel, data, place):
    with pytest.raises(MalformedError, match=place) as caught:
        messages.decode(channel, data)
    assert str(caught.value).startswith(f"{channel}: ")
    assert not isinstance(caught.value, UnknownTypeError)


def batch(records_json: bytes) -> bytes:
    head = f'{{"type":"readings","stream":"{BOX}","first":1,"before":"{"0" * 64}","oldest":1,"records":'
    return head.encode() + records_json + b"}"


@pytest.mark.parametrize("records_json", [b"[]", b"[" + b",".join([b"1"] * 1001) + b"]", b"{}", b"null"])
def test_a_batch_has_one_to_a_thousand_records(records_json):
    with pytest.raises(MalformedError, match=r"`\$\.records`"):
        messages.decode(Channel.UP_READINGS, batch(records_json))
    assert messages.decode(Channel.UP_READINGS, batch(b"[" + b",".join([b"1"] * 1000) + b"]"))


@pytest.mark.parametrize("channel", Channel)
def test_oversize_is_refused_unread(channel):
    with pytest.raises(MalformedError, match=f"{MESSAGE_MAX_BYTES + 1} bytes, more than {MESSAGE_MAX_BYTES}"):
        messages.decode(channel, b"x" * (MESSAGE_MAX_BYTES + 1))


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_in_what_is_ignored_is_refused(opening):
    depth = 100_000
    closing = (b"]" if opening == b"[" else b"}") * depth
    data = b'{"type":"state","online":true,"x":' + opening * depth + b"1" + closing + b"}"
    with pytest.raises(MalformedError, match="recursion"):
        messages.decode(Channel.UP_STATE, data)


@pytest.mark.parametrize(
    "decode",
    [records.decode_event, records.decode_readings, held.decode_item, CODECS["configuration"].decode],
)
@pytest.mark.parametrize("data", [b"", b"\xff", b'{"type":"\xff"}', b'{"\xff":1}', b'{"a":' * 100_000])
def test_records_items_and_configurations_raise_msgspec_s_error_alone(decode, data):
    with pytest.raises(msgspec.DecodeError):
        decode(data)


@pytest.mark.parametrize(
    "value",
    [
        "[0,0,1,1.0]",
        "[1,0,true,1.0]",
        '[1,0,"1e5",null]',
        '[1,0,"' + "9" * 21 + '",null]',
        "[1,0]",
        '[1,0,1,1.0,"x"]',
    ],
)
def test_a_reading_that_is_none_names_its_place(value):
    with pytest.raises(msgspec.ValidationError, match=r"\$\.values\[0\]"):
        records.decode_readings(f'{{"type":"readings","at_ms":0,"values":[{value}]}}'.encode())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}-{sample.stem}")
def test_every_truncation_is_refused(sample):
    data = sample.read_bytes()
    for end in range(len(data)):
        with pytest.raises(EXPECTED):
            CODECS[sample.parent.name].decode(data[:end])


@settings(max_examples=600)
@given(st.data())
def test_damaged_samples_are_read_or_refused(data):
    sample = data.draw(st.sampled_from(SAMPLES))
    damaged = bytearray(sample.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        CODECS[sample.parent.name].decode(bytes(damaged))
    except EXPECTED:
        return


@settings(max_examples=300)
@given(st.sampled_from(list(CODECS)), st.binary(max_size=60))
def test_noise_is_refused(kind, noise):
    with pytest.raises(EXPECTED):
        CODECS[kind].decode(noise)


def state(software: str) -> bytes:
    return msgspec.json.encode({"type": "state", "online": True, "software": software})


@pytest.mark.parametrize("character", [chr(code) for code in range(0x20)])
def test_keys_have_no_control_characters_wherever_they_stand(character):
    for software in (f"a{character}b", f"a{character}", character):
        with pytest.raises(MalformedError, match=r"`\$\.software`"):
            messages.decode(Channel.UP_STATE, state(software))


@pytest.mark.parametrize("character", [chr(code) for code in range(0x20)])
def test_texts_have_lines_and_tabs_and_no_other_control_characters(character):
    event = {"type": "shortage", "id": BOX, "at": "2026-11-22T00:00:00Z", "kind": "x"}
    for detail in (f"a{character}b", f"a{character}", character):
        data = msgspec.json.encode({**event, "detail": detail})
        if character in "\t\n\r":
            assert records.decode_event(data).detail == detail
        else:
            with pytest.raises(msgspec.ValidationError, match=r"`\$\.detail`"):
                records.decode_event(data)
