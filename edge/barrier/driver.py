"""One barrier: reads its contacts, asks the machine, and has the relay module do what it says."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from edge.barrier import button, machine, questions
from edge.barrier.keeping import Keeping
from edge.barrier.state import (
    NS_PER_S,
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
    Stop,
    Tick,
    Unreadable,
    begin,
)
from edge.drivers.base import (
    ConfigError,
    DeviceError,
    Pulsed,
    RefusedError,
    Relay,
    SilentError,
    UnavailableError,
)
from edge.drivers.devices import Ports
from protocols import config
from protocols.config import BarrierKind
from protocols.fields import Direction
from protocols.records import BarrierAlarm, BarrierCause, BarrierPosition

log = logging.getLogger(__name__)
MOVING_S, RESTING_S, BLIND_S = 0.1, 0.5, 5.0  # between two looks
READ_TIMEOUT_S = 1.0
BEFORE_NS = {Side.OPEN: NS_PER_S, Side.CLOSE: 3 * NS_PER_S // 10, Side.STOP: NS_PER_S}  # or not at all
_AGAINST = {Side.OPEN: Side.CLOSE, Side.CLOSE: Side.OPEN}
AGAIN_S = 0.2  # after what was not done
_UNDONE = (UnavailableError, RefusedError, ConfigError)  # surely nothing was written


class NotReadyError(UnavailableError):
    """The barrier cannot open now, and nothing was written."""


class UnableError(Exception):
    """An order that the barrier does not carry out; nothing was written."""

    def __init__(self, why: questions.Unable) -> None:
        super().__init__(why.value)
        self.why = why


class Told(NamedTuple):
    """Where a barrier stands from now on, and all that is wrong with it."""

    point: UUID
    position: BarrierPosition
    cause: BarrierCause
    alarms: frozenset[BarrierAlarm]


class ButtonTold(NamedTuple):
    """Why the exit button of a point is not to be trusted; empty: it is well, or there is none."""

    point: UUID
    wrong: str


class BarrierDriver:
    """The barrier of a point. `run` is a task of its own; commands may come at any time."""

    def __init__(
        self,
        point: UUID,
        barrier: config.Barrier,
        relay: Relay,
        *,
        ports: Ports,
        tell: Callable[[Told | ButtonTold], None],
        pressed: Callable[[UUID], None] = lambda _point: None,
        alarms: frozenset[BarrierAlarm] = frozenset(),
    ) -> None:
        self.point = point
        self.barrier = barrier
        self.relay = relay
        self.now_ns = ports.monotonic_ns
        self.state = begin(self.now_ns(), alarms)
        self._tell = tell
        self._pressed = pressed
        self._told: tuple[BarrierPosition, frozenset[BarrierAlarm]] | None = None
        # Where a barrier stands of which nothing is seen is a guess: worth telling only of what is held open.
        self._guesses = barrier.kind is BarrierKind.PULSE and not questions.is_seen(barrier)
        self._button = button.Button()
        self._keeping = Keeping(relay, ports)
        self._pulses: dict[Side, set[asyncio.Task[Pulsed]]] = {side: set() for side in Side}
        self._tasks: set[asyncio.Task[None]] = set()
        self._openings = 0  # under way
        self._opened_ns = 0  # when the last one was done
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Look and act until cancelled; then let go of every output."""
        contacts = self.barrier.contacts()
        self.relay.watch({contact.input for contact in contacts.values()})
        if self.barrier.exit_button is None:
            self._tell(ButtonTold(self.point, ""))  # one that was taken away, or wired elsewhere
        try:
            while True:
                await self._look(bool(contacts))
                self._woken.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pause_s(bool(contacts))):
                        await self._woken.wait()
        finally:
            await self._end()

    def refusal(self) -> str | None:
        """Why it cannot let one more through now; None: it can."""
        return questions.refusal(self.barrier, self.state)

    @property
    def is_shut(self) -> bool:
        """Whether the other gate of a sluice may open."""
        return questions.is_shut(self.barrier, self.state, self.now_ns())

    @property
    def is_held(self) -> bool:
        """Whether somebody or something holds it open."""
        return bool(self.state.holds)

    async def open(self, cause: BarrierCause, *, direction: Direction | None, deadline_ns: int) -> Pulsed:
        """Let one through; nothing is written after the deadline. Raises like `Relay.pulse`, and NotReadyError."""
        if (why := self.refusal()) is not None:
            raise NotReadyError(why)
        began_ns = self.now_ns()
        self._openings += 1
        try:
            pulsed = await self._open(Open(cause, direction), deadline_ns)
        except DeviceError as error:
            self._openings -= 1
            is_undone = isinstance(error, _UNDONE) or self.barrier.kind is BarrierKind.HOLD
            if is_undone and not self._openings and self._opened_ns < began_ns:
                self.do(Failed(Side.OPEN))
            raise
        except BaseException:
            self._openings -= 1
            raise
        self._openings -= 1
        self._opened_ns = self.now_ns()
        return pulsed

    async def close(self, cause: BarrierCause) -> None:
        """On an order, if the way is free. Raises UnableError, and like `Relay.pulse`."""
        await self._look(bool(self.barrier.contacts()))  # at rest the last one may be too old
        if (why := questions.close_refusal(self.barrier, self.state, self.now_ns())) is not None:
            raise UnableError(why)
        try:
            await self._give(Close(cause), Side.CLOSE, self.now_ns() + BEFORE_NS[Side.CLOSE])
        except _UNDONE:
            self.do(Failed(Side.CLOSE))
            raise

    async def stop(self, cause: BarrierCause) -> None:
        """On an order, where it is. Raises UnableError, and like `Relay.pulse`."""
        if (why := questions.stop_refusal(self.barrier, self.state)) is not None:
            raise UnableError(why)
        await self._give(Stop(cause), Side.STOP, self.now_ns() + BEFORE_NS[Side.STOP])

    async def held(self, cause: BarrierCause, *, deadline_ns: int) -> None:
        """`hold`, and wait until its output is on. Raises like `Relay.holding`, and then holds what it held before."""
        was_held = cause in self.state.holds
        self.hold(cause)
        if self.barrier.kind is BarrierKind.STEP:
            return  # pulses, as long as it reads closed
        try:
            await self._keeping.on(self.barrier.output, deadline_ns)
        except BaseException:
            if not was_held:
                self.release(cause)
            raise

    def hold(self, cause: BarrierCause) -> None:
        """Open, and stay open until the same cause lets go."""
        if cause not in self.state.holds:
            self.do(Hold(cause))

    def release(self, cause: BarrierCause) -> None:
        """The end of a `hold`."""
        if cause in self.state.holds:
            self.do(Release(cause))

    def do(self, event: Event) -> None:
        """One step, and what it asks for."""
        self._carry_out(self._step(event))
        self._woken.set()

    async def _open(self, event: Open, deadline_ns: int) -> Pulsed:
        """The pulse is given for the caller, who waits for it; of a lock, its output goes on."""
        if self.barrier.kind is BarrierKind.HOLD:
            return await self._unlock(event, deadline_ns)
        return await self._give(event, Side.OPEN, deadline_ns)

    async def _give(self, event: Event, side: Side, deadline_ns: int) -> Pulsed:
        """One step; the pulse of this side, if it asks for one, is waited for."""
        actions = self._step(event)
        self._carry_out(action for action in actions if action != Pulse(side))
        if Pulse(side) not in actions:
            self._woken.set()
            return Pulsed(self.now_ns(), self.now_ns(), confirmed=True)
        task = self._pulse(side, deadline_ns)
        self._woken.set()  # only now: the pulse goes before the next look
        try:
            return await task
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if caller is not None and caller.cancelling():
                raise
            raise SilentError(f"it was stopped while it began to {side}") from None

    async def _unlock(self, event: Open, deadline_ns: int) -> Pulsed:
        self._keeping.expect(self.barrier.output, deadline_ns)
        self.do(event)
        on_ns = await self._keeping.on(self.barrier.output, deadline_ns)
        confirmed = False
        with contextlib.suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(READ_TIMEOUT_S):
                confirmed = (await self.relay.states())[self.barrier.output]
        return Pulsed(on_ns, self.now_ns(), confirmed)

    def _step(self, event: Event) -> tuple[Action, ...]:
        now_ns = self.now_ns()
        self.state, actions = machine.step(self.barrier, self.state, event, now_ns)
        self._keeping.want(questions.held(self.barrier, self.state, now_ns))
        self._tell_change()
        return actions

    def _carry_out(self, actions: Iterable[Action]) -> None:
        for action in actions:
            match action:
                case Cut(side):
                    for task in self._pulses[side]:
                        task.cancel()
                case Pulse(side):
                    self._spawn(self._pulse_by_itself(side))

    async def _pulse_by_itself(self, side: Side) -> None:
        """What the machine decided and nobody waits for. A doubt is left to the contacts, and to time."""
        try:
            await self._pulse(side, self.now_ns() + BEFORE_NS[side])
        except _UNDONE as error:
            log.warning("point %s: no pulse to %s: %s", self.point, side, error)
            await asyncio.sleep(AGAIN_S)
            self.do(Failed(side))
        except DeviceError as error:
            log.warning("point %s: a doubtful pulse to %s: %s", self.point, side, error)

    def _pulse(self, side: Side, deadline_ns: int) -> asyncio.Task[Pulsed]:
        barrier = self.barrier
        outputs = {
            Side.OPEN: barrier.output,
            Side.CLOSE: barrier.close_output,
            Side.STOP: barrier.stop_output,
        }
        output = outputs[side]
        assert output is not None  # noqa: S101 - `config.barrier_faults` has seen to it
        against = set(self._pulses[_AGAINST[side]]) if side in _AGAINST else set()
        task = asyncio.create_task(self._pulse_after(against, output, deadline_ns))
        self._pulses[side].add(task)
        task.add_done_callback(self._pulses[side].discard)
        return task

    async def _pulse_after(self, others: set[asyncio.Task[Pulsed]], output: int, deadline_ns: int) -> Pulsed:
        """Once those that were cut are off: no drive is told to go both ways."""
        if others:
            await asyncio.wait(others)
        return await self.relay.pulse(output, self.barrier.pulse_ms, deadline_ns=deadline_ns)

    async def _look(self, has_contacts: bool) -> None:
        if not has_contacts:
            self.do(Tick())
            return
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                inputs = await self.relay.inputs()
        except (DeviceError, TimeoutError):
            self.do(Unreadable())
            self._look_at_button(None)
        else:
            before, now = self.state.seen, seen(self.barrier, inputs)
            self.do(now)
            self._look_at_button(now.exit_button)
            # A button that was pressed when the box began to look may be a broken wire.
            if now.exit_button and before is not None and before.exit_button is False:
                self._pressed(self.point)

    def _look_at_button(self, pressed: bool | None) -> None:
        if self.barrier.exit_button is None:
            return
        before, self._button = self._button, button.see(self._button, pressed, self.now_ns())
        if self._button.wrong is not None and self._button.wrong != before.wrong:
            self._tell(ButtonTold(self.point, self._button.wrong))

    def _pause_s(self, has_contacts: bool) -> float:
        if questions.is_busy(self.barrier, self.state) or self.barrier.exit_button is not None:
            return MOVING_S  # a press is short
        return RESTING_S if has_contacts else BLIND_S

    def _tell_change(self) -> None:
        state = self.state
        now = (state.position, state.alarms)
        if self._told == now or (self._told is None and state.position is BarrierPosition.UNKNOWN):
            return
        if self._guesses and not state.holds and self._told is None:
            return
        is_over = self._guesses and not state.holds and state.position is BarrierPosition.CLOSED
        self._told = None if is_over else now
        self._tell(Told(self.point, state.position, state.cause, state.alarms))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"barrier {self.point}")
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s: %s", task.get_name(), error, exc_info=error)

    async def _end(self) -> None:
        """Every output is let go of, though this task is cancelled again meanwhile."""
        pulses = {task for tasks in self._pulses.values() for task in tasks}
        for task in self._tasks | pulses:
            task.cancel()
        await self._keeping.end()
        if pending := self._tasks | pulses:
            await asyncio.wait(pending)


def seen(barrier: config.Barrier, inputs: tuple[bool, ...]) -> Seen:
    """What the contacts at a module's inputs say."""
    told = {
        name: inputs[contact.input] != contact.normally_closed for name, contact in barrier.contacts().items()
    }
    return Seen(**told)
