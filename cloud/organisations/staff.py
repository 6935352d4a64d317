"""The people of a company: changing their roles and state, letting them go, and their own leaving."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from cloud.kernel import audit, outbox
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, current_organisation, enter, now
from cloud.kernel.errors import FixInput, NotThere
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission, RoleCode
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.tables import Organisation
from cloud.organisations import rules
from cloud.organisations.companies import require_grantable
from cloud.organisations.errors import LastAdministrator, NoLongerStaff, NotJoinedYet, Outranked
from cloud.organisations.events import StaffChanged
from cloud.organisations.links import spend_links
from cloud.organisations.models import Account, Membership, MembershipRole, RoleRow
from cloud.organisations.types import MembershipState, StaffMember, TokenPurpose

_NO_SUCH_ROLE = Text("Такой роли в компании нет.", "The company has no such role.")
_NO_ROLE = Text("Выберите хотя бы одну роль.", "Choose at least one role.")
_BY_LETTER = Text("Приглашают только письмом.", "People are invited by a letter only.")
_MAY_LEAVE = frozenset({MembershipState.ACTIVE, MembershipState.SUSPENDED})


def change(
    session: Session,
    actor: Actor,
    membership_id: UUID,
    *,
    role_ids: frozenset[UUID] | None = None,
    state: MembershipState | None = None,
) -> None:
    """Change a person's roles or state.

    Raises NotThere, NotJoinedYet, NoLongerStaff, Outranked, LastAdministrator, FixInput, NotAllowed.
    """
    member = _locked(session, membership_id)
    _require_reachable(member, state)
    require_above(session, actor, member)
    before = _shown(session, member)
    if role_ids is not None:
        set_roles(session, member, grantable_roles(session, actor, role_ids))
    _become(session, actor, member, state or MembershipState(member.state))
    changes = audit.difference(before, _shown(session, member))
    audit.record(session, actor, "organisations.staff.change", "membership", member.id, changes)


def leave(session: Session, actor: Actor, organisation_id: UUID) -> None:
    """Leave a company of one's own will; the transaction is in its scope afterwards.

    Raises NotThere for a company that the actor is no staff of; LastAdministrator.
    """
    enter(session, Scope.organisation(organisation_id, account=actor.account_id))
    own = session.scalar(
        select(Membership.id).where(
            Membership.organisation_id == organisation_id, Membership.account_id == actor.account_id
        )
    )
    member = _locked(session, own) if own else None
    if member is None or member.state not in _MAY_LEAVE:
        raise NotThere
    leaving = replace(actor, organisation_id=organisation_id)
    _become(session, leaving, member, MembershipState.ENDED)
    audit.record(session, leaving, "organisations.staff.leave", "membership", member.id)


def require_above(session: Session, actor: Actor, member: Membership) -> None:
    """Whoever changes a person may do all that the person may. Raises Outranked naming the first that lacks."""
    if member.state == MembershipState.ENDED:
        return
    for permission in sorted(_permissions_of(session, member)):
        if not actor.may(permission, member.organisation_id):
            raise Outranked(permission=permission.value)


def membership_of(session: Session, account_id: UUID | None, organisation_id: UUID) -> UUID | None:
    """What an account is in a company in scope; None: no staff there."""
    mine = (Membership.account_id == account_id, Membership.organisation_id == organisation_id)
    return session.scalar(select(Membership.id).where(*mine, Membership.state == MembershipState.ACTIVE))


def staff_member(session: Session, membership_id: UUID, *, below: Actor | None = None) -> StaffMember | None:
    """A person of a company in scope. `below`: raises Outranked if the person may do more than this actor."""
    member = session.get(Membership, membership_id)
    if member is None:
        return None
    if below is not None:
        require_above(session, below, member)
    name = member.invited_name or session.scalar(select(Account.name).where(Account.id == member.account_id))
    return StaffMember(
        id=member.id,
        organisation_id=member.organisation_id,
        name=name or "",
        state=MembershipState(member.state),
        permissions=_permissions_of(session, member),
    )


def _permissions_of(session: Session, member: Membership) -> frozenset[Permission]:
    granted = session.scalars(
        select(RoleRow.permissions)
        .join(MembershipRole, MembershipRole.role_id == RoleRow.id)
        .where(MembershipRole.membership_id == member.id)
    )
    return rules.known_permissions(name for names in granted for name in names)


def grantable_roles(session: Session, actor: Actor, role_ids: frozenset[UUID]) -> Sequence[RoleRow]:
    """The company's roles of these ids. Raises FixInput; NotAllowed if one grants more than the actor may do."""
    if not role_ids:
        raise FixInput.at("role_ids", "too_short", _NO_ROLE)
    company = current_organisation(session)
    found = session.scalars(
        select(RoleRow)
        .where(RoleRow.id.in_(role_ids), RoleRow.organisation_id == company)
        .order_by(RoleRow.name)
    ).all()
    if len(found) != len(role_ids):
        raise FixInput.at("role_ids", "no_such_role", _NO_SUCH_ROLE)
    for role in found:
        require_grantable(actor, rules.known_permissions(role.permissions))
    return found


def set_roles(session: Session, member: Membership, roles: Sequence[RoleRow]) -> None:
    """From now on the person has these roles, and no others."""
    session.execute(delete(MembershipRole).where(MembershipRole.membership_id == member.id))
    session.add_all(
        MembershipRole(organisation_id=member.organisation_id, membership_id=member.id, role_id=role.id)
        for role in roles
    )
    session.flush()


def _locked(session: Session, membership_id: UUID) -> Membership:
    """A membership of the current company, to be changed. Raises NotThere.

    The company's row is locked first: changes of its staff come one after another, else two administrators could
    remove each other at once. What only refers to the company does not wait.
    """
    company = current_organisation(session)
    session.get_one(Organisation, company, with_for_update={"key_share": True})
    member = session.get(Membership, membership_id, with_for_update={"key_share": True})
    if member is None or member.organisation_id != company:
        raise NotThere
    return member


def _require_reachable(member: Membership, wanted: MembershipState | None) -> None:
    state = MembershipState(member.state)
    if wanted == MembershipState.INVITED:
        raise FixInput.at("state", "not_by_change", _BY_LETTER)
    if state == MembershipState.ENDED and wanted != MembershipState.ENDED:
        raise NoLongerStaff
    if wanted is not None and not rules.may_become(state, wanted):
        raise NotJoinedYet


def _become(session: Session, actor: Actor, member: Membership, state: MembershipState) -> None:
    """Raises LastAdministrator."""
    member.state, member.changed_at = state, now(session)
    session.flush()
    if not _has_administrator(session, member.organisation_id):
        raise LastAdministrator
    ended = state == MembershipState.ENDED
    if ended:
        purpose, company = TokenPurpose.INVITATION, member.organisation_id
        spend_links(session, member.account_id, purpose, organisation_id=company)
    outbox.add(
        session, StaffChanged(membership_id=member.id, ended=ended), correlation_id=actor.correlation_id
    )
    tell(session, member)


def tell(session: Session, member: Membership) -> None:
    """Let colleagues who watch see what became of a person."""
    publish(session, member.organisation_id, LiveKind.STAFF, member.id, Permission.STAFF_READ)


def _shown(session: Session, member: Membership) -> dict[str, Any]:
    """What the audit compares."""
    names = session.scalars(
        select(RoleRow.name)
        .join(MembershipRole, MembershipRole.role_id == RoleRow.id)
        .where(MembershipRole.membership_id == member.id)
        .order_by(RoleRow.name)
    )
    return {"state": member.state, "roles": list(names)}


def _has_administrator(session: Session, organisation_id: UUID) -> bool:
    return bool(
        session.scalar(
            select(
                exists()
                .where(
                    Membership.organisation_id == organisation_id, Membership.state == MembershipState.ACTIVE
                )
                .where(MembershipRole.membership_id == Membership.id, MembershipRole.role_id == RoleRow.id)
                .where(RoleRow.code == RoleCode.ADMINISTRATOR)
            )
        )
    )


def role_names(session: Session, account_ids: Collection[UUID | None]) -> dict[UUID, str]:
    """What these accounts are in the current company, by the names of their roles."""
    named = func.string_agg(RoleRow.name, aggregate_order_by(literal(", "), RoleRow.name))
    mine = Membership.organisation_id == current_organisation(session)
    query = (
        select(Membership.account_id, named)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .join(RoleRow, RoleRow.id == MembershipRole.role_id)
        .where(mine, Membership.account_id.in_(account_ids))
        .group_by(Membership.account_id)
    )
    return {account: names for account, names in session.execute(query) if account is not None}
