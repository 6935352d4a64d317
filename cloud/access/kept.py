"""What a company says of a thing and changes later: a row that its first word makes."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access.models import AccessPolicy, PointPolicy
from cloud.kernel.database import current_organisation, new_id, now

Policy = TypeVar("Policy", AccessPolicy, PointPolicy)


def say(
    session: Session,
    table: type[Policy],
    about: Mapping[str, Any],
    unsaid: Mapping[str, Any],
    draft: BaseModel,
) -> tuple[Policy, dict[str, Any]]:
    """The row `about` a thing as the draft has it from now on, and what stood there before, for the trail.

    `unsaid`: what holds until something is said, where a column must be filled.
    """
    key = {"organisation_id": current_organisation(session)} | dict(about)
    first = {"id": new_id(session), "changed_at": now(session)} | key | dict(unsaid)
    session.execute(insert(table).values(first).on_conflict_do_nothing())  # two may be the first at once
    row = session.scalars(select(table).filter_by(**key).with_for_update(key_share=True)).one()
    said = draft.model_dump(mode="json")
    before = {name: getattr(row, name) for name in said}
    for name, value in said.items():
        setattr(row, name, value)
    row.changed_at = now(session)
    session.flush()
    return row, before
