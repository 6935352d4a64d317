"""One change of many passes: each is judged by itself, and what is refused stays as it is."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access import passes, rules
from cloud.access.errors import OnBlacklist, PassIsFinal, PassNeedsApproval, PassNotThere
from cloud.access.models import Pass
from cloud.access.types import BulkDraft
from cloud.kernel.actor import Actor
from cloud.kernel.database import savepoint
from cloud.kernel.errors import FixInput
from cloud.kernel.permissions import Permission
from cloud.sites import service as sites

Refusal = FixInput | OnBlacklist | PassIsFinal | PassNeedsApproval


class BulkResult(NamedTuple):
    """`refusal` None: it was changed."""

    row: Pass
    refusal: Refusal | None


def change_passes(session: Session, actor: Actor, draft: BulkDraft) -> list[BulkResult]:
    """By number. Raises PassNotThere, and FixInput for a point of none of their sites; then none is changed."""
    actor.require(Permission.PASSES_ISSUE)
    wanted = set(draft.ids)
    mine = select(Pass).where(Pass.id.in_(wanted)).order_by(Pass.id).with_for_update(key_share=True)
    rows = session.scalars(mine).all()
    if len(rows) < len(wanted):
        raise PassNotThere
    at = {row.site_id for row in rows}
    sites.lock_sites(session, at)
    known = {place.point_id for site in at for place in sites.points_of_site(session, site)}
    rules.check_points(draft.points or [], known)  # what is of no site of theirs is a mistake, not a verdict
    return [_changed(session, actor, row, draft) for row in sorted(rows, key=lambda row: row.number)]


def _changed(session: Session, actor: Actor, row: Pass, draft: BulkDraft) -> BulkResult:
    try:
        with savepoint(session):
            passes.amend_pass(
                session,
                actor,
                row,
                until=draft.valid_until,
                points=draft.points,
                schedule=draft.schedule,
                reason=draft.reason,
            )
    except (FixInput, OnBlacklist, PassIsFinal, PassNeedsApproval) as error:
        return BulkResult(row, error)
    return BulkResult(row, None)
