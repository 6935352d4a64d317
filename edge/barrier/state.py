"""What can happen to a barrier, what can be done to it, and where it stands. All times are monotonic nanoseconds."""

from enum import StrEnum

import msgspec

from protocols.fields import Direction
from protocols.records import BarrierAlarm as Alarm
from protocols.records import BarrierCause as Cause
from protocols.records import BarrierPosition as Position

NS_PER_S = 1_000_000_000
FRESH_NS = NS_PER_S // 2  # a reading that is older says nothing about the way
STALE_NS = 2 * NS_PER_S  # nor, after this, about where the barrier stands


class Side(StrEnum):
    """Which way an output drives."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"


class Open(msgspec.Struct, frozen=True):
    """Let one through. `direction`: from where, if anybody knows."""

    cause: Cause
    direction: Direction | None = None


class Close(msgspec.Struct, frozen=True):
    """Close, if the way is free and nothing holds it open."""

    cause: Cause


class Hold(msgspec.Struct, frozen=True):
    """Open, and stay open until the same cause lets go."""

    cause: Cause


class Release(msgspec.Struct, frozen=True):
    """The end of a `Hold`."""

    cause: Cause


class Stop(msgspec.Struct, frozen=True):
    """Stay where you are."""

    cause: Cause


class Seen(msgspec.Struct, frozen=True):
    """The contacts were read; None: there is no such contact."""

    opened: bool | None = None
    closed: bool | None = None
    photocell: bool | None = None
    loop: bool | None = None
    passed: bool | None = None
    exit_button: bool | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """The contacts could not be read."""


class Tick(msgspec.Struct, frozen=True):
    """Time has passed."""


class Failed(msgspec.Struct, frozen=True):
    """A pulse surely did nothing."""

    side: Side


Event = Open | Close | Hold | Release | Stop | Seen | Unreadable | Tick | Failed


class Pulse(msgspec.Struct, frozen=True):
    """Pulse the output of this side, now or not at all."""

    side: Side


class Cut(msgspec.Struct, frozen=True):
    """End a pulse of this side that may be under way."""

    side: Side


Action = Pulse | Cut


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Where a barrier stands, and what must be remembered to judge what comes."""

    position: Position = Position.UNKNOWN
    cause: Cause = Cause.START
    since_ns: int  # when the position was taken, or asked for once more
    before: Position = Position.UNKNOWN  # where it stood when it was told to move
    moved: bool = False  # it has left the end from which it was told to move
    decided: bool | None = None  # whether a decision explains that it is not closed; None: nobody knows yet
    direction: Direction | None = None
    holds: frozenset[Cause] = frozenset()
    seen: Seen | None = None  # the last good reading
    read_ns: int = 0  # when that was, or when the looking began
    readable: bool = False
    adrift_ns: int | None = None  # since when it is not at the end where it should rest
    way_ns: int = 0  # when the way was last not known to be free
    unlocked_ns: int = 0  # a lock: open until then
    ajar_ns: int | None = None  # since when it is not closed
    alarms: frozenset[Alarm] = frozenset()


def begin(now_ns: int, alarms: frozenset[Alarm] = frozenset()) -> State:
    """Nothing is known yet but the alarms that lasted when the box stopped."""
    return State(since_ns=now_ns, read_ns=now_ns, way_ns=now_ns, alarms=alarms)
