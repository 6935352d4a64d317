"""A page left open: follows the live stream (server-sent events) and remembers what came, and when."""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import httpx

from deploy.demo.api import Api

STREAM = "/api/stream"
_SILENCE_S = 40.0  # the stream says something at least every 15 s


@dataclass(frozen=True)
class Change:
    """One event. `at`: seconds of `time.monotonic` when its last byte was here."""

    at: float
    name: str
    kind: str
    object_id: str


class Live:
    """Follows the stream in a thread from `__enter__` to `__exit__`."""

    def __init__(self, api: Api) -> None:
        timeout = httpx.Timeout(30, read=_SILENCE_S)
        self._client = httpx.Client(
            base_url=api.url, cookies=api.client.cookies, timeout=timeout, trust_env=False
        )
        self._changes: list[Change] = []
        self._came = threading.Condition()
        self._closed = False
        self._fault: str | None = None
        self._thread = threading.Thread(target=self._follow, name="live stream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait(lambda change: change.name == "ready", timeout_s=60)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._closed = True
        self._client.close()

    @property
    def count(self) -> int:
        """How many events came; a mark for `wait`."""
        return len(self._changes)

    def wait(self, wanted: Callable[[Change], bool], *, after: int = 0, timeout_s: float = 60) -> Change:
        """The first event after the mark that is wanted. Raises TimeoutError, or ConnectionError when it broke."""
        deadline = time.monotonic() + timeout_s
        seen = after
        with self._came:
            while True:
                for change in self._changes[seen:]:
                    if wanted(change):
                        return change
                seen = len(self._changes)
                if self._fault:
                    raise ConnectionError(self._fault)
                if not self._came.wait(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError(f"nothing of that kind on the live stream within {timeout_s} s")

    def changes(self, kind: str, *, after: int = 0) -> list[Change]:
        """Events of a kind after the mark."""
        return [change for change in self._changes[after:] if change.kind == kind]

    def _follow(self) -> None:
        try:
            with self._client.stream("GET", STREAM) as answer:
                if answer.is_success:
                    self._read(answer)
                self._end(f"the live stream ended ({answer.status_code})")
        except httpx.HTTPError as error:
            self._end(f"the live stream broke: {error!r}")

    def _read(self, answer: httpx.Response) -> None:
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(":")
            if line:
                fields[name] = value.strip()
            elif "event" in fields:
                self._add(fields)
                fields = {}

    def _add(self, fields: dict[str, str]) -> None:
        data: dict[str, str] = {}
        with contextlib.suppress(ValueError):
            data = json.loads(fields.get("data", "{}"))
        change = Change(time.monotonic(), fields["event"], data.get("kind", ""), data.get("id", ""))
        with self._came:
            self._changes.append(change)
            self._came.notify_all()

    def _end(self, reason: str) -> None:
        if not self._closed:
            with self._came:
                self._fault = reason
                self._came.notify_all()
