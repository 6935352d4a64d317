"""A box at a checkpoint of a few lanes, against a cloud that speaks the wire: for what the cloud has no part in."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from edge.agent import Agent
from edge.store import no_fault
from protocols import config, records
from protocols.held import PassItem
from tests.edge.boxes import Box, device_id
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import uid
from tests.system.gate.field import MODEL, PULSE_MS, TOKEN, Field, Lane, online

LINE = device_id(200)


def site(
    field: Field, lanes: Sequence[Lane], *, pulse_ms: int = PULSE_MS, poll_s: float = 0.5
) -> config.Configuration:
    """The lanes, each with its camera, on the field's modules."""
    modules = [
        _device(210 + unit, "modbus_relay", bus=str(LINE), unit=unit, profile=MODEL, poll_s=poll_s)
        for unit in field.units
    ]
    cams = [_device(250 + lane.number, "plate_http", port=lane.port, token=TOKEN) for lane in lanes]
    line = _device(200, "modbus_tcp", host="127.0.0.1", port=field.port)
    return config.Configuration(
        site=uid(9299),
        site_name="КПП",
        time_zone="Europe/Moscow",
        devices=[line, *modules, *cams],
        points=[
            config.Point(
                id=uid(9400 + lane.number),
                name=lane.name,
                barrier=config.Barrier(
                    device=device_id(210 + lane.unit), output=lane.output, pulse_ms=pulse_ms
                ),
                readers=[config.Reader(device=camera.id, direction=lane.direction)],
            )
            for lane, camera in zip(lanes, cams, strict=True)
        ],
    )


def _device(number: int, driver: str, **settings: Any) -> config.Device:
    return config.Device(id=device_id(number), driver=driver, name=f"{driver} {number}", settings=settings)


@asynccontextmanager
async def standing(
    box: Box, cloud: CloudPeer, wanted: config.Configuration, fault: Callable[[str], None] = no_fault
) -> AsyncIterator[Agent]:
    """The agent at work on this configuration, its devices online."""
    async with box.agent(fault) as agent:
        version = await cloud.configure(wanted)
        await cloud.until(
            lambda: [each for each in cloud.of(records.ConfigApplied) if each.version == version]
        )
        await online(agent, len(wanted.devices))
        yield agent


async def hold(agent: Agent, cloud: CloudPeer, *passes: PassItem) -> None:
    """The cloud's list gets these, and the box has them."""
    for item in passes:
        await cloud.put(item)
    await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == cloud.version)
    assert agent.held.standing.version == cloud.version
