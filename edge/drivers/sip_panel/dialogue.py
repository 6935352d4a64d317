"""The port of calls, one call with a panel, and the port of its voice, on which nothing but keys is sent and heard."""

import asyncio
import secrets
from collections.abc import Callable

from aiosipua import (
    IncomingCall,
    MediaDescription,
    SdpMessage,
    SipRequest,
    SipResponse,
    UdpSipTransport,
    negotiate_sdp,
)

from edge.drivers.sip_panel import tones

PACKET_S = 0.02
DTMF_TYPE, DTMF_RATE = 101, 8000  # 101: what panels send that name no type


class Port(UdpSipTransport):
    """The port of calls: whoever else than the panel sends something is not heard, nor answered."""

    def __init__(self, local: tuple[str, int], peer: str) -> None:
        super().__init__(local_addr=local)
        self._peer = peer
        self._routed = ""
        self._routes: list[str] = []

    async def start(self) -> None:
        """Raises OSError. The library's own start asks of asyncio's transports what they are in Python 3.12 only."""
        loop = asyncio.get_running_loop()
        made = await loop.create_datagram_endpoint(lambda: _Ear(self._heard), local_addr=self.local_addr)
        self._udp_transport = made[0]

    def follow(self, invite: SipRequest) -> None:
        """Answers to this call name the proxies on its way (RFC 3261, 12.1.1): the library leaves them out."""
        self._routed, self._routes = invite.call_id or "", invite.headers.get("record-route")

    def send(self, message: SipRequest | SipResponse, addr: tuple[str, int]) -> None:
        """See the library."""
        is_answer = isinstance(message, SipResponse) and message.call_id == self._routed
        is_invite = message.cseq is not None and message.cseq.method == "INVITE"
        if is_answer and is_invite and not message.headers.get("record-route"):
            for route in self._routes:
                message.headers.append("Record-Route", route)
        super().send(message, addr)

    def _heard(self, data: bytes, where: tuple[str, int]) -> None:
        if where[0] == self._peer:
            self._dispatch(data, where)


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """See asyncio."""
        self._heard(data, addr)


class Voice(asyncio.DatagramProtocol):
    """`on_key`: a key was pressed. Packets from elsewhere than the panel are nobody's.

    Behind a proxy, whose address `peer` then is, the panel speaks from its own: the one that it offered.
    """

    def __init__(self, peer: str, on_key: Callable[[str], None]) -> None:
        self._peer = peer
        self._on_key = on_key
        self._last: int | None = None
        self._first = secrets.randbelow(1 << 15)
        self._stamp = secrets.randbelow(1 << 31)
        self._source = secrets.randbelow(1 << 31)
        self._transport: asyncio.DatagramTransport | None = None
        self.remote: tuple[str, int] | None = None
        self.payload_type: int | None = None

    async def open(self, host: str, port: int) -> int:
        """Returns the port. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        return int(self._transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        """Nothing more is heard."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """See asyncio. A press comes in many packets and is told once."""
        if addr[0] not in (self._peer, self.remote[0] if self.remote else ""):
            return
        tone = tones.of_packet(data, self.payload_type or DTMF_TYPE)
        if tone is not None and tone.stamp != self._last:
            self._last = tone.stamp
            self._on_key(tone.key)

    @property
    def takes_keys(self) -> bool:
        """The panel has said where and how."""
        return self.remote is not None and self.payload_type is not None

    async def press(self, key: str) -> None:
        """Send the press of a key, in its own time: a fifth of a second. Nothing where the panel takes none."""
        if self._transport is None or self.remote is None or self.payload_type is None:
            return
        sent = tones.packets(
            key, self.payload_type, first=self._first, stamp=self._stamp, source=self._source
        )
        self._first += len(sent)
        self._stamp += tones.STEP * len(sent) * 2
        for packet in sent:
            self._transport.sendto(packet, self.remote)
            await asyncio.sleep(PACKET_S)

    def agree(self, offer: SdpMessage, host: str, port: int) -> SdpMessage:
        """The answer to what the panel offers. Raises SdpNegotiationError.

        Keys have the panel's number for them in both directions (RFC 3264, 6.1): some panels heed no other.
        """
        audio = next((media for media in offer.media if media.media == "audio"), None)
        self.payload_type = _keys_of(audio) if audio else None
        answer, _ = negotiate_sdp(offer, host, port, dtmf_payload_type=self.payload_type or 0)
        if audio is not None:
            where = audio.connection or offer.connection
            self.remote = (where.address if where else self._peer, audio.port)
        return answer


def _keys_of(audio: MediaDescription) -> int | None:
    """The panel's payload type of keys."""
    named = (
        codec.payload_type
        for codec in audio.codecs
        if codec.encoding_name.lower() == "telephone-event" and codec.clock_rate in (0, DTMF_RATE)
    )
    return next(named, None)


class Dialogue:
    """A call that came in. `acknowledged`: the panel has heard that it was answered."""

    def __init__(self, call: IncomingCall, voice: Voice) -> None:
        self.call = call
        self.voice = voice
        self.acknowledged = asyncio.Event()
        self.is_answered = False
        self.last_info = 0  # sequence number of the last INFO that was heeded

    @property
    def id(self) -> str:
        """The panel's name for it."""
        return str(self.call.call_id)[:100]
