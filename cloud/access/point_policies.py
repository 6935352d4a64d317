"""What a company says of passes at a point, kept, and laid over a draft."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access.models import PointPolicy
from cloud.access.narrowing import Narrowed, PointRule, narrowed
from cloud.access.types import PassDraft, PointPolicyDraft
from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.database import new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.sites import service as sites
from protocols.held import PassKind

BOTH = Text("Укажите и начало, и конец.", "Give both the beginning and the end.")


def set_point_policy(session: Session, actor: Actor, point_id: UUID, draft: PointPolicyDraft) -> PointPolicy:
    """From now on; passes that were issued stay as they are. Raises PointNotFound, FixInput."""
    organisation_id = actor.require(Permission.ORGANISATION_MANAGE)
    sites.find_point(session, point_id)
    if (draft.from_minute is None) != (draft.until_minute is None):
        raise FixInput.at("until_minute", "both_needed", BOTH)
    first: dict[str, Any] = {
        "id": new_id(session),
        "organisation_id": organisation_id,
        "point_id": point_id,
    }
    # Two may be the first at once.
    values = first | {"residents": True, "approval": False, "changed_at": now(session)}
    session.execute(insert(PointPolicy).values(values).on_conflict_do_nothing())
    of_point = PointPolicy.point_id == point_id
    row = session.scalars(select(PointPolicy).where(of_point).with_for_update(key_share=True)).one()
    before = {name: getattr(row, name) for name in draft.model_dump(mode="json")}
    for name, value in draft.model_dump(mode="json").items():
        setattr(row, name, value)
    row.changed_at = now(session)
    changes = audit.difference(before, draft.model_dump(mode="json"))
    audit.record(session, actor, "access.point_policy.change", "point", point_id, changes)
    session.flush()
    return row


def narrow(session: Session, draft: PassDraft, *, is_whole: bool, by_resident: bool) -> Narrowed:
    """What the points leave of a draft. Raises FixInput."""
    places = sites.points_of_site(session, draft.site_id)
    names = {place.point_id: place.name for place in places}
    said = session.scalars(select(PointPolicy).where(PointPolicy.point_id.in_(names))).all()
    rules = {row.point_id: _rule(row, names[row.point_id]) for row in said}
    return narrowed(draft, rules, list(names), is_whole=is_whole, by_resident=by_resident)


def _rule(row: PointPolicy, name: str) -> PointRule:
    return PointRule(
        name=name,
        kinds=frozenset(PassKind(kind) for kind in row.kinds) if row.kinds is not None else None,
        residents=row.residents,
        approval=row.approval,
        from_minute=row.from_minute,
        until_minute=row.until_minute,
    )
