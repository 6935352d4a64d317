"""Photographs of visitors and violations."""

import asyncio
from hashlib import sha256
from http import HTTPStatus

from edge.drivers.base import Still
from edge.guardhouse.ground import Asked, Ground, picture_path
from edge.guardhouse.problems import Trouble
from edge.link.files import PHOTO
from protocols.guard_views import Photo
from protocols.photos import remade

AT_ONCE = 2


class Photos:
    """Handler of `add_photo`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def add(self, asked: Asked) -> Photo:
        """The same picture twice is one. Raises Trouble."""
        async with self._turn:
            try:
                data = await asyncio.to_thread(remade, asked.body)
            except ValueError as error:
                raise Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "no_picture", str(error)) from error
        digest = sha256(data).hexdigest()
        await self._ground.pictures.keep(Still(data), digest, PHOTO)
        return Photo(sha256=digest, path=picture_path(digest))
