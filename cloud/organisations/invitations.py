"""Asking a person to join a company, and their answer. Nobody joins without it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kernel import audit, mail, outbox
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, current_organisation, enter, new_id, now
from cloud.kernel.language import Language
from cloud.kernel.tables import Organisation
from cloud.organisations import accounts, letters
from cloud.organisations.companies import ensure_account
from cloud.organisations.errors import AlreadyStaff, LinkDead
from cloud.organisations.events import StaffChanged, StaffInvited
from cloud.organisations.links import Link, issue_link, look_at_link, spend_links, use_link
from cloud.organisations.models import Account, Membership
from cloud.organisations.staff import grantable_roles, require_above, set_roles, tell
from cloud.organisations.types import MembershipState, TokenPurpose

INVITATION_LIFE = timedelta(days=7)


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

    Raises AlreadyStaff, FixInput, NotAllowed, Outranked.
    """
    company = session.get_one(Organisation, current_organisation(session))
    chosen = grantable_roles(session, actor, invitation.role_ids)
    account_id = ensure_account(session, invitation.email, name=invitation.name, language=invitation.language)
    member = _invited_member(session, actor, account_id, invitation)
    set_roles(session, member, chosen)
    purpose, life = TokenPurpose.INVITATION, INVITATION_LIFE
    issue_link(session, account_id, purpose, token=token, life=life, organisation_id=company.id)
    letter = letters.invitation(
        invitation.language,
        name=invitation.name,
        inviter=actor.name,
        company=company.name,
        url=f"{public_url}/invitation#{token}",
    )
    mail.send(session, accounts.normal_email(invitation.email), letter.subject, letter.body)
    outbox.add(session, StaffInvited(membership_id=member.id), correlation_id=actor.correlation_id)
    tell(session, member)
    told = {"email": invitation.email, "roles": [role.name for role in chosen]}
    audit.record(session, actor, "organisations.staff.invite", "membership", member.id, told)
    return member.id


def look_at_invitation(session: Session, token: str) -> InvitationSeen:
    """What a link invites to. Raises LinkDead."""
    link = look_at_link(session, token, TokenPurpose.INVITATION)
    member = _awaited_member(session, link)
    company = session.get_one(Organisation, member.organisation_id)
    return InvitationSeen(link.email, _name_of(link, member), company.name, link.has_password)


def accept_invitation(session: Session, token: str, *, name: str | None, password: str | None) -> UUID:
    """Join by a link; one who has no password yet chooses one. Returns the account. Raises LinkDead, PasswordWeak."""
    link = look_at_link(session, token, TokenPurpose.INVITATION)
    member = _awaited_member(session, link, lock=True)
    use_link(session, link)
    known_as = _name_of(link, member)
    if not link.has_password:
        known_as = name or known_as
        accounts.set_password(
            session,
            link.account_id,
            password or "",
            email=link.email,
            name=known_as,
            company=session.get_one(Organisation, member.organisation_id).name,
        )
        accounts.rename(session.get_one(Account, link.account_id), known_as)
    member.state, member.changed_at = MembershipState.ACTIVE, now(session)
    member.invited_name = member.invited_sort_name = member.invited_search = None
    spend_links(
        session, link.account_id, TokenPurpose.INVITATION, organisation_id=member.organisation_id
    )  # other letters
    actor = Actor(name=known_as, account_id=link.account_id, organisation_id=member.organisation_id)
    outbox.add(session, StaffChanged(membership_id=member.id))
    tell(session, member)
    audit.record(session, actor, "organisations.staff.join", "membership", member.id)
    return link.account_id


def _awaited_member(session: Session, link: Link, *, lock: bool = False) -> Membership:
    """The membership that a link's person has not answered yet; locked before the link, as whoever ends it does.

    Raises LinkDead. The transaction is in the company's scope afterwards.
    """
    assert link.organisation_id is not None  # noqa: S101  # an invitation names its company
    enter(session, Scope.organisation(link.organisation_id, account=link.account_id))
    asked = select(Membership).where(
        Membership.account_id == link.account_id, Membership.organisation_id == link.organisation_id
    )
    member = session.scalars(asked.with_for_update(key_share=True) if lock else asked).one_or_none()
    if member is None or member.state != MembershipState.INVITED:
        raise LinkDead
    return member


def _name_of(link: Link, member: Membership) -> str:
    """A person's own name; of somebody who has none yet, what this company wrote."""
    return link.name if link.has_password else member.invited_name or link.name


def _invited_member(session: Session, actor: Actor, account_id: UUID, invitation: Invitation) -> Membership:
    company = current_organisation(session)
    known = select(Membership).where(
        Membership.account_id == account_id, Membership.organisation_id == company
    )
    member = session.scalars(known.with_for_update(key_share=True)).one_or_none()
    if member is None:
        member = Membership(
            id=new_id(session), organisation_id=company, account_id=account_id, created_at=now(session)
        )
        member.invited_by = actor.account_id
        session.add(member)
    elif member.state in {MembershipState.ACTIVE, MembershipState.SUSPENDED}:
        raise AlreadyStaff
    elif member.state == MembershipState.INVITED:
        require_above(session, actor, member)
    keys = accounts.name_keys(invitation.name, accounts.normal_email(invitation.email))
    member.invited_name, member.invited_sort_name, member.invited_search = invitation.name, *keys
    member.state, member.changed_at = MembershipState.INVITED, now(session)
    session.flush()
    return member
