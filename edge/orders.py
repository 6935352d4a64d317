"""What remote commands do on this box; each ends in one answer."""

import asyncio
from collections.abc import Callable
from hashlib import sha256

from edge.access.gate import Gate
from edge.access.journal import Journal
from edge.calls import Calls
from edge.drivers.base import DeviceError, UnsupportedError
from edge.link.commands import Done, Execute
from edge.link.files import Pictures
from edge.running import Running
from protocols import records
from protocols.messages import Command, CommandKind
from protocols.records import CommandOutcome

CAMERA_TIMEOUT_S = 10.0
PANEL_TIMEOUT_S = 5.0


class Orders:
    """Carries out a command that was let through. `restart` is called once its answer is written."""

    def __init__(
        self,
        *,
        gate: Gate,
        running: Running,
        journal: Journal,
        pictures: Pictures,
        calls: Calls,
        restart: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._running = running
        self._journal = journal
        self._pictures = pictures
        self._calls = calls
        self._restart = restart
        self._by_kind: dict[CommandKind, Execute] = {
            CommandKind.OPEN: self._open,
            CommandKind.CAPTURE: self._capture,
            CommandKind.READ_NOW: self._read_now,
            CommandKind.RESTART: self._begin_restart,
            CommandKind.HANG_UP: self._hang_up,
        }

    async def execute(self, command: Command) -> Done:
        """The command's outcome."""
        return await self._by_kind[command.kind](command)

    async def _open(self, command: Command) -> Done:
        point = self._gate.site.points.get(command.target) if command.target else None
        if point is None:
            return Done(CommandOutcome.REFUSED, "unknown_target", f"no point {command.target} on this box")
        opened = await self._gate.open_for(point, expires_at=command.expires_at)
        if not opened.done:
            return Done(CommandOutcome.FAILED, "device", opened.detail)
        plan = self._running.plan
        self._calls.let_in(point, plan.devices.intercoms if plan else {})
        return Done(CommandOutcome.DONE, detail=f"coil written after {opened.latency_us} µs")

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

    async def _begin_restart(self, _command: Command) -> Done:
        self._restart()
        return Done(CommandOutcome.DONE, detail="restarting")
