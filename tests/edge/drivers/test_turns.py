"""Turns on a line: the urgent first, and nobody's place is lost or kept by a cancel."""

import asyncio

from edge.drivers.modbus_bus.turns import Turns, Urgency


async def hold(turns: Turns, urgency: Urgency, name: str, served: list[str]) -> None:
    await turns.take(urgency)
    served.append(name)
    await asyncio.sleep(0)
    turns.release()


async def test_the_urgent_go_first_and_equals_in_order() -> None:
    turns, served = Turns(), list[str]()
    await turns.take(Urgency.METER)
    waiting = [
        asyncio.create_task(hold(turns, Urgency.METER, "meter 1", served)),
        asyncio.create_task(hold(turns, Urgency.METER, "meter 2", served)),
        asyncio.create_task(hold(turns, Urgency.STATE, "state", served)),
        asyncio.create_task(hold(turns, Urgency.OUTPUT, "barrier", served)),
    ]
    await asyncio.sleep(0)
    turns.release()
    await asyncio.gather(*waiting)
    assert served == ["barrier", "state", "meter 1", "meter 2"]


async def test_a_cancelled_waiter_gives_its_place_up() -> None:
    turns, served = Turns(), list[str]()
    await turns.take(Urgency.METER)
    gone = asyncio.create_task(hold(turns, Urgency.OUTPUT, "gone", served))
    stays = asyncio.create_task(hold(turns, Urgency.METER, "stays", served))
    await asyncio.sleep(0)
    gone.cancel()
    turns.release()
    await stays
    assert served == ["stays"]


async def test_a_cancel_in_the_moment_of_the_turn_passes_it_on() -> None:
    turns, served = Turns(), list[str]()
    await turns.take(Urgency.METER)
    gone = asyncio.create_task(hold(turns, Urgency.OUTPUT, "gone", served))
    stays = asyncio.create_task(hold(turns, Urgency.METER, "stays", served))
    await asyncio.sleep(0)
    turns.release()
    gone.cancel()
    await stays
    await turns.take(Urgency.METER)
    assert served == ["stays"]
