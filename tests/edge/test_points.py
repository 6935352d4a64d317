"""What a configuration may not ask of its points and meters: refused as a whole, every fault named."""

import random
import time
from typing import Any

import pytest

from edge.drivers.base import ConfigError
from edge.drivers.devices import Ports
from edge.running import draw_up
from protocols.config import (
    Barrier,
    BarrierKind,
    Configuration,
    Contact,
    Device,
    FireInput,
    Light,
    Meter,
    MeterChannel,
    Point,
)
from protocols.fields import Direction
from tests.edge.world import uid

BUS, RELAY = uid(11), uid(12)
PORTS = Ports(monotonic_ns=time.monotonic_ns, random=random.Random(7).random)


def make_configuration(*, relay: dict[str, Any] | None = None, **changes: Any) -> Configuration:
    settings = {"bus": str(BUS), "unit": 1, "profile": "wb_mr6c_v2"} | (relay or {})
    devices = [
        Device(id=BUS, driver="modbus_tcp", name="line", settings={"host": "127.0.0.1"}),
        Device(id=RELAY, driver="modbus_relay", name="relay", settings=settings),
    ]
    fields: dict[str, Any] = {"site": uid(), "site_name": "", "time_zone": "UTC", "devices": devices}
    return Configuration(**(fields | changes))


def make_point(output: int = 0, pulse_ms: int = 700) -> Point:
    return Point(id=uid(), name="Gate", barrier=Barrier(device=RELAY, output=output, pulse_ms=pulse_ms))


def make_meter(**changes: Any) -> Meter:
    fields: dict[str, Any] = {"id": uid(), "device": BUS, "profile": "eastron_sdm120", "unit": 1}
    fields["channels"] = [MeterChannel(channel="voltage", series=1)]
    return Meter(**(fields | changes))


def faults_of(configuration: Configuration) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        draw_up(configuration, PORTS)
    return refused.value.errors


def test_a_barrier_that_can_open_is_taken() -> None:
    draw_up(
        make_configuration(
            points=[make_point(5, 2000)], relay={"module_timer_ms": 2000, "held_outputs": [4]}
        ),
        PORTS,
    )


@pytest.mark.parametrize(
    ("relay", "point", "fault"),
    [
        ({}, make_point(6), "no output 6"),
        ({"module_timer_ms": 500}, make_point(0, 5000), "module_timer_ms is 500"),
        ({"held_outputs": [2]}, make_point(2), "output 2 is among held_outputs"),
    ],
)
def test_a_barrier_that_could_never_open_is_refused(relay: dict[str, Any], point: Point, fault: str) -> None:
    (told,) = faults_of(make_configuration(relay=relay, points=[point]))
    assert "point 'Gate'" in told
    assert fault in told


@pytest.mark.parametrize("name", ["Europe", "Mars/Olympus", "../../etc/passwd", "", "zone.tab"])
def test_a_time_zone_that_is_none_is_refused(name: str) -> None:
    assert faults_of(make_configuration(time_zone=name)) == [f"time_zone: no zone {name!r}"]


def test_a_meter_without_channels_or_with_a_breathless_period_is_refused() -> None:
    first, second = make_meter(channels=[]), make_meter(period_s=1e-9)
    faults = faults_of(make_configuration(meters=[first, second]))
    assert faults == [
        f"meter {first.id}: no channels",
        f"meter {second.id}: period_s is 1e-09, at least 0.1 is needed",
    ]
    draw_up(make_configuration(meters=[make_meter(period_s=0.1)]), PORTS)


GATE: dict[str, Any] = {
    "device": RELAY,
    "output": 0,
    "kind": BarrierKind.OPEN_CLOSE,
    "close_output": 1,
    "closed": Contact(input=0),
    "loop": Contact(input=1),
}


def make_gate(**changes: Any) -> Point:
    return Point(id=uid(), name="Gate", barrier=Barrier(**(GATE | changes)))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"loop": None}, "barrier.loop: eye_needed"),
        ({"close_output": None}, "barrier.close_output: close_output_needed"),
        ({"closed": Contact(input=6)}, "no input 6"),
        ({"stop_output": 0}, "barrier.stop_output: output_twice"),
        ({"interlock": uid(999)}, "no other barrier"),
        ({"lights": [Light(direction=Direction.IN, red=5)]}, "output 5 is output of 'Gate'"),
        ({"kind": BarrierKind.STEP, "close_output": None, "closed": None}, "barrier.closed: closed_needed"),
    ],
)
def test_a_gate_that_could_not_be_driven_is_refused(changes: dict[str, Any], fault: str) -> None:
    faults = faults_of(make_configuration(points=[make_point(5), make_gate(**changes)]))
    assert fault in " | ".join(faults)


def test_what_is_held_may_not_hang_on_a_module_that_ends_every_pulse() -> None:
    lock = make_gate(kind=BarrierKind.HOLD, close_output=None)
    timer = {"module_timer_ms": 2000}
    assert "module_timer_ms ends it" in faults_of(make_configuration(points=[lock], relay=timer))[0]
    fire = [FireInput(device=RELAY, input=4)]
    pulsed = make_configuration(points=[make_point()], relay=timer, fire=fire)
    assert "module_timer_ms ends it" in faults_of(pulsed)[0]


def test_a_fire_alarm_needs_an_input_and_points_that_open() -> None:
    fire = [FireInput(device=RELAY, input=9, points=[uid(998)]), FireInput(device=BUS, input=0)]
    told = " | ".join(faults_of(make_configuration(points=[make_gate()], fire=fire)))
    for fault in ("no input 9", "no barrier at", "is no relay module"):
        assert fault in told


def test_a_module_without_inputs_sees_nothing() -> None:
    told = faults_of(make_configuration(points=[make_gate()], relay={"profile": "owen_mu110_16"}))
    assert "this model has no inputs" in " | ".join(told)
