"""What waits to be done for each box. Notices of the same kind fold into one, so a burst costs one look."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from protocols.messages import AnyRequest, PullConfig, PullPasses, PullSnapshot, State

MOST_BOXES_WAITING = 100_000


@dataclass(slots=True)
class Work:
    """What is due for one box."""

    state: State | None = None
    came: bool = False  # it was away before this state, or nobody knows
    pull_passes: PullPasses | None = None
    pull_snapshot: PullSnapshot | None = None
    pull_config: PullConfig | None = None
    push_passes: bool = False
    push_config: bool = False
    push_commands: bool = False

    def add_state(self, state: State) -> None:
        """The newest state counts; that the box was away in between is kept."""
        if self.state is not None and not self.state.online:
            self.came = True
        self.state = state

    def add_request(self, request: AnyRequest) -> None:
        """Of each kind the newest counts."""
        if isinstance(request, PullPasses):
            self.pull_passes = request
        elif isinstance(request, PullSnapshot):
            self.pull_snapshot = request
        else:
            self.pull_config = request


@dataclass(slots=True)
class Desk:
    """Boxes with work, each once, in the order in which it came; one worker at a time per box."""

    _waiting: dict[UUID, Work] = field(default_factory=dict)
    _busy: set[UUID] = field(default_factory=set)
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    def work_for(self, box_id: UUID) -> Work:
        """What waits for the box, to be added to; call `ring` afterwards. A full desk forgets the oldest box."""
        if box_id not in self._waiting and len(self._waiting) >= MOST_BOXES_WAITING:
            self._waiting.pop(next(iter(self._waiting)))  # the sweep finds it again
        return self._waiting.setdefault(box_id, Work())

    async def ring(self) -> None:
        """There is work."""
        async with self._more:
            self._more.notify_all()

    async def take(self) -> tuple[UUID, Work]:
        """The next box that nobody works on; end with `done`."""
        async with self._more:
            while True:
                for box_id in self._waiting:
                    if box_id not in self._busy:
                        self._busy.add(box_id)
                        return box_id, self._waiting.pop(box_id)
                await self._more.wait()

    async def done(self, box_id: UUID) -> None:
        """The box may be taken again."""
        self._busy.discard(box_id)
        await self.ring()
