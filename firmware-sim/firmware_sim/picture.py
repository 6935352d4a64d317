"""The picture that a simulated camera takes: a car before a barrier, its plate readable."""

import io
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

SIZE = (1280, 720)
FRAME = (320, 176)
"""Of film: whole macroblocks, and small enough to be sent raw."""
_SKY, _ROAD, _LINE = (168, 190, 206), (84, 86, 88), (214, 214, 206)
_BODIES = ((52, 74, 112), (128, 34, 36), (62, 64, 66), (222, 222, 220), (34, 88, 66), (150, 120, 70))


def take(*, camera: str, plate: str, caption: str) -> bytes:
    """A JPEG of `SIZE`. `plate` empty: the lane is empty."""
    image = _scene(plate)
    _stamp(image, f"{camera}   {caption}", scale=1)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=80)
    return data.getvalue()


def frame(*, camera: str, plate: str, caption: str) -> Image.Image:
    """The same, `FRAME` in size: for whoever films it."""
    image = _small(plate).copy()
    _stamp(image, f"{camera}   {caption}", scale=SIZE[0] // FRAME[0])
    return image


@lru_cache(maxsize=8)
def _small(plate: str) -> Image.Image:
    return _scene(plate).resize(FRAME)


def _scene(plate: str) -> Image.Image:
    image = Image.new("RGB", SIZE, _SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300, 1280, 720), fill=_ROAD)
    draw.polygon(((600, 300), (640, 300), (700, 720), (560, 720)), fill=_LINE)
    for index in range(8):  # the barrier's arm
        colour = (200, 40, 40) if index % 2 else (240, 240, 240)
        draw.rectangle((160 + index * 120, 340, 280 + index * 120, 362), fill=colour)
    draw.rectangle((120, 320, 170, 520), fill=(230, 180, 40))
    if plate:
        _car(draw, plate)
    return image


def _stamp(image: Image.Image, text: str, *, scale: int) -> None:
    """The caption, as large as the picture asks for, and no smaller than one can read."""
    draw = ImageDraw.Draw(image)
    size = max(26 // scale, 10)
    draw.rectangle((0, 0, image.width, size + size // 2 + 4), fill=(0, 0, 0))
    draw.text((16 // scale, size // 4), text, font=_font(size), fill=(255, 255, 255))


def _car(draw: ImageDraw.ImageDraw, plate: str) -> None:
    body = _BODIES[sum(plate.encode()) % len(_BODIES)]
    draw.polygon(((470, 290), (810, 290), (880, 430), (400, 430)), fill=(40, 48, 56))
    draw.polygon(((490, 305), (790, 305), (845, 420), (435, 420)), fill=(150, 176, 190))
    draw.rounded_rectangle((360, 415, 920, 640), radius=40, fill=body)
    for left in (390, 800):
        draw.rounded_rectangle((left, 450, left + 90, 500), radius=18, fill=(250, 244, 210))
        draw.rounded_rectangle((left, 610, left + 90, 690), radius=16, fill=(20, 20, 20))
    draw.rounded_rectangle(
        (500, 545, 780, 610), radius=8, fill=(252, 252, 252), outline=(20, 20, 20), width=4
    )
    draw.text((640, 578), plate, font=_font(44), fill=(16, 16, 16), anchor="mm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
