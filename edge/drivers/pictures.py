"""A picture fetched over HTTP, bounded in time and size, whichever driver asks."""

import asyncio
from http import HTTPStatus
from typing import Literal

import httpx

from edge.drivers.base import RefusedError, SilentError, Still, UnavailableError
from edge.drivers.stills import STILL_MAX_BYTES, StillError, still
from protocols.records import DeviceReason
from protocols.urls import without_secrets


def auth(user: str, password: str, scheme: Literal["digest", "basic"] = "digest") -> httpx.Auth | None:
    """What the camera asks for when there is a user."""
    if not user:
        return None
    return (httpx.DigestAuth if scheme == "digest" else httpx.BasicAuth)(user, password)


async def fetch(name: str, url: str, sign_in: httpx.Auth | None, *, timeout_ms: int) -> Still:
    """`name`: the device's, for messages. Raises UnavailableError, RefusedError, SilentError."""
    timeout_s = timeout_ms / 1000
    try:
        async with (
            asyncio.timeout(timeout_s),
            # no proxy of the environment: it would see the camera's password
            httpx.AsyncClient(auth=sign_in, timeout=timeout_s, trust_env=False) as client,
        ):
            return await _fetch(name, url, client)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
        raise UnavailableError(f"{name}: {without_secrets(str(error))}") from error
    except (httpx.HTTPError, TimeoutError) as error:
        why = f" ({told})" if (told := without_secrets(str(error))) else ""
        raise SilentError(f"{name}: no picture in {timeout_ms} ms{why}") from error


async def _fetch(name: str, url: str, client: httpx.AsyncClient) -> Still:
    async with client.stream("GET", url) as answer:
        if answer.status_code != HTTPStatus.OK:
            status = answer.status_code
            raise RefusedError(f"{name}: HTTP status {status}", status, DeviceReason.HTTP_STATUS)
        data = bytearray()
        async for chunk in answer.aiter_bytes():
            data += chunk
            if len(data) > STILL_MAX_BYTES:
                break
    try:
        return still(bytes(data))
    except StillError as error:
        raise RefusedError(f"{name}: {error}", HTTPStatus.OK, DeviceReason.NO_PICTURE) from error
