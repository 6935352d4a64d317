"""What a camera tells of its own eye: covered, turned away, blind, without a signal. Pure.

Many topics and several eyes make one alarm of a kind: it lasts while any of them says so.
"""

from collections.abc import Iterable
from typing import NamedTuple

from edge.drivers.onvif.pull_point import Message
from protocols.records import DeviceAlarm

PLACES_MAX = 64  # of one camera; a camera that names more is not believed about them
_SEEN = {
    "VideoSource/GlobalSceneChange": (DeviceAlarm.CAMERA_TAMPER, "the scene has changed"),
    "VideoSource/ImageTooBlurry": (DeviceAlarm.CAMERA_TAMPER, "the picture is too blurry"),
    "VideoSource/ImageTooDark": (DeviceAlarm.CAMERA_TAMPER, "the picture is too dark"),
    "VideoSource/ImageTooBright": (DeviceAlarm.CAMERA_TAMPER, "the picture is too bright"),
    "RuleEngine/TamperDetector": (DeviceAlarm.CAMERA_TAMPER, "somebody is at the camera"),
    "VideoSource/SignalLoss": (DeviceAlarm.CAMERA_SIGNAL, "no signal"),
}
ALARMS = (DeviceAlarm.CAMERA_TAMPER, DeviceAlarm.CAMERA_SIGNAL)
_STATES = ("State", "IsTamper")  # under one of these names the topics' states stand
_YES, _NO = ("true", "1"), ("false", "0")


class _Place(NamedTuple):
    """What of the camera it is about."""

    topic: str
    source: tuple[tuple[str, str], ...]


class Change(NamedTuple):
    """An alarm begins, is over, or is known for the first time."""

    alarm: DeviceAlarm
    active: bool
    detail: str


class Eye:
    """One camera's, over all its subscriptions: what it told of stays so until it tells otherwise."""

    def __init__(self) -> None:
        self._lasting: dict[_Place, tuple[DeviceAlarm, str]] = {}
        self._told: dict[DeviceAlarm, bool] = {}
        self._doubtful: set[_Place] = set()
        self._retells = False

    def subscribed(self) -> None:
        """Anew: the camera tells its states from the beginning, and what it had told before may be no more."""
        self._doubtful, self._retells = set(self._lasting), False

    def take(self, messages: Iterable[Message]) -> list[Change]:
        """What an answer holds changes the alarms once, however much it tells."""
        count, touched = 0, set()
        for message in messages:
            count += 1
            self._retells |= message.operation == "Initialized"
            alarm = self._take_one(message)
            touched |= {alarm} if alarm is not None else set()
        if not count and self._retells:  # all was told anew, and this was not in it
            touched |= {alarm for alarm, _ in map(self._lasting.__getitem__, self._doubtful)}
            for place in self._doubtful:
                del self._lasting[place]
            self._doubtful = set()
        return self._changes(touched)

    def nothing(self) -> list[Change]:
        """The camera tells of no such things, or is not asked: no alarm of it lasts."""
        self._lasting.clear()
        self._doubtful.clear()
        return self._changes(set(ALARMS))

    def _take_one(self, message: Message) -> DeviceAlarm | None:
        kind = next(
            (
                seen
                for topic, seen in _SEEN.items()
                if message.topic == topic or message.topic.startswith(topic + "/")
            ),
            None,
        )
        state = False if message.operation == "Deleted" else _state(message.data)
        if kind is None or state is None:
            return None
        place = _Place(message.topic, message.source)
        self._doubtful.discard(place)
        if not state:
            self._lasting.pop(place, None)
        elif place in self._lasting or len(self._lasting) < PLACES_MAX:
            self._lasting[place] = kind
        return kind[0]

    def _changes(self, touched: set[DeviceAlarm]) -> list[Change]:
        changes = []
        for alarm in sorted(touched):
            details = sorted({detail for each, detail in self._lasting.values() if each is alarm})
            if self._told.get(alarm) is not bool(details):
                self._told[alarm] = bool(details)
                changes.append(Change(alarm, bool(details), ", ".join(details)))
        return changes


def _state(data: dict[str, str]) -> bool | None:
    """None: a message without a state that anybody knows."""
    told = next((data[name].strip().lower() for name in _STATES if name in data), "")
    return True if told in _YES else False if told in _NO else None
