"""What remote commands do on this box; each ends in one answer."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256

from edge.access.gate import ANEW, Gate
from edge.access.journal import Journal
from edge.access.marking import Marking, Said
from edge.barrier import questions
from edge.barrier.driver import BarrierDriver, UnableError
from edge.calls import Calls
from edge.drivers.base import DeviceError, UnsupportedError
from edge.holds import Holding, Holds
from edge.link.commands import Done, Execute
from edge.link.files import Pictures
from edge.running import Running
from protocols import records
from protocols.messages import Command, CommandKind
from protocols.records import BarrierCause, CommandOutcome

CAMERA_TIMEOUT_S = 10.0
PANEL_TIMEOUT_S = 5.0
HOLD_WITHIN_S = 5.0  # its output is on by then, or it is not held
_UNABLE = {
    questions.Unable.CLOSES_BY_ITSELF: "its own controller closes it",
    questions.Unable.NO_STOP: "no output stops it",
    questions.Unable.NOT_MOVING: "it does not move",
    questions.Unable.FIRE_ALARM: "the fire alarm holds it open",
    questions.Unable.HELD_OPEN: "it is held open by an order",
    questions.Unable.IN_THE_WAY: "somebody is in the way",
    questions.Unable.WAY_UNKNOWN: "loop and photocell cannot be read",
    questions.Unable.CANNOT_BE_HELD: "the module ends every pulse of its output by itself",
    questions.Unable.OTHER_GATE: "the other gate of the sluice is not closed",
    questions.Unable.NOT_READY: "it moves, and a pulse might close it",
    questions.Unable.NOT_HELD: "nobody holds it open",
}


class Orders:
    """Carries out a command that was let through. `restart` is called once its answer is written."""

    def __init__(
        self,
        *,
        gate: Gate,
        marking: Marking,
        holds: Holds,
        running: Running,
        journal: Journal,
        pictures: Pictures,
        calls: Calls,
        restart: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._marking = marking
        self._holds = holds
        self._running = running
        self._journal = journal
        self._pictures = pictures
        self._calls = calls
        self._restart = restart
        self._by_kind: dict[CommandKind, Execute] = {
            CommandKind.OPEN: self._open,
            CommandKind.CLOSE: self._close,
            CommandKind.STOP: self._stop,
            CommandKind.HOLD: self._hold,
            CommandKind.RELEASE: self._release,
            CommandKind.CAPTURE: self._capture,
            CommandKind.READ_NOW: self._read_now,
            CommandKind.RESTART: self._begin_restart,
            CommandKind.HANG_UP: self._hang_up,
            CommandKind.MARK_LEFT: self._mark_left,
        }

    async def execute(self, command: Command) -> Done:
        """The command's outcome."""
        return await self._by_kind[command.kind](command)

    async def _open(self, command: Command) -> Done:
        point = self._gate.site.points.get(command.target) if command.target else None
        if point is None:
            return Done(CommandOutcome.REFUSED, "unknown_target", f"no point {command.target} on this box")
        opened = await self._gate.open_for(point, order=command.id, expires_at=command.expires_at)
        if not opened.done:
            return Done(CommandOutcome.FAILED, "device", opened.detail)
        plan = self._running.plan
        self._calls.let_in(point, plan.devices.intercoms if plan else {})
        return Done(CommandOutcome.DONE, detail=f"coil written after {opened.latency_us} µs")

    async def _close(self, command: Command) -> Done:
        return await self._move(command, lambda driver: driver.close(BarrierCause.ORDER))

    async def _stop(self, command: Command) -> Done:
        return await self._move(command, lambda driver: driver.stop(BarrierCause.ORDER))

    async def _hold(self, command: Command) -> Done:
        until = command.until
        if until is None or until <= command.issued_at:
            return Done(CommandOutcome.REFUSED, "no_until", "until when it is to be held open is not said")
        deadline_ns = self._holds.monotonic_ns() + int(HOLD_WITHIN_S * 1e9)

        async def hold(driver: BarrierDriver) -> None:
            holding = Holding(command.id, driver.point, command.person, command.reason, until)
            await self._holds.begin(holding, deadline_ns=deadline_ns)

        return await self._move(command, hold)

    async def _release(self, command: Command) -> Done:
        async def release(driver: BarrierDriver) -> None:
            held = await self._holds.release(driver.point, person=command.person, reason=command.reason)
            if not held:
                is_fire = BarrierCause.FIRE in driver.state.holds
                raise UnableError(questions.Unable.FIRE_ALARM if is_fire else questions.Unable.NOT_HELD)

        return await self._move(command, release)

    async def _move(self, command: Command, order: Callable[[BarrierDriver], Awaitable[None]]) -> Done:
        """What barriers can refuse, and their modules fail to do."""
        point = self._gate.site.points.get(command.target) if command.target else None
        driver = self._gate.site.board.drivers.get(point.id) if point else None
        if point is None or driver is None:
            return Done(
                CommandOutcome.REFUSED, "unknown_target", f"no barrier at {command.target} on this box"
            )
        if self._gate.is_ending(point):
            return Done(CommandOutcome.FAILED, "device", ANEW)
        try:
            await order(driver)
        except UnableError as error:
            return Done(CommandOutcome.REFUSED, error.why.value, _UNABLE[error.why])
        except DeviceError as error:
            return Done(CommandOutcome.FAILED, "device", str(error))
        return Done(CommandOutcome.DONE, detail=driver.state.position.value)

    async def _capture(self, command: Command) -> Done:
        """A picture at a point; its event names the command where a passage's id would stand."""
        point = self._gate.site.points.get(command.target) if command.target else None
        camera = self._gate.site.cameras.get(point.camera) if point and point.camera else None
        if camera is None:
            return Done(CommandOutcome.REFUSED, "unknown_target", f"no camera at point {command.target}")
        try:
            async with asyncio.timeout(CAMERA_TIMEOUT_S):
                still = await camera.still()
        except (DeviceError, TimeoutError) as error:
            return Done(CommandOutcome.FAILED, "device", str(error) or "the camera did not answer")
        digest = sha256(still.data).hexdigest()
        await self._pictures.keep(still, digest)
        event = records.Still(
            **self._journal.stamp(),
            passage=command.id,
            sha256=digest,
            media_type=still.media_type,
            size=len(still.data),
        )
        await self._journal.add(event)
        return Done(CommandOutcome.DONE, detail=digest)

    async def _read_now(self, command: Command) -> Done:
        """One meter, or all when there is no target."""
        pollers = self._running.pollers
        if command.target is not None and command.target not in pollers:
            return Done(CommandOutcome.REFUSED, "unknown_target", f"no meter {command.target} on this box")
        chosen = [pollers[command.target]] if command.target is not None else list(pollers.values())
        answers = [await poller.poll(asked=True) for poller in chosen]
        if all(answers):
            return Done(CommandOutcome.DONE, detail=f"{len(answers)} meters read")
        return Done(
            CommandOutcome.FAILED, "device", f"{answers.count(False)} of {len(answers)} did not answer"
        )

    async def _hang_up(self, command: Command) -> Done:
        """Whoever rings hears that nobody comes."""
        found = self._calls.find(command.target) if command.target else None
        if found is None:
            return Done(CommandOutcome.REFUSED, "call_over", f"no call {command.target} at this box any more")
        device, name = found
        plan = self._running.plan
        intercom = plan.devices.intercoms.get(device) if plan else None
        if intercom is None:
            return Done(CommandOutcome.REFUSED, "unsupported", f"{device} cannot refuse a call from afar")
        try:
            async with asyncio.timeout(PANEL_TIMEOUT_S):
                await intercom.hang_up(name)
        except UnsupportedError as error:
            return Done(CommandOutcome.REFUSED, "unsupported", str(error))
        except (DeviceError, TimeoutError) as error:
            return Done(CommandOutcome.FAILED, "device", str(error) or "the panel did not answer")
        return Done(CommandOutcome.DONE, detail="the panel has hung up")

    async def _mark_left(self, command: Command) -> Done:
        """Whom this box does not have inside the cloud need not have there either: it hears so, and that is done."""
        if command.target is None:
            return Done(CommandOutcome.REFUSED, "unknown_target", "it names no pass")
        said = Said(command.reason, command=command.id, person=command.person)
        gone = await self._marking.left(command.target, command.carrier, said)
        if not gone and command.carrier is not None:
            await self._marking.deny(command.target, command.carrier, said)
        return Done(CommandOutcome.DONE, detail=f"{gone} marked")

    async def _begin_restart(self, _command: Command) -> Done:
        self._restart()
        return Done(CommandOutcome.DONE, detail="restarting")
