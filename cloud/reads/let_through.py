"""Who went through and who was refused, as it ended: what guards decided stands over what the box had decided.

And what was opened beside passes: by hand, or by an order from afar.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.access.models import PassageRow
from cloud.guard.models import GateDecisionRow
from cloud.sites.models import Box, Command
from protocols.acts import Verdict
from protocols.messages import CommandKind, OrderedBy
from protocols.records import CommandOutcome, Outcome

Within = Callable[[InstrumentedAttribute[UUID], InstrumentedAttribute[datetime]], list[ColumnElement[bool]]]
"""Conditions of a period and its sites, for a table whose site and moment these columns are."""

_DECIDED_WITHIN = timedelta(days=1)  # of the passage: who waits at a gate does not wait longer


def went_through(within: Within, since: datetime, until: datetime) -> Subquery:
    """A row for each passage: at, organisation_id, direction, outcome, reason, pass_id.

    Whom a guard let in by a pass went through, whether the box had left that to the guard or read nothing at all. An
    opening by hand without a pass is no passage: nobody knows who went through, and what was refused stays refused.
    """
    decided = _about_passages(since - _DECIDED_WITHIN, until + _DECIDED_WITHIN)
    passage, decision = PassageRow, GateDecisionRow
    is_decided = decided.c.passage_id.is_not(None)
    passages = (
        select(
            passage.at,
            passage.organisation_id,
            passage.direction,
            case((is_decided, Outcome.GRANTED.value), else_=passage.outcome).label("outcome"),
            passage.reason,
            func.coalesce(decided.c.pass_id, passage.pass_id).label("pass_id"),
        )
        .outerjoin(decided, decided.c.passage_id == passage.id)
        .where(*within(passage.site_id, passage.at))
    )
    by_themselves = select(
        decision.at,
        decision.organisation_id,
        decision.direction,
        literal(Outcome.GRANTED.value),
        literal(Outcome.GRANTED.value),
        decision.pass_id,
    ).where(
        _lets_through(),
        ~exists().where(passage.id == decision.passage_id),
        *within(decision.site_id, decision.at),
    )
    return union_all(passages, by_themselves).subquery("went_through")


def _about_passages(since: datetime, until: datetime) -> Subquery:
    """Passages that guards let through after all; of several decisions the first."""
    row = GateDecisionRow
    about = (row.passage_id.is_not(None), row.at >= since, row.at < until)
    return (
        select(row.passage_id, row.pass_id)
        .where(_lets_through(), *about)
        .ext(distinct_on(row.passage_id))
        .order_by(row.passage_id, row.at)
        .subquery("decided")
    )


def _lets_through() -> ColumnElement[bool]:
    row = GateDecisionRow
    by_a_pass = and_(row.verdict == Verdict.OPEN.value, row.pass_id.is_not(None))
    return and_(or_(row.verdict == Verdict.CONFIRM.value, by_a_pass), row.opened.is_not(False))


def openings(session: Session, within: Within) -> list[dict[str, Any]]:
    """`OpeningsOut`, the commonest first: guards' by their reasons, orders from afar by what was ordered."""
    row, box = GateDecisionRow, Box
    by_hand = select(
        literal(OrderedBy.GUARD.value).label("by"), func.coalesce(row.reason, "").label("reason")
    ).where(row.verdict == Verdict.OPEN.value, row.opened.is_not(False), *within(row.site_id, row.at))
    from_afar = (
        select(Command.person_kind, Command.kind)
        .join(box, box.id == Command.box_id)
        .where(
            Command.kind.in_([CommandKind.OPEN.value, CommandKind.HOLD.value]),
            Command.outcome == CommandOutcome.DONE.value,
            # A guard's order at the cloud's page carries out a decision, which is counted.
            ~exists().where(row.command_id == Command.id),
            *within(box.site_id, Command.issued_at),
        )
    )
    opened = union_all(by_hand, from_afar).subquery("opened")
    count = func.count().label("count")
    rows = session.execute(
        select(opened.c.by, opened.c.reason, count)
        .group_by(opened.c.by, opened.c.reason)
        .order_by(count.desc(), opened.c.by, opened.c.reason)
    )
    return [dict(each) for each in rows.mappings()]
