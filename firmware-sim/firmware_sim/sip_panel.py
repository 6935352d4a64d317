"""An intercom panel that calls by SIP over UDP, written out by hand after RFC 3261, RFC 2976 (INFO) and RFC 4733."""

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from firmware_sim.journal import Journal

EVENTS = "0123456789*#ABCD"


class Fault(StrEnum):
    """What goes wrong. `DEAF`: it answers nothing; `REFUSE`: keys are refused."""

    NONE = "none"
    DEAF = "deaf"
    REFUSE = "refuse"


class Message(NamedTuple):
    """As it came. `headers`: by lower-case name, the last of each."""

    start: str
    headers: dict[str, str]
    body: str

    @property
    def method(self) -> str:
        """Of a request; of an answer `SIP/2.0`."""
        return self.start.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """Of an answer; 0 of a request."""
        return int(self.start.split(" ")[1]) if self.method == "SIP/2.0" else 0


class SipPanel(asyncio.DatagramProtocol):
    """One call at a time. `heard`: keys that the box pressed; it opens at `open_key`, however that is pressed."""

    def __init__(self, name: str, *, journal: Journal, port: int = 0, open_key: str = "#") -> None:
        self.name = name
        self.fault = Fault.NONE
        self.opened = 0
        self.heard: list[str] = []
        self.messages: list[Message] = []
        self.resends = 0  # how often an INFO came again
        self._journal = journal
        self._port = port
        self._open_key = open_key
        self._transport: asyncio.DatagramTransport | None = None
        self._voice: socket.socket | None = None
        self._box = ("127.0.0.1", 0)
        self._call, self._to, self._cseq = 0, "", 0
        self._remote_voice: tuple[str, int] | None = None
        self._keys_type: int | None = None  # the payload type of keys that the box answered
        self._stamp: int | None = None
        self._seen: set[str] = set()
        self._changed = asyncio.Event()

    @property
    def port(self) -> int:
        """Its SIP port."""
        assert self._transport is not None  # noqa: S101 - started
        return int(self._transport.get_extra_info("sockname")[1])

    async def start(self) -> None:
        """Open the ports of calls and voice."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self._port)
        )
        self._voice = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._voice.bind(("127.0.0.1", 0))
        self._voice.setblocking(False)
        loop.add_reader(self._voice, self._hear_voice)

    def stop(self) -> None:
        """Close them."""
        if self._transport is not None and self._voice is not None:
            asyncio.get_running_loop().remove_reader(self._voice)
            self._transport.close()
            self._voice.close()
            self._transport = self._voice = None

    async def ring(self, number: str, box: tuple[str, int], *, with_voice: bool = True) -> None:
        """Somebody dials; returns when the box rings."""
        self._box, self._call, self._to, self._cseq = box, self._call + 1, f"<sip:{number}@{box[0]}>", 1
        self._journal.write("ring", panel=self.name, number=number, call=self._id)
        body = ""
        if with_voice and self._voice is not None:
            port = self._voice.getsockname()[1]
            body = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                f"m=audio {port} RTP/AVP 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"
            )
        self._send("INVITE", body, "application/sdp" if body else "")
        await self.until(lambda: self._answered(180))

    def resend_invite(self) -> None:
        """As when an answer was lost."""
        self._send("INVITE", "", "", number=1)

    async def press(self, keys: str, *, twice: bool = False) -> None:
        """Keys by SIP INFO; `twice`: each is sent again, as when the answer was lost."""
        for key in keys:
            body = f"Signal={key}\r\nDuration=250\r\n"
            self._send("INFO", body, "application/dtmf-relay")
            if twice:
                self._send("INFO", body, "application/dtmf-relay", number=self._cseq)
            await self.until(partial(self._knows, f"{self._cseq} INFO"))

    def _knows(self, cseq: str) -> bool:
        return any(message.headers.get("cseq") == cseq for message in self.messages)

    def press_in_voice(self, keys: str) -> None:
        """Keys by RFC 4733, each in five packets; none where the box agreed to none."""
        if self._keys_type is None:
            return
        for count, key in enumerate(keys):
            for at in range(5):
                head = struct.pack(
                    ">BBHII",
                    0x80,
                    (0x80 if at == 0 else 0) | self._keys_type,
                    count * 5 + at,
                    1000 + count * 1600,
                    77,
                )
                event = struct.pack(">BBH", EVENTS.index(key), (0x80 if at >= 2 else 0) | 10, 160 * (at + 1))
                if self._voice is not None and self._remote_voice is not None:
                    self._voice.sendto(head + event, self._remote_voice)

    def cancel(self) -> None:
        """Whoever rang went away."""
        self._send("CANCEL", "", "", number=1)

    def hang_up(self) -> None:
        """The call is over."""
        self._send("BYE", "", "")

    async def until(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Until it is so."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """See asyncio."""
        message = _parsed(data.decode())
        self.messages.append(message)
        self._changed.set()
        if self.fault is Fault.DEAF:
            return
        if message.status:
            self._take_answer(message)
        elif message.method != "ACK":
            self._answer(message, addr)

    def _take_answer(self, message: Message) -> None:
        if "INVITE" not in message.headers["cseq"]:
            return
        self._to = message.headers["to"]
        if message.status == 200:
            port = [line.split()[1] for line in message.body.splitlines() if line.startswith("m=audio")]
            self._remote_voice = ("127.0.0.1", int(port[0])) if port else None
            named = re.search(r"a=rtpmap:(\d+) telephone-event/8000", message.body)
            self._keys_type = int(named[1]) if named else None
        if message.status >= 200:
            self._send("ACK", "", "", number=1)

    def _answer(self, message: Message, addr: tuple[str, int]) -> None:
        status = "200 OK"
        if message.method == "INFO":
            key = [line.split("=")[1] for line in message.body.splitlines() if line.startswith("Signal")]
            if self.fault is Fault.REFUSE or not key:
                status = "415 Unsupported Media Type"
            elif message.headers["cseq"] in self._seen:
                self.resends += 1
            else:
                self._seen.add(message.headers["cseq"])
                self._press(key[0])
        copied = "".join(
            f"{name}: {message.headers[name.lower()]}\r\n"
            for name in ("Via", "From", "To", "Call-ID", "CSeq")
        )
        self._out(f"SIP/2.0 {status}\r\n{copied}Content-Length: 0\r\n\r\n", addr)

    def _press(self, key: str) -> None:
        self.heard.append(key)
        if key == self._open_key:
            self.opened += 1
            self._journal.write("door", device=self.name, door="0")
        self._changed.set()

    def _hear_voice(self) -> None:
        if self._voice is None:
            return
        packet = self._voice.recv(2048)
        stamp = struct.unpack_from(">I", packet, 4)[0]
        if packet[1] & 0x7F == 96 and stamp != self._stamp:
            self._stamp = stamp
            self._press(EVENTS[packet[12]])

    @property
    def _id(self) -> str:
        return f"call-{self._call}@{self.name}"

    def _answered(self, status: int) -> bool:
        return any(m.status == status and m.headers.get("call-id") == self._id for m in self.messages)

    def _send(self, method: str, body: str, kind: str, *, number: int | None = None) -> None:
        if number is None:
            self._cseq += method != "INVITE"
            number = self._cseq
        transaction = "1" if method in {"INVITE", "CANCEL"} else f"{number}-{method}"
        branch = f"z9hG4bK{self._call}-{transaction}"
        to = self._to if method != "CANCEL" else self._to.partition(";tag=")[0]
        head = (
            f"{method} sip:{self._box[0]}:{self._box[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{self.name}@127.0.0.1>;tag=panel{self._call}\r\nTo: {to}\r\nCall-ID: {self._id}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:{self.name}@127.0.0.1:{self.port}>\r\n"
        )
        head += f"Content-Type: {kind}\r\n" if kind else ""
        self._out(f"{head}Content-Length: {len(body)}\r\n\r\n{body}", self._box)

    def _out(self, text: str, where: tuple[str, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(text.encode(), where)


def _parsed(text: str) -> Message:
    head, _, body = text.partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    return Message(start, headers, body)
