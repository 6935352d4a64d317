"""The blacklist: precedes every pass, checked at issue here and at each passage on the box."""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime
from itertools import chain
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
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
from protocols.persons import fold, is_named, likeness, words

_NOTHING = Text("Укажите номер машины, карту или человека.", "Give a plate, a card or a person.")
_WORDS_LOOKED_AT = 3
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
    conditions = [*_may_name(person)]
    if plates:
        conditions.append(Blocked.plates.overlap(list(plates)))
    if keys:
        conditions.append(Blocked.keys.overlap(sorted(keys)))
    if not conditions:
        return None
    standing = _standing_at(now(session))
    found = select(Blocked).where(Blocked.site_id == site_id, standing, or_(*conditions))
    for row in session.scalars(found.order_by(Blocked.id)):  # of several always the same
        if set(row.plates) & set(plates) or set(row.keys) & keys or names_visitor(row, person):
            return row
    return None


def subject(row: Blocked) -> str:
    """What or who is listed, in one line."""
    document = f"№ …{row.document_key[-4:]}" if row.document_key else ""
    return ", ".join([*row.plates, *filter(None, (row.card, row.person, row.phone, document))])


def _standing_at(at: datetime) -> ColumnElement[bool]:
    return and_(Blocked.removed_at.is_(None), or_(Blocked.until.is_(None), Blocked.until > at))


def names_visitor(row: Blocked, person: Visitor) -> bool:
    """The rule of `protocols.persons`."""
    return is_named(
        name=likeness(row.person_key, person.name),
        phone=None if None in (row.phone, person.phone) else row.phone == person.phone,
        document=row.document_key == person.document if row.document_key and person.document else None,
    )


class ListedPersons:
    """Whom entries name, for many to be asked about: each is compared with those few that may name them."""

    def __init__(self, rows: Iterable[Blocked]) -> None:
        self._by_fact: dict[tuple[str, str], list[Blocked]] = {}
        for row in rows:
            for fact in _facts(Visitor(row.person_key, row.phone, row.document_key)):
                self._by_fact.setdefault(fact, []).append(row)

    def naming(self, person: Visitor) -> set[UUID]:
        """Ids of the entries that name a person."""
        found = (row for fact in _facts(person) for row in self._by_fact.get(fact, ()))
        return {row.id for row in found if names_visitor(row, person)}


def _facts(person: Visitor) -> Iterator[tuple[str, str]]:
    """Whom an entry names has one of these in common with it."""
    if found := words(person.name):
        yield "name", " ".join(sorted(found))
    if person.phone:
        yield "phone", person.phone
    if person.document:
        yield "document", person.document


def _may_name(person: Visitor) -> Iterator[ColumnElement[bool]]:
    """Entries that do not match any of these name somebody else."""
    if found := words(person.name):
        yield and_(*(Blocked.person_key.contains(word, autoescape=True) for word in sorted(found)))
    if person.phone:
        yield Blocked.phone == person.phone
    if person.document:
        yield Blocked.document_key == person.document


def _may_be_of(rows: Sequence[Blocked]) -> Iterator[ColumnElement[bool]]:
    """Passes that do not match any of these are of persons whom none of the entries names."""
    yield from _may_be_called(row.person for row in rows)
    if phones := {row.phone for row in rows if row.phone and row.person_key}:
        yield Pass.phone.in_(phones)
    if documents := {row.document_key for row in rows if row.document_key}:
        yield Pass.document_key.in_(documents)


def _may_be_called(names: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    """Whoever has the words of one of the names begins with such, as many as are looked at.

    The holder stands in a pass's `search` behind its number. Each word is looked up once, however many the names are.
    """
    by_count: dict[int, set[str]] = {}
    for name in names:
        if found := search_text(name).split():
            by_count.setdefault(min(len(set(found)), _WORDS_LOOKED_AT), set()).update(found)
    for count, known in sorted(by_count.items()):
        yield and_(*(func.split_part(Pass.search, " ", at + 2).in_(sorted(known)) for at in range(count)))


def passes_of_persons(session: Session, rows: Sequence[Blocked], *more: ColumnElement[bool]) -> list[UUID]:
    """Passes of persons whom entries of one site name, the newest first. `more`: what else they must be."""
    conditions = [*_may_be_of(rows)]
    if not conditions:
        return []
    listed = ListedPersons(rows)
    passes = select(Pass.id, Pass.holder, Pass.phone, Pass.document_key).where(
        Pass.site_id == rows[0].site_id, or_(*conditions), *more
    )
    return [
        pass_id
        for pass_id, name, phone, document in session.execute(passes.order_by(Pass.id.desc()))
        if listed.naming(Visitor(name, phone, document))
    ]


def passes_of_person(session: Session, row: Blocked) -> list[UUID]:
    """Standing passes of a person who is put on the list: the box refuses those too."""
    stands = Pass.state.not_in((PassState.REVOKED, PassState.REFUSED))
    lasts = or_(Pass.valid_until.is_(None), Pass.valid_until > now(session))
    return passes_of_persons(session, [row], stands, lasts)[:_HELD_PASSES_MOST]
