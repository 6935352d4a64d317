"""Settings of Modbus lines."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge.drivers.devices import Port

TimeoutMs = Annotated[int, Meta(ge=20, le=10_000)]


class TcpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Modbus TCP device or gateway."""

    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Port = 502
    timeout_ms: TimeoutMs = 500
    rtu_framing: bool = False  # a transparent serial server: RTU frames inside TCP


class RtuSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial line. The defaults are those of Wiren Board modules: 9600 8N2."""

    port: Annotated[str, Meta(min_length=1, max_length=200)]
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 2
    timeout_ms: TimeoutMs = 500
    gap_ms: Annotated[int, Meta(ge=0, le=200)] = (
        5  # silence before a request; 3.5 characters at 9600 are 4 ms
    )
