"""What a simulated camera films: a prepared stream over and over, or the scene before it as it is at this moment.

A scene is coded without an encoder, in what every H.264 decoder must know (ISO/IEC 14496-10, baseline): key pictures
whose macroblocks are raw samples (I_PCM), and between them pictures in which nothing has changed.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from PIL import Image

from firmware_sim.h264 import Picture, parameter_sets, pictures

KEY_EVERY_S = 4.0
_MACROBLOCK = 16
_LEVEL = 30
_FRAME_NUMBERS = 8  # bits
_RAW = 25  # mb_type I_PCM
_KEY_HEAD, _REST_HEAD, _SPS_HEAD, _PPS_HEAD = b"\x65", b"\x41", b"\x67", b"\x68"
_MISTAKABLE = re.compile(rb"\x00\x00(?=[\x00-\x03])")
_LUMA = [16 + round(value * 219 / 255) for value in range(256)]
_CHROMA = [128 + round((value - 128) * 224 / 255) for value in range(256)]


class Film(Protocol):
    """What is filmed. `sets`: its parameter sets, as an SDP tells them."""

    sets: str

    def play(self, rate: float) -> Iterator[Picture]:
        """For one who watches, so many pictures a second, without an end."""


class Prepared:
    """An elementary stream, over and over. Raises ValueError when it is none."""

    def __init__(self, stream: bytes) -> None:
        self._pictures = pictures(stream)
        self.sets = parameter_sets(self._pictures)

    def play(self, rate: float) -> Iterator[Picture]:  # noqa: ARG002  # it is as it is
        """See `Film`."""
        return itertools.cycle(self._pictures)


class Scene:
    """Whatever is to be seen: `look` gives its picture, `name` something that is another when that should be.

    `size`: multiples of 16.
    """

    def __init__(
        self, look: Callable[[], Image.Image], name: Callable[[], str], size: tuple[int, int]
    ) -> None:
        self._look = look
        self._name = name
        self._blocks = size[0] // _MACROBLOCK, size[1] // _MACROBLOCK
        self._own = _SPS_HEAD + _sps(*self._blocks), _PPS_HEAD + _pps()
        self.sets = parameter_sets([Picture(self._own)])

    def play(self, rate: float) -> Iterator[Picture]:
        """See `Film`. A key picture now and then, and at once when there is something else to be seen."""
        most = max(min(round(rate * KEY_EVERY_S), 2**_FRAME_NUMBERS), 1)
        for key in itertools.count():
            name = self._name()
            yield Picture((*self._own, _KEY_HEAD + _key(self._look(), self._blocks, key % 2)))
            for number in range(1, most):
                if self._name() != name:
                    break
                yield Picture((_REST_HEAD + _unchanged(self._blocks[0] * self._blocks[1], number),))


def _key(image: Image.Image, blocks: tuple[int, int], turn: int) -> bytes:
    """Slice of an IDR picture. Samples are never near zero, so that no start code can come about in them."""
    header = "".join([_ue(0), _ue(7), _ue(0), _bits(0, _FRAME_NUMBERS), _ue(turn), "00", _se(0), _ue(1)])
    samples = iter(_samples(image, blocks))
    first = _packed(header + _ue(_RAW)) + next(samples)
    follows = _packed(_ue(_RAW))
    return _escaped(b"".join([first, *(follows + block for block in samples), b"\x80"]))


def _unchanged(blocks: int, number: int) -> bytes:
    """Slice of a picture that is all as the one before: every macroblock is skipped."""
    header = "".join([_ue(0), _ue(5), _ue(0), _bits(number, _FRAME_NUMBERS), "000", _se(0), _ue(1)])
    return _escaped(_packed(header + _ue(blocks) + "1"))


def _samples(image: Image.Image, blocks: tuple[int, int]) -> Iterator[bytes]:
    """Of each macroblock: 256 of brightness, 64 of either colour."""
    size = blocks[0] * _MACROBLOCK, blocks[1] * _MACROBLOCK
    light, blue, red = image.resize(size).convert("YCbCr").split()
    light = light.point(_LUMA)
    blue, red = (each.resize((size[0] // 2, size[1] // 2)).point(_CHROMA) for each in (blue, red))
    for row, column in itertools.product(range(blocks[1]), range(blocks[0])):
        left, top = column * _MACROBLOCK, row * _MACROBLOCK
        whole = (left, top, left + _MACROBLOCK, top + _MACROBLOCK)
        half = (left // 2, top // 2, left // 2 + 8, top // 2 + 8)
        yield light.crop(whole).tobytes() + blue.crop(half).tobytes() + red.crop(half).tobytes()


def _sps(columns: int, rows: int) -> bytes:
    """Baseline, frames alone, in the order in which they are shown, one of them referred to."""
    numbers = [_ue(0), _ue(_FRAME_NUMBERS - 4), _ue(2), _ue(1), "0", _ue(columns - 1), _ue(rows - 1)]
    return _escaped(bytes([66, 0xC0, _LEVEL]) + _packed("".join([*numbers, "1100", "1"])))


def _pps() -> bytes:
    """Nothing but that a slice says itself that blocks are not smoothed."""
    numbers = [_ue(0), _ue(0), "00", _ue(0), _ue(0), _ue(0), "000", _se(0), _se(0), _se(0), "100", "1"]
    return _escaped(_packed("".join(numbers)))


def _ue(value: int) -> str:
    """Exp-Golomb."""
    code = f"{value + 1:b}"
    return "0" * (len(code) - 1) + code


def _se(value: int) -> str:
    return _ue(2 * value - 1 if value > 0 else -2 * value)


def _bits(value: int, length: int) -> str:
    return f"{value:0{length}b}"


def _packed(bits: str) -> bytes:
    """To whole bytes, by zeros."""
    padded = bits + "0" * (-len(bits) % 8)
    return int(padded, 2).to_bytes(len(padded) // 8, "big")


def _escaped(payload: bytes) -> bytes:
    return _MISTAKABLE.sub(b"\x00\x00\x03", payload)
