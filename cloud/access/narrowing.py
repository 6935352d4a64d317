"""What the points say of a pass that would open them: pure.

Each point narrows the pass, and the strictest wins: a point refuses a kind, or residents' orders; one that wants a
manager's approval wants it for the whole pass; hours intersect, since a pass has one week for all of its points; its
limits count every pass of the premises that opens the point, whatever its kind.
A point that is named and refuses is a fault. A pass for every point of a site leaves out those that refuse and names
the rest, so that a strict gate takes nothing from the others; where none is left, it is refused.
docs/decisions/0019-points-narrow-passes.md has the reasons.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from cloud.access.hours import within
from cloud.access.types import PassDraft, WindowDraft
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from protocols.held import PassKind

MOST_WINDOWS = 50  # of a pass, as a box takes it

_KIND = Text("«{point}» таким пропуском не открывается.", "“{point}” is not opened by such a pass.")
_RESIDENTS = Text(
    "«{point}»: жители сюда пропуска не заказывают, их выдаёт компания.",
    "“{point}”: residents order no passes here, the company issues them.",
)
_HOURS = Text(
    "«{point}» пускает с {from_} до {until}, а пропуск в эти часы не действует.",
    "“{point}” lets in from {from_} to {until}, when the pass is not valid.",
)
_TOO_LONG = Text(
    "«{point}» открывают пропуска не дольше чем на {days} дн.",
    "“{point}” is opened by passes for at most {days} days.",
)
_PER_DAY = Text(
    "«{point}»: на это помещение сегодня уже выдано {most}, больше компания не разрешает.",
    "“{point}”: {most} have been issued to these premises today already, the company allows no more.",
)
_STANDING = Text(
    "«{point}»: у этого помещения уже {most} действующих пропусков, больше компания не разрешает.",
    "“{point}”: these premises have {most} passes already, the company allows no more.",
)
_NEVER_MEET = Text(
    "Часы точек не пересекаются: «{point}» пускает с {from_} до {until}, когда другие закрыты."
    " Выдайте отдельные пропуска.",
    "The hours of the points never meet: “{point}” lets in from {from_} to {until}, when others do not."
    " Issue separate passes.",
)
_NONE_LEFT = Text(
    "Такой пропуск на этом объекте ничего не открывает: {points}.",
    "Such a pass opens nothing at this site: {points}.",
)
_TOO_MANY = Text(
    "Слишком много окон: вместе с часами точек их больше {most}.",
    "Too many windows: with the hours of the points they are more than {most}.",
)


class PointRule(NamedTuple):
    """What is said of passes at a point; None: nothing. Both minutes or none."""

    name: str
    kinds: frozenset[PassKind] | None = None
    residents: bool = True
    approval: bool = False
    from_minute: int | None = None
    until_minute: int | None = None
    longest_days: int | None = None
    per_day: int | None = None
    standing: int | None = None


class Ordered(NamedTuple):
    """How many other passes of the same premises open a point: issued today, and good now or later."""

    today: int = 0
    standing: int = 0


class Asked(NamedTuple):
    """A pass that somebody wants.

    `is_whole`: for every point of the site; `lasts`: None: for good; `ordered`: by points, none where there is none.
    """

    draft: PassDraft
    lasts: timedelta | None
    is_whole: bool
    by_resident: bool = False
    ordered: Mapping[UUID, Ordered] = {}


class Narrowed(NamedTuple):
    """What the points leave of a pass. `left_out`: names of those that it was asked to open and does not."""

    draft: PassDraft
    approval: bool
    left_out: list[str]


def narrowed(asked: Asked, rules: Mapping[UUID, PointRule], of_site: Sequence[UUID]) -> Narrowed:
    """`of_site`: its points. Raises FixInput naming each point that refuses."""
    draft = asked.draft
    opened = draft.points or list(of_site)
    refusals = {
        index: fault
        for index, point in enumerate(opened)
        if point in rules and (fault := _refusal(f"points.{index}", point, rules[point], asked))
    }
    if refusals and not asked.is_whole:
        raise FixInput(*refusals.values())
    kept = [point for index, point in enumerate(opened) if index not in refusals]
    left_out = [rules[opened[index]].name for index in refusals]
    if refusals and not kept:
        raise FixInput.at("points", "no_point_left", _NONE_LEFT, points=", ".join(left_out))
    said = [rules[point] for point in kept if point in rules]
    fields = {"schedule": _common(draft.schedule, said), "points": kept if refusals else draft.points}
    return Narrowed(draft.model_copy(update=fields), any(rule.approval for rule in said), left_out)


def laid_over(schedule: Sequence[WindowDraft], from_minute: int, until_minute: int) -> list[WindowDraft]:
    """`hours.within`, as a box takes it. Raises FixInput for more windows than that."""
    left = within(schedule, from_minute, until_minute)
    if len(left) > MOST_WINDOWS:
        raise FixInput.at("schedule", "too_many_windows", _TOO_MANY, most=MOST_WINDOWS)
    return left


def _refusal(path: str, point: UUID, rule: PointRule, asked: Asked) -> FieldError | None:
    told = {"point": rule.name}
    if rule.kinds is not None and asked.draft.kind not in rule.kinds:
        return FieldError(path, "kind_not_here", _KIND, told)
    if asked.by_resident and not rule.residents:
        return FieldError(path, "not_for_residents_here", _RESIDENTS, told)
    ordered = asked.ordered.get(point, Ordered())
    return _over_limit(path, rule, asked.lasts, ordered) or _closed(path, rule, asked.draft.schedule)


def _over_limit(path: str, rule: PointRule, lasts: timedelta | None, ordered: Ordered) -> FieldError | None:
    days, told = rule.longest_days, {"point": rule.name}
    if days is not None and (lasts is None or lasts > timedelta(days=days)):
        return FieldError(path, "longer_than_here", _TOO_LONG, told | {"days": days})
    if rule.per_day is not None and ordered.today >= rule.per_day:
        return FieldError(path, "too_many_today_here", _PER_DAY, told | {"most": rule.per_day})
    if rule.standing is not None and ordered.standing >= rule.standing:
        return FieldError(path, "too_many_standing_here", _STANDING, told | {"most": rule.standing})
    return None


def _closed(path: str, rule: PointRule, schedule: Sequence[WindowDraft]) -> FieldError | None:
    if rule.from_minute is None or rule.until_minute is None:
        return None
    if within(schedule, rule.from_minute, rule.until_minute):
        return None
    return FieldError(path, "closed_then", _HOURS, _hours_told(rule))


def _common(schedule: Sequence[WindowDraft], said: Sequence[PointRule]) -> list[WindowDraft]:
    left = list(schedule)
    for rule in dict.fromkeys(said):
        if rule.from_minute is None or rule.until_minute is None:
            continue
        left = laid_over(left, rule.from_minute, rule.until_minute)
        if not left:
            raise FixInput.at("points", "hours_never_meet", _NEVER_MEET, **_hours_told(rule))
    return left


def _hours_told(rule: PointRule) -> dict[str, str]:
    return {"point": rule.name, "from_": time_text(rule.from_minute), "until": time_text(rule.until_minute)}


def time_text(minute: int | None) -> str:
    """A minute of the day as people write it."""
    hours, minutes = divmod(minute or 0, 60)
    return f"{hours:02}:{minutes:02}"
