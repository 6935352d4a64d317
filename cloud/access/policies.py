"""What a company allows of each kind of pass: how long, how many to one premises, at which hours, how many vehicles.

The points that a pass would open narrow it further: `cloud.access.narrowing`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from cloud.access.kept import say
from cloud.access.models import AccessPolicy, Pass
from cloud.access.narrowing import Asked, laid_over, time_text
from cloud.access.ordered import midnight, of_premises, stands
from cloud.access.point_policies import BOTH, narrow
from cloud.access.rules import LONGEST
from cloud.access.types import PassDraft, PolicyDraft, ResidentKind
from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from protocols.held import PassKind

_WIDER = Text(
    "Не больше {most}: дольше такой пропуск не бывает.", "At most {most}: such a pass never lasts longer."
)
_TOO_LONG = Text(
    "Компания разрешает такой пропуск не дольше чем на {days} дн.",
    "The company allows such a pass for at most {days} days.",
)
_PER_DAY = Text(
    "На это помещение сегодня уже выдано {most}: больше компания не разрешает. Снова можно с {when}.",
    "{most} have been issued to these premises today already: the company allows no more. Again from {when}.",
)
_STANDING = Text(
    "У этого помещения уже {most} действующих пропусков такого вида: больше компания не разрешает.",
    "These premises have {most} passes of this kind already: the company allows no more.",
)
_STANDING_UNTIL = Text(
    "У этого помещения уже {most} действующих пропусков такого вида: больше компания не разрешает."
    " Первый из них закончится {when}.",
    "These premises have {most} passes of this kind already: the company allows no more. The first ends {when}.",
)
_RESIDENT_KINDS = (PassKind.GUEST, PassKind.SERVICE, PassKind.RECURRING, PassKind.CONTRACTOR)
"""What may be left to residents at all; who lives or works there for good is the company's to say."""
_BY_RESIDENTS_UNLESS_SAID = frozenset({PassKind.GUEST, PassKind.SERVICE, PassKind.RECURRING})
_FOR_GOOD = Text(
    "Такие пропуска жители не заказывают: их выдаёт компания.",
    "Residents do not order such passes: the company issues them.",
)
_OTHER_HOURS = Text(
    "Компания пускает по таким пропускам с {from_} до {until}, а в эти часы он не действует.",
    "The company lets such passes in from {from_} to {until}, when this one is not valid.",
)


class Allowed(NamedTuple):
    """What a company makes of a draft. `vehicles`: the limit of its household; `approval`: a manager decides.

    `left_out`: names of points that refuse a pass for every point of the site.
    """

    draft: PassDraft
    vehicles: int | None = None
    approval: bool = False
    left_out: Sequence[str] = ()


def set_policy(session: Session, actor: Actor, draft: PolicyDraft) -> AccessPolicy:
    """From now on; passes that were issued stay as they are. Raises FixInput."""
    actor.require(Permission.ORGANISATION_MANAGE)
    _check(draft)
    row, before = say(session, AccessPolicy, {"kind": draft.kind.value}, {}, draft)
    changes = audit.difference(before, draft.model_dump(mode="json"))
    audit.record(session, actor, "access.policy.change", "access_policy", row.id, changes)
    return row


def resident_kinds(session: Session) -> list[ResidentKind]:
    """What residents of the current company may order, each kind with its limits."""
    mine = AccessPolicy.organisation_id == current_organisation(session)
    known = {PassKind(row.kind): row for row in session.scalars(select(AccessPolicy).where(mine))}
    return [
        _for_residents(kind, known.get(kind))
        for kind in _RESIDENT_KINDS
        if (known[kind].residents if kind in known else kind in _BY_RESIDENTS_UNLESS_SAID)
    ]


def _for_residents(kind: PassKind, policy: AccessPolicy | None) -> ResidentKind:
    if policy is None:
        return ResidentKind(kind)
    limits = {name: getattr(policy, name) for name in ResidentKind._fields if name != "kind"}
    return ResidentKind(kind, **limits)


def apply(
    session: Session,
    draft: PassDraft,
    valid_from: datetime,
    *,
    but: UUID | None = None,
    is_whole: bool,
    by_resident: bool = False,
) -> Allowed:
    """The draft within the company's hours and limits for its kind, then within what each of its points says.

    `but`: the pass that is being changed; `is_whole`: it was asked for every point of the site, and opens those that
    do not refuse. The site is locked by then. Raises FixInput naming all that it breaks.
    """
    of_kind = _of_kind(session, draft, valid_from, but)
    lasts = draft.valid_until - valid_from if draft.valid_until is not None else None
    left = narrow(session, Asked(of_kind.draft, lasts, is_whole, by_resident), but=but)
    return Allowed(left.draft, of_kind.vehicles, of_kind.approval or left.approval, left.left_out)


def _of_kind(session: Session, draft: PassDraft, valid_from: datetime, but: UUID | None) -> Allowed:
    of_kind = select(AccessPolicy).where(AccessPolicy.kind == draft.kind.value)
    policy = session.scalars(of_kind).one_or_none()
    if policy is None:
        return Allowed(draft)
    wrong = [*_too_long(policy, draft, valid_from)]
    if draft.premises_id is not None:
        wrong += _too_many(session, policy, draft, draft.premises_id, but)
    if wrong:
        raise FixInput(*wrong)
    if policy.from_minute is not None and policy.until_minute is not None:
        schedule = laid_over(draft.schedule, policy.from_minute, policy.until_minute)
        if not schedule:
            told = {"from_": time_text(policy.from_minute), "until": time_text(policy.until_minute)}
            raise FixInput(FieldError("schedule", "other_hours", _OTHER_HOURS, told))
        draft = draft.model_copy(update={"schedule": schedule})
    return Allowed(draft, policy.vehicles, policy.approval)


def _check(draft: PolicyDraft) -> None:
    longest = LONGEST[draft.kind]
    if longest is not None and draft.longest_days is not None and draft.longest_days > longest.days:
        raise FixInput.at("longest_days", "wider_than_allowed", _WIDER, most=longest.days)
    if draft.residents and draft.kind not in _RESIDENT_KINDS:
        raise FixInput.at("residents", "not_for_residents", _FOR_GOOD)
    if (draft.from_minute is None) != (draft.until_minute is None):
        raise FixInput.at("until_minute", "both_needed", BOTH)


def _too_long(policy: AccessPolicy, draft: PassDraft, valid_from: datetime) -> Sequence[FieldError]:
    if policy.longest_days is None:
        return []
    longest = timedelta(days=policy.longest_days)
    if draft.valid_until is not None and draft.valid_until - valid_from <= longest:
        return []
    return [FieldError("valid_until", "longer_than_policy", _TOO_LONG, {"days": policy.longest_days})]


def _too_many(
    session: Session, policy: AccessPolicy, draft: PassDraft, premises_id: UUID, but: UUID | None
) -> list[FieldError]:
    wrong = []
    mine = and_(of_premises(premises_id, but), Pass.kind == draft.kind.value)
    today = midnight(session, draft.site_id)
    if policy.per_day is not None:
        issued = session.scalar(select(func.count()).where(mine, Pass.created_at >= today)) or 0
        if issued >= policy.per_day:
            told = {"most": policy.per_day} | _when(today + timedelta(days=1))
            wrong.append(FieldError("premises_id", "too_many_today", _PER_DAY, told))
    if policy.standing is not None:
        counted = select(func.count(), func.min(Pass.valid_until)).where(mine, stands(session))
        standing, first_end = session.execute(counted).one()
        if standing >= policy.standing:
            wrong.append(_standing_fault(policy.standing, first_end, today))
    return wrong


def _standing_fault(most: int, first_end: datetime | None, today: datetime) -> FieldError:
    told: dict[str, Any] = {"most": most}
    if first_end is None:
        return FieldError("premises_id", "too_many_standing", _STANDING, told)
    told |= _when(first_end.astimezone(today.tzinfo))
    return FieldError("premises_id", "too_many_standing", _STANDING_UNTIL, told)


def _when(at: datetime) -> dict[str, str]:
    """When a limit ends: for people in the site's zone, and as a moment."""
    return {"when": at.strftime("%d.%m.%Y %H:%M"), "until": at.astimezone(UTC).isoformat()}
