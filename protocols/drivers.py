"""Drivers of the box and their settings: the cloud judges a form by them, the box builds devices from them.

What a type cannot say for a form stands in `Meta(extra=…)`, which `protocols.driver_forms` reads: `unit`; `secret`:
never shown again; `device`: names a device with this role; `catalogue`: one of the known models; `one_of`: exactly one
of the fields with this word is given; `instead_of`: yes here means that the other field is left out.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import Meta

MS = Meta(extra={"unit": "ms"})
S = Meta(extra={"unit": "s"})
BAUD = Meta(extra={"unit": "baud"})
SECRET = Meta(extra={"secret": True})
Port = Annotated[int, Meta(ge=1, le=65535)]
TimeoutMs = Annotated[int, Meta(ge=20, le=10_000), MS]
_LABEL = r"[^\s\x00-\x1f\x7f/?#@\[\]\\.]{1,63}"
_HOST = rf"^{_LABEL}(\.{_LABEL})*\.?\Z"
Host = Annotated[str, Meta(pattern=_HOST, max_length=253)]
_HEX = r"^([0-9a-fA-F]{2})*\Z"
SerialPort = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]+\Z", max_length=200)]


class DeviceRole(StrEnum):
    """What a device is to others: what a point, a meter or another device may use it as."""

    BUS = "bus"
    RELAY = "relay"
    READER = "reader"
    CAMERA = "camera"


class SettingError(ValueError):
    """Settings that fit their types one by one, and not the device. `path`: which; empty for all of them together."""

    def __init__(self, path: str, code: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.code = code


def _check_host(host: str) -> None:
    """Raises SettingError for a name that no look-up takes: in Punycode a label may be too long."""
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise SettingError("host", "unfit", "no name or address") from error


def _check_url(url: str, path: str = "url") -> None:
    """Raises SettingError, without the address: its parts may be secrets."""
    try:
        host, _port = urlsplit(url).hostname or "", urlsplit(url).port
        _check_host(host)
    except ValueError:
        host = ""
    if re.search(_HOST, host) is None:
        raise SettingError(path, "unfit", "no such host or port")


class ModbusTcpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Modbus TCP device or gateway."""

    host: Host
    port: Port = 502
    timeout_ms: TimeoutMs = 500
    rtu_framing: bool = False  # a transparent serial server: RTU frames inside TCP

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class ModbusRtuSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial line. The defaults are those of Wiren Board modules: 9600 8N2."""

    port: SerialPort
    baud: Annotated[Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200], BAUD] = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 2
    timeout_ms: TimeoutMs = 500
    gap_ms: Annotated[int, Meta(ge=0, le=200), MS] = (
        5  # silence before a request; 3.5 characters at 9600 are 4 ms
    )


class ModbusRelaySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A relay module at a unit address of a bus; `profile` is one of `protocols.meters.RELAYS`.

    `module_timer_ms`: the module itself ends a pulse after this, should both agent and line die; only for profiles
    with a pulse timer, and longer than the longest pulse used.
    """

    bus: Annotated[UUID, Meta(extra={"device": DeviceRole.BUS})]
    unit: Annotated[int, Meta(ge=1, le=247)]
    profile: Annotated[str, Meta(min_length=1, max_length=100, extra={"catalogue": "relays"})]
    poll_s: Annotated[float, Meta(ge=0.1, le=60), S] = 2.0  # how often the real states are read back
    silence_s: Annotated[int, Meta(ge=1, le=600), S] = 10  # the module falls back to off after this silence
    module_timer_ms: Annotated[int, Meta(ge=100, le=60_000), MS] | None = None
    held_outputs: Annotated[list[int], Meta(max_length=64)] = []  # not barriers: left as found at connect


class OsdpTcp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial server, or a reader on the network."""

    host: Host
    port: Port

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class OsdpSerial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial line, 8N1."""

    port: SerialPort
    baud: Annotated[Literal[9600, 19200, 38400, 57600, 115200, 230400], BAUD] = 9600


class OsdpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OSDP reader. Exactly one of `tcp` and `serial`. `key`: the reader's secure channel base key, 32 hex digits.

    Without a key cards cross the wire in the clear, so `insecure` must say that this is meant.
    `reverse`: this reader gives a card's bytes last first. `install`: a reader that still has the default key
    (SCBK-D) is given this one.
    """

    tcp: Annotated[OsdpTcp, Meta(extra={"one_of": "line"})] | None = None
    serial: Annotated[OsdpSerial, Meta(extra={"one_of": "line"})] | None = None
    address: Annotated[int, Meta(ge=0, le=126)] = 0
    key: Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{32}\Z"), SECRET] | None = None
    insecure: Annotated[bool, Meta(extra={"instead_of": "key"})] = False
    reverse: bool = False
    install: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        if self.install and self.key is None:
            raise SettingError("install", "install_needs_key", "there is no key to install")
        if (self.tcp is None) == (self.serial is None):
            raise SettingError("", "one_line", "exactly one of tcp and serial is needed")
        if (self.key is None) != self.insecure:
            raise SettingError("key", "key_or_insecure", "either a key, or insecure = true")

    @property
    def place(self) -> str:
        """The line, for messages and to find the other readers on it."""
        if self.tcp is not None:
            return f"{self.tcp.host}:{self.tcp.port}"
        return self.serial.port if self.serial is not None else ""


class LineTcp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial server, or a scanner on the network."""

    host: Host
    port: Port

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class LineSerial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serial port, 8N1; a scanner at USB shows one, too, when it is set so."""

    port: SerialPort
    baud: Annotated[Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200], BAUD] = 9600


class LineHid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scanner that types: its event device, which the box then has for itself."""

    path: Annotated[str, Meta(pattern=r"^/[^\x00-\x1f\x7f]+\Z", max_length=200)]


class LineScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scanner of codes that sends lines. Exactly one of `tcp`, `serial` and `hid`.

    `silence_ms`: a line that nothing ends is over after it. `beep_granted`, `beep_denied`: bytes in hex that make the
    scanner beep, empty none; a keyboard takes none.
    """

    tcp: Annotated[LineTcp, Meta(extra={"one_of": "line"})] | None = None
    serial: Annotated[LineSerial, Meta(extra={"one_of": "line"})] | None = None
    hid: Annotated[LineHid, Meta(extra={"one_of": "line"})] | None = None
    silence_ms: Annotated[int, Meta(ge=20, le=10_000), MS] = 300
    beep_granted: Annotated[str, Meta(pattern=_HEX, max_length=128)] = ""
    beep_denied: Annotated[str, Meta(pattern=_HEX, max_length=128)] = ""

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        if [self.tcp, self.serial, self.hid].count(None) != 2:
            raise SettingError("", "one_line", "exactly one of tcp, serial and hid is needed")
        for name in ("beep_granted", "beep_denied"):
            if self.hid is not None and getattr(self, name):
                raise SettingError(name, "mute_line", "nothing can be sent to a keyboard")

    @property
    def place(self) -> str:
        """The line, for messages; no two devices may have it."""
        if self.tcp is not None:
            return f"{self.tcp.host}:{self.tcp.port}"
        if self.serial is not None:
            return self.serial.port
        return self.hid.path if self.hid is not None else ""


class NfcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An NFC reader. `path`, as nfcpy has it: `usb`, `usb:072f:2200`, `tty:USB0:pn532`.

    `udp:127.0.0.1:54321` is a simulated one. `reverse`: it gives UIDs last byte first.
    """

    path: Annotated[
        str,
        Meta(
            pattern=r"^(usb(:[0-9a-fA-F]{3,4}){0,2}|tty:[A-Za-z0-9]+:[a-z0-9_]+|udp:[0-9.]{7,15}:[0-9]{1,5})\Z",
            max_length=200,
        ),
    ] = "usb"
    reverse: bool = False


class PcscSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A desk reader. `reader`: how its PC/SC name begins, empty takes any. `reverse`: it gives UIDs last byte first."""

    reader: Annotated[str, Meta(max_length=200)] = ""
    reverse: bool = False


class PlateHttpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source of plates: where the box listens, and in which maker's shape the camera speaks.

    `token`: a part of the path; `user` and `password` besides, where the camera can sign in.

    `min_confidence`: a less sure plate is passed on as unreadable. `min_votes`: so many frames must agree on a plate,
    within `votes_ms`; 1 decides by each. `repeat_ms`: the same plate again within this time is the same car; 0 takes
    every push for a visit.
    """

    host: Host = "127.0.0.1"
    port: Port
    token: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,128}\Z"), SECRET]
    shape: Literal["generic", "hikvision", "dahua"] = "generic"
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100), SECRET] = ""
    auth: Literal["digest", "basic"] = "digest"
    min_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.0
    min_votes: Annotated[int, Meta(ge=1, le=10)] = 1
    votes_ms: Annotated[int, Meta(ge=200, le=60_000), MS] = 3000
    repeat_ms: Annotated[int, Meta(ge=0, le=600_000), MS] = 0

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)
        if bool(self.user) != bool(self.password):
            raise SettingError("password", "user_and_password", "both user and password, or neither")


class WiegandHttpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A controller of Wiegand readers: where the box listens for its cards.

    `token`: the last part of the path. `reverse`: it gives a card's bytes last first. `repeat_ms`: the same card again
    within this time is the same presentation; 0 takes every push for one.
    """

    host: Host = "127.0.0.1"
    port: Port
    token: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,128}\Z"), SECRET]
    reverse: bool = False
    repeat_ms: Annotated[int, Meta(ge=0, le=600_000), MS] = 0

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class WiegandMqttSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A controller of Wiegand readers: the broker, and the topic to which it tells the cards of one reader.

    `reverse`, `repeat_ms`: as of one that pushes.
    """

    host: Host = "127.0.0.1"
    port: Port = 1883
    topic: Annotated[str, Meta(pattern=r"^[^+#$\s\x00-\x1f\x7f][^+#\s\x00-\x1f\x7f]*\Z", max_length=200)]
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100), SECRET] = ""
    reverse: bool = False
    repeat_ms: Annotated[int, Meta(ge=0, le=600_000), MS] = 0

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class HttpCameraSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera. `url` gives a JPEG. `auth`: what the camera asks for when a user is given.

    `stream`: where its moving picture is, with the same sign-in. `record`: the box keeps that.
    """

    url: Annotated[str, Meta(pattern=r"^https?://[^/\s\x00-\x1f\x7f]+/[^\x00-\x1f\x7f]*\Z", max_length=500)]
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100), SECRET] = ""
    auth: Literal["digest", "basic"] = "digest"
    stream: Annotated[
        str, Meta(pattern=r"^(rtsp://[^/\s\x00-\x1f\x7f]+(/[^\s\x00-\x1f\x7f]*)?)?\Z", max_length=500)
    ] = ""
    record: bool = False
    timeout_ms: Annotated[int, Meta(ge=100, le=30_000), MS] = 3000
    probe_s: Annotated[float, Meta(ge=0.1, le=3600), S] = 60.0

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_url(self.url)
        if self.stream:
            _check_url(self.stream, "stream")
        elif self.record:
            raise SettingError("record", "record_needs_stream", "there is no stream to record")


class OnvifCameraSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera that speaks ONVIF and tells by itself where its picture is.

    `profile`: token or name of the one to take, empty takes the first. `timeout_ms`: of each request.
    `record`: the box keeps the moving picture of that profile.
    `events`: listen to what it tells of its own eye.
    """

    host: Host
    port: Port = 80
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100), SECRET] = ""
    profile: Annotated[str, Meta(max_length=100)] = ""
    record: bool = False
    timeout_ms: Annotated[int, Meta(ge=100, le=30_000), MS] = 3000
    probe_s: Annotated[float, Meta(ge=0.1, le=3600), S] = 60.0
    events: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class OnvifDoorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A door controller. `doors`: tokens of its doors, apart by commas: output 0 is the first."""

    host: Host
    port: Port = 80
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100), SECRET] = ""
    doors: Annotated[
        str, Meta(pattern=r"^[^\x00-\x1f,]{1,64}(,[^\x00-\x1f,]{1,64}){0,15}\Z", max_length=1000)
    ]
    timeout_ms: Annotated[int, Meta(ge=100, le=10_000), MS] = 2000
    probe_s: Annotated[float, Meta(ge=0.1, le=3600), S] = 30.0

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_host(self.host)


class HttpPanelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An intercom panel that speaks the generic shape. `url`: where the box asks it; the rest: where it tells the box.

    `doors`: how many it opens, output 0 is the first. `reverse`: it gives UIDs last byte first.
    `recognises`: it knows faces by itself, and the box keeps there those of whoever agreed to it.
    """

    url: Annotated[
        str, Meta(pattern=r"^https?://[^/\s\x00-\x1f\x7f]+(/[^\x00-\x1f\x7f]*)?\Z", max_length=500)
    ]
    user: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=100), SECRET] = ""
    auth: Literal["digest", "basic"] = "digest"
    doors: Annotated[int, Meta(ge=1, le=16)] = 1
    host: Host = "127.0.0.1"
    port: Port
    token: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,128}\Z"), SECRET]
    reverse: bool = False
    recognises: bool = False
    timeout_ms: Annotated[int, Meta(ge=100, le=10_000), MS] = 2000
    probe_s: Annotated[float, Meta(ge=0.1, le=3600), S] = 30.0

    def __post_init__(self) -> None:
        """Raises ValueError, which msgspec reports with its place."""
        _check_url(self.url)
        _check_host(self.host)


class SipPanelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A panel that calls the box by SIP over UDP. `panel`: its IP address, or that of the proxy through which it calls.

    `open_with`: what is pressed to open, a door's apart from the next one's by a comma: output 0 is the first.
    `answer`: the box takes each call at once, so that codes can be typed in it. `ring_s`: then it hangs up.
    """

    panel: Annotated[str, Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}\Z")]
    panel_port: Port = 5060
    host: Annotated[str, Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}\Z")] = "127.0.0.1"
    port: Port = 5060
    rtp_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    open_with: Annotated[str, Meta(pattern=r"^[0-9A-D*#]{1,8}(,[0-9A-D*#]{1,8}){0,3}\Z")] = "#"
    dtmf: Literal["info", "rtp"] = "info"
    answer: bool = False
    ring_s: Annotated[int, Meta(ge=5, le=600), S] = 60
    timeout_ms: Annotated[int, Meta(ge=100, le=10_000), MS] = 2000
    probe_s: Annotated[float, Meta(ge=0.1, le=3600), S] = 30.0


SETTINGS: dict[str, type[msgspec.Struct]] = {
    "modbus_tcp": ModbusTcpSettings,
    "modbus_rtu": ModbusRtuSettings,
    "modbus_relay": ModbusRelaySettings,
    "osdp_reader": OsdpSettings,
    "line_scanner": LineScannerSettings,
    "nfc_reader": NfcSettings,
    "pcsc_reader": PcscSettings,
    "plate_http": PlateHttpSettings,
    "wiegand_http": WiegandHttpSettings,
    "wiegand_mqtt": WiegandMqttSettings,
    "http_camera": HttpCameraSettings,
    "onvif_camera": OnvifCameraSettings,
    "onvif_door": OnvifDoorSettings,
    "http_panel": HttpPanelSettings,
    "sip_panel": SipPanelSettings,
}
ROLES: dict[str, DeviceRole] = {
    "modbus_tcp": DeviceRole.BUS,
    "modbus_rtu": DeviceRole.BUS,
    "modbus_relay": DeviceRole.RELAY,
    "osdp_reader": DeviceRole.READER,
    "line_scanner": DeviceRole.READER,
    "nfc_reader": DeviceRole.READER,
    "pcsc_reader": DeviceRole.READER,
    "plate_http": DeviceRole.READER,
    "wiegand_http": DeviceRole.READER,
    "wiegand_mqtt": DeviceRole.READER,
    "http_camera": DeviceRole.CAMERA,
    "onvif_camera": DeviceRole.CAMERA,
    "onvif_door": DeviceRole.RELAY,
    "http_panel": DeviceRole.RELAY,
    "sip_panel": DeviceRole.RELAY,
}
ALSO: dict[str, DeviceRole] = {"http_panel": DeviceRole.READER, "sip_panel": DeviceRole.READER}
"""What a device is besides: a panel opens, and is typed at."""


def serves_as(driver: str, role: DeviceRole) -> bool:
    """Whether a device of this driver may be used so; a driver that is not known may not."""
    return role in {ROLES.get(driver), ALSO.get(driver)}


BUSES = frozenset(driver for driver, role in ROLES.items() if role is DeviceRole.BUS)
