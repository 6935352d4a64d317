"""What residents are told of passes in their name: notices in the app, and letters."""

from collections.abc import Collection
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.events import PassDecided, PassUsed
from cloud.kernel import mail
from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.realtime import LiveKind, publish_to
from cloud.kernel.tables import Organisation
from cloud.organisations import service as organisations
from cloud.people import service as people
from cloud.residents import letters
from cloud.residents.home import AtHome
from cloud.residents.letters import Letter
from cloud.residents.models import Notice
from cloud.residents.rules import why_of
from cloud.residents.types import NoticeKind
from cloud.sites import service as sites

_NO_PASSAGE = {"passage_id": None, "outcome": "", "reason": "", "direction": "", "point": ""}


def mark_read(home: AtHome, notice_ids: Collection[UUID]) -> None:
    """These notices were read; none named: all."""
    which = [Notice.account_id == home.account_id, Notice.read_at.is_(None)]
    if notice_ids:
        which.append(Notice.id.in_(notice_ids))
    for organisation_id in {each.organisation_id for each in home.homes}:
        home.acting(organisation_id)
        home.session.execute(update(Notice).where(*which).values(read_at=now(home.session)))
    home.looking()


def tell_of_use(session: Session, event: PassUsed) -> None:
    """Tell who watches a pass that it was used: once a passage, while it is in their name and they live there."""
    row = access.get_pass(session, event.pass_id)
    hosts = _hosts(session, row)
    places = sites.point_places(session, {event.point_id})
    point = places[0].name if places else ""
    told = {
        "kind": NoticeKind.USED,
        "passage_id": event.passage_id,
        "at": event.at,
        "outcome": event.outcome,
        "reason": event.reason,
        "direction": event.direction,
        "point": point,
    }
    for watcher in access.watchers_of(session, event):
        if watcher.account_id not in hosts or not _note(session, row, watcher.account_id, told):
            continue
        if watcher.by_email:
            zone, language = _zone(session, row), organisations.language_of(session, watcher.account_id)
            letter = letters.of_use(_who(row), point, event, zone=zone, language=language)
            _send(session, watcher.account_id, letter)


def tell_of_decision(session: Session, event: PassDecided) -> None:
    """Tell whose pass was approved, refused or revoked, unless they did it; by a letter where it is not to be."""
    row, line = access.get_pass(session, event.pass_id), access.find_line(session, event.change_id)
    told = _NO_PASSAGE | {"kind": line.change, "change_id": line.id, "at": line.at}
    was_over = row.valid_until is not None and row.valid_until <= line.at
    for account_id in sorted(_hosts(session, row) - {line.account_id}):
        if not _note(session, row, account_id, told) or line.change == NoticeKind.APPROVED or was_over:
            continue
        letter = letters.of_end(
            _who(row),
            NoticeKind(line.change),
            why_of(line.told_reason),
            at=line.at.astimezone(_zone(session, row)),
            company=session.get_one(Organisation, row.organisation_id).name,
            language=organisations.language_of(session, account_id),
        )
        _send(session, account_id, letter)


def _hosts(session: Session, row: Any) -> set[UUID]:
    """The accounts in whose name a pass is, while they live where it leads."""
    if row.premises_id is None or row.host_id is None:
        return set()
    return set(people.accounts_at(session, row.premises_id, person_id=row.host_id))


def _note(session: Session, row: Any, account_id: UUID, told: dict[str, Any]) -> bool:
    """False: it was told before."""
    values = told | {
        "id": new_id(session),
        "organisation_id": current_organisation(session),
        "account_id": account_id,
        "pass_id": row.id,
        "made_at": now(session),
    }
    made = session.scalar(insert(Notice).values(values).on_conflict_do_nothing().returning(Notice.id))
    if made is not None:
        publish_to(session, current_organisation(session), LiveKind.NOTICE, made, account_id)
    return made is not None


def _who(row: Any) -> str:
    return row.holder or row.vehicle or f"№ {row.number}"


def _zone(session: Session, row: Any) -> ZoneInfo:
    return ZoneInfo(sites.find_site(session, row.site_id).time_zone)


def _send(session: Session, account_id: UUID, letter: Letter) -> None:
    mail.send(session, people.mail_of(session, account_id), letter.subject, letter.body)
