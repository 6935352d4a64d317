"""WS-Discovery: which ONVIF devices answer on the box's networks. All is pure but `look`.

Answers come from whoever cares to send some: they are suggestions, and nothing is opened by them.
"""

import asyncio
import socket
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

from edge.drivers.xml_tree import XmlError, tree

GROUP, PORT = "239.255.255.250", 3702
ANSWER_MAX_BYTES = 16 * 1024
ANSWERS_MAX = 256
_PROBE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<s:Header><a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>
<a:MessageID>urn:uuid:{id}</a:MessageID>
<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>
<s:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"""


class Found(NamedTuple):
    """`endpoint`: the device's lasting name; `addresses`: of its device service; `scopes`: what it says of itself."""

    endpoint: str
    addresses: tuple[str, ...]
    scopes: tuple[str, ...]

    def scope(self, name: str) -> str:
        """Such as `name`, `hardware`, `location`; empty when it says none."""
        start = f"onvif://www.onvif.org/{name}/"
        return next((unquote(each[len(start) :]) for each in self.scopes if each.startswith(start)), "")


def probe(message: UUID) -> bytes:
    """The question."""
    return _PROBE.format(id=message).encode()


def found(data: bytes, message: UUID) -> list[Found]:
    """What an answer to this question names; nothing when it is another's answer, or none."""
    try:
        envelope = tree(data, "Envelope")
        if _text(envelope, "Header", "RelatesTo").removeprefix("urn:uuid:") != str(message):
            return []
        matches = envelope["Body"]["ProbeMatches"]["ProbeMatch"]
        return [_found(each) for each in (matches if isinstance(matches, list) else [matches])]
    except (XmlError, LookupError, TypeError, AttributeError):
        return []


async def look(
    message: UUID, *, wait_s: float, group: str = GROUP, port: int = PORT, by: str = ""
) -> list[Found]:
    """Everybody who answers within the time. `by`: the box's own address on the network to ask. Raises OSError."""
    loop = asyncio.get_running_loop()
    answers: dict[str, Found] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        if by:
            asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(by))
            asking.bind((by, 0))
        await loop.sock_sendto(asking, probe(message), (group, port))
        try:
            async with asyncio.timeout(wait_s):
                while len(answers) < ANSWERS_MAX:
                    data = await loop.sock_recv(asking, ANSWER_MAX_BYTES)
                    answers |= {each.endpoint: each for each in found(data, message)}
        except TimeoutError:
            pass
    return list(answers.values())


def _found(match: dict[str, Any]) -> Found:
    return Found(
        _text(match, "EndpointReference", "Address"),
        tuple(address for address in _text(match, "XAddrs").split() if address.startswith("http")),
        tuple(_text(match, "Scopes").split()),
    )


def _text(node: Any, *path: str) -> str:
    for name in path:
        node = node[name]
    if not isinstance(node, str):
        raise XmlError(f"{'/'.join(path)}: no text")
    return node[:2000]
