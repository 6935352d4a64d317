"""The people of a company: inviting, changing their roles and state, letting them go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from cloud.kernel import audit, mail, outbox
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, current_organisation, enter, new_id, now
from cloud.kernel.errors import FixInput, NotThere
from cloud.kernel.language import Language, Text
from cloud.kernel.lists import AnySelect
from cloud.kernel.permissions import Permission, RoleCode
from cloud.kernel.tables import Organisation
from cloud.organisations import accounts, letters
from cloud.organisations.companies import ensure_account, require_grantable
from cloud.organisations.errors import AlreadyStaff, LastAdministrator
from cloud.organisations.events import StaffChanged, StaffInvited
from cloud.organisations.models import Account, Membership, MembershipRole, RoleRow
from cloud.organisations.types import MembershipState, TokenPurpose

INVITATION_LIFE = timedelta(days=7)
_NO_SUCH_ROLE = Text("Такой роли в компании нет.", "The company has no such role.")
_NO_ROLE = Text("Выберите хотя бы одну роль.", "Choose at least one role.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who is invited, and as what."""

    email: str
    name: str
    role_ids: frozenset[UUID]
    language: Language = Language.RU


@dataclass(frozen=True, slots=True)
class InvitationSeen:
    """What the invited person sees before accepting."""

    email: str
    name: str
    company: str
    has_password: bool


def invite(session: Session, actor: Actor, invitation: Invitation, *, token: str, public_url: str) -> UUID:
    """Invite a person by mail; returns the membership. An invitation may be repeated: the newer link holds too.

    Raises AlreadyStaff, FixInput, NotAllowed.
    """
    company = session.get_one(Organisation, current_organisation(session))
    chosen = _grantable_roles(session, actor, invitation.role_ids)
    account_id = ensure_account(session, invitation.email, name=invitation.name, language=invitation.language)
    member = _invited_member(session, actor, account_id)
    _set_roles(session, member, chosen)
    accounts.issue_link(
        session,
        account_id,
        TokenPurpose.INVITATION,
        token=token,
        life=INVITATION_LIFE,
        organisation_id=company.id,
    )
    letter = letters.invitation(
        invitation.language,
        name=invitation.name,
        inviter=actor.name,
        company=company.name,
        url=f"{public_url}/invitation#{token}",
    )
    mail.send(session, accounts.normal_email(invitation.email), letter.subject, letter.body)
    outbox.add(session, StaffInvited(membership_id=member.id), correlation_id=actor.correlation_id)
    told = {"email": invitation.email, "roles": [role.name for role in chosen]}
    audit.record(session, actor, "organisations.staff.invite", "membership", member.id, told)
    return member.id


def look_at_invitation(session: Session, token: str) -> InvitationSeen:
    """What a link invites to. Raises LinkDead."""
    link = accounts.look_at_link(session, token, TokenPurpose.INVITATION)
    assert link.organisation_id is not None  # noqa: S101  # an invitation names its company
    enter(session, Scope(allowed=frozenset({link.organisation_id}), account=link.account_id))
    company = session.get_one(Organisation, link.organisation_id)
    return InvitationSeen(link.email, link.name, company.name, link.has_password)


def accept_invitation(session: Session, token: str, *, name: str | None, password: str | None) -> UUID:
    """Join by a link; one who has no password yet chooses one. Returns the account. Raises LinkDead, PasswordWeak."""
    link = accounts.use_link(session, token, TokenPurpose.INVITATION)
    if not link.has_password:
        chosen = name or link.name
        accounts.set_password(session, link.account_id, password or "", email=link.email, name=chosen)
        session.get_one(Account, link.account_id).name = chosen
    member = session.scalars(
        select(Membership)
        .where(Membership.account_id == link.account_id, Membership.organisation_id == link.organisation_id)
        .with_for_update()
    ).one()
    if member.state == MembershipState.INVITED:
        member.state, member.changed_at = MembershipState.ACTIVE, now(session)
        actor = Actor(
            name=name or link.name, account_id=link.account_id, organisation_id=link.organisation_id
        )
        outbox.add(session, StaffChanged(membership_id=member.id))
        audit.record(session, actor, "organisations.staff.join", "membership", member.id)
    return link.account_id


def change(
    session: Session,
    actor: Actor,
    membership_id: UUID,
    *,
    role_ids: frozenset[UUID] | None = None,
    state: MembershipState | None = None,
) -> None:
    """Change a person's roles or state. Raises NotThere, LastAdministrator, FixInput, NotAllowed."""
    member = session.get(Membership, membership_id, with_for_update=True)
    if member is None:
        raise NotThere
    before = {"state": member.state, "roles": _role_names(session, member.id)}
    if role_ids is not None:
        _set_roles(
            session, member, _grantable_roles(session, actor, role_ids, held=_role_ids(session, member.id))
        )
    if state is not None:
        member.state = state
    member.changed_at = now(session)
    session.flush()
    if not _has_administrator(session, member.organisation_id):
        raise LastAdministrator
    after = {"state": member.state, "roles": _role_names(session, member.id)}
    ended = member.state == MembershipState.ENDED
    outbox.add(
        session, StaffChanged(membership_id=member.id, ended=ended), correlation_id=actor.correlation_id
    )
    changes = audit.difference(before, after)
    audit.record(session, actor, "organisations.staff.change", "membership", member.id, changes)


def staff_rows() -> AnySelect:
    """Staff of the companies in scope, as a list shows them."""
    roles = (
        select(
            func.array_agg(
                func.jsonb_build_object("id", RoleRow.id, "code", RoleRow.code, "name", RoleRow.name)
            )
        )
        .where(MembershipRole.membership_id == Membership.id, RoleRow.id == MembershipRole.role_id)
        .scalar_subquery()
    )
    return select(
        Membership.id,
        Membership.organisation_id,
        Membership.account_id,
        Membership.state,
        Membership.created_at,
        Membership.changed_at,
        Account.name,
        Account.email,
        Account.totp_since.is_not(None).label("has_totp"),
        func.coalesce(roles, []).label("roles"),
    ).join(Account, Account.id == Membership.account_id)


def _invited_member(session: Session, actor: Actor, account_id: UUID) -> Membership:
    member = session.scalars(
        select(Membership)
        .where(
            Membership.account_id == account_id, Membership.organisation_id == current_organisation(session)
        )
        .with_for_update()
    ).one_or_none()
    if member is None:
        member = Membership(
            id=new_id(session),
            organisation_id=current_organisation(session),
            account_id=account_id,
            created_at=now(session),
            invited_by=actor.account_id,
        )
        session.add(member)
    elif member.state in {MembershipState.ACTIVE, MembershipState.SUSPENDED}:
        raise AlreadyStaff
    member.state, member.changed_at = MembershipState.INVITED, now(session)
    session.flush()
    return member


def _grantable_roles(
    session: Session, actor: Actor, role_ids: frozenset[UUID], *, held: frozenset[UUID] = frozenset()
) -> Sequence[RoleRow]:
    """The company's roles of these ids; those not `held` already must grant no more than the actor may do."""
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
        if role.id not in held:
            require_grantable(actor, frozenset(map(Permission, role.permissions)))
    return found


def _set_roles(session: Session, member: Membership, roles: Sequence[RoleRow]) -> None:
    session.execute(delete(MembershipRole).where(MembershipRole.membership_id == member.id))
    session.add_all(
        MembershipRole(organisation_id=member.organisation_id, membership_id=member.id, role_id=role.id)
        for role in roles
    )
    session.flush()


def _role_ids(session: Session, membership_id: UUID) -> frozenset[UUID]:
    return frozenset(
        session.scalars(select(MembershipRole.role_id).where(MembershipRole.membership_id == membership_id))
    )


def _role_names(session: Session, membership_id: UUID) -> list[str]:
    return list(
        session.scalars(
            select(RoleRow.name)
            .join(MembershipRole, MembershipRole.role_id == RoleRow.id)
            .where(MembershipRole.membership_id == membership_id)
            .order_by(RoleRow.name)
        )
    )


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
