"""A resident's own face: agreed to, shown to panels, taken back, company by company."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cloud.access import service as access
from cloud.access.types import ConsentHow
from cloud.kernel.actor import Actor
from cloud.kernel.database import now
from cloud.kernel.files import FileStore
from cloud.kernel.language import Language
from cloud.kernel.permissions import Permission
from cloud.kernel.tables import Organisation
from cloud.residents.errors import NotAtHome
from cloud.residents.home import AtHome

HOUR = timedelta(hours=1)
MOST_BYTES = access.FACE_MOST_BYTES


class OwnFace(NamedTuple):
    """What a company keeps of the caller's face, and the text that is to be agreed to now."""

    company_id: UUID
    company: str
    kept: Any
    to_agree: Any


def faces_of_mine(home: AtHome, language: Language) -> list[OwnFace]:
    """One for each company where the caller lives."""
    found = []
    for each in home.homes:
        home.acting(each.organisation_id)
        company = home.session.get_one(Organisation, each.organisation_id).name
        kept = access.kept_of(home.session, each.person_id)
        found.append(
            OwnFace(
                each.organisation_id,
                company,
                kept,
                access.text_to_agree(language, person=each.name, company=company),
            )
        )
    home.looking()
    return found


def agree(home: AtHome, company_id: UUID, version: str) -> None:
    """The caller agrees, here and now. Raises NotAtHome, ConsentThere, FixInput for a text that holds no more."""
    actor, person_id = _acting(home, company_id)
    given_on: date = now(home.session).date()
    access.give_consent(
        home.session, actor, person_id, ConsentHow.APP, given_on=given_on, note="", version=version
    )


def withdraw(home: AtHome, store: FileStore, company_id: UUID) -> None:
    """The caller agrees no more. Raises NotAtHome, ConsentNotThere."""
    actor, person_id = _acting(home, company_id)
    access.withdraw_consent(home.session, actor, store, person_id, ConsentHow.APP)


def put_picture(
    home: AtHome, store: FileStore, company_id: UUID, data: bytes, *, salt: str, quota_bytes: int
) -> None:
    """Raises NotAtHome, and what `access.put_picture` raises."""
    actor, person_id = _acting(home, company_id)
    access.put_picture(home.session, actor, store, person_id, data, salt=salt, quota_bytes=quota_bytes)


def remove_picture(home: AtHome, store: FileStore, company_id: UUID) -> None:
    """Raises NotAtHome, FaceNotThere."""
    actor, person_id = _acting(home, company_id)
    access.remove_picture(home.session, actor, store, person_id)


def picture_of_mine(home: AtHome, company_id: UUID) -> Any:
    """Raises NotAtHome, FaceNotThere."""
    _, person_id = _acting(home, company_id)
    return access.picture_of(home.session, person_id)


def _acting(home: AtHome, company_id: UUID) -> tuple[Actor, UUID]:
    """The caller at work in the company, as the person that they are there. Raises NotAtHome."""
    person_id = next((each.person_id for each in home.homes if each.organisation_id == company_id), None)
    if person_id is None:
        raise NotAtHome
    return home.acting(company_id, Permission.PEOPLE_MANAGE), person_id
