"""Decisions of the access slice: pure, the time among the arguments."""

from collections.abc import Collection, Container, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cloud.access.types import PassChange, PassDraft, PassState
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.sites.types import PointPlace
from protocols.cards import Credential
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.records import Outcome

FINAL = frozenset({PassState.REVOKED, PassState.REFUSED})
SHORTEST = timedelta(minutes=1)
# Longest stretch a kind of pass may be valid for; None: without end. A company may set it shorter.
LONGEST: dict[PassKind, timedelta | None] = {
    PassKind.RESIDENT: None,
    PassKind.STAFF: None,
    PassKind.SPECIAL: None,
    PassKind.RECURRING: timedelta(days=366),
    PassKind.CONTRACTOR: timedelta(days=366),
    PassKind.SERVICE: timedelta(days=7),
    PassKind.GUEST: timedelta(days=31),
}

_NOBODY = Text(
    "Укажите, для кого пропуск: имя, номер машины или карту.",
    "Say whom the pass is for: a name, a plate or a card.",
)
_ENDS_BEFORE = Text("Окончание раньше начала.", "It ends before it begins.")
_ENDED = Text("Этот срок уже прошёл.", "This time has already passed.")
_END_NEEDED = Text("Укажите, до какого времени действует пропуск.", "Say until when the pass is valid.")
_TOO_LONG = Text(
    "Такой пропуск выдаётся не больше чем на {days} дн.", "Such a pass is issued for at most {days} days."
)


_POINT_ELSEWHERE = Text("Такой точки на этом объекте нет.", "There is no such point at this site.")
_SPREAD = Text(
    "Въезды считает один контроллер. Выберите точки одного контроллера.",
    "Entries are counted by one box. Choose points of one box.",
)


_NO_POINTS = Text(
    "На объекте ещё нет точек прохода: въезды считать некому.",
    "The site has no points yet: there is nobody to count entries.",
)


def check_points(points: Sequence[UUID], known: Container[UUID]) -> None:
    """Raises FixInput naming those that are not among `known`."""
    strange = [
        FieldError(f"points.{index}", "point_elsewhere", _POINT_ELSEWHERE)
        for index, point in enumerate(points)
        if point not in known
    ]
    if strange:
        raise FixInput(*strange)


def names_of(points: Collection[str], places: Sequence[PointPlace]) -> list[str] | None:
    """By name; None where they are every one of the site's: whether the pass names those or not is all the same."""
    opened = [place.name for place in places if str(place.point_id) in points]
    return opened if points and (len(opened) < len(places) or not places) else None


def windows_of(draft: PassDraft) -> list[dict[str, Any]]:
    """Its week as it is kept."""
    return [window.model_dump(mode="json") for window in draft.schedule]


def points_of(draft: PassDraft, box_of_point: Mapping[UUID, UUID]) -> list[UUID]:
    """The points that the pass is to name; none: every point of the site. `box_of_point`: the site's.

    What counts entries lives on the points of one box, so such a pass names them: a point that another box gets
    later must not count anew. Raises FixInput.
    """
    check_points(draft.points, box_of_point.keys())
    if draft.entries is None:
        return draft.points
    counting = draft.points or sorted(box_of_point)
    if not counting:
        raise FixInput.at("points", "no_points", _NO_POINTS)
    if len({box_of_point[point] for point in counting}) > 1:
        raise FixInput.at("points", "spread_over_boxes", _SPREAD)
    return counting


def check_draft(
    draft: PassDraft,
    valid_from: datetime,
    now: datetime,
    *,
    plates: Sequence[str],
    cards: Sequence[Credential],
) -> None:
    """Raises FixInput naming every field that does not fit."""
    wrong = []
    if not (draft.holder or plates or cards):
        wrong.append(FieldError("holder", "nobody", _NOBODY))
    if error := _wrong_end(draft, valid_from, now):
        wrong.append(error)
    if wrong:
        raise FixInput(*wrong)


def check_window(draft: PassDraft, valid_from: datetime, now: datetime) -> None:
    """Raises FixInput where it ends at a wrong time."""
    if error := _wrong_end(draft, valid_from, now):
        raise FixInput(error)


def _wrong_end(draft: PassDraft, valid_from: datetime, now: datetime) -> FieldError | None:
    longest, end = LONGEST[draft.kind], draft.valid_until
    if end is None:
        return FieldError("valid_until", "end_needed", _END_NEEDED) if longest else None
    if end <= valid_from:
        return FieldError("valid_until", "ends_before", _ENDS_BEFORE)
    if end <= now:
        return FieldError("valid_until", "ended", _ENDED)
    if longest and end - valid_from > longest:
        return FieldError("valid_until", "too_long", _TOO_LONG, {"days": longest.days})
    return None


def check_endless(kind: PassKind) -> None:
    """Raises FixInput where a pass of this kind has an end."""
    longest = LONGEST[kind]
    if longest is not None:
        raise FixInput(FieldError("valid_until", "too_long", _TOO_LONG, {"days": longest.days}))


def shown_state(stored: PassState, valid_until: datetime | None, now: datetime) -> PassState:
    """The state as a person should see it at `now`. Someone inside stays inside: overstayed is not gone."""
    lapsed = valid_until is not None and valid_until <= now
    if lapsed and stored in {PassState.REQUESTED, PassState.ISSUED, PassState.LEFT}:
        return PassState.EXPIRED
    return stored


def after_passage(stored: PassState, outcome: Outcome, direction: Direction) -> PassChange | None:
    """What a passage makes of the pass. A denial changes nothing: the pass may be right at another hour."""
    if outcome is Outcome.DENIED or stored in FINAL:
        return None
    return PassChange.ENTERED if direction is Direction.IN else PassChange.LEFT


STATE_AFTER: dict[PassChange, PassState] = {
    PassChange.REQUESTED: PassState.REQUESTED,
    PassChange.ISSUED: PassState.ISSUED,
    PassChange.APPROVED: PassState.ISSUED,
    PassChange.ENTERED: PassState.INSIDE,
    PassChange.LEFT: PassState.LEFT,
    PassChange.REFUSED: PassState.REFUSED,
    PassChange.REVOKED: PassState.REVOKED,
    PassChange.NOT_OPENED: PassState.ISSUED,
}


def may_revoke(stored: PassState) -> bool:
    """A pass is revoked once."""
    return stored not in FINAL
