"""A camera's stream: RTSP 1.0 (RFC 2326) with digest sign-in, RTP interleaved in the same TCP connection.

What it sends is a film in H.264, each picture when its time comes.
"""

import asyncio
import contextlib
import hashlib
import secrets
import socket
import struct
from enum import StrEnum
from typing import NamedTuple

from firmware_sim.film import Film
from firmware_sim.h264 import CLOCK_HZ, PAYLOAD_TYPE, Packetiser, Picture
from firmware_sim.journal import Journal

_REALM = "cam"
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    454: "Session Not Found",
    461: "Unsupported Transport",
    501: "Not Implemented",
    503: "Service Unavailable",
}


class Fault(StrEnum):
    """What goes wrong. `STALL`: it answers, and sends no pictures; `SILENT`: it takes connections and says nothing."""

    NONE = "none"
    STALL = "stall"
    SILENT = "silent"
    REFUSE = "refuse"
    GARBAGE = "garbage"


class _Asked(NamedTuple):
    method: str
    url: str
    headers: dict[str, str]


class _Talk:
    """One connection. `playing`: the task that sends pictures."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.session = ""
        self.playing: asyncio.Task[None] | None = None
        self.over = asyncio.Event()


class RtspCamera:
    """One stream at `rtsp://127.0.0.1:<port>/<path>`. `fault` may be changed at any time."""

    def __init__(
        self,
        name: str,
        *,
        journal: Journal,
        film: Film,
        rate: float = 10.0,
        port: int = 0,
        path: str = "main",
        user: str = "admin",
        password: str = "k9",  # noqa: S107 - a simulated one
        nonce: str = "",
        session: str = "",
    ) -> None:
        self.name = name
        self.port = port
        self.fault = Fault.NONE
        self._journal = journal
        self._film = film
        self._rate = rate
        self._path = path
        self._user = user
        self._password = password
        self._nonce = nonce or secrets.token_hex(8)
        self._session = session
        self._server: asyncio.Server | None = None
        self._talks: set[_Talk] = set()

    @property
    def url(self) -> str:
        """Of the stream, without the sign-in."""
        return f"rtsp://127.0.0.1:{self.port}/{self._path}"

    @property
    def watched(self) -> int:
        """How many it sends pictures to."""
        return sum(talk.playing is not None and not talk.playing.done() for talk in self._talks)

    async def start(self) -> None:
        """Open the port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=listener)

    async def stop(self) -> None:
        """Pull the plug."""
        if self._server is None:
            return
        self._server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.writer.close()
            talk.reader.feed_eof()
        for talk in talks:
            await talk.over.wait()
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = _Talk(reader, writer)
        self._talks.add(talk)
        try:
            while (asked := await _next(reader)) is not None:
                if self.fault is Fault.SILENT:
                    continue
                await self._answer(talk, asked)
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self._talks.discard(talk)
            if talk.playing is not None:
                talk.playing.cancel()
            writer.close()
            talk.over.set()

    async def _answer(self, talk: _Talk, asked: _Asked) -> None:
        self._journal.write("rtsp", device=self.name, method=asked.method)
        if self.fault is Fault.GARBAGE:
            talk.writer.write(b"\xff\x00 GATE\r\n\r\n" * 4)
        elif self.fault is Fault.REFUSE:
            _reply(talk, asked, 503)
        elif asked.method == "OPTIONS":
            _reply(talk, asked, 200, {"Public": _METHODS})
        elif self._user and not self._knows(asked):
            challenge = f'Digest realm="{_REALM}", nonce="{self._nonce}"'
            _reply(talk, asked, 401, {"WWW-Authenticate": challenge})
        else:
            await self._serve_known(talk, asked)
        await talk.writer.drain()

    async def _serve_known(self, talk: _Talk, asked: _Asked) -> None:
        match asked.method:
            case "DESCRIBE" if asked.url.rstrip("/").endswith(f"/{self._path}"):
                headers = {"Content-Base": f"{self.url}/", "Content-Type": "application/sdp"}
                _reply(talk, asked, 200, headers, self._description())
            case "DESCRIBE":
                _reply(talk, asked, 404)
            case "SETUP" if "RTP/AVP/TCP" in asked.headers.get("transport", ""):
                talk.session = self._session or secrets.token_hex(4)
                transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
                _reply(talk, asked, 200, {"Transport": transport, "Session": f"{talk.session};timeout=60"})
            case "SETUP":
                _reply(talk, asked, 461)
            case "PLAY" | "GET_PARAMETER" | "TEARDOWN" if asked.headers.get("session") != talk.session:
                _reply(talk, asked, 454)
            case "PLAY":
                _reply(talk, asked, 200, {"Session": talk.session, "Range": "npt=0.000-"})
                talk.playing = asyncio.create_task(self._play(talk.writer), name=f"rtsp {self.name}")
            case "GET_PARAMETER":
                _reply(talk, asked, 200, {"Session": talk.session})
            case "TEARDOWN":
                _reply(talk, asked, 200, {"Session": talk.session})
                talk.writer.write_eof()
            case _:
                _reply(talk, asked, 501)

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        """A picture each time one is due, on channel 0; nothing while it stalls."""
        packetiser, begun = Packetiser(), asyncio.get_running_loop().time()
        number, film = 0, self._film.play(self._rate)
        with contextlib.suppress(ConnectionError):
            while True:
                picture = next(film)
                if self.fault is Fault.GARBAGE:
                    writer.write(_framed(secrets.token_bytes(200)))
                elif self.fault is Fault.NONE:
                    self._send(writer, packetiser, picture, number)
                await writer.drain()
                number += 1
                due = begun + number / self._rate
                await asyncio.sleep(max(due - asyncio.get_running_loop().time(), 0))

    def _send(
        self, writer: asyncio.StreamWriter, packetiser: Packetiser, picture: Picture, number: int
    ) -> None:
        for packet in packetiser.packets(picture, int(number * CLOCK_HZ / self._rate)):
            writer.write(_framed(packet))

    def _description(self) -> str:
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 127.0.0.1",
            f"s={self.name}",
            "c=IN IP4 0.0.0.0",
            "t=0 0",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}",
            f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;sprop-parameter-sets={self._film.sets}",
            "a=control:track1",
        ]
        return "\r\n".join(lines) + "\r\n"

    def _knows(self, asked: _Asked) -> bool:
        """RFC 2069's digest, as cameras of RTSP have it: no qop."""
        header = asked.headers.get("authorization", "")
        parts = (part.strip().split("=", 1) for part in header.removeprefix("Digest ").split(","))
        told = {part[0]: part[1].strip('"') for part in parts if len(part) > 1}
        one = _md5(f"{self._user}:{_REALM}:{self._password}")
        two = _md5(f"{asked.method}:{told.get('uri')}")
        is_right = told.get("response") == _md5(f"{one}:{self._nonce}:{two}")
        return is_right and told.get("username") == self._user


async def _next(reader: asyncio.StreamReader) -> _Asked | None:
    """The next request; what the client sends on the channels (RTCP) is passed over. None: it has gone."""
    while True:
        first = await reader.read(1)
        if not first:
            return None
        if first != b"$":
            break
        _channel, length = struct.unpack(">BH", await reader.readexactly(3))
        await reader.readexactly(length)
    head = first + await reader.readuntil(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").strip().split("\r\n")
    method, url, _version = start.split(" ")
    fields = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    await reader.readexactly(int(headers.get("content-length", "0")))
    return _Asked(method, url, headers)


def _reply(
    talk: _Talk, asked: _Asked, status: int, headers: dict[str, str] | None = None, body: str = ""
) -> None:
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}", f"CSeq: {asked.headers.get('cseq', '0')}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    talk.writer.write(("\r\n".join([*lines, "", ""]) + body).encode())


def _framed(packet: bytes, channel: int = 0) -> bytes:
    return b"$" + struct.pack(">BH", channel, len(packet)) + packet


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - what the standard says
