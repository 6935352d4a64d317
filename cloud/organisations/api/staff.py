"""The people of a company."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.errors import NotThere
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.organisations import invitations, queries, schemas, staff
from cloud.organisations.errors import (
    AlreadyStaff,
    LastAdministrator,
    NoLongerStaff,
    NotJoinedYet,
    Outranked,
)
from cloud.organisations.models import Membership
from cloud.organisations.types import MembershipState
from protocols.privacy import LookKind

router = Router(tags=["staff"])


@router.get("/staff", responses=answers(), response_model=Page[schemas.StaffRow])
@looks_at(LookKind.STAFF)
def list_staff(
    call: Annotated[Call, reading(Permission.STAFF_READ)],
    query: ListParams,
    state: Annotated[list[MembershipState] | None, Query()] = None,
) -> dict[str, Any]:
    """Staff of my companies; `q` looks into names and addresses. Sorts: name, email, state, created, changed."""
    return queries.list_staff(call.session, query, state)


@router.get("/staff/{membership_id}", responses=answers(one=True))
@looks_at(LookKind.STAFF)
def get_staff(call: Annotated[Call, reading(Permission.STAFF_READ)], membership_id: UUID) -> schemas.StaffRow:
    """One person of a company."""
    row = call.session.execute(queries.staff_rows().where(Membership.id == membership_id)).one_or_none()
    if row is None:
        raise NotThere
    return schemas.StaffRow.model_validate(row)


@router.post("/staff", status_code=201, responses=answers(AlreadyStaff, Outranked))
def invite(call: Annotated[Call, writing(Permission.STAFF_MANAGE)], body: schemas.Invite) -> schemas.Made:
    """Invite a person by mail. Answers the membership's id; repeat it to send a new link."""
    invitation = invitations.Invitation(
        email=body.email, name=body.name, role_ids=frozenset(body.role_ids), language=body.language
    )
    token, public_url = secrets.token_urlsafe(32), call.house.settings.public_url
    made = invitations.invite(call.session, call.actor, invitation, token=token, public_url=public_url)
    return schemas.Made(id=made)


@router.patch(
    "/staff/{membership_id}",
    status_code=204,
    responses=answers(LastAdministrator, NotJoinedYet, NoLongerStaff, Outranked, one=True),
)
def change_staff(
    call: Annotated[Call, writing(Permission.STAFF_MANAGE)], membership_id: UUID, body: schemas.StaffChange
) -> None:
    """Change the roles or the state of a person who may do no more than I may."""
    roles = None if body.role_ids is None else frozenset(body.role_ids)
    staff.change(call.session, call.actor, membership_id, role_ids=roles, state=body.state)


@router.delete(
    "/staff/{membership_id}", status_code=204, responses=answers(LastAdministrator, Outranked, one=True)
)
def let_go(call: Annotated[Call, writing(Permission.STAFF_MANAGE)], membership_id: UUID) -> None:
    """End a person's membership, or withdraw an invitation; what they did stays in the audit."""
    staff.change(call.session, call.actor, membership_id, state=MembershipState.ENDED)
