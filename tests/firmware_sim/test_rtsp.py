"""The simulated stream answers as written down after the standards, byte for byte; no library of RTSP takes part."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.film import Prepared
from firmware_sim.h264 import pictures
from firmware_sim.journal import Journal
from firmware_sim.rtsp import Fault, RtspCamera

GOLDEN = Path(__file__).parent / "golden" / "rtsp.txt"
SPS, PPS = bytes.fromhex("6742C00A"), bytes.fromhex("68CE3C80")
KEY, LONG = bytes.fromhex("6588840A"), b"\x41" + b"\x9a" * 1500
STREAM = b"".join(b"\0\0\0\1" + unit for unit in (SPS, PPS, KEY, LONG))
WITHIN_S = 60


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


def camera_of(journal: Journal) -> RtspCamera:
    return RtspCamera(
        "lane", journal=journal, film=Prepared(STREAM), nonce="0123456789abcdef", session="5E55"
    )


@contextlib.asynccontextmanager
async def talk(camera: RtspCamera) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    await camera.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", camera.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()
        await camera.stop()


def turns() -> Iterator[tuple[str, list[str]]]:
    """Lines that stand together under one sign."""
    sign, lines = "", list[str]()
    for line in GOLDEN.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line[0] != sign and lines:
            yield sign, lines
            lines = []
        sign = line[0]
        lines.append(line[2:])
    yield sign, lines


def packet(text: str) -> bytes:
    """`80E0 5C81 9A*3`: hex, the last byte perhaps so many times."""
    head, *rest = text.split()
    data = bytes.fromhex(head)
    for part in rest:
        byte, _, count = part.partition("*")
        data += bytes.fromhex(byte) * int(count or 1)
    return data


async def test_the_talk_as_written_down(journal: Journal) -> None:
    camera = camera_of(journal)
    async with talk(camera) as (reader, writer), asyncio.timeout(WITHIN_S):
        for sign, lines in turns():
            told = ("\r\n".join(lines) + "\r\n").replace("PORT", str(camera.port))
            if sign == ">":
                writer.write((told + "\r\n").encode())
            elif sign == "<":
                assert (await reader.readuntil(b"\r\n\r\n")).decode() == told + "\r\n"
            elif sign == "|":
                assert (await reader.readexactly(len(told))).decode() == told
            else:
                for line in lines:
                    wanted = packet(line)
                    head = b"$\0" + len(wanted).to_bytes(2, "big")
                    assert await reader.readexactly(4 + len(wanted)) == head + wanted
        assert camera.watched == 1


@pytest.mark.parametrize(
    ("fault", "answer"),
    [(Fault.REFUSE, b"RTSP/1.0 503"), (Fault.GARBAGE, b"\xff\x00 GATE"), (Fault.SILENT, b"")],
)
async def test_refusal_garbage_and_silence(journal: Journal, fault: Fault, answer: bytes) -> None:
    camera = camera_of(journal)
    camera.fault = fault
    async with talk(camera) as (reader, writer):
        writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        if answer:
            assert (await asyncio.wait_for(reader.read(1000), WITHIN_S)).startswith(answer)
        else:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.3)


def test_what_is_no_stream_is_refused() -> None:
    assert [picture.is_key for picture in pictures(STREAM)] == [True, False]
    for data in (b"", b"no picture", b"\0\0\1" + LONG):
        with pytest.raises(ValueError, match="begins with a key picture"):
            pictures(data)
