"""What the control API is told: one struct per kind of body, unknown keys are errors."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from firmware_sim.modbus.line import Fault
from firmware_sim.panel import Fault as PanelFault
from firmware_sim.pcsc_card import Fault as DeskFault
from firmware_sim.rtsp import Fault as StreamFault


class CardBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either `bits`, or `facility` and `number` (26 bit), or `number` alone (34 bit)."""

    bits: Annotated[str, Meta(pattern="^[01]{1,128}$")] | None = None
    facility: int | None = None
    number: int | None = None


class KeysBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys of a reader."""

    keys: Annotated[str, Meta(pattern="^[0-9*#]{1,64}$")]


class ConditionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reader's housing and power."""

    opened: bool = False
    power_fails: bool = False


class TagBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tag by its UID."""

    uid: Annotated[str, Meta(pattern="^([0-9a-fA-F]{8}|[0-9a-fA-F]{14})$")]


class DeskBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `pcsc_card.Fault`."""

    fault: DeskFault


class ScanBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code before a scanner."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]


class CarBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A car; `read_as`: what the camera takes its plate for."""

    plate: Annotated[str, Meta(min_length=1, max_length=32)]
    read_as: str | None = None
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.97


class PushBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the camera pushes."""

    push_url: Annotated[str, Meta(pattern="^http://")]


class TroubleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `modbus.line.Trouble`."""

    fault: Fault = Fault.NONE
    code: Annotated[int, Meta(ge=1, le=255)] = 4
    unit: int | None = None
    delay_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0


class RegistersBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Registers that a meter shows from now on, whatever it counts; empty: the counted ones again."""

    function: Annotated[int, Meta(ge=1, le=4)]
    address: Annotated[int, Meta(ge=0, le=65535)]
    registers: list[Annotated[int, Meta(ge=0, le=65535)]]


class BodyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens at a barrier; only what is named. `crank`: a hand puts it there, 0 closed, 1 open.

    `occupied`: a car on the loop and before the photocell; `blocked`: something before the photocell alone.
    """

    occupied: bool | None = None
    blocked: bool | None = None
    jammed: bool | None = None
    crank: Annotated[float, Meta(ge=0, le=1)] | None = None
    go_through: bool = False
    press: bool = False  # the exit button


class InputBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact at an input of a relay module is closed or opened by hand: a fire alarm, a key."""

    input: Annotated[int, Meta(ge=0, le=6)]
    closed: bool


class RingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number that is dialled at a panel. `host`, `port`: of the box, where the panel calls by SIP."""

    number: Annotated[str, Meta(pattern="^[0-9A-Za-z]{1,32}$")]
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 5060


class StreamBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `rtsp.Fault`."""

    fault: StreamFault


class PanelBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `panel.Fault`."""

    fault: PanelFault


class EyeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an ONVIF camera tells of its eye from now on: see `onvif_events.EYES`."""

    eye: Literal["scene", "dark", "blurry", "signal", "tamper", "motion"]
    state: bool
