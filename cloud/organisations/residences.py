"""Links by which residents get an account. What they may see by it, the people slice knows: they are no staff."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kernel.database import Scope, current_organisation, enter, scope_of
from cloud.kernel.language import Language
from cloud.kernel.tables import Organisation
from cloud.organisations import accounts
from cloud.organisations.companies import ensure_account
from cloud.organisations.errors import LinkDead
from cloud.organisations.links import issue_link, look_at_link, spend_links, use_link
from cloud.organisations.models import Account
from cloud.organisations.types import TokenPurpose

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidenceLink:
    """A link that still holds. The transaction is in the company's scope, as the account."""

    account_id: UUID
    organisation_id: UUID
    company: str
    email: str
    name: str  # the account's own, or what the company typed first
    has_password: bool


def offer_account(session: Session, *, email: str, name: str, language: Language, token: str) -> UUID:
    """An account for an address, and a link that lets its person take up what the current company invites to."""
    account_id = ensure_account(session, email, name=name, language=language)
    company = current_organisation(session)
    issue_link(session, account_id, TokenPurpose.RESIDENCE, token=token, life=LIFE, organisation_id=company)
    return account_id


def look_at_offer(session: Session, token: str) -> ResidenceLink:
    """What a link is of. Raises LinkDead."""
    link = look_at_link(session, token, TokenPurpose.RESIDENCE)
    if link.organisation_id is None:
        raise LinkDead
    enter(session, Scope.organisation(link.organisation_id, account=link.account_id))
    company = session.get_one(Organisation, link.organisation_id)
    return ResidenceLink(
        account_id=link.account_id,
        organisation_id=link.organisation_id,
        company=company.name,
        email=link.email,
        name=link.name,
        has_password=link.has_password,
    )


def take_offer(session: Session, token: str, *, name: str, password: str | None) -> str:
    """Use the link up; who has no password yet chooses one and is called `name`. Returns what the person is called.

    Raises LinkDead, PasswordWeak.
    """
    link = look_at_link(session, token, TokenPurpose.RESIDENCE)
    use_link(session, link)
    if not link.has_password:
        company = session.get(Organisation, link.organisation_id)
        accounts.set_password(
            session,
            link.account_id,
            password or "",
            email=link.email,
            name=name,
            company=company.name if company else "",
        )
        accounts.rename(session.get_one(Account, link.account_id), name)
    withdraw_offers(session, link.account_id)
    return link.name if link.has_password else name


def language_of(session: Session, account_id: UUID) -> Language:
    """In which letters to an account are written. A resident's is seen by itself alone, staff or not."""
    scope = scope_of(session)
    enter(session, replace(scope, account=account_id))
    try:
        return Language(session.scalars(select(Account.language).where(Account.id == account_id)).one())
    finally:
        enter(session, scope)


def withdraw_offers(session: Session, account_id: UUID) -> None:
    """None of the links by which the current company invited this account holds any more."""
    company = current_organisation(session)
    spend_links(session, account_id, TokenPurpose.RESIDENCE, organisation_id=company)
