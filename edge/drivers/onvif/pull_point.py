"""A device's events by a pull point (WS-BaseNotification): asked for, kept alive, given up. Blocking, as `soap`.

Everything is asked for, without a filter: many devices take the topics' expressions of the standard and then tell
nothing, or refuse them. Where the subscription lives, the device itself says: an address, and with some devices
parameters that go back to it as headers.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar

from lxml import etree

from edge.drivers.base import MonotonicNs, RefusedError
from edge.drivers.onvif.soap import NS_PER_S, Onvif

EVENTS = "http://www.onvif.org/ver10/events/wsdl"
LASTS_S = 60  # of a subscription that nobody renews: what a killed box leaves behind is soon over
LASTS_MIN_S = 10.0  # a device that says less, or that it is over already, means something else
WAIT_S = 5  # how long an answer is kept back while nothing happens: a box that stops waits no longer
MESSAGES_MAX = 50  # in one answer
_TEXT_MAX = 200
_CREATE = ("events.wsdl", f"{{{EVENTS}}}EventBinding")
_PULL = ("events.wsdl", f"{{{EVENTS}}}PullPointSubscriptionBinding")
_MANAGE = ("events.wsdl", f"{{{EVENTS}}}SubscriptionManagerBinding")
_ACTIONS = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/"
_WSA = "http://www.w3.org/2005/08/addressing"
_WSNT = "{http://docs.oasis-open.org/wsn/b-2}"
_TT = "{http://www.onvif.org/ver10/schema}"
_T = TypeVar("_T")


class Message(NamedTuple):
    """What a device tells. `topic`: without prefixes; `source`: of what; `operation`: of a property, else empty."""

    topic: str
    source: tuple[tuple[str, str], ...]
    operation: str
    data: dict[str, str]


class PullPoint:
    """One device's; at most one subscription at a time. All calls raise DeviceError."""

    def __init__(self, device: Onvif, monotonic_ns: MonotonicNs) -> None:
        self._device = device
        self._monotonic_ns = monotonic_ns
        self._is_absolute = False  # it takes a moment where the standard lets one name a duration
        self._address = ""
        self._parameters: tuple[Any, ...] = ()
        self._renew_ns: int | None = None  # None: it renews nothing, and says when it is over by a fault

    def subscribe(self) -> bool:
        """False: the device has no events. Its clock and its services are asked for first: both may be other ones."""
        service = self._device.facts().services.get(EVENTS)
        if service is None:
            return False
        self._address, self._parameters = self._until(
            lambda until: self._device.call(
                _CREATE,
                service,
                "CreatePullPointSubscription",
                self._subscribed,
                InitialTerminationTime=until,
            )
        )
        return True

    def pull(self) -> list[Message]:
        """What happened since, at once or within `WAIT_S`. Renews the subscription when half its time is over."""
        if self._renew_ns is not None and self._monotonic_ns() >= self._renew_ns:
            self._renew()
        return self._device.call(
            _PULL,
            self._address,
            "PullMessages",
            self._pulled,
            wait_s=WAIT_S,
            headers=self._given_back(),
            Timeout=f"PT{WAIT_S}S",
            MessageLimit=MESSAGES_MAX,
        )

    def interrupt(self) -> None:
        """From any thread: whatever is asked for ends at once, until `end`."""
        self._device.interrupt()

    def end(self) -> None:
        """Give the subscription up, which the device may do by itself if it hears nothing of it."""
        address, self._address = self._address, ""
        self._device.close()  # of an answer that nobody waits for any more
        try:
            if address:
                headers = self._headers("UnsubscribeRequest", address)
                self._device.call(_MANAGE, address, "Unsubscribe", lambda _: None, headers=headers)
        finally:
            self._device.close()

    def _renew(self) -> None:
        headers = self._headers("RenewRequest", self._address)
        try:
            self._until(
                lambda until: self._device.call(
                    _MANAGE, self._address, "Renew", self._lasts, headers=headers, TerminationTime=until
                )
            )
        except RefusedError:
            self._renew_ns = None  # each pull may prolong it; if not, the next one is refused

    def _until(self, ask: Callable[[str], _T]) -> _T:
        """By a duration; by a moment of the device's clock where it refuses that."""
        if not self._is_absolute:
            try:
                return ask(f"PT{LASTS_S}S")
            except RefusedError as error:
                if error.code == HTTPStatus.UNAUTHORIZED:
                    raise
        moment = self._device.now() + timedelta(seconds=LASTS_S)
        answer = ask(f"{moment:%Y-%m-%dT%H:%M:%SZ}")
        self._is_absolute = True
        return answer

    def _subscribed(self, answer: Any) -> tuple[str, tuple[Any, ...]]:
        self._lasts(answer)
        reference = answer.SubscriptionReference
        parameters = reference.ReferenceParameters
        given = (parameters["_value_1"] or []) if parameters is not None else []
        return self._device.reachable(reference.Address["_value_1"]), tuple(given)

    def _lasts(self, answer: Any) -> None:
        """Both times are by the device's clock, so that it may show what it likes."""
        now = _utc(answer.CurrentTime) if answer.CurrentTime is not None else self._device.now()
        left_s = (_utc(answer.TerminationTime) - now).total_seconds()
        half_ns = int(min(max(left_s, LASTS_MIN_S), LASTS_S) * NS_PER_S) // 2
        self._renew_ns = self._monotonic_ns() + half_ns

    def _pulled(self, answer: Any) -> list[Message]:
        return [message for told in answer.NotificationMessage[:MESSAGES_MAX] for message in _read(told)]

    def _headers(self, action: str, address: str) -> list[Any]:
        """What the descriptions leave out for these two, and devices look at."""
        headers = [etree.Element(f"{{{_WSA}}}{name}") for name in ("Action", "To")]
        headers[0].text, headers[1].text = _ACTIONS + action, address
        return [*headers, *self._given_back()]

    def _given_back(self) -> list[Any]:
        """Copies: an element stands in one envelope only."""
        copies = [deepcopy(each) for each in self._parameters]
        for each in copies:
            each.set(f"{{{_WSA}}}IsReferenceParameter", "true")
        return copies


def _read(told: Any) -> Iterator[Message]:
    """Nothing of a message that is none: those beside it count."""
    try:
        message = told.Message["_value_1"]
        holder = message.getparent().getparent()  # zeep drops the text of a topic
        topic = "".join((holder.findtext(f"{_WSNT}Topic") or "").split())[:_TEXT_MAX]
        yield Message(
            "/".join(part.rpartition(":")[2] for part in topic.split("/")),
            tuple(sorted(_items(message, "Source").items())),
            message.get("PropertyOperation", "")[:_TEXT_MAX],
            _items(message, "Data"),
        )
    except (AttributeError, LookupError, TypeError):
        return


def _items(message: Any, part: str) -> dict[str, str]:
    items = message.iterfind(f"{_TT}{part}/{_TT}SimpleItem")
    return {each.get("Name", "")[:_TEXT_MAX]: each.get("Value", "")[:_TEXT_MAX] for each in items}


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
