"""Photographs of visitors and violations: decoded with a limit of pixels, made smaller, written anew without EXIF.

Where a telephone stood when it took the picture stays on the telephone.
"""

import asyncio
import io
import warnings
from hashlib import sha256
from http import HTTPStatus

from PIL import Image, ImageOps, UnidentifiedImageError

from edge.drivers.base import Still
from edge.guardhouse.ground import Asked, Ground, picture_path
from edge.guardhouse.problems import Trouble
from edge.link.files import PHOTO
from protocols.guard_views import Photo

LONGEST_SIDE = 1600
PIXELS_MAX = 50_000_000
AT_ONCE = 2
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")


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


def remade(data: bytes) -> bytes:
    """A JPEG of at most 1600 px that says nothing but what is seen. Raises ValueError for what is no such picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged here, by a lower limit
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            width, height = picture.size
            if width * height > PIXELS_MAX:
                raise ValueError(f"{width} × {height} pixels, more than {PIXELS_MAX}")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded smaller at once
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"no picture: {error}") from error
    made = io.BytesIO()
    upright.convert("RGB").save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()
