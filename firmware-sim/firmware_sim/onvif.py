"""An ONVIF device: SOAP 1.2 over HTTP, signed by WS-UsernameToken; picture, events, doors; found by WS-Discovery.

The answers are written out by hand after the published services, and the sign-in is worked out here: nothing of zeep's.
"""

import asyncio
import base64
import contextlib
import hashlib
import secrets
import socket
import struct
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from xml.etree import ElementTree as ET

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from firmware_sim import onvif_events
from firmware_sim.journal import Journal
from firmware_sim.serving import Served

SKEW_S = 5.0  # how far off its own clock a token may be dated
_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_NAMES = (
    f'xmlns:s="{_SOAP}" xmlns:tt="http://www.onvif.org/ver10/schema" '
    'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:tdc="http://www.onvif.org/ver10/doorcontrol/wsdl" xmlns:ter="http://www.onvif.org/ver10/error" '
    + onvif_events.NAMES
)
_OPEN_TO_ALL = frozenset({"GetSystemDateAndTime"})
_GROUP, _DISCOVERY_PORT = "239.255.255.250", 3702


class Fault(StrEnum):
    """What goes wrong. `SLOW`: it answers, and drop by drop."""

    NONE = "none"
    SILENT = "silent"
    SLOW = "slow"
    GARBAGE = "garbage"
    ODD = "odd"  # well-formed, and no answer to what was asked
    REFUSE = "refuse"


class OnvifDevice:
    """`clock_off_s`: its clock less the true one. `hidden_host`: what it tells of its addresses, as behind a NAT."""

    def __init__(
        self,
        name: str,
        *,
        journal: Journal,
        take: Callable[[], bytes],
        user: str = "admin",
        password: str = "k9",  # noqa: S107 - a simulated one
        port: int = 0,
        clock_off_s: float = 0.0,
        hidden_host: str = "",
        doors: tuple[str, ...] = (),
        has_events: bool = False,
    ) -> None:
        self.name = name
        self.fault = Fault.NONE
        self.snapshot = "/snapshot/main.jpg"
        self.stream = "rtsp://127.0.0.1:554/main"
        self.doors = dict.fromkeys(doors, "Locked")
        self.endpoint = f"urn:uuid:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        self.events = onvif_events.Events(self._clock, lambda: self._address) if has_events else None
        self._journal = journal
        self._take = take
        self._user = user
        self._password = password
        self._clock_off = timedelta(seconds=clock_off_s)
        self._hidden_host = hidden_host
        self._nonces: set[str] = set()
        self._http_nonce = secrets.token_hex(8)
        self._answers: dict[str, Callable[[ET.Element], str | Response]] = {
            "GetSystemDateAndTime": self._get_system_date_and_time,
            "GetDeviceInformation": self._get_device_information,
            "GetServices": self._get_services,
            "GetProfiles": self._get_profiles,
            "GetSnapshotUri": self._get_snapshot_uri,
            "GetStreamUri": self._get_stream_uri,
            "GetDoorInfoList": self._get_door_info_list,
            "GetDoorState": self._get_door_state,
            "AccessDoor": self._access_door,
        }
        routes = [
            Route("/onvif/{service}", self._asked, methods=["POST"]),
            Route("/snapshot/{name}", self._snapshot),
        ]
        self._served = Served(f"onvif {name}", Starlette(routes=routes), port)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._served.port

    async def start(self) -> None:
        """Open the port."""
        await self._served.start()

    async def stop(self) -> None:
        """Close it."""
        await self._served.stop()

    def set_clock(self, off_s: float) -> None:
        """Somebody sets its clock, so far off the true one."""
        self._clock_off = timedelta(seconds=off_s)

    async def _asked(self, request: Request) -> Response:
        envelope = ET.fromstring(await request.body())  # noqa: S314 - of the box, on the loopback
        [asked] = list(envelope.find(f"{{{_SOAP}}}Body") or [])
        operation = asked.tag.rpartition("}")[2]
        self._journal.write("onvif", device=self.name, operation=operation)
        if self.fault is Fault.SILENT:
            await asyncio.sleep(60)
        if self.fault is not Fault.NONE:
            return _wrong(self.fault)
        if operation not in _OPEN_TO_ALL and not self._is_signed(envelope):
            return _fault("ter:NotAuthorized", "Sender not Authorized")
        if self.events is not None and operation in onvif_events.OPERATIONS:
            number = request.query_params.get("id", "")
            try:
                return _soap(await self.events.answer(operation, asked, envelope, number))
            except onvif_events.RefusedError as error:
                return _fault(*error.args)
        answer = self._answers.get(operation)
        if answer is None:
            return _fault("ter:ActionNotSupported", operation)
        told = answer(asked)
        return told if isinstance(told, Response) else _soap(told)

    def _is_signed(self, envelope: ET.Element) -> bool:
        """WS-UsernameToken: Base64(SHA-1(nonce + created + password)), dated by this clock, no nonce twice."""
        token = envelope.find(f".//{{{_WSSE}}}UsernameToken")
        if token is None:
            return not self._user
        told = {each.tag: each.text or "" for each in token}
        nonce, created = told.get(f"{{{_WSSE}}}Nonce", ""), told.get(f"{{{_WSU}}}Created", "")
        digest = hashlib.sha1(base64.b64decode(nonce) + created.encode() + self._password.encode())  # noqa: S324
        at = datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        is_now = abs((at - self._clock()).total_seconds()) <= SKEW_S
        is_new = nonce not in self._nonces
        self._nonces.add(nonce)
        is_right = told.get(f"{{{_WSSE}}}Password") == base64.b64encode(digest.digest()).decode()
        return told.get(f"{{{_WSSE}}}Username") == self._user and is_right and is_now and is_new

    def _clock(self) -> datetime:
        moment = self._journal.clock.now()
        return datetime.fromtimestamp(moment.wall_ns / 1e9, UTC) + self._clock_off

    @property
    def _address(self) -> str:
        return f"http://{self._hidden_host or f'127.0.0.1:{self.port}'}"

    def _get_system_date_and_time(self, _asked: ET.Element) -> str:
        at = self._clock()
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
            "<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{at.hour}</tt:Hour><tt:Minute>{at.minute}</tt:Minute>"
            f"<tt:Second>{at.second}</tt:Second></tt:Time>"
            f"<tt:Date><tt:Year>{at.year}</tt:Year><tt:Month>{at.month}</tt:Month><tt:Day>{at.day}</tt:Day></tt:Date>"
            "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _get_device_information(self, _asked: ET.Element) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Simulated</tds:Manufacturer>"
            "<tds:Model>Lane 4</tds:Model>"
            "<tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>77</tds:SerialNumber>"
            "<tds:HardwareId>9</tds:HardwareId></tds:GetDeviceInformationResponse>"
        )

    def _get_services(self, _asked: ET.Element) -> str:
        names = {"device/wsdl": "device_service", "media/wsdl": "media"}
        if self.doors:
            names["doorcontrol/wsdl"] = "doors"
        if self.events is not None:
            names["events/wsdl"] = "events"
        services = "".join(
            f"<tds:Service><tds:Namespace>http://www.onvif.org/ver10/{name}</tds:Namespace>"
            f"<tds:XAddr>{self._address}/onvif/{path}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version></tds:Service>"
            for name, path in names.items()
        )
        return f"<tds:GetServicesResponse>{services}</tds:GetServicesResponse>"

    def _get_profiles(self, _asked: ET.Element) -> str:
        profiles = "".join(
            f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{name}</tt:Name></trt:Profiles>'
            for token, name in (("p0", "main"), ("p1", "sub"))
        )
        return f"<trt:GetProfilesResponse>{profiles}</trt:GetProfilesResponse>"

    def _get_snapshot_uri(self, _asked: ET.Element) -> str:
        return (
            f"<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>{self._address}{self.snapshot}</tt:Uri>"
            "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>true</tt:InvalidAfterReboot>"
            "<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetSnapshotUriResponse>"
        )

    def _get_stream_uri(self, _asked: ET.Element) -> str:
        return (
            f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{self.stream}</tt:Uri>"
            "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
            "<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
        )

    def _get_door_info_list(self, _asked: ET.Element) -> str:
        doors = "".join(
            f'<tdc:DoorInfo token="{door}"><tdc:Name>{door}</tdc:Name><tdc:Description/>'
            '<tdc:Capabilities Access="true"/></tdc:DoorInfo>'
            for door in self.doors
        )
        return f"<tdc:GetDoorInfoListResponse>{doors}</tdc:GetDoorInfoListResponse>"

    def _get_door_state(self, asked: ET.Element) -> str | Response:
        door = _token(asked)
        if door not in self.doors:
            return _fault("ter:InvalidArgVal", f"no door {door}")
        return (
            "<tdc:GetDoorStateResponse><tdc:DoorState>"
            f"<tdc:LockPhysicalState>{self.doors[door]}</tdc:LockPhysicalState><tdc:DoorMode>{self.doors[door]}</tdc:DoorMode>"
            "</tdc:DoorState></tdc:GetDoorStateResponse>"
        )

    def _access_door(self, asked: ET.Element) -> str | Response:
        door = _token(asked)
        if door not in self.doors:
            return _fault("ter:InvalidArgVal", f"no door {door}")
        self._journal.write("door", device=self.name, door=door)
        return "<tdc:AccessDoorResponse/>"

    async def _snapshot(self, request: Request) -> Response:
        """By HTTP digest, as most cameras give their picture."""
        if request.url.path != self.snapshot:
            return Response(status_code=404)
        if self._user and not self._knows(request):
            challenge = f'Digest realm="cam", nonce="{self._http_nonce}", qop="auth", algorithm=MD5'
            return Response(status_code=401, headers={"WWW-Authenticate": challenge})
        if self.fault is Fault.SILENT:
            await asyncio.sleep(60)
        return Response(await asyncio.to_thread(self._take), media_type="image/jpeg")

    def _knows(self, request: Request) -> bool:
        header = request.headers.get("authorization", "")
        told = dict(
            part.strip().split("=", 1) for part in header.removeprefix("Digest ").split(",") if "=" in part
        )
        told = {key: value.strip('"') for key, value in told.items()}
        one = _md5(f"{self._user}:cam:{self._password}")
        two = _md5(f"GET:{request.url.path}")
        wanted = _md5(f"{one}:{self._http_nonce}:{told.get('nc')}:{told.get('cnonce')}:auth:{two}")
        return told.get("response") == wanted and told.get("username") == self._user


class Discovery(asyncio.DatagramProtocol):
    """Answers who asks for cameras, for these devices."""

    def __init__(self, *devices: OnvifDevice) -> None:
        self._devices = devices
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, *, port: int = _DISCOVERY_PORT, group: str = _GROUP) -> int:
        """On the loopback's multicast group. Returns the port."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((group, port))
        member = struct.pack("4s4s", socket.inet_aton(group), socket.inet_aton("127.0.0.1"))
        listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        listening.setblocking(False)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=listening)
        return int(listening.getsockname()[1])

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """See asyncio."""
        with contextlib.suppress(ET.ParseError):
            envelope = ET.fromstring(data)  # noqa: S314 - on the loopback
            wsa = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
            message = envelope.findtext(f".//{wsa}MessageID") or ""
            action = envelope.findtext(f".//{wsa}Action") or ""
            if action.endswith("/discovery/Probe") and self._transport is not None:
                for device in self._devices:
                    self._transport.sendto(_match(device, message), addr)


def _wrong(fault: Fault) -> Response:
    match fault:
        case Fault.GARBAGE:
            return Response(b"\x00\xff GATE", media_type="application/soap+xml")
        case Fault.ODD:
            return _soap("<tds:RebootResponse/>")
        case Fault.SLOW:
            return StreamingResponse(_drip(), media_type="application/soap+xml")
    return _fault("ter:ActionNotSupported", "not here")


async def _drip() -> AsyncIterator[bytes]:
    for _ in range(600):
        yield b" "
        await asyncio.sleep(0.1)


def _match(device: OnvifDevice, message: str) -> bytes:
    scopes = "onvif://www.onvif.org/type/NetworkVideoTransmitter onvif://www.onvif.org/name/" + device.name
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="{_SOAP}" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">
<SOAP-ENV:Header><wsa:MessageID>urn:uuid:00000000-0000-4000-8000-000000000001</wsa:MessageID>
<wsa:RelatesTo>{message}</wsa:RelatesTo>
<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action></SOAP-ENV:Header>
<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>{device.endpoint}</wsa:Address>
</wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>
<d:XAddrs>http://127.0.0.1:{device.port}/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>
</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>""".encode()


def _soap(body: str, status: int = 200) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {_NAMES}><s:Body>{body}</s:Body></s:Envelope>'
    return Response(text, status, media_type="application/soap+xml; charset=utf-8")


def _fault(subcode: str, reason: str) -> Response:
    body = (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>'
    )
    return _soap(body, 400)


def _token(asked: ET.Element) -> str:
    return next((each.text or "" for each in asked.iter() if each.tag.endswith("}Token")), "")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
