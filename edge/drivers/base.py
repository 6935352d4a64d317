"""The ports behind which every device of a site stands, and the errors that they raise.

The agent knows these Protocols only; `edge.drivers.table.build` makes the devices of a configuration.
All times are monotonic nanoseconds: the wall clock may jump, a pulse and a deadline may not.
"""

import enum
from collections.abc import Callable, Set
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec

from protocols.cards import Credential
from protocols.driver_forms import SECRET_SETTINGS
from protocols.records import CallPhase, DeviceAlarm, DeviceReason, DeviceStatus
from protocols.urls import without_secrets

MonotonicNs = Callable[[], int]


class Still(NamedTuple):
    """A picture as the camera gave it."""

    data: bytes
    media_type: str = "image/jpeg"


class Stream(NamedTuple):
    """Where a camera's moving picture is (RTSP), and how one signs in there."""

    url: str
    user: str = ""
    password: str = ""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader or a camera saw, before anybody judged it.

    `at_ns`: monotonic time since when it may have been on its way: the first byte of a push, the silence of a reader
    before it was asked again; `raw`: as the device gave it.
    Exactly one of `credentials` (every reading that fits the bits), `plate` (canonical), `code` (what a scanner or a
    keypad gave, as text) and `face` (the picture's hash; empty: none of ours) is filled; none is when the device saw
    something that it could not read.
    """

    device: UUID
    at_ns: int
    raw: str
    credentials: tuple[Credential, ...] = ()
    plate: str | None = None
    code: str | None = None
    face: str | None = None
    confidence: float | None = None
    still: Still | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What became of a call at an intercom. `call`: the panel's own name for it; `number`: what was dialled."""

    device: UUID
    call: str
    phase: CallPhase
    number: str = ""
    still: Still | None = None


class GrantKind(enum.Enum):
    """What a panel lets in by, by itself."""

    CARD = "card"  # value: the UID in hex
    CODE = "code"  # value: digits that are typed


class Grant(NamedTuple):
    """Something by which a panel lets in without asking."""

    kind: GrantKind
    value: str


class Why(NamedTuple):
    """Why a device is in its state: what people are told, and what the driver knows besides."""

    detail: str = ""
    reason: DeviceReason | None = None
    number: int | None = None


class Verdict(enum.Enum):
    """What a reader shows to the person in front of it."""

    GRANTED = "granted"
    DENIED = "denied"


class Sink(Protocol):
    """Where a device tells what it saw and how it fares. Called in the event loop; must not block."""

    def read(self, read: Read, /) -> None:
        """A card or plate was presented."""

    def status(self, device: UUID, status: DeviceStatus, why: Why, /) -> None:
        """The device's state changed: gone is told once, back once."""

    def ring(self, ring: Ring, /) -> None:
        """Somebody rings at a panel, or that call goes on or is over."""

    def alarm(self, device: UUID, alarm: DeviceAlarm, active: bool, detail: str, /) -> None:
        """Something lasting is wrong with it, or is not: told when it changes and when it is first known."""


class Device(Protocol):
    """Anything of the table. The supervisor runs `run` as a task of its own."""

    @property
    def id(self) -> UUID:
        """Id of the device in the configuration."""

    async def run(self, sink: Sink) -> None:
        """Work until cancelled, reconnecting by itself. Returning or raising is a defect, to be restarted."""


class Reader(Device, Protocol):
    """A card reader or a source of plates."""

    async def signal(self, verdict: Verdict) -> None:
        """Lamp and buzzer, where the device has them; a device without does nothing. Raises DeviceError."""


class Pulsed(NamedTuple):
    """A pulse that was given. `on_ns`: the module acknowledged; `confirmed`: its real state read back on."""

    on_ns: int
    off_ns: int
    confirmed: bool


class Relay(Device, Protocol):
    """A module of outputs, one of which opens a barrier."""

    def check(self, output: int, pulse_ms: int) -> None:
        """Raises ConfigError when no such pulse can ever be given at this output."""

    async def pulse(self, output: int, pulse_ms: int, *, deadline_ns: int) -> Pulsed:
        """On, wait, off. Nothing is written after `deadline_ns` but the off.

        A pulse that begins while another runs on the same output prolongs it.
        Raises UnavailableError (surely nothing was written), RefusedError, SilentError (it may have acted), and
        ConfigError like `check`, before anything is written.
        """

    def holding(self, output: int, *, deadline_ns: int) -> AbstractAsyncContextManager[int]:
        """On within the block, off at its end whatever happens; gives the time at which the module acknowledged.

        What the module lets go of meanwhile (it lost its power) is switched on again. Raises like `pulse`.
        """

    async def states(self) -> tuple[bool, ...]:
        """The outputs' real states. Raises DeviceError."""

    def check_held(self, output: int) -> None:
        """Raises ConfigError when this output can never be held."""

    def check_input(self, number: int) -> None:
        """Raises ConfigError when there is no such input."""

    def watch(self, inputs: Set[int]) -> None:
        """These inputs are read from now on: they must drive no output by themselves."""

    async def inputs(self) -> tuple[bool, ...]:
        """The contacts at the inputs, true when closed. Raises DeviceError, ConfigError for a module without inputs."""


class Panel(Device, Protocol):
    """An intercom that lets in by itself whoever it has been told of; it tells calls by `Sink.ring`."""

    async def grants(self) -> frozenset[Grant]:
        """Whom it lets in now. Raises DeviceError."""

    async def change_grants(self, add: frozenset[Grant], remove: frozenset[Grant]) -> None:
        """Both are to be so afterwards, whatever was so before. Raises DeviceError: some may be done, some not."""


class FacePanel(Device, Protocol):
    """A panel that may recognise faces by itself, and then asks the box about whoever it knows (`Read.face`).

    A face is named by the SHA-256 of its picture. Faces that others put into the panel are none of the box's affair.
    """

    @property
    def recognises(self) -> bool:
        """Its settings say that the box keeps faces there; otherwise those that the box once put there are to go."""

    async def faces(self) -> dict[str, str]:
        """The faces that are ours, each with the SHA-256 of the picture that the panel has of it now.

        Raises DeviceError; UnsupportedError when this panel keeps no faces at all.
        """

    async def put_face(self, face: str, picture: bytes) -> None:
        """Keep this JPEG, in place of another under that name. Raises RefusedError: not this picture; DeviceError."""

    async def drop_face(self, face: str) -> None:
        """Keep it no longer; it may be gone already. Raises DeviceError."""


class Intercom(Device, Protocol):
    """A panel that can be told that nobody comes; it tells calls by `Sink.ring`, the end of a refused one, too."""

    async def hang_up(self, call: str) -> None:
        """Refuse the call that it names so. Raises DeviceError; UnsupportedError when this panel never can."""


class RegisterBus(Device, Protocol):
    """A Modbus line or gateway: one connection, one request at a time, outputs before meters."""

    async def read(self, unit: int, function: int, address: int, count: int) -> tuple[int, ...]:
        """Registers (functions 3, 4) or bits as 0 and 1 (functions 1, 2); addresses as on the wire, from 0.

        Raises UnavailableError, RefusedError or SilentError.
        """


class Camera(Device, Protocol):
    """A camera that can be asked for a picture."""

    async def still(self) -> Still:
        """The picture of this moment. Raises DeviceError."""


class StreamingCamera(Camera, Protocol):
    """A camera that has a moving picture, too."""

    @property
    def name(self) -> str:
        """For messages."""

    @property
    def is_recorded(self) -> bool:
        """Its settings say that the box keeps its video."""

    async def stream(self) -> Stream:
        """Where it is now. Raises DeviceError."""


class DeviceError(Exception):
    """A device did not do what was asked; the text names the device and the place."""

    reason = DeviceReason.WRONG_ANSWER
    number: int | None = None

    @property
    def why(self) -> Why:
        """For the device's state."""
        return Why(str(self), self.reason, self.number)


class UnavailableError(DeviceError):
    """No connection in time: surely nothing was sent. Worth trying again."""

    reason = DeviceReason.NO_CONNECTION


class RefusedError(DeviceError):
    """The device understood and refused, with its own code. Trying again will not help."""

    def __init__(self, message: str, code: int, reason: DeviceReason = DeviceReason.REFUSED) -> None:
        super().__init__(message)
        self.code = self.number = code
        self.reason = reason


class UnsupportedError(DeviceError):
    """The device understood, and has no such function at all."""


class SilentError(DeviceError):
    """No usable answer in time: the device may have done it or not."""

    reason = DeviceReason.NO_ANSWER


class DoubtfulError(SilentError):
    """An error came in answer, and what was asked may have been done all the same; the line itself is sound."""


class ConfigError(ValueError):
    """The configuration's devices cannot be built; `errors` name the device and the key."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def redacted(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without their secrets, those within URLs included, for dumps and logs."""
    return {
        name: "***"
        if name in SECRET_SETTINGS
        else redacted(value)
        if isinstance(value, dict)
        else without_secrets(value)
        for name, value in settings.items()
    }
