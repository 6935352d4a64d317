"""Photographs that people take: decoded with a limit of pixels, made smaller, written anew without EXIF.

Where a telephone stood when it took the picture stays on the telephone.
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE = 1600
PIXELS_MAX = 50_000_000
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")


def remade(data: bytes, longest_side: int = LONGEST_SIDE) -> bytes:
    """A JPEG of at most so many pixels that says nothing but what is seen. Raises ValueError for what is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged here, by a lower limit
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            width, height = picture.size
            if width * height > PIXELS_MAX:
                raise ValueError(f"{width} × {height} pixels, more than {PIXELS_MAX}")
            picture.draft("RGB", (longest_side, longest_side))  # a JPEG is decoded smaller at once
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest_side, longest_side))
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"no picture: {error}") from error
    made = io.BytesIO()
    upright.convert("RGB").save(made, "JPEG", quality=_QUALITY)
    return made.getvalue()


def remarked(jpeg: bytes, remark: str) -> bytes:
    """The same picture with a comment in it: two pictures are never the same bytes where their remarks differ."""
    told = remark.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(told) + 2).to_bytes(2, "big") + told + jpeg[2:]
