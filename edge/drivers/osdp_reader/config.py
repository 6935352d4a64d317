"""Settings of an OSDP reader."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge.drivers.devices import Port


class Tcp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial server, or a reader on the network."""

    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Port


class Serial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial line, 8N1."""

    port: Annotated[str, Meta(min_length=1, max_length=200)]
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400] = 9600


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exactly one of `tcp` and `serial`. `key`: the reader's secure channel base key, 32 hex digits.

    Without a key cards cross the wire in the clear, so `insecure` must say that this is meant.
    `reverse`: this reader gives a card's bytes last first.
    """

    tcp: Tcp | None = None
    serial: Serial | None = None
    address: Annotated[int, Meta(ge=0, le=126)] = 0
    key: Annotated[str, Meta(pattern="^[0-9a-fA-F]{32}$")] | None = None
    insecure: bool = False
    reverse: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        if (self.tcp is None) == (self.serial is None):
            raise ValueError("exactly one of tcp and serial is needed")
        if (self.key is None) != self.insecure:
            raise ValueError("either a key, or insecure = true")

    @property
    def place(self) -> str:
        """The line, for messages and to find the other readers on it."""
        if self.tcp is not None:
            return f"{self.tcp.host}:{self.tcp.port}"
        return self.serial.port if self.serial is not None else ""
