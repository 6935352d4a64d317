"""Who may pass: a plain function of plain values. The blacklist goes first and fails closed.

The same question always gets the same answer; the time, the zone and what is held are part of the question.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple
from uuid import UUID

import msgspec

from edge.access.presence import FREE, Standing
from protocols.config import AntiPassback, StalePolicy, StaleRule, UnknownClockPolicy
from protocols.fields import ClockState, Direction
from protocols.held import PassKind, Window
from protocols.qr import Token
from protocols.records import Outcome, PassageFlag, Reason


class Area(NamedTuple):
    """The zone into which the point leads. `full`: as many are inside as may be."""

    number: int
    anti_passback: AntiPassback = AntiPassback.OFF
    full: bool = False


class Question(NamedTuple):
    """What stands at the point. `at`: UTC, not earlier than the highest trusted time; schedules use `zone`.

    `stale`: given when the cloud has not confirmed for long what is held.
    """

    point: UUID
    direction: Direction
    at: datetime
    clock: ClockState
    zone: tzinfo
    policy: UnknownClockPolicy
    is_plate: bool
    readable: bool = True
    area: Area | None = None
    stale: StalePolicy | None = None


class GatePass(msgspec.Struct, frozen=True, array_like=True):
    """What the gate needs of a pass; names, phone and address stay on the disk."""

    id: UUID
    version: int
    digest: bytes
    kind: PassKind
    keys: list[str]
    plates: list[str]
    points: list[UUID]
    direction: Direction | None
    valid_from: datetime
    valid_until: datetime | None
    schedule: list[Window]
    entries: int | None
    revoked: bool
    household: UUID | None = None
    vehicles: int | None = None


class Held(NamedTuple):
    """A pass that matched. `uses`: entries counted or reserved; `weak`: matched by less than the whole card.

    `token`: the guest's code by which it matched, `exits` what was counted by codes on the way out; `vehicles`: how
    many others of its household's are inside.
    """

    item: GatePass
    uses: int = 0
    weak: bool = False
    token: Token | None = None
    exits: int = 0
    standing: Standing = FREE
    vehicles: int = 0


class Decision(NamedTuple):
    """`counts`: the grant takes one of the pass's entries (or exits, of a guest's code)."""

    outcome: Outcome
    reason: Reason
    held: Held | None = None
    counts: bool = False
    flags: tuple[PassageFlag, ...] = ()

    @property
    def granted(self) -> bool:
        """The barrier opens."""
        return self.outcome is Outcome.GRANTED


# Among several passes that all refuse, the person hears the reason that is nearest to a grant.
_NEARNESS = {
    Reason.REVOKED: 0,
    Reason.EXPIRED: 1,
    Reason.WRONG_POINT: 2,
    Reason.NOT_YET_VALID: 3,
    Reason.OUTSIDE_SCHEDULE: 4,
    Reason.NO_ENTRIES_LEFT: 5,
    Reason.CLOCK_UNKNOWN: 6,
    Reason.STALE_LIST: 7,
    Reason.ANTI_PASSBACK: 8,
    Reason.TOO_MANY_VEHICLES: 9,
    Reason.ZONE_FULL: 10,
    Reason.GUARD_CONFIRMATION: 11,
}


def decide(question: Question, matched: Sequence[Held], *, blocked: bool) -> Decision:
    """The one answer. `matched`: passes that hold the card or plate, whole-card matches only if there are any."""
    if blocked:
        return _deny(Reason.BLACKLISTED, matched[0] if matched else None)
    if not question.readable:
        return _deny(Reason.UNREADABLE)
    if not matched:
        return _deny(Reason.UNKNOWN_PLATE if question.is_plate else Reason.UNKNOWN_CREDENTIAL)
    if len(matched) == 1:
        held = matched[0]
        reason = _judge(question, held)
    elif not question.is_plate and ambiguous(matched):
        return _deny(Reason.AMBIGUOUS)
    else:
        reason, held = _weigh([(_judge(question, held), held) for held in matched])
    if reason in _GRANTS:
        is_code = held.token is not None
        is_plain = question.area is None and question.stale is None and not is_code
        flags = () if is_plain else tuple(_noticed(question, held))
        return Decision(_GRANTED, reason, held, is_code or question.direction is _IN, flags)
    return _deny(reason, held)


def ambiguous(matched: Sequence[Held]) -> bool:
    """Matches may be of different cards: then nobody knows whose this one is. One card on two passes is fine.

    Weak ones share what a short reader shows; whole ones are two readings of one frame, as one of 34 bits has.
    """
    if len(matched) < 2:
        return False
    cards = [{key for key in held.item.keys if not key.startswith("~")} for held in matched]
    return not set.intersection(*cards)


def in_schedule(schedule: Sequence[Window], local: datetime) -> bool:
    """Whether local time falls into a window; an empty schedule is always."""
    if not schedule:
        return True
    day, minute = local.isoweekday(), local.hour * 60 + local.minute
    return any(_in_window(window, day, minute) for window in schedule)


def _in_window(window: Window, day: int, minute: int) -> bool:
    if window.until_minute > window.from_minute:
        return day in window.days and window.from_minute <= minute < window.until_minute
    yesterday = 7 if day == 1 else day - 1
    return (day in window.days and minute >= window.from_minute) or (
        yesterday in window.days and minute < window.until_minute
    )


# Bound once, and no set: before Python 3.12 to reach an Enum's member, or to hash it, costs a dict's look-up.
_GRANTED, _IN, _UNKNOWN = Outcome.GRANTED, Direction.IN, ClockState.UNKNOWN
_GRANTS = (Reason.GRANTED, Reason.GRANTED_CLOCK_UNKNOWN)


def _judge(question: Question, held: Held) -> Reason:  # noqa: C901, PLR0911  # a line a rule, in their order
    item = held.item
    if item.revoked:
        return Reason.REVOKED
    if item.valid_until is not None and question.at >= item.valid_until:
        return Reason.EXPIRED  # also by an unknown clock: it is never ahead of the highest trusted time
    if item.points and question.point not in item.points:
        return Reason.WRONG_POINT
    if item.direction is not None and item.direction is not question.direction:
        return Reason.WRONG_POINT
    if held.token is not None and (refused := _judge_code(question, held, held.token)) is not None:
        return refused
    if item.entries is not None and question.direction is Direction.IN and held.uses >= item.entries:
        return Reason.NO_ENTRIES_LEFT
    if question.clock is _UNKNOWN:
        return _judge_without_time(question.policy, item)
    if question.at < item.valid_from:
        return Reason.NOT_YET_VALID
    if item.schedule and not in_schedule(item.schedule, question.at.astimezone(question.zone)):
        return Reason.OUTSIDE_SCHEDULE
    if (question.area is None and question.stale is None) or item.kind is PassKind.SPECIAL:
        return Reason.GRANTED
    return _judge_place(question, held)


def _judge_code(question: Question, held: Held, token: Token) -> Reason | None:
    """What a guest's code says besides its pass; None: nothing against it."""
    if question.at >= token.ends:
        return Reason.EXPIRED
    if token.direction is not None and token.direction is not question.direction:
        return Reason.WRONG_POINT
    if token.zones and not held.item.version:  # what is held of the pass is newer than its code
        area = question.area
        if area is None or area.number not in token.zones:
            return Reason.WRONG_POINT
    if (
        question.direction is Direction.OUT
        and held.item.entries is not None
        and held.exits >= held.item.entries
    ):
        return Reason.NO_ENTRIES_LEFT
    is_early = question.at < token.begins and question.clock is ClockState.TRUSTED
    return Reason.NOT_YET_VALID if is_early else None


def _judge_place(question: Question, held: Held) -> Reason:
    if question.stale is not None:
        rule = _rule_of(question.stale, held.item.kind)
        if rule is not StaleRule.ALLOW:
            return Reason.GUARD_CONFIRMATION if rule is StaleRule.GUARD else Reason.STALE_LIST
    area = question.area
    if area is None:
        return Reason.GRANTED
    if area.anti_passback is AntiPassback.HARD and held.standing.violates:
        return Reason.ANTI_PASSBACK
    if question.direction is Direction.IN:
        if area.full:
            return Reason.ZONE_FULL
        if question.is_plate and held.item.vehicles is not None and held.vehicles >= held.item.vehicles:
            return Reason.TOO_MANY_VEHICLES
    return Reason.GRANTED


def _rule_of(policy: StalePolicy, kind: PassKind) -> StaleRule:
    if kind in {PassKind.RESIDENT, PassKind.STAFF}:
        return policy.residents
    return policy.guests if kind is PassKind.GUEST else policy.services


def _noticed(question: Question, held: Held) -> Iterator[PassageFlag]:
    """What whoever is let in, or out, is told of beside it."""
    if held.token is not None:
        yield PassageFlag.CODE
    if question.stale is not None:
        yield PassageFlag.STALE_LIST
    if question.area is None:
        return
    if held.standing.violates and question.area.anti_passback is not AntiPassback.OFF:
        yield PassageFlag.ANTI_PASSBACK
    if held.standing.left_carrier is not None:
        yield PassageFlag.LEFT_AS_OTHER


def _judge_without_time(policy: UnknownClockPolicy, item: GatePass) -> Reason:
    if policy.residents_without_schedule and item.kind is PassKind.RESIDENT and not item.schedule:
        return Reason.GRANTED_CLOCK_UNKNOWN
    return Reason.GUARD_CONFIRMATION if policy.others_need_guard else Reason.CLOCK_UNKNOWN


def _weigh(verdicts: Sequence[tuple[Reason, Held]]) -> tuple[Reason, Held]:
    """Of several passes: the one that grants, else the one that is nearest to it."""
    granting = [verdict for verdict in verdicts if verdict[0] in _GRANTS]
    if granting:
        return min(granting, key=_preference)
    return max(verdicts, key=lambda verdict: _NEARNESS[verdict[0]])


def _preference(granting: tuple[Reason, Held]) -> tuple[bool, bool, str]:
    """Spend no limited entry while an unlimited pass would do; otherwise the same pass every time."""
    item = granting[1].item
    return item.entries is not None, item.valid_until is not None, str(item.id)


def _deny(reason: Reason, held: Held | None = None) -> Decision:
    return Decision(Outcome.DENIED, reason, held)
