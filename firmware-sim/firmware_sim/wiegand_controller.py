"""A controller of Wiegand readers: it tells the box each frame, as it came or taken apart, by HTTP or by a broker."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any, Literal

from firmware_sim import mqtt
from firmware_sim.journal import Journal

PUSH_TIMEOUT_S = 5.0
Shape = Literal["bits", "numbers", "uid", "em"]


class PushError(Exception):
    """The box did not take the push."""


def event_of(bits: str, shape: Shape) -> dict[str, Any]:
    """What the controller makes of a frame: the bits, or the number between the parity bits as it is told there."""
    payload = int(bits[1:-1], 2)
    match shape:
        case "bits":
            return {"bits": bits}
        case "uid":
            return {"uid": f"{payload:0{(len(bits) - 2) // 4}X}"}
        case "em":
            return {"em": f"{payload:010}"}
    kind = {26: "H10301", 34: "W34"}.get(len(bits), "")
    return {"format": kind, "facility": payload >> 16, "number": payload & 0xFFFF}


class WiegandController:
    """`push_url` may be set later: it is known once the box listens. `mqtt://host:port/topic`: to a broker."""

    def __init__(self, name: str, *, push_url: str, journal: Journal, shape: Shape = "bits") -> None:
        self.name = name
        self.push_url = push_url
        self._shape = shape
        self._journal = journal

    async def present(self, bits: str) -> dict[str, Any]:
        """A card's frame, first transmitted bit first. Raises PushError."""
        pushed = self._journal.write("wiegand", controller=self.name, bits=bits)
        event = event_of(bits, self._shape) | {"door": 1, "serial": 77}  # a maker adds some
        status = await asyncio.to_thread(self._push, json.dumps(event).encode())
        return {"status": status, "mono_ns": pushed["mono_ns"], "wall_ns": pushed["wall_ns"]}

    def _push(self, event: bytes) -> int:
        if not self.push_url:
            raise PushError(f"controller {self.name}: no push_url is set")
        if self.push_url.startswith("mqtt:"):
            return self._publish(event)
        request = urllib.request.Request(  # noqa: S310 - the URL is of the site's own configuration
            self.push_url, data=event, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PUSH_TIMEOUT_S) as answer:  # noqa: S310 - as above
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(300)
            raise PushError(f"controller {self.name}: the box answered {error.code}: {said!r}") from error
        except OSError as error:
            raise PushError(f"controller {self.name}: {error}") from error

    def _publish(self, event: bytes) -> int:
        """0: nobody says what became of it."""
        try:
            mqtt.publish(self.push_url, event, client=f"controller-{self.name}")
        except OSError as error:
            raise PushError(f"controller {self.name}: {error}") from error
        return 0
