"""Live events: numbers that grow, what was missed, pages that do not keep up, the end."""

import asyncio
import json
from collections.abc import AsyncIterator

from edge.guardhouse import hub
from edge.guardhouse.hub import Hub
from protocols.guard_views import LiveKind

NOW_MS = 1_780_000_000_000


async def listening(made: Hub, after: int | None = None) -> AsyncIterator[bytes]:
    """A page whose first piece has come: it listens."""
    stream = made.stream(after, lambda: True)
    await anext(stream)
    return stream


def kinds(pieces: bytes) -> list[str]:
    lines = pieces.decode().splitlines()
    return [json.loads(line[6:])["kind"] for line in lines if line.startswith("data: ") and "kind" in line]


async def test_numbers_grow_over_a_restart_though_the_first_run_told_much() -> None:
    first = Hub(NOW_MS)
    for _ in range(900):
        first.publish(LiveKind.BOARD)
    second = Hub(NOW_MS + 1)
    assert second.last > first.last


async def test_what_was_missed_comes_first() -> None:
    made = Hub(NOW_MS)
    made.publish(LiveKind.BOARD)
    seen = made.last
    made.publish(LiveKind.PASSES)
    made.publish(LiveKind.VISITS)
    assert kinds(await anext(made.stream(seen, lambda: True))) == ["passes", "visits"]
    assert kinds(await anext(made.stream(made.last, lambda: True))) == []


async def test_what_is_too_long_ago_or_of_another_run_means_all_anew() -> None:
    made = Hub(NOW_MS)
    for after in (1, made.last - 1, made.last + 5):
        assert b"event: reload" in await anext(made.stream(after, lambda: True)), after
    for _ in range(hub.KEPT + 2):
        made.publish(LiveKind.BOARD)
    assert b"event: reload" in await anext(made.stream(made.last - hub.KEPT - 1, lambda: True))
    assert kinds(await anext(made.stream(made.last - 2, lambda: True))) == ["board", "board"]


async def test_a_page_that_does_not_keep_up_asks_for_all_anew_and_goes_on() -> None:
    made = Hub(NOW_MS)
    stream = await listening(made)
    waiting = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    for _ in range(hub.QUEUE_MAX + 5):
        made.publish(LiveKind.BOARD)
    pieces = [await waiting]
    while b"event: reload" not in pieces[-1]:
        pieces.append(await anext(stream))
    assert len(pieces) < hub.QUEUE_MAX
    made.publish(LiveKind.SHIFT)
    rest = b""
    while "shift" not in kinds(rest):
        rest += await anext(stream)


async def test_all_streams_end_with_the_server_and_with_their_session() -> None:
    made, goes_on = Hub(NOW_MS), [True]
    stream = await listening(made)
    mine = made.stream(None, lambda: goes_on[0])
    await anext(mine)
    goes_on[0] = False
    made.publish(LiveKind.BOARD)
    assert [kinds(piece) for piece in [piece async for piece in mine]] in ([], [["board"]])
    made.close()
    async with asyncio.timeout(1):
        assert [kinds(piece) async for piece in stream] in ([], [["board"]])
    assert made.pages == 0
