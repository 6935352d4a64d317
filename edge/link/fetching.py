"""Pictures that the cloud has for a box: asked for by their hash, kept nowhere."""

import asyncio
import ssl
from collections.abc import Callable
from hashlib import sha256

import httpx

from protocols.faces import PICTURE_MAX_BYTES

TIMEOUT_S = 30.0


class FetchError(Exception):
    """It did not come, and may another time."""


class GoneError(Exception):
    """The cloud has no such picture for this box, or no longer."""


class Fetcher:
    """`GET <files_url>/<sha256>` with the box's certificate."""

    def __init__(self, files_url: str, *, tls: Callable[[], ssl.SSLContext] | None) -> None:
        self._files_url = files_url
        self._tls = tls

    async def picture(self, name: str) -> bytes:
        """Whole, and what its name says. Raises FetchError, GoneError."""
        verify: ssl.SSLContext | bool = True if self._tls is None else await asyncio.to_thread(self._tls)
        url = f"{self._files_url}/{name}"
        data = bytearray()
        try:
            async with (
                httpx.AsyncClient(verify=verify, timeout=TIMEOUT_S, trust_env=False) as client,
                client.stream("GET", url) as answer,
            ):
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise GoneError("the cloud has this picture no more")
                if answer.status_code != httpx.codes.OK:
                    raise FetchError(f"{url}: HTTP status {answer.status_code}")
                async for chunk in answer.aiter_bytes():
                    data += chunk
                    if len(data) > PICTURE_MAX_BYTES:
                        raise FetchError(f"{url}: longer than {PICTURE_MAX_BYTES} bytes")
        except (httpx.HTTPError, OSError) as error:
            raise FetchError(f"{url}: {error or type(error).__name__}") from error
        if sha256(data).hexdigest() != name:
            raise FetchError(f"{url}: not what its name says")
        return bytes(data)
