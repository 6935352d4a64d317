"""What the story does at the gate, and how it is observed: by the stream, the table, and the simulators' own log."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from deploy.demo.api import Api
from deploy.demo.drive.timeline import StepFailed, Timeline
from deploy.demo.live import Live
from deploy.demo.simulators import Simulators
from deploy.demo.sites import GATE

VISIBLE = "passage → visible on the live stream"
COIL = "camera pushes → coil written (by the relay)"
DECISION = "decision"
IN_HAND = "bytes in hand → coil written (by the box)"
HELD = "pass issued → held by the box"
_POLL_S = 0.004
_WAIT_S = 60
"""A machine that does other things, too, takes its time; how long is measured, not judged here."""


class Gate:
    """One site's gate, seen from outside."""

    def __init__(
        self, api: Api, live: Live, simulators: Simulators, timeline: Timeline, *, site: str, box: str
    ) -> None:
        self._api = api
        self._live = live
        self._simulators = simulators
        self._timeline = timeline
        self.site = site
        self.box = box

    def issue(self, draft: Mapping[str, Any]) -> dict[str, Any]:
        """Issue a pass and wait until the box holds it; the wait is measured from the API's answer."""
        made = self._api.post("/api/access/passes", {"site_id": self.site, **draft})
        began = time.monotonic()
        self.wait_held()
        self._timeline.measure(HELD, time.monotonic() - began)
        return dict(made)

    def revoke(self, pass_id: str, reason: str) -> None:
        """Revoke a pass and wait until the box knows."""
        self._api.post("/api/access/passes/revoke", {"ids": [pass_id], "reason": reason})
        self.wait_held()

    def block(self, plate: str, reason: str) -> None:
        """Put a plate on the blacklist and wait until the box knows."""
        self._api.post("/api/access/blacklist", {"site_id": self.site, "plate": plate, "reason": reason})
        self.wait_held()

    def wait_held(self, timeout_s: float = _WAIT_S) -> None:
        """Wait until the box says that it holds what it should."""
        wait(self._is_held, timeout_s, "the box does not hold the newest passes")

    def _is_held(self) -> bool:
        box = self._api.get(f"/api/boxes/{self.box}")
        return bool(box["pass_version"] == box["pass_version_wanted"])

    def car(self, camera: str, plate: str) -> dict[str, Any]:
        """A car comes; the passage as it appears on the stream, then in the table."""
        return self._visit(lambda: self._simulators.car(camera, plate)["mono_ns"])

    def card(self, reader: str, facility: int, number: int) -> dict[str, Any]:
        """A card is presented; the passage as it appears on the stream, then in the table."""
        return self._visit(
            lambda: self._simulators.card(reader, facility=facility, number=number)["mono_ns"], is_car=False
        )

    def _visit(self, act: Callable[[], int], *, is_car: bool = True) -> dict[str, Any]:
        mark, entry = self._live.count, self._simulators.last_entry()
        shown_ns = act()
        seen = self._live.wait(lambda change: change.kind == "passage", after=mark)
        passage = dict(self._api.get(f"/api/access/passages/{seen.object_id}"))
        self._timeline.measure(VISIBLE, seen.at - shown_ns / 1e9)
        self._timeline.measure(DECISION, passage["decision_us"] / 1e6)
        if passage["outcome"] == "granted":
            pulse = self.wait_pulse(entry)
            if is_car:
                self._timeline.measure(COIL, (pulse - shown_ns) / 1e9)
            passage = self.wait_opened(seen.object_id)
            self._timeline.measure(IN_HAND, passage["latency_us"] / 1e6)
        elif self.pulses(entry):
            raise StepFailed(f"refused with {passage['reason']}, and yet the barrier's coil went on")
        return passage

    def pulses(self, after: int) -> list[dict[str, Any]]:
        """What the coils that open did since an entry of the simulators' log."""
        opening = {(lane.unit, lane.output) for lane in GATE.lanes}
        entries = self._simulators.log(after, "coil")
        return [
            entry for entry in entries if entry["changed"] and (entry["unit"], entry["output"]) in opening
        ]

    def wait_pulse(self, after: int) -> int:
        """Wait until a coil went on and off again; when it went on, in monotonic ns."""
        wait(lambda: len(self.pulses(after)) >= 2, _WAIT_S, "the barrier's coil did not go on and off")
        states = [entry["on"] for entry in self.pulses(after)]
        if states != [True, False]:
            raise StepFailed(f"the coil should go on once and off once; it went {states}")
        return int(self.pulses(after)[0]["mono_ns"])

    def wait_opened(self, passage: str) -> dict[str, Any]:
        """Wait until the table shows that the barrier opened."""

        def opened() -> bool:
            return bool(self._api.get(f"/api/access/passages/{passage}")["opened"])

        wait(opened, _WAIT_S, "the table does not show that the barrier opened")
        return dict(self._api.get(f"/api/access/passages/{passage}"))

    def wait_still(self, passage: str) -> bytes:
        """Wait until the live stream tells of the passage with its photograph, then for that; its bytes."""

        def hash_of() -> str | None:
            still = self._api.get(f"/api/access/passages/{passage}")["still"]
            return str(still) if still else None

        self._live.wait(
            lambda change: change.kind == "passage" and change.object_id == passage and hash_of() is not None
        )
        path = f"/api/files/{hash_of()}"
        wait(lambda: self._api.client.get(path).is_success, _WAIT_S, "the photograph did not arrive")
        return self._api.client.get(path).content

    def passages(self, **query: Any) -> list[dict[str, Any]]:
        """The table's rows, newest first."""
        return list(self._api.all("/api/access/passages", site_id=self.site, **query))


def expect(passage: Mapping[str, Any], outcome: str, reason: str) -> None:
    """Raises StepFailed when the gate decided otherwise."""
    if (passage["outcome"], passage["reason"]) != (outcome, reason):
        seen = f"{passage['outcome']} ({passage['reason']})"
        raise StepFailed(f"expected {outcome} ({reason}), the gate said {seen}: {passage['read']!r}")


def wait(condition: Callable[[], bool], timeout_s: float, otherwise: str) -> None:
    """Poll until the condition holds. Raises StepFailed."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise StepFailed(f"{otherwise} (waited {timeout_s:g} s)")
        time.sleep(_POLL_S)
