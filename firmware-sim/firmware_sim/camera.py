"""A camera that reads plates: it pushes what it read to the box, and gives a picture to whoever asks."""

import asyncio
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import msgspec

from firmware_sim import picture
from firmware_sim.clock import Clock
from firmware_sim.journal import Journal

PUSH_TIMEOUT_S = 5.0
_BOUNDARY = "----domovoy-camera-7f3a"


class PushError(Exception):
    """The box did not take the push."""


class Camera:
    """`push_url` may be set later: it is known once the box listens."""

    def __init__(self, name: str, *, push_url: str, journal: Journal, clock: Clock) -> None:
        self.name = name
        self.push_url = push_url
        self._journal = journal
        self._clock = clock
        self._plate = ""  # of the car that stands before the camera

    def snapshot(self) -> bytes:
        """A JPEG of this moment."""
        at = datetime.fromtimestamp(self._clock.now().wall_ns / 1e9, UTC)
        return picture.take(camera=self.name, plate=self._plate, caption=at.strftime("%Y-%m-%d %H:%M:%S UTC"))

    async def arrive(self, plate: str, *, read_as: str, confidence: float) -> dict[str, Any]:
        """A car comes with `plate`; the camera reads `read_as`. Raises PushError."""
        self._plate = plate
        still = await asyncio.to_thread(self.snapshot)
        event = {"plate": read_as, "confidence": confidence, "camera": self.name}
        pushed = self._journal.write("plate", camera=self.name, plate=read_as, confidence=confidence)
        status = await asyncio.to_thread(self._push, msgspec.json.encode(event), still)
        return {"status": status, "mono_ns": pushed["mono_ns"], "wall_ns": pushed["wall_ns"]}

    def leave(self) -> None:
        """The lane is empty again."""
        self._plate = ""

    def _push(self, event: bytes, still: bytes) -> int:
        if not self.push_url:
            raise PushError(f"camera {self.name}: no push_url is set")
        request = urllib.request.Request(  # noqa: S310 - the URL is of the site's own configuration
            self.push_url,
            data=_multipart(event, still),
            headers={"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PUSH_TIMEOUT_S) as answer:  # noqa: S310 - as above
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                raise PushError(
                    f"camera {self.name}: the box answered {error.code}: {error.read(300)!r}"
                ) from error
        except OSError as error:
            raise PushError(f"camera {self.name}: {error}") from error


def _multipart(event: bytes, still: bytes) -> bytes:
    def part(name: str, file: str, media_type: str, data: bytes) -> bytes:
        head = f'Content-Disposition: form-data; name="{name}"{file}\r\nContent-Type: {media_type}\r\n\r\n'
        return f"--{_BOUNDARY}\r\n{head}".encode() + data + b"\r\n"

    return (
        part("event", "", "application/json", event)
        + part("still", '; filename="still.jpg"', "image/jpeg", still)
        + f"--{_BOUNDARY}--\r\n".encode()
    )
