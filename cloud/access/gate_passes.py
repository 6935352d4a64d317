"""Passes that guards made at a gate: kept as they arrive, judged afterwards, and withdrawn.

They are in force at the box that made them from the moment they were made; what came of that is a fact. Whether the
company lets them stand is a worker's to say: the boxes then hold the pass as it is, or as revoked.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access import blacklist, cards, pass_cards, passes, policies, rules
from cloud.access.errors import OnBlacklist
from cloud.access.history import add_history, history_of
from cloud.access.items import pass_item
from cloud.access.models import Pass, PassCard
from cloud.access.recognition import card_readings
from cloud.access.types import PassChange, PassDraft, PassState
from cloud.housing import service as housing
from cloud.housing.errors import PremisesNotThere
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, new_id, savepoint
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Language, Text
from cloud.kernel.tables import Organisation
from cloud.kernel.text import search_text
from cloud.sites import service as sites
from protocols import phones
from protocols.acts import PassDrafted
from protocols.cards import CardFormat, unambiguous
from protocols.held import PassKind

_TOO_LONG = Text(
    "Такой пропуск действует не дольше {days} дн.", "Such a pass is valid for at most {days} days."
)
_NEEDS_APPROVAL = Text(
    "Такой пропуск согласует управляющий: на посту его не выдают.",
    "Such a pass is approved by a manager: none is made at a gate.",
)


def keep_gate_pass(session: Session, site_id: UUID, drafted: PassDrafted, by: str) -> bool:
    """Keep a pass under the id that the gate gave it; False: it is known already. `by`: the guard's name."""
    if session.get(Pass, drafted.pass_id) is not None:
        return False
    organisation_id = current_organisation(session)
    made = Pass(id=drafted.pass_id, organisation_id=organisation_id, state=PassState.ISSUED, uses=0)
    made.number = session.scalars(passes.NEXT_NUMBER, {"organisation_id": organisation_id}).one()
    made.site_id, made.kind, made.plates = site_id, drafted.kind, list(drafted.plates)
    made.holder, made.vehicle, made.host = drafted.holder, drafted.vehicle, drafted.host
    made.host_id = made.premises_id = None
    made.host_phone = phones.kept(drafted.host_phone)
    made.address, made.phone = drafted.address, phones.kept(drafted.phone)
    made.service, made.ticket, made.note = "", "", drafted.note
    made.document = made.document_key = ""  # the visit has it
    made.ticket_kind = made.ticket_id = made.vehicles = None
    made.points = [str(point) for point in drafted.points]
    made.direction, made.entries, made.schedule = drafted.direction, drafted.entries, []
    made.valid_from = drafted.valid_from
    made.valid_until = max(drafted.valid_until, drafted.valid_from + rules.SHORTEST)
    made.created_at = made.changed_at = drafted.at
    made.search = search_text(
        str(made.number), made.holder, made.vehicle, *made.plates, made.host, made.address, made.phone
    )
    session.add(made)
    session.flush()
    if drafted.keys:
        session.add(_card(session, made, drafted.keys))
    add_history(session, made, PassChange.ISSUED, at=drafted.at, actor=by)
    session.flush()
    return True


def judge_gate_pass(
    session: Session, pass_id: UUID, premises_id: UUID | None, by: str, *, document: str = ""
) -> str | None:
    """Let a pass stand, or not: then why, in the company's language. Its site's boxes learn either. `by`: the guard.

    `document`: the number that the visitor showed whose temporary card it is.

    Its card is then with its holder; one that somebody else has, or that is lost, lets it stand no more.

    Raises nothing for what is wrong with the pass: that is the answer.
    """
    row = session.get_one(Pass, pass_id, with_for_update={"key_share": True})
    if passes.is_final(row):
        return None
    sites.lock_sites(session, {row.site_id})
    on_it = pass_cards.cards_of(session, pass_id)
    _take_premises(session, row, premises_id)
    draft = _as_draft(row)
    try:
        with savepoint(session):
            _check(session, row, draft, on_it, document)
            _claim(session, Actor(name=by, organisation_id=row.organisation_id), row, on_it)
    except (FixInput, OnBlacklist) as error:
        company = session.get_one(Organisation, row.organisation_id)
        reason = _in_words(error, Language(company.language))
        passes.note_end(session, row, PassChange.REFUSED, actor="", reason=reason)
        sites.append_item(session, row.site_id, pass_item(row, on_it, refusal=reason))
        return reason
    session.flush()
    sites.append_item(session, row.site_id, pass_item(row, on_it))
    return None


def withdraw_gate_pass(session: Session, pass_id: UUID, *, by: str, note: str) -> bool:
    """A guard took a pass back; False: it stands no more, or is not known."""
    row = session.get(Pass, pass_id, with_for_update={"key_share": True})
    if row is None or passes.is_final(row):
        return False
    passes.note_end(session, row, PassChange.REVOKED, actor=by, reason=note)
    return True


def revoke_gate_pass(session: Session, pass_id: UUID) -> None:
    """Tell the site's boxes of a pass that was withdrawn at one of them; its card is back in stock."""
    row = session.get_one(Pass, pass_id)
    on_it = pass_cards.cards_of(session, pass_id)
    ours = {card.card_id for card in on_it if card.card_id is not None}
    ends = (line.actor for line in history_of(session, pass_id) if line.change == PassChange.REVOKED)
    cards.let_go(session, Actor(name=next(ends, ""), organisation_id=row.organisation_id), row, ours)
    sites.append_item(session, row.site_id, pass_item(row, on_it))


def _check(session: Session, row: Pass, draft: PassDraft, on_it: list[PassCard], document: str) -> None:
    longest = rules.LONGEST[draft.kind]
    if longest and row.valid_until and row.valid_until - row.valid_from > longest:
        raise FixInput(FieldError("valid_until", "too_long", _TOO_LONG, {"days": longest.days}))
    blacklist.refuse_listed_pass(session, row, on_it, document=document)
    box_of_point = {place.point_id: place.box_id for place in sites.points_of_site(session, row.site_id)}
    rules.check_points(draft.points, box_of_point)
    allowed = policies.apply(session, draft, row.valid_from, but=row.id, is_whole=not draft.points)
    points = rules.points_of(allowed.draft, box_of_point)
    if allowed.approval:
        raise FixInput(FieldError("kind", "needs_approval", _NEEDS_APPROVAL))
    row.vehicles, row.points = allowed.vehicles, [str(point) for point in points]
    row.left_out = list(allowed.left_out)
    row.schedule = [window.model_dump(mode="json") for window in allowed.draft.schedule]


def _claim(session: Session, by: Actor, row: Pass, on_it: Sequence[PassCard]) -> None:
    """Raises FixInput."""
    for index, card in enumerate(on_it):
        readings = card_readings(card.keys[0].lstrip("~"))
        if readings:
            card.card_id = cards.claim(session, by, row, readings[0], f"cards.{index}.text").id
    session.flush()


def _take_premises(session: Session, row: Pass, premises_id: UUID | None) -> None:
    """A guard may have named premises that are gone, or of others: then the address stays as it was typed."""
    if premises_id is None:
        return
    try:
        premises = housing.get_premises(session, premises_id)
    except PremisesNotThere:
        return
    row.premises_id, row.address = premises.id, row.address or premises.address


def _as_draft(row: Pass) -> PassDraft:
    """What the rules look at; it came over the wire, so nothing is validated anew."""
    return PassDraft.model_construct(
        site_id=row.site_id,
        kind=PassKind(row.kind),
        holder=row.holder,
        phone=row.phone,
        premises_id=row.premises_id,
        points=[UUID(point) for point in row.points],
        entries=row.entries,
        valid_until=row.valid_until,
        schedule=[],
    )


def _card(session: Session, row: Pass, keys: list[str]) -> PassCard:
    """All keys of a temporary card; how it was typed stays at the gate."""
    strongest = keys[0].lstrip("~")
    readings = card_readings(strongest)
    return PassCard(
        id=new_id(session),
        organisation_id=row.organisation_id,
        pass_id=row.id,
        format=(readings[0].format if readings else CardFormat.RAW).value,
        printed=unambiguous(readings[0]) if readings else strongest,
        keys=list(keys),
    )


def _in_words(error: FixInput | OnBlacklist, language: Language) -> str:
    if isinstance(error, FixInput):
        return " ".join(str(field.told(language)["message"]) for field in error.fields)
    return error.text.in_language(language, **error.data)
