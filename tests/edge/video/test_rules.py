"""What video decides without a camera: names, what covers a moment, what goes first, playlists, tokens, arguments."""

from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.base import Stream
from edge.video import tokens
from edge.video.archive import Archive, Gone
from edge.video.command import Programs, arguments, fed, meaning, told
from edge.video.playlist import playlist
from edge.video.segments import Anchor, Segment, covering, hours, parse, surplus
from edge.video.tokens import Leave

CAMERA, OTHER = UUID(int=1), UUID(int=2)
NOON_MS = 1_767_268_800_000  # 2026-01-01 12:00 UTC


def segment(number: int, *, camera: UUID = CAMERA, size: int = 100, shift_ms: int = 0) -> Segment:
    """4 s each, from noon on."""
    return Segment(camera, NOON_MS + number * 4000 + shift_ms, 4000, size)


def test_a_segment_is_found_by_its_name() -> None:
    one = segment(0, size=7)
    assert one.path == f"{CAMERA}/20260101/12/1767268800000-4000.ts"
    assert parse(CAMERA, Path(one.path).name, 7) == one
    assert [parse(CAMERA, name, 1) for name in ("000001.ts", "1767268800000-4000.ts.part", "x")] == [None] * 3


def test_an_hour_before_is_looked_at_too() -> None:
    assert hours(NOON_MS, NOON_MS + 1) == ["20260101/11", "20260101/12"]
    assert hours(NOON_MS - 12 * 3_600_000, NOON_MS - 12 * 3_600_000) == ["20251231/23", "20260101/00"]


def test_what_covers_a_moment() -> None:
    held = [segment(n) for n in range(5)]
    assert covering(reversed(held), NOON_MS + 4000, NOON_MS + 8001) == held[1:3]
    assert covering(held, NOON_MS + 4000, NOON_MS + 8000) == held[1:2]
    assert covering(held, NOON_MS + 20_000, NOON_MS + 30_000) == []


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 1000)), unique_by=lambda pair: pair[0]),
    st.integers(0, 5000),
    st.integers(0, 60),
)
def test_what_stays_keeps_the_quota_and_is_the_newest(
    held: list[tuple[int, int]], quota: int, before: int
) -> None:
    segments = [segment(n, size=size) for n, size in held]
    before_ms = NOON_MS + before * 4000
    gone = surplus(segments, quota_bytes=quota, before_ms=before_ms)
    stays = sorted(set(segments) - set(gone))
    assert sum(each.size for each in stays) <= quota
    assert all(each.end_ms > before_ms for each in stays)
    assert max((each.start_ms for each in gone), default=0) < min(
        (each.start_ms for each in stays), default=1e15
    )
    if gone and gone[-1].end_ms > before_ms:  # nothing went without need
        assert sum(each.size for each in stays) + gone[-1].size > quota


def test_segments_of_a_run_are_dated_without_gaps_until_the_clock_is_set() -> None:
    anchor = Anchor()
    assert anchor.place(0.0, 4.0, NOON_MS + 4000) == (NOON_MS, 4000)
    assert anchor.place(4.0, 8.5, NOON_MS + 8900) == (NOON_MS + 4000, 4500)
    assert anchor.place(8.5, 12.5, NOON_MS + 3_612_500) == (NOON_MS + 3_608_500, 4000)


def test_playlists() -> None:
    live = playlist([segment(0), segment(1)], sequence=9, is_live=True)
    assert live.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:4",
        "#EXT-X-MEDIA-SEQUENCE:9",
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T12:00:00.000+00:00",
        "#EXTINF:4.000,",
        f"segment.ts?at={NOON_MS}",
        "#EXTINF:4.000,",
        f"segment.ts?at={NOON_MS + 4000}",
    ]
    kept = playlist([segment(0), segment(2)], is_live=False).splitlines()
    assert kept[4] == "#EXT-X-PLAYLIST-TYPE:VOD"
    assert kept[8] == "#EXT-X-DISCONTINUITY"
    assert kept[-1] == "#EXT-X-ENDLIST"


def test_a_token_is_for_one_session_and_some_minutes() -> None:
    leave = Leave(camera=CAMERA, from_ms=1, until_ms=9, expires_ms=1000)
    token = tokens.issue(leave, b"session", b"key")
    assert tokens.take(token, b"session", b"key", 999) == leave
    assert tokens.take(token, b"session", b"key", 1000) is None
    assert tokens.take(token, b"another", b"key", 999) is None
    assert tokens.take(token, b"session", b"another key", 999) is None
    later = tokens.issue(Leave(camera=CAMERA, from_ms=1, until_ms=9, expires_ms=9000), b"session", b"key")
    assert tokens.take(f"{later.split('.')[0]}.{token.split('.')[1]}", b"session", b"key", 999) is None


@given(st.text(max_size=80))
def test_no_text_is_a_token(text: str) -> None:
    assert tokens.take(text, b"session", b"key", 0) is None
    assert tokens.take(f"e30.{text}", b"session", b"key", 0) is None


def test_the_sign_in_stands_in_no_argument_and_in_no_words() -> None:
    stream = Stream("rtsp://old:one@10.0.0.5:554/a'b?c=d", "admin", "p@ss/ 'word")
    assert all(
        "rtsp://" not in word and "p@ss" not in word for word in arguments(Programs("ffmpeg", "setpriv"))
    )
    assert (
        fed(stream).decode().splitlines()[1]
        == r"file 'rtsp://admin:p%40ss%2F%20%27word@10.0.0.5:554/a'\''b?c=d'"
    )
    words = f"{stream.url}: p%40ss%2F%20%27word or p@ss/ 'word is wrong"
    assert told(words, stream) == "***: *** or *** is wrong"
    assert arguments(Programs("ffmpeg"))[0] == "ffmpeg"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "kept")
    made.open()
    return made


def keep(archive: Archive, folder: Path, *segments: Segment) -> None:
    for each in segments:
        file = folder / "000000.ts"
        file.write_bytes(b"v" * each.size)
        archive.keep(each, file)


def test_an_archive_is_what_lies_in_its_folder(archive: Archive, tmp_path: Path) -> None:
    kept = [segment(n) for n in range(3)] + [segment(0, camera=OTHER)]
    keep(archive, tmp_path, *kept)
    (archive.work_folder(CAMERA) / "000000.ts").write_bytes(b"half")
    again = Archive(tmp_path / "kept")
    again.open()
    assert again.size == archive.size == 400
    assert again.find(CAMERA, NOON_MS, NOON_MS + 8000) == kept[:2]
    assert again.find(OTHER, NOON_MS, NOON_MS + 8000) == kept[3:]
    assert (again.has(CAMERA, NOON_MS), again.has(CAMERA, NOON_MS - 7_200_000)) == (True, False)
    assert not (tmp_path / "kept" / str(CAMERA) / "now").exists()


async def test_the_oldest_goes_first(archive: Archive, tmp_path: Path) -> None:
    before = [segment(n, shift_ms=-3_600_000) for n in range(3)]
    keep(archive, tmp_path, *before, *(segment(n) for n in range(3)))
    assert await archive.drop_until(450) == 2
    assert archive.find(CAMERA, NOON_MS - 3_600_000, NOON_MS) == before[2:]
    assert await archive.drop_bytes(150) == 2
    assert archive.find(CAMERA, NOON_MS, NOON_MS + 20_000) == [segment(1), segment(2)]
    assert not (tmp_path / "kept" / str(CAMERA) / "20260101/11").exists()
    assert archive.drop(quota_bytes=10_000, before_ms=NOON_MS + 8000) == 1
    assert archive.size == 100
    assert await archive.drop_bytes(0) == 0
    assert await archive.drop_until(0) == 1
    assert (archive.size, list((tmp_path / "kept" / str(CAMERA)).iterdir())) == (0, [])


def test_what_went_is_counted_with_its_newest_and_the_oldest_left_is_known(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "kept")
    archive.open()
    assert (archive.oldest_ms(), archive.take_gone()) == (None, Gone())
    for each in (segment(n, size=10, camera=camera) for n in range(6) for camera in (CAMERA, OTHER)):
        file = tmp_path / "made.ts"
        file.write_bytes(b"x" * 10)
        archive.keep(each, file)
    assert archive.drop(quota_bytes=10**6, before_ms=segment(1).end_ms) == 4
    assert archive.oldest_ms() == segment(2).start_ms
    assert archive.drop(quota_bytes=60, before_ms=0) == 2
    gone = archive.take_gone()
    assert gone.segments == 6
    assert gone.until_ms >= segment(2).end_ms
    assert archive.take_gone() == Gone()
    archive.give_back(gone)
    archive.drop(quota_bytes=0, before_ms=0)
    assert archive.take_gone() == Gone(12, segment(5).end_ms)
    assert archive.oldest_ms() is None


def test_last_words_of_ffmpeg_that_are_known_are_told_plainly() -> None:
    said = "[segment @ 0x563a] dimensions not set\nCould not write header for output file #0"
    assert meaning(said) == "no picture came"
    assert meaning("pipe:0: Server returned 401 Unauthorized (authorization failed)").endswith(
        "sign-in (401)"
    )
    assert meaning("no segment within 30 s") == "no segment within 30 s"
