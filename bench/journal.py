"""A passage into the box's journal: chained by hash, durable, signed; against a bare append and fdatasync."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter_ns
from uuid import UUID

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.enrolled import real_world
from bench.measure import Plan, figure, percentile, ratios
from bench.report import Bound, Figure, Goal, Result
from edge import streams, upkeep
from edge.access.journal import Journal, encoded
from edge.clock import BoxClock
from edge.ids import Ids
from edge.store import Store
from protocols import chain
from protocols.fields import Direction
from protocols.messages import Stream
from protocols.records import Outcome, Passage, Reason

_AT_ONCE = 100
_POINT, _READER, _PASS = (UUID(int=number) for number in (1, 2, 3))
_NS_PER_US = 1e3


def run(plan: Plan) -> Result:
    """One after another, then a hundred at once; after each record the floor's turn."""
    return uvloop.run(_measure(plan))


async def _measure(plan: Plan) -> Result:
    samples = plan.size(300, 30)
    found: dict[str, list[list[float]]] = {}
    store = Store(plan.folder / "store.sqlite")
    journal, sign = _open(store)
    descriptor = os.open(plan.folder / "floor.journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    contenders: dict[str, Callable[[], Awaitable[None]]] = {
        "append": partial(_append, journal),
        "signed": partial(_append_signed, journal, store, sign),
        "floor": partial(_floor, descriptor, encoded(_passage(journal))),
    }
    try:
        for number in range(plan.rounds + 1):  # the first warms up
            round_ = await _round(contenders, samples)
            round_["together"] = [await _together(journal) for _ in range(max(samples // _AT_ONCE, 2))]
            if number:
                for name, took in round_.items():
                    found.setdefault(name, []).append(took)
    finally:
        os.close(descriptor)
        await asyncio.to_thread(store.close)
    return _result(found, samples)


async def _round(
    contenders: dict[str, Callable[[], Awaitable[None]]], samples: int
) -> dict[str, list[float]]:
    """µs of each, in turn: what the disk is up to meets all of them alike."""
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(samples):
        for name in list(contenders)[:: 1 if number % 2 == 0 else -1]:
            begun = perf_counter_ns()
            await contenders[name]()
            took[name].append((perf_counter_ns() - begun) / _NS_PER_US)
    return took


def _open(store: Store) -> tuple[Journal, Callable[[bytes], bytes]]:
    world = real_world()
    clock = BoxClock(
        highest_ns=0,
        has_battery=True,
        wall_ns=world.wall_ns,
        monotonic_ns=world.monotonic_ns,
        synchronised=lambda: True,
    )
    ids = Ids(clock, random.Random(1).randbytes)
    journal = Journal(store, clock, ids)
    upkeep.open_streams(store.connection, journal.stamp, ids.new, clock.now().unix_ms)
    store.start()
    return journal, Ed25519PrivateKey.generate().sign


def _passage(journal: Journal) -> Passage:
    return Passage(
        **journal.stamp(),
        point=_POINT,
        direction=Direction.IN,
        outcome=Outcome.GRANTED,
        reason=Reason.GRANTED,
        pass_id=_PASS,
        pass_version=1,
        use=1,
        plate="X711TT90",
        read="X711TT90",
        source=_READER,
        carrier="X711TT90",
    )


async def _append(journal: Journal) -> None:
    await journal.add(_passage(journal))


async def _append_signed(journal: Journal, store: Store, sign: Callable[[bytes], bytes]) -> None:
    """And what sends it: the records since the last acknowledgement, their chain, the box's signature."""
    await journal.add(_passage(journal))
    run = await store.write(partial(streams.next_run, kind=Stream.EVENTS))
    if run is None:
        raise AssertionError("nothing to sign after an append")
    sign(chain.signed_bytes(run.stream, run.last, run.head))
    await store.write(
        partial(
            streams.take_ack,
            kind=Stream.EVENTS,
            stream=run.stream,
            sequence=run.last,
            cloud_hash=run.head,
        )
    )


async def _floor(descriptor: int, record: bytes) -> None:
    os.write(descriptor, record)
    os.fdatasync(descriptor)


async def _together(journal: Journal) -> float:
    """µs per record of a hundred at once."""
    begun = perf_counter_ns()
    await asyncio.gather(*(_append(journal) for _ in range(_AT_ONCE)))
    return (perf_counter_ns() - begun) / _NS_PER_US / _AT_ONCE


def _result(found: dict[str, list[list[float]]], samples: int) -> Result:
    append, floor = _p(50, found["append"]), _p(50, found["floor"])
    return Result(
        bench="journal",
        title="Journal",
        how=(
            "A passage's record into the box's SQLite file: encoded, chained to the one before, durable (WAL, "
            "`synchronous=FULL`). Signed: that, then what makes a batch of it and takes the cloud's word for it: "
            "what is not acknowledged is read, its chain checked, the box's Ed25519 signature made, the "
            f"acknowledgement kept durably. {samples} of each a round. The floor is an append of as many bytes to a "
            "file and fdatasync, by "
            f"turns with them on the same disk. Together: {_AT_ONCE} appended at once, which share commits."
        ),
        figures=[
            *_both("append", found["append"]),
            *_both("append, signature, acknowledgement", found["signed"]),
            *_both("append + fdatasync", found["floor"]),
            figure(f"append, {_AT_ONCE} together, each", "µs", _p(50, found["together"])),
        ],
        goals=[
            Goal.of(
                "a record against append + fdatasync, p50",
                ratios(append, floor),
                bound=Bound.AT_MOST,
                limit=3,
            ),
            Goal.of(
                f"a record of {_AT_ONCE} together against append + fdatasync",
                ratios(_p(50, found["together"]), floor),
                bound=Bound.AT_MOST,
                limit=0.5,
            ),
        ],
    )


def _both(name: str, rounds: list[list[float]]) -> list[Figure]:
    return [figure(f"{name}, p{percent}", "µs", _p(percent, rounds)) for percent in (50, 99)]


def _p(percent: float, rounds: list[list[float]]) -> list[float]:
    return [percentile(samples, percent) for samples in rounds]
