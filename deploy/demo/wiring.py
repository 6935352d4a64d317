"""How lanes hang at relay modules: what the cloud is told of it, and what the simulator is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

RELAY_UNIT = 11
FIRE_INPUT = 5
_MODEL = "wb_mr6c_v2"


@dataclass(frozen=True)
class Lane:
    """A point of passage: outputs of a relay module and what reads there (names of simulated devices).

    `view`: a camera that reads nothing and films what the one before the lane sees.
    `kind`: as the API calls it. An `open_close` gate takes its module's outputs 0 to 3 and inputs 0 to 3, a `hold` lock
    its own output and input 0; any other is an output alone.
    """

    name: str
    output: int
    barrier: str
    direction: str
    reader: str = ""
    camera: str = ""
    scanner: str = ""
    panel: str = ""
    view: str = ""
    kind: str = "pulse"
    unit: int = RELAY_UNIT

    @property
    def relay(self) -> str:
        """What its relay module is called among the site's devices."""
        return relay_name(self.unit)


def relay_name(unit: int) -> str:
    """What a relay module is called among the site's devices."""
    return "relay" if unit == RELAY_UNIT else f"relay-{unit}"


_GATE_CONTACTS: dict[str, dict[str, Any]] = {
    "opened": {"input": 0},
    "closed": {"input": 1},
    "photocell": {"input": 2, "normally_closed": True},
    "loop": {"input": 3, "normally_closed": True},
}
_GATE_LIGHT = {"green": 2, "red": 3}
_DOOR_CONTACTS: dict[str, dict[str, Any]] = {"closed": {"input": 0}}


def barrier_draft(lane: Lane, device: str) -> dict[str, Any]:
    """The point's barrier as the API takes it."""
    draft: dict[str, Any] = {"device": device, "output": lane.output, "kind": lane.kind}
    match lane.kind:
        case "open_close":
            light = {"direction": lane.direction, **_GATE_LIGHT}
            return draft | _GATE_CONTACTS | {"close_output": 1, "travel_s": 6, "lights": [light]}
        case "hold":
            return draft | _DOOR_CONTACTS | {"held_open_s": 60}
    return draft


def simulated_relays(lanes: Sequence[Lane]) -> list[dict[str, Any]]:
    """The relay modules with what hangs at them, as the simulator takes it."""
    return [
        {
            "unit": unit,
            "model": _MODEL,
            "barriers": [_simulated_barrier(lane) for lane in lanes if lane.unit == unit],
        }
        for unit in sorted({lane.unit for lane in lanes})
    ]


def _simulated_barrier(lane: Lane) -> dict[str, Any]:
    body: dict[str, Any] = {"name": lane.barrier, "output": lane.output}
    match lane.kind:
        case "open_close":
            return body | {
                "close_output": 1,
                "contacts": _GATE_CONTACTS,
                "light": _GATE_LIGHT,
                "move_ms": 1600,
            }
        case "hold":
            return body | {"contacts": _DOOR_CONTACTS, "move_ms": 600, "stay_ms": 1500}
    return body
