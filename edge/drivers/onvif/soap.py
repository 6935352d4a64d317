"""ONVIF services by zeep and the descriptions (WSDL) within the package onvif-zeep. Blocking: call it in a thread.

`onvif` itself is not imported: it sets the process's logging up and drops its proxies when it is. Every request has a
deadline, and an answer a size. The sign-in (WS-UsernameToken) is dated by the device's clock, whatever that shows.
"""

import contextlib
import importlib.util
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
import zeep
import zeep.exceptions
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from edge.drivers.base import DeviceError, MonotonicNs, RefusedError, SilentError, UnavailableError
from edge.drivers.devices import Ports
from protocols.records import DeviceReason

ANSWER_MAX_BYTES = 1024 * 1024
NS_PER_S = 1_000_000_000
_DEVICE = ("devicemgmt.wsdl", "{http://www.onvif.org/ver10/device/wsdl}DeviceBinding")
_MEDIA = ("media.wsdl", "{http://www.onvif.org/ver10/media/wsdl}MediaBinding")
_DOORS = ("doorcontrol.wsdl", "{http://www.onvif.org/ver10/doorcontrol/wsdl}DoorControlBinding")
_SETTINGS = zeep.Settings(strict=False, xml_huge_tree=False, forbid_dtd=True)
_WHAT_GARBAGE_BREAKS = (
    zeep.exceptions.Error,
    etree.Error,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    OverflowError,
)
_T = TypeVar("_T")
_loading = threading.Lock()


class Access(NamedTuple):
    """Where a device is and how one signs in. `user` empty: it asks nobody."""

    name: str
    host: str
    port: int
    user: str
    password: str
    timeout_s: float


class Facts(NamedTuple):
    """What a device says of itself. `offset_s`: its clock less the box's; `services`: addresses by namespace."""

    maker: str
    model: str
    firmware: str
    serial: str
    offset_s: float
    services: dict[str, str]


class Profile(NamedTuple):
    """A way in which a camera gives its picture."""

    token: str
    name: str


class _Answer(NamedTuple):
    """What zeep wants of an answer."""

    status_code: int
    headers: httpx.Headers
    content: bytes
    encoding: str = "utf-8"


class Onvif:
    """One device; one call at a time, and `close` at the end. All calls raise DeviceError."""

    def __init__(self, access: Access, ports: Ports) -> None:
        self._access = access
        self._wall_ns = ports.wall_ns
        self._transport = _Transport(access, ports.monotonic_ns)
        self._token = _Token(access, self.now)
        self.offset_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; the next call makes another."""
        self._transport.close()

    def interrupt(self) -> None:
        """From any thread: the call under way ends at once, and each one until `close` does."""
        self._transport.interrupt()

    def facts(self) -> Facts:
        """Set the clock's difference, then ask who it is and what it can do."""
        self.offset_s = self.call(_DEVICE, self._home, "GetSystemDateAndTime", self._offset, signed=False)
        about = self.call(
            _DEVICE,
            self._home,
            "GetDeviceInformation",
            lambda told: (told.Manufacturer, told.Model, told.FirmwareVersion, told.SerialNumber),
        )
        services = self.call(
            _DEVICE,
            self._home,
            "GetServices",
            lambda told: {_text(each.Namespace): self.reachable(each.XAddr) for each in told},
            IncludeCapability=False,
        )
        maker, model, firmware, serial = (str(each or "")[:100] for each in about)
        return Facts(maker, model, firmware, serial, self.offset_s, services)

    def profiles(self, media: str) -> list[Profile]:
        """In the camera's order, the best first as a rule."""
        return self.call(
            _MEDIA,
            media,
            "GetProfiles",
            lambda told: [Profile(_text(each.token), str(each.Name or "")) for each in told],
        )

    def snapshot_uri(self, media: str, profile: str) -> str:
        """Where the profile's picture of this moment is."""
        return self.call(
            _MEDIA, media, "GetSnapshotUri", lambda told: self.reachable(told.Uri), ProfileToken=profile
        )

    def stream_uri(self, media: str, profile: str) -> str:
        """Where the profile's stream is, RTSP over TCP."""
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        return self.call(
            _MEDIA,
            media,
            "GetStreamUri",
            lambda told: self._streaming(told.Uri),
            StreamSetup=setup,
            ProfileToken=profile,
        )

    def doors(self, doors: str) -> list[str]:
        """Tokens of the doors."""
        return self.call(
            _DOORS, doors, "GetDoorInfoList", lambda told: [_text(each.token) for each in told.DoorInfo]
        )

    def access_door(self, doors: str, door: str, *, until_ns: int) -> None:
        """Let one through: the device opens for its own time. Nothing is sent when that is over (monotonic)."""
        self.call(_DOORS, doors, "AccessDoor", lambda _: None, until_ns=until_ns, Token=door)

    def door_mode(self, doors: str, door: str) -> str:
        """Such as `Locked`, `Unlocked`, `Accessed`."""
        return self.call(_DOORS, doors, "GetDoorState", lambda told: _text(told.DoorMode), Token=door)

    def reachable(self, address: str) -> str:
        """The address as the box can reach it: behind a NAT a device tells a host that only it knows."""
        parts = urlsplit(_text(address))
        port = parts.port if parts.hostname == self._access.host else self._access.port
        return urlunsplit(parts._replace(netloc=f"{self._place}:{port}" if port else self._place))

    def _streaming(self, address: str) -> str:
        """Likewise; of another service's port nothing is known but what was told."""
        parts = urlsplit(_text(address))
        return urlunsplit(parts._replace(netloc=f"{self._place}:{parts.port}" if parts.port else self._place))

    @property
    def _place(self) -> str:
        return f"[{self._access.host}]" if ":" in self._access.host else self._access.host

    @property
    def _home(self) -> str:
        return f"http://{self._place}:{self._access.port}/onvif/device_service"

    def now(self) -> datetime:
        """What the device's clock shows, as far as the box knows."""
        return datetime.fromtimestamp(self._wall_ns() / NS_PER_S + self.offset_s, UTC)

    def _offset(self, answer: Any) -> float:
        told = answer.UTCDateTime
        if told is None:  # it may leave that out, and then counts on a clock that is right
            return 0.0
        date, at = told.Date, told.Time
        second = min(at.Second, 59)  # a leap second
        there = datetime(date.Year, date.Month, date.Day, at.Hour, at.Minute, second, tzinfo=UTC)
        return there.timestamp() - self._wall_ns() / NS_PER_S

    def call(
        self,
        service: tuple[str, str],
        address: str,
        operation: str,
        read: Callable[[Any], _T],
        *,
        signed: bool = True,
        until_ns: int | None = None,
        wait_s: float = 0.0,
        headers: Sequence[Any] = (),
        **arguments: Any,
    ) -> _T:
        """`read` takes what is wanted out of the answer, in which nothing need be as it should.

        `wait_s`: how long the device was asked to keep the answer back, beside the time that it has for any.
        `headers`: of the envelope.
        """
        wsdl, binding = service
        place = f"{self._access.name}: {operation}"
        token = self._token if signed and self._access.user else None
        client = zeep.Client(document(wsdl), wsse=token, transport=self._transport, settings=_SETTINGS)
        self._transport.until_ns, self._transport.wait_s = until_ns, wait_s
        if headers:
            arguments["_soapheaders"] = list(headers)
        try:
            answer = getattr(client.create_service(binding, address), operation)(**arguments)
            if (
                f"{operation}Response".encode() not in self._transport.content
            ):  # zeep takes any answer for one
                raise ValueError("an answer to something else")
            return read(answer)
        except zeep.exceptions.Fault as error:
            raise _refused(place, error) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, _LateError) as error:
            raise UnavailableError(f"{place}: {error or 'no connection'}") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SilentError(
                f"{place}: no answer within {self._access.timeout_s + wait_s:.1f} s ({error})"
            ) from error
        except zeep.exceptions.TransportError as error:
            raise _odd(place, error) from error
        except _WHAT_GARBAGE_BREAKS as error:
            raise DeviceError(f"{place}: not an answer: {type(error).__name__}") from error


class _LateError(Exception):
    """The time for which it was asked is over, or nobody wants it any more: nothing was sent."""


class _Token(UsernameToken):
    """Dated anew for each request, by the device's clock."""

    def __init__(self, access: Access, now: Callable[[], datetime]) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            access.user, access.password, use_digest=True, zulu_timestamp=True
        )
        self._now = now

    def apply(self, envelope: Any, headers: Any) -> Any:
        self.created = self._now()
        return super().apply(envelope, headers)  # type: ignore[no-untyped-call]


class _Transport(Transport):
    """Sends by httpx. requests, which zeep takes, bounds neither the time of an answer nor its size."""

    def __init__(self, access: Access, monotonic_ns: MonotonicNs) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._timeout_s = access.timeout_s
        self._monotonic_ns = monotonic_ns
        self._auth = httpx.DigestAuth(access.user, access.password) if access.user else None
        self._client: httpx.Client | None = None
        self._socket: socket.socket | None = None
        self._is_interrupted = False
        self.until_ns: int | None = None
        self.wait_s = 0.0
        self.content = b""  # of the last answer

    def close(self) -> None:
        client, self._client = self._client, None
        self._socket, self._is_interrupted = None, False
        if client is not None:
            client.close()

    def interrupt(self) -> None:
        """A socket that is shut down wakes whoever reads from it; closing the client would not."""
        self._is_interrupted = True
        connected = self._socket
        if connected is not None:
            with contextlib.suppress(OSError):  # the device was quicker
                connected.shutdown(socket.SHUT_RDWR)

    def _notice(self, name: str, told: dict[str, Any]) -> None:
        """httpx tells how a request goes; of that only the connection counts."""
        if name == "connection.connect_tcp.complete":
            self._socket = told["return_value"].get_extra_info("socket")
            if self._is_interrupted:  # it came too late to be shut down
                raise _LateError("interrupted")

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> _Answer:
        began_ns = self._monotonic_ns()
        if self._is_interrupted or (self.until_ns is not None and began_ns >= self.until_ns):
            raise _LateError("interrupted" if self._is_interrupted else "too late")
        connect_s = self._timeout_s
        if self.until_ns is not None:  # a connection that comes too late sends nothing
            connect_s = min(connect_s, (self.until_ns - began_ns) / NS_PER_S)
        lasts_s = self._timeout_s + self.wait_s
        timeout = httpx.Timeout(self._timeout_s, connect=connect_s, read=lasts_s)
        until_ns = began_ns + int(lasts_s * NS_PER_S)
        if self._client is None:
            self._client = httpx.Client(auth=self._auth, timeout=self._timeout_s, trust_env=False)
        with self._client.stream(
            "POST",
            address,
            content=message,
            headers=headers,
            timeout=timeout,
            extensions={"trace": self._notice},
        ) as answer:
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > ANSWER_MAX_BYTES:
                    raise ValueError("the answer is too long")
                if self._monotonic_ns() > until_ns:
                    raise TimeoutError("it does not end")
        self.content = bytes(content)
        return _Answer(answer.status_code, answer.headers, self.content)


def document(wsdl: str) -> Any:
    """A description, read once for all devices: half a second of work each."""
    with _loading:
        return _document(wsdl)


@cache
def _document(wsdl: str) -> Any:
    return zeep.Client(str(_folder() / wsdl), settings=_SETTINGS).wsdl


@cache
def _folder() -> Path:
    """Beside the package `onvif`, not in it."""
    found = importlib.util.find_spec("onvif")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package onvif-zeep is not installed")
    return Path(found.origin).parent.parent / "wsdl"


def _text(value: Any) -> str:
    """Raises ValueError unless there is one."""
    if not isinstance(value, str) or not value:
        raise ValueError("no text")
    return value[:2000]


def _refused(place: str, fault: Any) -> RefusedError:
    codes = [str(code).rpartition(":")[2] for code in fault.subcodes or ()] or [str(fault.code)]
    is_stranger = any("NotAuthorized" in code or "Sender not Authorized" in code for code in codes)
    status = HTTPStatus.UNAUTHORIZED if is_stranger else HTTPStatus.BAD_REQUEST
    return RefusedError(f"{place}: refused: {fault.message or ''} ({', '.join(codes)})"[:400], status)


def _odd(place: str, error: Any) -> DeviceError:
    status = int(error.status_code or 0)
    if status in (HTTPStatus.OK, 0):
        return DeviceError(f"{place}: not an answer: no XML")
    return RefusedError(f"{place}: HTTP status {status}", status, DeviceReason.HTTP_STATUS)
