"""What follows from where a barrier stands: may it open, is the way free, which outputs are on. Pure."""

from enum import StrEnum

from edge.barrier.state import FRESH_NS, STALE_NS, State
from protocols.config import Barrier, BarrierKind
from protocols.fields import Direction
from protocols.records import BarrierCause as Cause
from protocols.records import BarrierPosition as Position


class Unable(StrEnum):
    """Why an order to close, stop, hold or release is refused; machine-readable, translated by the faces."""

    CLOSES_BY_ITSELF = "closes_by_itself"  # its own controller does
    NO_STOP = "no_stop"  # no output stops it
    NOT_MOVING = "not_moving"
    FIRE_ALARM = "fire_alarm"  # holds it open
    HELD_OPEN = "held_open"  # by a person's order: that is released first
    IN_THE_WAY = "in_the_way"
    WAY_UNKNOWN = "way_unknown"  # loop and photocell cannot be read
    CANNOT_BE_HELD = "cannot_be_held"  # the module ends every pulse by itself
    OTHER_GATE = "other_gate"  # of the sluice is not closed
    NOT_READY = "not_ready"  # it moves, and another pulse might close it
    NOT_HELD = "not_held"


_RESTING = frozenset({Position.CLOSED, Position.STOPPED, Position.FORCED, Position.BLOCKED})


def is_free(state: State, now_ns: int) -> bool:
    """Loop and photocell, as far as there are any, say that nobody is in the way, and have just said so."""
    seen = state.seen
    if seen is None or not state.readable or now_ns - state.read_ns > FRESH_NS:
        return False
    return not (seen.photocell or seen.loop)


def is_shut(barrier: Barrier, state: State, now_ns: int) -> bool:
    """For the other gate of a sluice: closed by its end position, or where there is none by all that is known."""
    if barrier.closed is None:
        return state.position is Position.CLOSED
    seen = state.seen
    if seen is None or not seen.closed or now_ns - state.read_ns > STALE_NS:
        return False
    return state.position in (Position.CLOSED, Position.BLOCKED)


def refusal(barrier: Barrier, state: State) -> str | None:
    """Why it cannot let one more through now; None: it can."""
    if barrier.kind is BarrierKind.TURNSTILE and state.position is Position.OPEN and not state.holds:
        return "the one before has not gone through yet"
    standing = (Position.CLOSED, Position.OPENING, Position.OPEN, Position.BLOCKED)
    if barrier.kind is BarrierKind.STEP and state.position not in standing:
        return f"it is {state.position}, and a pulse might close it"
    return None


def close_refusal(barrier: Barrier, state: State, now_ns: int) -> Unable | None:
    """Why it does not close on an order; None: it does, or is closed."""
    if barrier.kind not in (BarrierKind.OPEN_CLOSE, BarrierKind.HOLD):
        return Unable.CLOSES_BY_ITSELF
    if state.holds:
        return _holder(state)
    is_lock = barrier.kind is BarrierKind.HOLD
    if is_lock or state.position is Position.CLOSED or is_free(state, now_ns):
        return None
    is_fresh = state.seen is not None and state.readable and now_ns - state.read_ns <= FRESH_NS
    return Unable.IN_THE_WAY if is_fresh else Unable.WAY_UNKNOWN


def stop_refusal(barrier: Barrier, state: State) -> Unable | None:
    """Why it does not stop on an order."""
    if barrier.stop_output is None:
        return Unable.NO_STOP
    if state.holds:
        return _holder(state)
    return None if state.position in (Position.OPENING, Position.CLOSING) else Unable.NOT_MOVING


def _holder(state: State) -> Unable:
    return Unable.FIRE_ALARM if Cause.FIRE in state.holds else Unable.HELD_OPEN


def held(barrier: Barrier, state: State, now_ns: int) -> frozenset[int]:
    """The outputs that are on now, pulses apart."""
    outputs = {
        output
        for light in barrier.lights
        if (output := light.green if _is_green(barrier, state, light.direction, now_ns) else light.red)
        is not None
    }
    if (state.holds and barrier.kind is not BarrierKind.STEP) or state.unlocked_ns > now_ns:
        outputs.add(barrier.output)
    return frozenset(outputs)


def is_busy(barrier: Barrier, state: State) -> bool:
    """Whether it moves, stands open or waits for something: it is to be looked at often."""
    if state.position is Position.UNKNOWN:
        return not is_seen(barrier)
    return state.position not in _RESTING or bool(state.holds)


def _is_green(barrier: Barrier, state: State, direction: Direction, now_ns: int) -> bool:
    """Open, empty, and for this side: who comes from the other one waits."""
    if state.position is not Position.OPEN:
        return False
    if has_eyes(barrier) and not is_free(state, now_ns):
        return False
    return len(barrier.lights) == 1 or state.direction is direction


def is_seen(barrier: Barrier) -> bool:
    """Some end position is wired."""
    return barrier.opened is not None or barrier.closed is not None


def has_eyes(barrier: Barrier) -> bool:
    """Something tells whether the way is free."""
    return barrier.photocell is not None or barrier.loop is not None
