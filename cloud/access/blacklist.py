"""The blacklist: precedes every pass, checked at issue here and at each passage on the box."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from itertools import chain
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from cloud.access import recognition
from cloud.access.errors import BlockNotThere, OnBlacklist
from cloud.access.events import Listed
from cloud.access.items import block_item
from cloud.access.models import Blocked, Pass, PassCard
from cloud.access.persons import listed_documents, listed_persons, listed_phones
from cloud.access.types import BlockDraft, PassDraft, PassState, Visitor
from cloud.kernel import outbox
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Language, Text
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.secrets import SecretBox
from cloud.kernel.tables import Organisation
from cloud.kernel.text import search_text
from cloud.sites import service as sites
from protocols.cards import Credential
from protocols.held import ItemKind
from protocols.persons import fold, is_named

_NOTHING = Text("Укажите номер машины, карту или человека.", "Give a plate, a card or a person.")
_HELD_PASSES_MOST = 1000  # protocols.held.BlockItem.passes


def block(session: Session, actor: Actor, vault: SecretBox, draft: BlockDraft) -> Blocked:
    """Put a plate, a card or a person on a site's blacklist. Raises FixInput, SiteNotThere."""
    organisation_id = actor.require(Permission.BLACKLIST_MANAGE)
    plates = [recognition.read_plate(draft.plate)] if draft.plate else []
    cards = [recognition.read_card(draft.card, "card.text")] if draft.card else []
    document = recognition.read_document(draft.document)
    if not (plates or cards or draft.person or document):
        raise FixInput.at(_left_empty(draft), "nothing", _NOTHING)
    sites.lock_sites(session, {draft.site_id})  # a pass that is being issued is either seen here or sees this
    block_id = new_id(session)
    made = Blocked(
        id=block_id,
        organisation_id=organisation_id,
        site_id=draft.site_id,
        # All its keys, weak ones too: a reader that passes on a part of the card must refuse it as well.
        keys=list(chain.from_iterable(card.keys() for card in cards)),
        plates=plates,
        card=draft.card.text if draft.card else "",
        person=draft.person,
        person_key=fold(draft.person),
        persons=listed_persons(vault, organisation_id, draft.person, draft.phone),
        phone=draft.phone,
        document=draft.document,
        document_key=document,
        documents=listed_documents(vault, draft.site_id, document),
        phones=listed_phones(block_id, draft.phone),
        reason=draft.reason,
        until=draft.until,
        created_by=actor.name,
        created_at=now(session),
        search=search_text(
            *(draft.person, *plates, draft.card.text if draft.card else None),
            *(draft.phone, draft.document, document),
        ),
    )
    session.add(made)
    session.flush()
    sites.append_item(session, made.site_id, block_item(made, passes_of_person(session, made)))
    record(
        session, actor, "blacklist.add", "blocked", made.id, {"subject": subject(made), "reason": made.reason}
    )
    publish(session, organisation_id, LiveKind.BLOCKED, made.id, Permission.BLACKLIST_READ)
    outbox.add(session, Listed(site_id=made.site_id), correlation_id=actor.correlation_id)
    return made


def _left_empty(draft: BlockDraft) -> str:
    """The field that the caller meant to fill in: a phone alone is a person's."""
    if draft.plate is not None:
        return "plate"
    return "person" if draft.model_fields_set & {"person", "phone", "document"} else "plate"


def unblock(session: Session, actor: Actor, block_id: UUID) -> Blocked:
    """Take an entry off the list; the row stays. Raises BlockNotThere."""
    organisation_id = actor.require(Permission.BLACKLIST_MANAGE)
    row = session.get(Blocked, block_id, with_for_update={"key_share": True})
    if row is None or row.removed_at is not None:
        raise BlockNotThere
    row.removed_at, row.removed_by = now(session), actor.name
    session.flush()
    sites.remove_item(session, row.site_id, ItemKind.BLOCK, row.id)
    record(session, actor, "blacklist.remove", "blocked", row.id, {"subject": subject(row)})
    publish(session, organisation_id, LiveKind.BLOCKED, row.id, Permission.BLACKLIST_READ)
    return row


def name_phone(session: Session, block_id: UUID) -> None:
    """Tell the site's boxes the phone of an entry of the time before they compared phones."""
    row = session.get(Blocked, block_id, with_for_update={"key_share": True})
    if row is None or row.removed_at is not None or row.phones:
        return
    row.phones = listed_phones(row.id, row.phone)
    session.flush()
    if sites.is_held(session, row.site_id, ItemKind.BLOCK, row.id):
        sites.append_item(session, row.site_id, block_item(row, passes_of_person(session, row)))


def refuse_listed(
    session: Session, draft: PassDraft, plates: Sequence[str], cards: Sequence[Credential]
) -> None:
    """Raises OnBlacklist when the pass would be for someone or something listed at its site."""
    keys = {lookup.key for card in cards for lookup in card.lookups()}
    document = recognition.read_document(draft.document)
    _refuse(session, draft.site_id, plates, keys, Visitor(draft.holder, draft.phone, document))


def refuse_listed_pass(session: Session, row: Pass, cards: Iterable[PassCard], *, document: str = "") -> None:
    """The same of a pass that was made earlier. `document`: the holder's number, where the pass has none."""
    keys = {key for card in cards for key in card.keys}
    person = Visitor(row.holder, row.phone, row.document_key or document)
    _refuse(session, row.site_id, row.plates, keys, person)


def why_listed(
    session: Session, site_id: UUID, plates: Sequence[str], keys: Sequence[str], person: Visitor
) -> str | None:
    """Why the site's blacklist refuses any of these, in the company's language; None: it does not."""
    row = _listed(session, site_id, plates, set(keys), person)
    if row is None:
        return None
    error = OnBlacklist(subject=subject(row), reason=row.reason)
    company = session.get_one(Organisation, row.organisation_id)
    return error.text.in_language(Language(company.language), **error.data)


def _refuse(session: Session, site_id: UUID, plates: Sequence[str], keys: Set[str], person: Visitor) -> None:
    row = _listed(session, site_id, plates, keys, person)
    if row is not None:
        raise OnBlacklist(subject=subject(row), reason=row.reason)


def _listed(
    session: Session, site_id: UUID, plates: Sequence[str], keys: Set[str], person: Visitor
) -> Blocked | None:
    matching = [
        Blocked.plates.overlap(list(plates)) if plates else None,
        Blocked.keys.overlap(sorted(keys)) if keys else None,
        _names_person(person) if person.name or person.document else None,
    ]
    conditions = [condition for condition in matching if condition is not None]
    if not conditions:
        return None
    standing = _standing_at(now(session))
    found = select(Blocked).where(Blocked.site_id == site_id, standing, or_(*conditions))
    return session.scalar(found.order_by(Blocked.id).limit(1))  # of several always the same


def subject(row: Blocked) -> str:
    """What or who is listed, in one line."""
    document = f"№ …{row.document_key[-4:]}" if row.document_key else ""
    return ", ".join([*row.plates, *filter(None, (row.card, row.person, row.phone, document))])


def _standing_at(at: datetime) -> ColumnElement[bool]:
    return and_(Blocked.removed_at.is_(None), or_(Blocked.until.is_(None), Blocked.until > at))


def names_visitor(row: Blocked, person: Visitor) -> bool:
    """The rule of `protocols.persons`."""
    return is_named(
        name=bool(row.person_key) and fold(person.name) == row.person_key,
        phone=None if None in (row.phone, person.phone) else row.phone == person.phone,
        document=row.document_key == person.document if row.document_key and person.document else None,
    )


def _names_person(person: Visitor) -> ColumnElement[bool]:
    """`names_visitor`, for the database."""
    named = [Blocked.person_key == fold(person.name), Blocked.person_key != ""]
    if person.phone is not None:
        named.append(or_(Blocked.phone.is_(None), Blocked.phone == person.phone))
    if not person.document:
        return and_(*named)
    return or_(Blocked.document_key == person.document, and_(*named, Blocked.document_key == ""))


def passes_of_person(session: Session, row: Blocked) -> list[UUID]:
    """Standing passes of a person who is put on the list: the box refuses those too."""
    if not (row.person_key or row.document_key):
        return []
    held = [Pass.holder != ""] if row.person_key else []
    if row.document_key:
        held.append(Pass.document_key == row.document_key)
    standing = (
        select(Pass.id, Pass.holder, Pass.phone, Pass.document_key)
        .where(
            Pass.site_id == row.site_id,
            Pass.state.not_in((PassState.REVOKED, PassState.REFUSED)),
            or_(Pass.valid_until.is_(None), Pass.valid_until > now(session)),
            or_(*held),
        )
        .order_by(Pass.id.desc())
    )
    passes = session.execute(standing)
    found = [
        pass_id
        for pass_id, name, phone, document in passes
        if names_visitor(row, Visitor(name, phone, document))
    ]
    return found[:_HELD_PASSES_MOST]
