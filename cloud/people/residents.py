"""Which account is which person: inviting residents, their answer, and what of their company is theirs."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.housing import service as housing
from cloud.housing.types import Place
from cloud.kernel import mail
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import Scope, current_organisation, enter, new_id, now
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.tables import Organisation
from cloud.organisations import service as organisations
from cloud.organisations.errors import LinkDead
from cloud.people import letters
from cloud.people.errors import AccountIsAnothers, AlreadyResident, PersonNotThere, ResidentNotThere
from cloud.people.models import Person, Residency, Resident
from cloud.people.types import Home, ResidentDraft, ResidentInvitation, ResidentState


def invite_resident(
    session: Session, actor: Actor, person_id: UUID, draft: ResidentDraft, *, token: str, public_url: str
) -> Resident:
    """Ask a person by mail to use the resident's app; asked again, the older links hold no more.

    Raises PersonNotThere, AlreadyResident, AccountIsAnothers.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    person = _person(session, person_id, lock=True)
    known = session.scalars(
        select(Resident).where(Resident.person_id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if known is not None and known.state == ResidentState.ACTIVE:
        raise AlreadyResident
    if known is not None:
        organisations.withdraw_offers(session, known.account_id)
    account_id = organisations.offer_account(
        session, email=draft.email, name=person.name, language=draft.language, token=token
    )
    _refuse_anothers(session, account_id, person_id)
    row = known or Resident(id=new_id(session), organisation_id=person.organisation_id, person_id=person_id)
    row.account_id, row.email, row.state = account_id, draft.email.lower(), ResidentState.INVITED
    row.invited_at, row.invited_by = now(session), actor.name
    row.joined_at = row.ended_at = None
    session.add(row)
    session.flush()
    company = session.get_one(Organisation, person.organisation_id).name
    url = f"{public_url}/resident-invitation#{token}"
    letter = letters.invitation(draft.language, name=person.name, company=company, url=url)
    mail.send(session, row.email, letter.subject, letter.body)
    record(session, actor, "people.resident.invite", "person", person_id, {"email": row.email})
    _tell(session, row)
    return row


def end_resident(session: Session, actor: Actor, person_id: UUID) -> None:
    """The account is this person no longer, from the next request on. Raises ResidentNotThere."""
    actor.require(Permission.PEOPLE_MANAGE)
    row = session.scalars(
        select(Resident).where(Resident.person_id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None or row.state == ResidentState.ENDED:
        raise ResidentNotThere
    row.state, row.ended_at = ResidentState.ENDED, now(session)
    organisations.withdraw_offers(session, row.account_id)
    record(session, actor, "people.resident.end", "person", person_id, {"email": row.email})
    _tell(session, row)


def resident_of(session: Session, person_id: UUID) -> Resident:
    """How a person stands with the resident's app. Raises ResidentNotThere."""
    row = session.scalars(select(Resident).where(Resident.person_id == person_id)).one_or_none()
    if row is None:
        raise ResidentNotThere
    return row


def look_at_invitation(session: Session, token: str) -> ResidentInvitation:
    """What a link invites to. Raises LinkDead."""
    link = organisations.look_at_offer(session, token)
    _, person = _invited(session, link.account_id)
    name = link.name if link.has_password else person.name
    return ResidentInvitation(link.email, name, link.company, link.has_password)


def accept_invitation(session: Session, token: str, *, password: str | None) -> UUID:
    """From now on the account is the person. Returns the account. Raises LinkDead, PasswordWeak."""
    link = organisations.look_at_offer(session, token)
    row, person = _invited(session, link.account_id, lock=True)
    called = organisations.take_offer(session, token, name=person.name, password=password)
    row.state, row.joined_at = ResidentState.ACTIVE, now(session)
    session.flush()
    actor = Actor(name=called, account_id=link.account_id, organisation_id=row.organisation_id)
    record(session, actor, "people.resident.join", "person", person.id, {"email": row.email})
    _tell(session, row)
    return link.account_id


def homes_of(session: Session, account_id: UUID) -> list[Home]:
    """Who the account is, company by company. The transaction then sees those companies, narrowed to these premises."""
    enter(session, Scope(account=account_id))
    mine = (Resident.account_id == account_id, Resident.state == ResidentState.ACTIVE)
    who = session.execute(select(Resident.organisation_id, Resident.person_id).where(*mine)).all()
    companies = frozenset(row.organisation_id for row in who)
    enter(session, Scope(allowed=companies, account=account_id))
    homes = [_home(session, row.organisation_id, row.person_id) for row in who]
    theirs = frozenset[UUID]().union(*(home.premises for home in homes))
    enter(session, Scope(allowed=companies, account=account_id, premises=theirs))
    return homes


def accounts_at(session: Session, premises_id: UUID, *, person_id: UUID | None = None) -> Sequence[UUID]:
    """The accounts of those who live at the premises today and use the resident's app; of one person, if named."""
    query = (
        select(Resident.account_id, Residency.since, Residency.until)
        .join(Residency, Residency.person_id == Resident.person_id)
        .where(Residency.premises_id == premises_id, Resident.state == ResidentState.ACTIVE)
    )
    if person_id is not None:
        query = query.where(Resident.person_id == person_id)
    places = housing.places_of(session, {premises_id})
    rows = session.execute(query).all() if places else []
    return sorted({row.account_id for row in rows if _lasts(places[0], row.since, row.until, now(session))})


def premises_of(session: Session, person_id: UUID) -> frozenset[UUID]:
    """Where a person of the current company lives today, or is otherwise at home."""
    query = select(Residency.premises_id, Residency.since, Residency.until)
    said = session.execute(query.where(Residency.person_id == person_id)).all()
    places = {
        each.premises_id: each for each in housing.places_of(session, {row.premises_id for row in said})
    }
    at = now(session)
    return frozenset(
        row.premises_id for row in said if _lasts(places[row.premises_id], row.since, row.until, at)
    )


def people_at(session: Session, premises_id: UUID) -> frozenset[UUID]:
    """The persons who are at home there today."""
    query = select(Residency.person_id, Residency.since, Residency.until)
    said = session.execute(query.where(Residency.premises_id == premises_id)).all()
    [place] = housing.places_of(session, {premises_id})
    return frozenset(row.person_id for row in said if _lasts(place, row.since, row.until, now(session)))


def mail_of(session: Session, account_id: UUID) -> str:
    """Where letters to a resident of the current company go. Raises ResidentNotThere."""
    mine = (Resident.organisation_id == current_organisation(session), Resident.account_id == account_id)
    email = session.scalars(
        select(Resident.email).where(*mine, Resident.state == ResidentState.ACTIVE)
    ).first()
    if email is None:
        raise ResidentNotThere
    return email


def resident_accounts(session: Session) -> Sequence[UUID]:
    """The accounts of all who are, or ever were, residents of the current company."""
    mine = Resident.organisation_id == current_organisation(session)
    return session.scalars(select(Resident.account_id).where(mine)).all()


def _home(session: Session, organisation_id: UUID, person_id: UUID) -> Home:
    name = session.scalars(select(Person.name).where(Person.id == person_id)).one()
    query = select(Residency.premises_id, Residency.since, Residency.until)
    query = query.where(Residency.person_id == person_id, Residency.organisation_id == organisation_id)
    said = session.execute(query).all()
    places = {
        each.premises_id: each for each in housing.places_of(session, {row.premises_id for row in said})
    }
    at = now(session)
    lasting = [row for row in said if _lasts(places[row.premises_id], row.since, row.until, at)]
    lives: dict[UUID, datetime | None] = {}
    for row in sorted(lasting, key=lambda row: row.since or date.min):  # said twice: the first day counts
        lives.setdefault(row.premises_id, _began(places[row.premises_id], row.since))
    return Home(organisation_id, person_id, name, lives)


def _began(place: Place, since: date | None) -> datetime | None:
    """By the clock at the place itself."""
    return datetime.combine(since, time.min, ZoneInfo(place.time_zone)) if since is not None else None


def _lasts(place: Place, since: date | None, until: date | None, at: datetime) -> bool:
    """By the day at the place itself."""
    today = at.astimezone(ZoneInfo(place.time_zone)).date()
    return (since is None or since <= today) and (until is None or until >= today)


def _invited(session: Session, account_id: UUID, *, lock: bool = False) -> tuple[Resident, Person]:
    """The invitation that waits for this account in the current company. Raises LinkDead."""
    asked = select(Resident).where(
        Resident.organisation_id == current_organisation(session),
        Resident.account_id == account_id,
        Resident.state == ResidentState.INVITED,
    )
    row = session.scalars(asked.with_for_update(key_share=True) if lock else asked).one_or_none()
    if row is None:
        raise LinkDead
    return row, _person(session, row.person_id)


def _refuse_anothers(session: Session, account_id: UUID, person_id: UUID) -> None:
    others = (
        select(Person.name)
        .join(Resident, Resident.person_id == Person.id)
        .where(Resident.account_id == account_id, Resident.person_id != person_id)
        .where(
            Resident.organisation_id == current_organisation(session), Resident.state != ResidentState.ENDED
        )
    )
    name = session.scalars(others).first()
    if name is not None:
        raise AccountIsAnothers(name=name)


def _person(session: Session, person_id: UUID, *, lock: bool = False) -> Person:
    person = session.get(Person, person_id, with_for_update={"key_share": True} if lock else None)
    if person is None:
        raise PersonNotThere
    return person


def _tell(session: Session, row: Resident) -> None:
    publish(session, row.organisation_id, LiveKind.PERSON, row.person_id, Permission.PEOPLE_READ)
