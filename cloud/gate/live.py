"""What changes, as it happens, told to the guard's page in its own words."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import msgspec

from cloud.kernel.stream import Event, Hub, Sees
from protocols.guard_views import Live, LiveKind

_KINDS: dict[str, tuple[LiveKind, ...]] = {
    "passage": (LiveKind.PASSAGE, LiveKind.BOARD),
    "decision": (LiveKind.PASSAGE, LiveKind.BOARD),
    "point": (LiveKind.BOARD,),
    "device": (LiveKind.BOARD,),
    "alarm": (LiveKind.BOARD,),
    "command": (LiveKind.BOARD,),
    "pass": (LiveKind.PASSES,),
    "blocked": (LiveKind.PASSES,),
    "visit": (LiveKind.VISITS,),
    "violation": (LiveKind.VIOLATIONS,),
    "shift": (LiveKind.SHIFT,),
    "staff": (LiveKind.SHIFT,),  # who may be signed in no more
}


async def stream(
    hub: Hub, company: UUID, resume_after: int | None, *, goes_on: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    """Server-sent events of one company; ends with the session."""

    def sees(event: Event) -> bool:
        return event.organisation_id == company and event.kind in _KINDS

    async def recheck() -> Sees | None:
        return sees if await goes_on() else None

    async for message in hub.watch(sees, recheck, resume_after):
        for told in _translated(message):
            yield told


def _translated(message: str) -> list[str]:
    fields = dict(line.split(": ", 1) for line in message.strip().split("\n") if ": " in line)
    if fields.get("event") == "reload":
        return [message]
    if fields.get("event") != "change":
        return [": beat\n\n"]
    data = json.loads(fields["data"])
    lives = [Live(kind=kind, id=UUID(data["id"])) for kind in _KINDS.get(data["kind"], ())]
    return [f"id: {fields['id']}\ndata: {msgspec.json.encode(live).decode()}\n\n" for live in lives]
