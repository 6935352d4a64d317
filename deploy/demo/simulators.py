"""The hand at the simulated devices: their control API (docs/devices/simulators.md)."""

from typing import Any, Self

import httpx

_TIMEOUT_S = 15


class Simulators:
    """The simulated devices of one site."""

    def __init__(self, control_port: int) -> None:
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{control_port}", timeout=_TIMEOUT_S, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.close()

    def overview(self) -> dict[str, Any]:
        """Ports, arms, counters, readers, cameras."""
        return dict(self._ask("GET", "/"))

    def log(self, after: int = 0, *kinds: str) -> list[dict[str, Any]]:
        """Entries after a number, of these kinds (none: of all); times in ns by both clocks."""
        return list(self._ask("GET", "/log", params={"after": after, "kind": kinds}))

    def last_entry(self) -> int:
        """The number of the newest entry."""
        entries = self.log()
        return int(entries[-1]["n"]) if entries else 0

    def car(self, camera: str, plate: str) -> dict[str, Any]:
        """A car drives up; the times of the push."""
        return dict(self._ask("POST", f"/cameras/{camera}/car", json={"plate": plate}))

    def leave(self, camera: str) -> None:
        """The lane is empty again."""
        self._ask("POST", f"/cameras/{camera}/leave")

    def card(self, reader: str, *, facility: int, number: int) -> dict[str, Any]:
        """Present a 26-bit card."""
        return dict(
            self._ask("POST", f"/readers/{reader}/card", json={"facility": facility, "number": number})
        )

    def ring(self, panel: str, number: str) -> str:
        """Somebody dials at a panel; the panel's own name for the call."""
        return str(self._ask("POST", f"/panels/{panel}/ring", json={"number": number})["call"])

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._client.request(method, path, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None
