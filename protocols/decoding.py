"""How bytes from outside become structs: whatever they are, the only error is msgspec's."""

from typing import TypeVar

import msgspec

Decoded = TypeVar("Decoded")


def decode(decoder: msgspec.json.Decoder[Decoded], data: bytes | msgspec.Raw) -> Decoded:
    """Raises msgspec.DecodeError (its ValidationError names the field) and never anything else.

    msgspec lets two others through: text that is no UTF-8, and nesting beyond Python's stack.
    """
    try:
        return decoder.decode(data)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def is_unknown_type(error: msgspec.DecodeError) -> bool:
    """The message or record itself is of a type that this side does not know: a newer peer may."""
    return str(error).startswith("Invalid value ") and str(error).endswith("`$.type`")
