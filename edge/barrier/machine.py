"""What a barrier does next. Pure: what it is, where it stands, what happened and when in; where it stands then out.

Pulses are told as actions, once. What lasts (outputs that are held, lights, alarms) follows from the state by
`questions.held` and `State.alarms`, so that whoever carries it out may be restarted at any moment.

Nothing here closes on anybody: a pulse to CLOSE needs a reading of loop and photocell that is fresh and says free.
"""

from msgspec.structs import replace

from edge.barrier.questions import has_eyes, is_free, is_seen
from edge.barrier.state import (
    FRESH_NS,
    NS_PER_S,
    STALE_NS,
    Action,
    Close,
    Cut,
    Event,
    Failed,
    Hold,
    Open,
    Pulse,
    Release,
    Seen,
    Side,
    State,
    Stop,
    Tick,
    Unreadable,
)
from protocols.config import Barrier, BarrierKind
from protocols.fields import Direction
from protocols.records import BarrierAlarm as Alarm
from protocols.records import BarrierCause as Cause
from protocols.records import BarrierPosition as Position

BOUNCE_NS = 3 * NS_PER_S // 10  # an end position that is lost for less is the wind
_ENDS_OWN = frozenset({BarrierKind.PULSE, BarrierKind.STEP})  # their own controllers close them


def step(barrier: Barrier, state: State, event: Event, now_ns: int) -> tuple[State, tuple[Action, ...]]:
    """What comes of the event. Safe to call with any event at any time."""
    move = _Step(barrier, state, now_ns)
    move.take(event)
    move.look()
    move.keep_open()
    move.wait()
    move.alarm()
    return move.state, tuple(move.actions)


class _Step:
    """One step under way."""

    def __init__(self, barrier: Barrier, state: State, now_ns: int) -> None:
        self.barrier = barrier
        self.state = state
        self.now_ns = now_ns
        self.actions: list[Action] = []
        self._travel_ns = int(barrier.travel_s * NS_PER_S)
        self._stay_ns = int(barrier.stay_s * NS_PER_S)
        self._is_lock = barrier.kind is BarrierKind.HOLD
        self._is_two_way = barrier.kind is BarrierKind.OPEN_CLOSE

    def take(self, event: Event) -> None:
        """What the event itself changes."""
        match event:
            case Open(cause, direction):
                self._open(cause, direction)
            case Hold(cause):
                self._set(holds=self.state.holds | {cause})
                self._start_opening(cause)
            case Release(cause):
                self._release(cause)
            case Close(cause):
                self._close_on_order(cause)
            case Stop(cause):
                self._stop(cause)
            case Seen():
                self._set(seen=event, readable=True, read_ns=self.now_ns)
            case Unreadable():
                self._set(readable=False)
            case Failed(side):
                self._fail(side)
            case Tick():
                pass

    def look(self) -> None:
        """Where the contacts say that it stands."""
        if not is_free(self.state, self.now_ns):
            self._set(way_ns=self.now_ns)
        if not is_seen(self.barrier):
            return
        if self.now_ns - self.state.read_ns > STALE_NS:
            self._set(readable=False)
            if self.state.position is not Position.UNKNOWN:
                self._go(Position.UNKNOWN, Cause.UNREADABLE)
        seen = self.state.seen
        if seen is None or not self.state.readable:
            return
        if seen.closed and seen.opened:
            self._contradicted()
        elif seen.closed:
            self._seen_closed()
        elif seen.opened:
            self._seen_open()
        else:
            self._seen_between()

    def keep_open(self) -> None:
        """What is held open and stands closed is opened, again and again."""
        state = self.state
        waited = self.now_ns - state.since_ns >= self._travel_ns
        is_shut = state.position is Position.CLOSED or (state.position is Position.BLOCKED and waited)
        if state.holds and is_shut:
            self._start_opening(min(state.holds))

    def wait(self) -> None:
        """What time alone changes."""
        match self.state.position:
            case Position.OPENING:
                self._wait_opening()
            case Position.OPEN:
                self._wait_open()
            case Position.CLOSING:
                self._wait_closing()
            case Position.UNKNOWN if not is_seen(self.barrier):
                self._wait_blind()
            case _:
                pass

    def alarm(self) -> None:
        """Open for too long; not while something holds it open."""
        state = self.state
        blocked_shut = state.position is Position.BLOCKED and state.cause is Cause.DID_NOT_OPEN
        if state.position is Position.CLOSED or blocked_shut or state.holds:
            self._set(ajar_ns=None)
        elif state.position is Position.UNKNOWN and not self._is_seen_ajar():
            pass  # who knows
        elif state.ajar_ns is None:
            self._set(ajar_ns=self.now_ns)
        elif self.now_ns - state.ajar_ns >= int(self.barrier.held_open_s * NS_PER_S):
            self._set(alarms=state.alarms | {Alarm.HELD_OPEN})

    # Commands

    def _open(self, cause: Cause, direction: Direction | None) -> None:
        self._set(direction=direction)
        if self._is_lock:
            self._set(unlocked_ns=self.now_ns + self._stay_ns)
        elif self.barrier.kind is not BarrierKind.STEP and not (
            self.barrier.kind is BarrierKind.TURNSTILE and self.state.holds
        ):
            self._pulse_open()
        self._start_opening(cause)

    def _start_opening(self, cause: Cause) -> None:
        """It is to open; unless it stands open, it moves from now on."""
        if self._is_two_way:
            self.actions.insert(0, Cut(Side.CLOSE))
        position = self.state.position
        self._set(decided=True)
        if position is Position.OPEN:
            self._set(since_ns=self.now_ns)
            return
        if self.barrier.kind is BarrierKind.STEP and position in (Position.CLOSED, Position.BLOCKED):
            self._pulse_open()
        if position is not Position.OPENING:
            self._set(before=position)
        self._go(Position.OPENING, cause)
        if self._opens_at_once():
            self._go(Position.OPEN, cause)

    def _opens_at_once(self) -> bool:
        """Nothing moves that could be seen moving."""
        is_turnstile = self.barrier.kind is BarrierKind.TURNSTILE
        return is_turnstile or (self._is_lock and not is_seen(self.barrier))

    def _release(self, cause: Cause) -> None:
        self._set(holds=self.state.holds - {cause})
        if self.state.holds:
            return
        if self._is_lock:
            self._set(unlocked_ns=self.now_ns)
        if self.state.position is Position.OPEN:
            self._set(since_ns=self.now_ns)

    def _close_on_order(self, cause: Cause) -> None:
        if self.state.holds:
            return
        if self._is_lock:
            self._set(unlocked_ns=self.now_ns)
        elif self.state.position not in (Position.CLOSED, Position.CLOSING):
            self._close(cause)

    def _close(self, cause: Cause) -> None:
        """The only place from where CLOSE is pulsed."""
        if not self._is_two_way or self.state.holds:
            return
        if not has_eyes(self.barrier) or not is_free(self.state, self.now_ns):
            return
        self.actions += [Cut(Side.OPEN), Pulse(Side.CLOSE)]  # no drive is told to go both ways
        self._go(Position.CLOSING, cause)

    def _stop(self, cause: Cause) -> None:
        """Not what the fire alarm opens."""
        if self.state.holds or self.state.position not in (Position.OPENING, Position.CLOSING):
            return
        if self._is_two_way:
            self.actions += [Cut(Side.OPEN), Cut(Side.CLOSE)]
            if self.barrier.stop_output is not None:
                self.actions.append(Pulse(Side.STOP))
            self._go(Position.STOPPED, cause)

    def _fail(self, side: Side) -> None:
        state = self.state
        if side is Side.OPEN and not state.holds:
            self._set(unlocked_ns=0)
            opened = self._opens_at_once() and state.position is Position.OPEN
            waited = state.position is Position.BLOCKED and state.cause is Cause.DID_NOT_OPEN
            if state.position is Position.OPENING or opened or waited:
                explained = {Position.UNKNOWN: None, Position.CLOSED: False}
                self._set(decided=explained.get(state.before, True))
                self._go(state.before, Cause.NOT_DONE)
        elif side is Side.CLOSE and state.position is Position.CLOSING:
            self._go(Position.OPEN, Cause.NOT_DONE)

    # What is seen

    def _contradicted(self) -> None:
        if self.state.position is not Position.UNKNOWN:
            self._go(Position.UNKNOWN, Cause.CONTRADICTION)
        self._set(alarms=self.state.alarms | {Alarm.STUCK})

    def _seen_closed(self) -> None:
        state = self.state
        self._set(adrift_ns=None)
        if state.position is Position.CLOSED:
            return
        if state.position is Position.OPENING and not state.moved:
            return  # not yet
        if state.position is Position.BLOCKED and state.cause is Cause.DID_NOT_OPEN:
            return
        self._set(unlocked_ns=0)
        self._go(Position.CLOSED, state.cause if state.position is Position.CLOSING else Cause.SEEN)

    def _seen_open(self) -> None:
        state = self.state
        match state.position:
            case Position.OPEN:
                self._set(adrift_ns=None)
            case Position.CLOSED:
                self._drift(Position.FORCED, Cause.HAND)
            case Position.CLOSING if not state.moved:
                pass  # not yet
            case Position.BLOCKED if state.cause is Cause.DID_NOT_CLOSE:
                pass
            case Position.FORCED:
                pass
            case Position.OPENING:
                self._go(Position.OPEN, state.cause)
            case _:
                self._go_seen(Position.OPEN)

    def _seen_between(self) -> None:
        """At neither end; where one end has no contact, that may be the other end."""
        state, is_ajar = self.state, self._is_seen_ajar()
        match state.position:
            case Position.CLOSED if is_ajar:
                self._drift(Position.FORCED, Cause.HAND)
            case Position.OPENING if is_ajar:
                self._set(moved=True)
                if self._is_lock:
                    self._go(Position.OPEN, state.cause)
            case Position.OPEN if self.barrier.opened is not None:
                own = self.barrier.kind in _ENDS_OWN
                self._drift(Position.CLOSING, Cause.STAY_OVER if own else Cause.HAND)
            case Position.CLOSING:
                self._set(moved=True)
            case Position.UNKNOWN if not is_ajar:
                self._go(Position.CLOSED, Cause.SEEN)
            case Position.UNKNOWN if state.decided is False or self.barrier.opened is None:
                self._go_seen(Position.OPEN)
            case Position.BLOCKED if state.cause is Cause.DID_NOT_OPEN and is_ajar:
                self._go(Position.OPENING, state.cause)  # late
            case Position.BLOCKED if state.cause is Cause.DID_NOT_CLOSE:
                self._go(Position.CLOSING, state.cause)
            case _:
                pass

    def _is_seen_ajar(self) -> bool:
        seen = self.state.seen
        return seen is not None and self.state.readable and seen.closed is False

    def _go_seen(self, position: Position) -> None:
        """Found there; if it was closed before, or its alarm outlived the box, somebody opened it."""
        decided = self.state.decided
        if decided is False or (decided is None and Alarm.FORCED in self.state.alarms):
            self._go(Position.FORCED, Cause.HAND)
        else:
            self._go(position, Cause.SEEN)

    def _drift(self, position: Position, cause: Cause) -> None:
        """It left the end where it rested: believed when it lasts."""
        since_ns = self.state.adrift_ns
        if since_ns is None:
            self._set(adrift_ns=self.now_ns)
        elif self.now_ns - since_ns >= BOUNCE_NS:
            self._go(position, cause)
            self._set(moved=True)

    # What time brings

    def _wait_opening(self) -> None:
        state = self.state
        if self._is_lock:
            if state.unlocked_ns <= self.now_ns and not state.holds:
                self._go(Position.CLOSED, Cause.NOT_USED)
            return
        if self.now_ns - state.since_ns < self._travel_ns:
            return
        if state.seen is not None and state.seen.closed:
            self._stick(Position.BLOCKED, Cause.DID_NOT_OPEN)
        elif self.barrier.opened is not None:
            self._stick(Position.STOPPED, Cause.DID_NOT_OPEN)
        else:
            self._go(Position.OPEN, state.cause)

    def _wait_open(self) -> None:
        state, barrier = self.state, self.barrier
        if state.holds:
            return
        is_over = self.now_ns - max(state.since_ns, state.way_ns) >= self._stay_ns
        if self._is_two_way:
            if state.decided and is_over:
                self._close(Cause.STAY_OVER)
        elif self._is_lock:
            if state.unlocked_ns <= self.now_ns and not is_seen(barrier):
                self._go(Position.CLOSED, Cause.STAY_OVER)
        elif barrier.kind is BarrierKind.TURNSTILE:
            self._wait_turn()
        elif not is_seen(barrier) and self.now_ns - state.since_ns >= self._stay_ns:
            self._go(Position.CLOSING, Cause.STAY_OVER)

    def _wait_turn(self) -> None:
        """Turned since: the contact may still tell of the one before."""
        state = self.state
        is_turned = state.readable and state.seen is not None and bool(state.seen.passed)
        if is_turned and state.moved:
            self._go(Position.CLOSED, Cause.PASSED)
        elif not is_turned and not state.moved:
            self._set(moved=True)
        elif self.now_ns - state.since_ns >= self._stay_ns:
            self._go(Position.CLOSED, Cause.NOT_USED)

    def _wait_closing(self) -> None:
        state = self.state
        if self._is_two_way and self._is_in_danger():
            self.actions.append(Cut(Side.CLOSE))
            self._pulse_open()
            self._set(before=Position.CLOSING, decided=True)
            self._go(Position.OPENING, Cause.OBSTACLE)
        elif self.now_ns - state.since_ns < self._travel_ns:
            return
        elif self.barrier.closed is None:
            self._go(Position.CLOSED, state.cause)
        elif state.seen is not None and state.seen.opened:
            self._stick(Position.BLOCKED, Cause.DID_NOT_CLOSE)
        else:
            self._stick(Position.STOPPED, Cause.DID_NOT_CLOSE)

    def _is_in_danger(self) -> bool:
        """Somebody is in the way of what closes, or for too long nobody can tell."""
        seen = self.state.seen
        is_blind = seen is None or self.now_ns - self.state.read_ns > FRESH_NS
        return is_blind or bool(seen and (seen.photocell or seen.loop))

    def _wait_blind(self) -> None:
        """No end position tells where it stands after a start: what closes by itself has done so meanwhile."""
        if not self._is_two_way:
            if self.now_ns - self.state.since_ns >= self._travel_ns:
                self._go(Position.CLOSED, Cause.START)
        elif self.now_ns - max(self.state.since_ns, self.state.way_ns) >= self._stay_ns:
            self._close(Cause.START)

    # Small things

    def _pulse_open(self) -> None:
        self.actions.append(Pulse(Side.OPEN))

    def _stick(self, position: Position, cause: Cause) -> None:
        self._go(position, cause)
        self._set(alarms=self.state.alarms | {Alarm.STUCK})

    def _go(self, position: Position, cause: Cause) -> None:
        self._set(position=position, cause=cause, since_ns=self.now_ns, moved=False, adrift_ns=None)
        match position:
            case Position.CLOSED:
                self._set(decided=False, direction=None, alarms=frozenset(), ajar_ns=None)
            case Position.OPEN:
                self._set(alarms=self.state.alarms - {Alarm.STUCK})
            case Position.FORCED:
                self._set(alarms=self.state.alarms | {Alarm.FORCED})
            case _:
                pass

    def _set(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)
