"""What a company says of passes at a point, kept, and laid over a draft."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access.kept import say
from cloud.access.models import PointPolicy
from cloud.access.narrowing import Asked, Narrowed, PointRule, narrowed
from cloud.access.ordered import at_points
from cloud.access.types import PointPolicyDraft
from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.sites import service as sites
from protocols.held import PassKind

_UNSAID = {"residents": True, "approval": False}
BOTH = Text("Укажите и начало, и конец.", "Give both the beginning and the end.")


def set_point_policy(session: Session, actor: Actor, point_id: UUID, draft: PointPolicyDraft) -> PointPolicy:
    """From now on; passes that were issued stay as they are. Raises PointNotFound, FixInput."""
    actor.require(Permission.ORGANISATION_MANAGE)
    sites.find_point(session, point_id)
    if (draft.from_minute is None) != (draft.until_minute is None):
        raise FixInput.at("until_minute", "both_needed", BOTH)
    row, before = say(session, PointPolicy, {"point_id": point_id}, _UNSAID, draft)
    changes = audit.difference(before, draft.model_dump(mode="json"))
    audit.record(session, actor, "access.point_policy.change", "point", point_id, changes)
    return row


def narrow(session: Session, asked: Asked, *, but: UUID | None) -> Narrowed:
    """What the points leave of a draft; `but`: the pass that is being changed. Raises FixInput."""
    names = {place.point_id: place.name for place in sites.points_of_site(session, asked.draft.site_id)}
    said = session.scalars(select(PointPolicy).where(PointPolicy.point_id.in_(names))).all()
    limited = [row.point_id for row in said if row.per_day is not None or row.standing is not None]
    rules = {row.point_id: _rule(row, names[row.point_id]) for row in said}
    ordered = at_points(session, asked.draft, limited, but)
    return narrowed(asked._replace(ordered=ordered), rules, list(names))


def _rule(row: PointPolicy, name: str) -> PointRule:
    return PointRule(
        name=name,
        kinds=frozenset(PassKind(kind) for kind in row.kinds) if row.kinds is not None else None,
        residents=row.residents,
        approval=row.approval,
        from_minute=row.from_minute,
        until_minute=row.until_minute,
        longest_days=row.longest_days,
        per_day=row.per_day,
        standing=row.standing,
    )
