"""What a simulated camera films is what stands before it, to whatever decodes H.264."""

import io
import itertools
import subprocess
from pathlib import Path

from firmware_sim import picture
from firmware_sim.film import KEY_EVERY_S, Scene
from firmware_sim.h264 import Picture, kind
from PIL import Image, ImageChops

from edge.video.command import Programs

RATE = 2.0
KEY, UNCHANGED, SPS, PPS = 5, 1, 7, 8
ROUND = round(RATE * KEY_EVERY_S)


class Street:
    """What is to be seen; may be changed at any time."""

    def __init__(self) -> None:
        self.plate = ""

    def look(self) -> Image.Image:
        return picture.frame(camera="entry", plate=self.plate, caption="2026-11-29 18:00:00 UTC")

    def film(self) -> Scene:
        return Scene(self.look, lambda: self.plate, picture.FRAME)


def kinds(each: Picture) -> list[int]:
    return [kind(unit) for unit in each.units]


def test_a_key_picture_now_and_then_and_at_once_when_a_car_comes() -> None:
    street = Street()
    film = street.film().play(RATE)
    begun = [kinds(each) for each in itertools.islice(film, ROUND + 1)]
    assert begun == [[SPS, PPS, KEY], *[[UNCHANGED]] * (ROUND - 1), [SPS, PPS, KEY]]
    assert kinds(next(film)) == [UNCHANGED]
    street.plate = "A123BC77"
    assert [kinds(next(film)) for _ in range(2)] == [[SPS, PPS, KEY], [UNCHANGED]]


def test_each_who_watches_begins_with_a_key_picture() -> None:
    film = Street().film()
    assert [kinds(next(film.play(RATE)))[-1] for _ in range(2)] == [KEY, KEY]


def test_a_decoder_shows_what_was_seen(programs: Programs, tmp_path: Path) -> None:
    street = Street()
    film, stream, seen = street.film().play(RATE), b"", []
    for number in range(2 * ROUND):
        street.plate = "A123BC77" if number >= ROUND // 2 else ""
        stream += b"".join(b"\0\0\0\1" + unit for unit in next(film).units)
        seen.append(street.look())
    file = tmp_path / "film.h264"
    file.write_bytes(stream)
    form = ["-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "ppm", "-"]
    command = [programs.ffmpeg, "-nostdin", "-v", "error", "-xerror", "-i", str(file), *form]
    decoded = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert decoded.stderr == b""
    size = len(b"P6\n320 176\n255\n") + 320 * 176 * 3
    assert len(decoded.stdout) == size * len(seen)
    for number, wanted in enumerate(seen):
        shown = Image.open(io.BytesIO(decoded.stdout[number * size : (number + 1) * size]))
        far = ImageChops.difference(shown.convert("L"), wanted.convert("L")).histogram()
        assert sum(far[24:]) < 0.03 * 320 * 176, number  # colours of half the resolution, at edges


def test_its_parameter_sets_are_those_that_it_sends() -> None:
    film = Street().film()
    assert film.sets.count(",") == 1
    sets = next(film.play(RATE)).units[:2]
    assert [kind(unit) for unit in sets] == [SPS, PPS]
