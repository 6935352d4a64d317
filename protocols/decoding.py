"""How bytes from outside become structs: whatever they are, the only error is msgspec's."""

import re
from typing import TypeVar

import msgspec

from protocols.seen import without_unseen_edges

Decoded = TypeVar("Decoded")
FilledIn = TypeVar("FilledIn", bound=msgspec.Struct)
_BYTE = re.compile(r"\(byte (\d+)\)")


def decode(decoder: msgspec.json.Decoder[Decoded], data: bytes | msgspec.Raw) -> Decoded:
    """Raises msgspec.DecodeError (its ValidationError names the field) and never anything else.

    msgspec lets two others through: text that is no UTF-8, and nesting beyond Python's stack.
    """
    try:
        return decoder.decode(data)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def decode_typed(kind: type[FilledIn], data: bytes) -> FilledIn:
    """A struct that people filled in: its texts begin and end with what can be seen. Raises as `decode` does."""
    told = decode(msgspec.json.Decoder(kind), data)
    texts = {name: value for name in kind.__struct_fields__ if type(value := getattr(told, name)) is str}
    seen = {name: without_unseen_edges(text) for name, text in texts.items()}
    return (
        told
        if seen == texts
        else msgspec.convert(msgspec.to_builtins(msgspec.structs.replace(told, **seen)), kind)
    )


def breaks_at(error: msgspec.DecodeError, data: bytes) -> int | None:
    """The byte at which `data` shows that it is no JSON; its length when it ends too early. None: too deeply nested."""
    if isinstance(error.__cause__, RecursionError):
        return None
    if named := _BYTE.search(str(error)):
        return int(named[1])
    try:
        data.decode()
    except UnicodeDecodeError as broken:
        return broken.start
    return len(data)


def is_missing(error: msgspec.ValidationError) -> bool:
    """A field that must be filled in is not there, or is empty."""
    return "missing required field" in str(error) or "of length >= 1 " in f"{error} "


def is_unknown_type(error: msgspec.DecodeError) -> bool:
    """The message or record itself is of a type that this side does not know: a newer peer may."""
    return str(error).startswith("Invalid value ") and str(error).endswith("`$.type`")
