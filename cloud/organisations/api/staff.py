"""The people of a company."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import or_

from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.errors import NotThere
from cloud.kernel.lists import ListParams, Page, fetch_page
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.text import like_pattern, search_words
from cloud.organisations import schemas, staff
from cloud.organisations.errors import AlreadyStaff, LastAdministrator
from cloud.organisations.models import Account, Membership
from cloud.organisations.types import MembershipState

router = Router(tags=["staff"])
_SORTABLE = {
    "name": Account.name,
    "email": Account.email,
    "state": Membership.state,
    "created": Membership.created_at,
    "changed": Membership.changed_at,
}


@router.get("/staff", responses=answers(), response_model=Page[schemas.StaffRow])
def list_staff(
    call: Annotated[Call, reading(Permission.STAFF_READ)],
    query: ListParams,
    state: Annotated[list[MembershipState] | None, Query()] = None,
) -> dict[str, Any]:
    """Staff of my companies; `q` looks into names and addresses."""
    rows = staff.staff_rows().where(
        Membership.state.in_(state or [s for s in MembershipState if s != "ended"])
    )
    for word in search_words(query.q or ""):
        pattern = like_pattern(word)
        rows = rows.where(
            or_(Account.name.ilike(pattern, escape="\\"), Account.email.ilike(pattern, escape="\\"))
        )
    return fetch_page(call.session, rows, query, sortable=_SORTABLE, default_sort="name", tie=Membership.id)


@router.get("/staff/{membership_id}", responses=answers(one=True))
def get_staff(call: Annotated[Call, reading(Permission.STAFF_READ)], membership_id: UUID) -> schemas.StaffRow:
    """One person of a company."""
    row = call.session.execute(staff.staff_rows().where(Membership.id == membership_id)).one_or_none()
    if row is None:
        raise NotThere
    return schemas.StaffRow.model_validate(row)


@router.post("/staff", status_code=201, responses=answers(AlreadyStaff))
def invite(call: Annotated[Call, writing(Permission.STAFF_MANAGE)], body: schemas.Invite) -> schemas.Made:
    """Invite a person by mail. Answers the membership's id; repeat it to send a new link."""
    invitation = staff.Invitation(
        email=body.email, name=body.name, role_ids=frozenset(body.role_ids), language=body.language
    )
    token, public_url = secrets.token_urlsafe(32), call.house.settings.public_url
    made = staff.invite(call.session, call.actor, invitation, token=token, public_url=public_url)
    return schemas.Made(id=made)


@router.patch("/staff/{membership_id}", status_code=204, responses=answers(LastAdministrator, one=True))
def change_staff(
    call: Annotated[Call, writing(Permission.STAFF_MANAGE)], membership_id: UUID, body: schemas.StaffChange
) -> None:
    """Change a person's roles or state."""
    roles = None if body.role_ids is None else frozenset(body.role_ids)
    staff.change(call.session, call.actor, membership_id, role_ids=roles, state=body.state)


@router.delete("/staff/{membership_id}", status_code=204, responses=answers(LastAdministrator, one=True))
def let_go(call: Annotated[Call, writing(Permission.STAFF_MANAGE)], membership_id: UUID) -> None:
    """End a person's membership; what they did stays in the audit."""
    staff.change(call.session, call.actor, membership_id, state=MembershipState.ENDED)
