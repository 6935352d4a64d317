"""A camera that reads plates: it pushes what it read to the box, and gives a picture to whoever asks."""

import asyncio
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from firmware_sim import anpr, picture
from firmware_sim.clock import Clock
from firmware_sim.journal import Journal

PUSH_TIMEOUT_S = 5.0


class PushError(Exception):
    """The box did not take the push."""


class Camera:
    """`push_url` may be set later: it is known once the box listens. With a `user` it signs in when it is asked to."""

    def __init__(
        self,
        name: str,
        *,
        push_url: str,
        journal: Journal,
        clock: Clock,
        maker: anpr.Maker = "generic",
        user: str = "",
        password: str = "",
    ) -> None:
        self.name = name
        self.push_url = push_url
        self._journal = journal
        self._clock = clock
        self._maker = maker
        self._user = user
        self._password = password
        self._count = 0
        self._plate = ""  # of the car that stands before the camera

    def snapshot(self) -> bytes:
        """A JPEG of this moment."""
        return picture.take(camera=self.name, plate=self._plate, caption=self._at("%Y-%m-%d %H:%M:%S UTC"))

    @property
    def plate(self) -> str:
        """Of the car that stands before it; empty: none does."""
        return self._plate

    def frame(self) -> Image.Image:
        """What a camera beside it films at this moment."""
        return picture.frame(camera=self.name, plate=self._plate, caption=self._at("%Y-%m-%d %H:%M:%S UTC"))

    async def arrive(self, plate: str, *, read_as: str, confidence: float) -> dict[str, Any]:
        """A car comes with `plate`; the camera reads `read_as`. Raises PushError."""
        self._plate = plate
        self._count += 1
        still = await asyncio.to_thread(self.snapshot)
        pushed = self._journal.write("plate", camera=self.name, plate=read_as, confidence=confidence)
        reading = anpr.Reading(
            self.name, read_as, confidence, self._count, self._at("%Y-%m-%dT%H:%M:%S+00:00")
        )
        status = await asyncio.to_thread(self._push, anpr.push(self._maker, reading, still))
        return {"status": status, "mono_ns": pushed["mono_ns"], "wall_ns": pushed["wall_ns"]}

    def leave(self) -> None:
        """The lane is empty again."""
        self._plate = ""

    def _at(self, form: str) -> str:
        return datetime.fromtimestamp(self._clock.now().wall_ns / 1e9, UTC).strftime(form)

    def _push(self, push: anpr.Push) -> int:
        if not self.push_url:
            raise PushError(f"camera {self.name}: no push_url is set")
        request = urllib.request.Request(  # noqa: S310 - the URL is of the site's own configuration
            self.push_url, data=push.body, headers={"Content-Type": push.content_type}
        )
        try:
            with self._opener().open(request, timeout=PUSH_TIMEOUT_S) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                raise PushError(
                    f"camera {self.name}: the box answered {error.code}: {error.read(300)!r}"
                ) from error
        except OSError as error:
            raise PushError(f"camera {self.name}: {error}") from error

    def _opener(self) -> urllib.request.OpenerDirector:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        if self._user:
            passwords.add_password(None, self.push_url, self._user, self._password)
        return urllib.request.build_opener(
            urllib.request.HTTPDigestAuthHandler(passwords), urllib.request.HTTPBasicAuthHandler(passwords)
        )
