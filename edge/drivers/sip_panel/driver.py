"""A panel that calls by SIP (aiosipua): calls are told, keys typed in them are codes, a key of the box opens."""

import asyncio
import logging
import secrets
from uuid import UUID

from aiosipua import IncomingCall, SipRequest, SipResponse, SipUAS
from aiosipua.dialog import dialog_matches
from aiosipua.sdp_negotiate import SdpNegotiationError

from edge.drivers.base import Read, RefusedError, Ring, SilentError, Sink, UnavailableError, Verdict, Why
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.keypad import Keypad
from edge.drivers.own_lock import OwnLock
from edge.drivers.presence import Backoff, Presence
from edge.drivers.sip_panel import tones
from edge.drivers.sip_panel.config import Settings
from edge.drivers.sip_panel.dialogue import Dialogue, Port, Voice
from protocols import config
from protocols.records import CallPhase, DeviceReason

_log = logging.getLogger(__name__)
logging.getLogger("aiosipua").setLevel(logging.ERROR)  # what is garbled is dropped, and no news
NS_PER_S = 1_000_000_000
RESEND_S = 0.5  # RFC 3261: T1; doubled each time
HANG_UP_S = 1.0  # after the key that opens: the panel must have heard it
ANSWER_S = 4.0
UNAVAILABLE, DECLINE = 480, 603  # nobody came; somebody does not want to
_Key = tuple[str, str]  # Call-ID and CSeq: to which request an answer belongs


class SipPanel(OwnLock):
    """Implements `base.Relay`, `base.Reader` and `base.Intercom`. One call at a time; it opens while there is one."""

    def __init__(self, device: config.Device, settings: Settings, ports: Ports) -> None:
        super().__init__(device.name, len(settings.open_with.split(",")), ports.monotonic_ns)
        self.id: UUID = device.id
        self._settings = settings
        self.confirms = settings.dtmf == "info"
        self._random = ports.random
        self._keys = [keys.strip() for keys in settings.open_with.split(",")]
        self._keypad = Keypad()
        self._now: Dialogue | None = None
        self._waiting: dict[_Key, asyncio.Future[SipResponse]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sink: Sink | None = None
        self._sip = Port((settings.host, settings.port), settings.panel)
        self._uas = SipUAS(self._sip, user_agent="Domovoy")

    async def run(self, sink: Sink) -> None:
        """Listen, and ask the panel now and then whether it lives."""
        presence, backoff = Presence(self.id, sink), Backoff(self._random)
        self._sink = sink
        while True:
            try:
                await self._listen()
            except OSError as error:
                where = f"{self._settings.host}:{self._settings.port}"
                detail = f"{self._name}: cannot listen on {where}: {error}"
                presence.fault(Why(detail, DeviceReason.CANNOT_LISTEN, self._settings.port))
                await backoff.wait()
                continue
            try:
                await self._probe(presence)
            finally:
                await self._leave()

    async def signal(self, verdict: Verdict) -> None:
        """See `base.Reader`: whoever is refused hears that nothing opens."""

    async def open_door(self, door: int, *, deadline_ns: int) -> None:
        """See OwnLock. The key is pressed in the call, which is answered for it; then the box hangs up."""
        now = self._now
        if now is None:
            raise UnavailableError(f"{self._name}: nobody rings, and it opens during a call alone")
        within_s = max(0.0, (deadline_ns - self._monotonic_ns()) / NS_PER_S)
        try:
            async with asyncio.timeout(min(within_s, ANSWER_S)):
                await self._answer(now)
                await now.acknowledged.wait()
        except TimeoutError as error:
            raise UnavailableError(f"{self._name}: it did not take the answer to its call") from error
        if self._monotonic_ns() >= deadline_ns:
            raise UnavailableError(f"{self._name}: too late to open")
        for key in self._keys[door]:
            await self._press(now, key)
        self._tell(now, CallPhase.OPENED)
        self._spawn(self._hang_up_soon(now), "hang up")

    async def hang_up(self, call: str) -> None:
        """See `base.Intercom`: 603, or BYE when it was answered already."""
        now = self._now
        if now is None or now.id != call:
            raise UnavailableError(f"{self._name}: that call is over")
        self._hang_up(now, DECLINE)

    async def _press(self, now: Dialogue, key: str) -> None:
        if self._settings.dtmf == "rtp":
            if not now.voice.takes_keys:
                raise UnavailableError(f"{self._name}: it offers no keys in the voice (telephone-event)")
            await now.voice.press(key)
            return
        kind, body = tones.info_body(key)
        host, port = self._sip.local_addr
        request = now.call.dialog.create_request("INFO", via_host=host, via_port=port)
        request.headers.set_single("Content-Type", kind)
        request.text = body
        answer = await self._ask(request, now.call.source_addr)
        if not 200 <= answer.status_code < 300:
            message = f"{self._name}: INFO {key}: SIP status {answer.status_code}"
            raise RefusedError(message, answer.status_code)

    async def _ask(self, request: SipRequest, where: tuple[str, int]) -> SipResponse:
        """Send, and again, until it answers. Raises SilentError."""
        key = _key(request)
        answer: asyncio.Future[SipResponse] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        pause_s = RESEND_S
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1000):
                while True:
                    self._sip.send(request, where)
                    done, _ = await asyncio.wait([answer], timeout=pause_s)
                    if done:
                        return answer.result()
                    pause_s *= 2
        except TimeoutError as error:
            raise SilentError(
                f"{self._name}: {request.method}: no answer within {self._settings.timeout_ms} ms"
            ) from error
        finally:
            del self._waiting[key]

    async def _listen(self) -> None:
        self._uas.on_invite = self._rings
        self._uas.on_bye = lambda call, _request: self._over(call.call_id)
        self._uas.on_cancel = lambda request, _where: self._over(request.call_id or "")
        self._uas.on_ack_timeout = lambda call: self._over(call.call_id)
        await self._uas.start()
        heard = self._sip.on_message

        def hear(message: SipRequest | SipResponse, where: tuple[str, int]) -> None:
            if not self._takes(message) and heard is not None:
                heard(message, where)

        self._sip.on_message = hear

    def _takes(self, message: SipRequest | SipResponse) -> bool:
        """What the library has no place for: answers to our own requests, INFO, an INVITE sent once more."""
        if isinstance(message, SipResponse):
            waiting = self._waiting.get(_key(message))
            if waiting is not None and not waiting.done() and message.status_code >= 200:
                waiting.set_result(message)
            return True
        now = self._now
        if now is None or message.call_id != now.call.call_id:
            return False
        if message.method == "ACK":
            now.acknowledged.set()
        elif message.method == "INFO" and dialog_matches(now.call.dialog, message):
            self._informed(now, message)
            return True
        elif message.method == "INVITE" and not now.is_answered:
            now.call.ringing()
            return True
        return False

    def _informed(self, now: Dialogue, request: SipRequest) -> None:
        """The same INFO again, because our answer was lost, is answered and not heeded."""
        number = request.cseq.seq if request.cseq else 0
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        key = tones.of_info(kind, request.text)
        status = 200 if key else 415
        self._sip.send_reply(now.call.dialog.create_response(request, status))
        if key and number > now.last_info:
            now.last_info = number
            self._typed(key)

    def _typed(self, key: str) -> None:
        at_ns = self._monotonic_ns()
        for code in self._keypad.press(key.encode(), at_ns):
            if self._sink is not None:
                self._sink.read(Read(device=self.id, at_ns=at_ns, raw=code, code=code))

    def _rings(self, call: IncomingCall) -> None:
        if self._now is not None:
            call.reject(486)
            return
        now = self._now = Dialogue(call, Voice(self._settings.panel, self._typed))
        self._keypad = Keypad()
        self._sip.follow(call.invite)
        self._tell(now, CallPhase.RINGING)
        call.ringing()
        if self._settings.answer:
            self._spawn(self._answer(now), "answer")
        self._spawn(self._give_up(now), "ring out")

    async def _answer(self, now: Dialogue) -> None:
        if now.is_answered:
            return
        now.is_answered = True
        try:
            port = await now.voice.open(self._settings.host, self._settings.rtp_port)
            offer = now.call.sdp_offer
            now.call.accept(now.voice.agree(offer, self._settings.host, port) if offer else None)
        except (OSError, SdpNegotiationError) as error:
            _log.warning("%s: the call cannot be answered: %s", self._name, error)
            now.call.reject(488)
            self._over(now.call.call_id)
            return
        self._tell(now, CallPhase.ANSWERED)

    async def _give_up(self, now: Dialogue) -> None:
        await asyncio.sleep(self._settings.ring_s)
        if self._now is now:
            self._hang_up(now)

    async def _hang_up_soon(self, now: Dialogue) -> None:
        await asyncio.sleep(HANG_UP_S)
        if self._now is now:
            self._hang_up(now)

    def _hang_up(self, now: Dialogue, status: int = UNAVAILABLE) -> None:
        if now.is_answered:
            now.call.hangup()
        else:
            now.call.reject(status)
        self._over(now.call.call_id)

    def _over(self, call_id: str) -> None:
        now = self._now
        if now is not None and now.call.call_id == call_id:
            self._now = None
            now.voice.close()
            self._tell(now, CallPhase.ENDED)

    def _tell(self, now: Dialogue, phase: CallPhase) -> None:
        if self._sink is not None:
            number = now.call.callee.partition(":")[2].partition("@")[0]
            printable = "".join(sign for sign in number if sign.isprintable())[:100]
            self._sink.ring(Ring(device=self.id, call=now.id, phase=phase, number=printable))

    async def _probe(self, presence: Presence) -> None:
        backoff = Backoff(self._random)
        while True:
            try:
                await self._ask(self._options(), (self._settings.panel, self._settings.panel_port))
            except SilentError as error:
                presence.offline(error.why)
                await backoff.wait()
            else:
                presence.online()
                backoff.reset()
                await asyncio.sleep(self._settings.probe_s)

    def _options(self) -> SipRequest:
        """Any answer will do."""
        host, port = self._sip.local_addr
        there = f"sip:{self._settings.panel}:{self._settings.panel_port}"
        request = SipRequest(method="OPTIONS", uri=there)
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        request.headers.append("Via", f"SIP/2.0/UDP {host}:{port};branch={branch};rport")
        request.headers.set_single("From", f"<sip:domovoy@{host}:{port}>;tag={secrets.token_hex(8)}")
        request.headers.set_single("To", f"<{there}>")
        request.headers.set_single("Call-ID", secrets.token_hex(12))
        request.headers.set_single("CSeq", "1 OPTIONS")
        request.headers.set_single("Max-Forwards", "70")
        request.headers.set_single("Contact", f"<sip:domovoy@{host}:{port}>")
        return request

    async def _leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._now is not None:
            self._hang_up(self._now)
        await self._uas.stop()

    def _spawn(self, work: object, name: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=f"{name} {self._name}")  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _key(message: SipRequest | SipResponse) -> _Key:
    cseq = message.cseq
    return message.call_id or "", f"{cseq.seq} {cseq.method}" if cseq else ""


def build(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `sip_panel`."""
    settings = settings_of(device, Settings)
    built.claim(device, f"UDP port {settings.port}")
    panel = SipPanel(device, settings, ports)
    built.all[device.id] = built.relays[device.id] = built.readers[device.id] = panel
    built.intercoms[device.id] = panel
