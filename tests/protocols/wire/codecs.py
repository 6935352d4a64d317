"""Every kind of thing on the wire with its two codecs, and a generator of any struct by its own declaration."""

from collections.abc import Callable
from datetime import UTC
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from protocols import config, held, messages, records
from protocols.topics import Channel


class Codec(NamedTuple):
    """How one kind is declared, read and written."""

    shapes: tuple[type[msgspec.Struct], ...]
    decode: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]


def _members(union: Any) -> tuple[type[msgspec.Struct], ...]:
    return getattr(union, "__args__", (union,))


def _channel(channel: Channel, union: Any) -> Codec:
    return Codec(_members(union), lambda data: messages.decode(channel, data), messages.encode)


CODECS: dict[str, Codec] = {
    "up_events": _channel(Channel.UP_EVENTS, messages.EventBatch),
    "up_readings": _channel(Channel.UP_READINGS, messages.ReadingBatch),
    "up_state": _channel(Channel.UP_STATE, messages.State),
    "up_requests": _channel(Channel.UP_REQUESTS, messages.AnyRequest),
    "down_ack": _channel(Channel.DOWN_ACK, messages.Ack),
    "down_passes": _channel(Channel.DOWN_PASSES, messages.AnyPasses),
    "down_config": _channel(Channel.DOWN_CONFIG, messages.Signed),
    "down_commands": _channel(Channel.DOWN_COMMANDS, messages.Signed),
    "payload": Codec((messages.Command, messages.Desired), messages.decode_payload, messages.encode),
    "event": Codec(_members(records.AnyEvent), records.decode_event, records.encode),
    "readings": Codec((records.Readings,), records.decode_readings, records.encode),
    "item": Codec(_members(held.AnyItem), held.decode_item, held.encode_item),
    "configuration": Codec((config.Configuration,), config.decode_configuration, config.encode_configuration),
}
SHAPES = [(kind, shape) for kind, codec in CODECS.items() for shape in codec.shapes]

_json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_characters = st.characters(codec="utf-8")


def instances(shape: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any value that the declaration allows."""
    return _of(inspect.type_info(shape))


def _of(info: inspect.Type) -> st.SearchStrategy[Any]:
    return _BY_TYPE[type(info)](info)


def _struct(info: Any) -> st.SearchStrategy[Any]:
    return st.builds(info.cls, **{field.name: _of(field.type) for field in info.fields})


def _integer(info: Any) -> st.SearchStrategy[int]:
    low = info.ge if info.ge is not None else -(2**63)
    return st.integers(low, info.le if info.le is not None else 2**63 - 1)


def _float(info: Any) -> st.SearchStrategy[float]:
    low = info.ge if info.ge is not None else info.gt
    return st.floats(low, info.le, allow_nan=False, allow_infinity=False, exclude_min=info.gt is not None)


def _string(info: Any) -> st.SearchStrategy[str]:
    if info.pattern:
        matching = st.from_regex(info.pattern.rstrip("$") + r"\Z", alphabet=_characters)
        return matching.filter(lambda text: len(text) <= (info.max_length or len(text)))
    return st.text(_characters, min_size=info.min_length or 0, max_size=min(info.max_length or 20, 20))


def _list(info: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(_of(info.item_type), min_size=info.min_length or 0, max_size=min(info.max_length or 4, 4))


_BY_TYPE: dict[type, Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.StructType: _struct,
    inspect.IntType: _integer,
    inspect.FloatType: _float,
    inspect.StrType: _string,
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
    inspect.UUIDType: lambda _: st.uuids(),
    inspect.DateTimeType: lambda _: st.datetimes(timezones=st.just(UTC)),
    inspect.EnumType: lambda info: st.sampled_from(info.cls),
    inspect.UnionType: lambda info: st.one_of([_of(member) for member in info.types]),
    inspect.ListType: _list,
    inspect.DictType: lambda info: st.dictionaries(
        st.text(_characters, max_size=5), _of(info.value_type), max_size=3
    ),
    inspect.AnyType: lambda _: _json_values,
    inspect.RawType: lambda _: _json_values.map(msgspec.json.encode).map(msgspec.Raw),
}
