"""The event service of an ONVIF camera: pull points that keep answers back, run out, and are forgotten.

Written out by hand after WS-BaseNotification and ONVIF's core specification.
"""

import asyncio
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from xml.etree import ElementTree as ET

NAMES = (
    'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa="http://www.w3.org/2005/08/addressing" '
    'xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:tns1="http://www.onvif.org/ver10/topics" '
    'xmlns:vendor="http://vendor.example/events"'
)
OPERATIONS = frozenset({"CreatePullPointSubscription", "PullMessages", "Renew", "Unsubscribe"})
_WSA = "{http://www.w3.org/2005/08/addressing}"
_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_ACTION = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/"
WAITING_MAX = 200


class Eye(NamedTuple):
    """A topic that has a state, and the name under which it stands."""

    topic: str
    source: str
    state: str = "State"


EYES = {
    "scene": Eye("tns1:VideoSource/GlobalSceneChange/ImagingService", "Source"),
    "dark": Eye("tns1:VideoSource/ImageTooDark/ImagingService", "Source"),
    "blurry": Eye("tns1:VideoSource/ImageTooBlurry/AnalyticsService", "Source"),
    "signal": Eye("tns1:VideoSource/SignalLoss", "Source"),
    "tamper": Eye("tns1:RuleEngine/TamperDetector/Tamper", "VideoSourceConfigurationToken", "IsTamper"),
    "motion": Eye("tns1:VideoSource/MotionAlarm", "Source"),
}


class RefusedError(Exception):
    """A fault: its subcode, and the text."""


@dataclass
class _Subscription:
    """Messages wait in it until they are pulled; it is over at a time of the camera's clock."""

    over: datetime
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))


class Events:
    """`states`: by the names of `EYES`, what the camera has told of. `times`: which form of a time it takes.

    `by_reference`: all subscriptions have one address, and a parameter that clients give back tells them apart.
    """

    def __init__(self, clock: Callable[[], datetime], address: Callable[[], str]) -> None:
        self.states: dict[str, bool] = {"scene": False, "tamper": False, "signal": False}
        self.times = ("relative", "absolute")
        self.by_reference = False
        self.renews = True
        self.refuses = ""  # whoever subscribes, with this subcode
        self.lasts_s: float | None = None  # whatever it is asked for
        self.open: dict[str, _Subscription] = {}
        self._clock = clock
        self._address = address
        self._numbers = itertools.count(1)

    def change(self, name: str, state: bool) -> None:
        """The camera sees that it is so from now on."""
        self.states[name] = state
        self._tell(name, "Changed")

    def remove(self, name: str) -> None:
        """The camera has no such state any more."""
        self._tell(name, "Deleted")
        del self.states[name]

    def forget(self) -> None:
        """As after a start: no subscription is known any more, and who waits hears so."""
        self.open.clear()

    async def answer(self, operation: str, asked: ET.Element, envelope: ET.Element, number: str) -> str:
        """`number`: of the subscription, as the address names it. Raises RefusedError."""
        if operation == "CreatePullPointSubscription":
            return self._create(asked)
        parameter = envelope.findtext(".//{http://vendor.example/events}SubscriptionId")
        key = (parameter or "") if self.by_reference else number
        subscription = self._known(key)
        if operation == "PullMessages":
            return await self._pull(key, subscription, asked)
        if envelope.findtext(f".//{_WSA}Action") != f"{_ACTION}{operation}Request":
            raise RefusedError("wsa:ActionNotSupported", "no action")
        if operation == "Renew":
            return self._renew(subscription, asked)
        del self.open[key]
        return "<wsnt:UnsubscribeResponse/>"

    def _create(self, asked: ET.Element) -> str:
        if self.refuses:
            raise RefusedError(self.refuses, "no subscriptions")
        over = self._over(_text(asked, "InitialTerminationTime"))
        key = str(next(self._numbers))
        subscription = self.open[key] = _Subscription(over)
        for name in self.states:
            subscription.waiting.put_nowait(self._message(name, "Initialized"))
        path = "subscription" if self.by_reference else f"subscription?id={key}"
        parameters = f"<vendor:SubscriptionId>{key}</vendor:SubscriptionId>" if self.by_reference else ""
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
            f"<wsa:Address>{self._address()}/onvif/{path}</wsa:Address>"
            f"<wsa:ReferenceParameters>{parameters}</wsa:ReferenceParameters></tev:SubscriptionReference>"
            f"<wsnt:CurrentTime>{_at(self._clock())}</wsnt:CurrentTime>"
            f"<wsnt:TerminationTime>{_at(over)}</wsnt:TerminationTime></tev:CreatePullPointSubscriptionResponse>"
        )

    async def _pull(self, key: str, subscription: _Subscription, asked: ET.Element) -> str:
        """Keeps the answer back until there is something to tell, or the time is over."""
        until = asyncio.get_running_loop().time() + _seconds(_text(asked, "Timeout"))
        while subscription.waiting.empty() and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.02)
            self._known(key)
        messages: list[str] = []
        while not subscription.waiting.empty() and len(messages) < int(_text(asked, "MessageLimit")):
            messages.append(subscription.waiting.get_nowait())
        return (
            f"<tev:PullMessagesResponse><tev:CurrentTime>{_at(self._clock())}</tev:CurrentTime>"
            f"<tev:TerminationTime>{_at(subscription.over)}</tev:TerminationTime>{''.join(messages)}"
            "</tev:PullMessagesResponse>"
        )

    def _renew(self, subscription: _Subscription, asked: ET.Element) -> str:
        if not self.renews:
            raise RefusedError("ter:ActionNotSupported", "Renew")
        subscription.over = self._over(_text(asked, "TerminationTime"))
        return (
            f"<wsnt:RenewResponse><wsnt:TerminationTime>{_at(subscription.over)}</wsnt:TerminationTime>"
            f"<wsnt:CurrentTime>{_at(self._clock())}</wsnt:CurrentTime></wsnt:RenewResponse>"
        )

    def _known(self, key: str) -> _Subscription:
        subscription = self.open.get(key)
        if subscription is None or subscription.over <= self._clock():
            self.open.pop(key, None)
            raise RefusedError("wsrf-rw:ResourceUnknownFault", f"no subscription {key}")
        return subscription

    def _over(self, told: str) -> datetime:
        form = "relative" if told.startswith("P") else "absolute"
        if form not in self.times:
            raise RefusedError("wsnt:UnacceptableInitialTerminationTimeFault", told)
        if self.lasts_s is not None:
            return self._clock() + timedelta(seconds=self.lasts_s)
        if form == "relative":
            return self._clock() + timedelta(seconds=_seconds(told))
        return datetime.strptime(told, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

    def _tell(self, name: str, operation: str) -> None:
        message = self._message(name, operation)
        for subscription in self.open.values():
            subscription.waiting.put_nowait(message)

    def _message(self, name: str, operation: str) -> str:
        eye, state = EYES[name], str(self.states[name]).lower()
        return (
            f'<wsnt:NotificationMessage><wsnt:Topic Dialect="{_DIALECT}">{eye.topic}</wsnt:Topic><wsnt:Message>'
            f'<tt:Message UtcTime="{_at(self._clock())}" PropertyOperation="{operation}">'
            f'<tt:Source><tt:SimpleItem Name="{eye.source}" Value="0"/></tt:Source>'
            f'<tt:Data><tt:SimpleItem Name="{eye.state}" Value="{state}"/></tt:Data></tt:Message></wsnt:Message>'
            "</wsnt:NotificationMessage>"
        )


def _text(asked: ET.Element, name: str) -> str:
    return next((each.text or "" for each in asked.iter() if each.tag.endswith(f"}}{name}")), "")


def _seconds(told: str) -> float:
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", told)
    if found is None:
        raise RefusedError("ter:InvalidArgVal", told)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(3600 * hours + 60 * minutes + seconds)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
