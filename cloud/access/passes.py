"""Issuing, changing and revoking passes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from cloud.access import blacklist, meanwhile, pass_cards, policies, recognition, rules, typed
from cloud.access import cards as stock
from cloud.access.errors import PassIsFinal, PassNeedsApproval, PassNotRequested, PassNotThere
from cloud.access.face_passes import faces_for
from cloud.access.history import add_history
from cloud.access.items import moved_item, pass_item
from cloud.access.models import Pass, PassageRow
from cloud.access.pass_cards import cards_of
from cloud.access.told import changes_of, told_of
from cloud.access.types import TOLD, PassChange, PassDraft, PassState, WindowDraft
from cloud.housing import service as housing
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id, now
from cloud.kernel.permissions import Permission
from cloud.kernel.text import search_text
from cloud.people import service as people
from cloud.sites import service as sites
from protocols.records import Outcome

NEXT_NUMBER = text(
    "INSERT INTO pass_counter (organisation_id, last) VALUES (:organisation_id, 1)"
    " ON CONFLICT (organisation_id) DO UPDATE SET last = pass_counter.last + 1 RETURNING last"
)


def issue_pass(
    session: Session,
    actor: Actor,
    draft: PassDraft,
    *,
    pass_id: UUID | None = None,
    by_resident: bool = False,
) -> Pass:
    """Issue a pass; the site's boxes get it with the commit, or with its approval where the company asks for one.

    `pass_id`: made up by the caller; the same again is answered with the pass that was made. Raises FixInput for an
    unreadable plate or card, a wrong window, what the company or a point refuses; OnBlacklist; SiteNotThere and the
    like; PassIssuedAlready, IdTaken.
    """
    organisation_id = actor.require(Permission.PASSES_ISSUE)
    plates, cards = recognition.plates(draft.plates), recognition.cards(draft.cards)
    sites.lock_sites(session, {draft.site_id})
    made = meanwhile.made_before(session, pass_id, draft, (plates, cards), by_resident) if pass_id else None
    if made is not None:
        return made
    valid_from = draft.valid_from or now(session)
    rules.check_draft(draft, valid_from, now(session), plates=plates, cards=cards)
    blacklist.refuse_listed(session, draft, plates, cards)
    allowed = policies.apply(session, draft, valid_from, is_whole=not draft.points, by_resident=by_resident)
    waits = allowed.approval and not actor.may(Permission.PASSES_APPROVE, organisation_id)
    change = PassChange.REQUESTED if waits else PassChange.ISSUED
    made = Pass(
        id=pass_id or new_id(session),
        organisation_id=organisation_id,
        state=rules.STATE_AFTER[change],
        uses=0,
    )
    made.number = session.scalars(NEXT_NUMBER, {"organisation_id": organisation_id}).one()
    made.created_at, made.vehicles, made.left_out = now(session), allowed.vehicles, list(allowed.left_out)
    _fill(session, made, allowed.draft, plates, valid_from)
    session.add(made)
    meanwhile.flush_new(session)
    held_cards = pass_cards.put(session, actor, made, cards, {}) + typed.give(session, made, draft, [])
    _note(session, actor, made, change)
    if not waits:
        sites.append_item(session, made.site_id, pass_item(made, held_cards))
    return made


def change_pass(
    session: Session,
    actor: Actor,
    pass_id: UUID,
    draft: PassDraft,
    *,
    version: int | None = None,
    by_resident: bool = False,
    reason: str = "",
) -> Pass:
    """Change a pass that still stands. `version`: of the pass from which the change began; None: of any.

    Raises what `issue_pass` raises, PassNotThere, PassIsFinal, ChangedMeanwhile and PassNeedsApproval.
    """
    actor.require(Permission.PASSES_ISSUE)
    changed = standing(session, pass_id)
    meanwhile.check_version(session, changed, version)
    plates, cards = recognition.plates(draft.plates), recognition.cards(draft.cards)
    valid_from = draft.valid_from or changed.valid_from
    rules.check_draft(draft, valid_from, now(session), plates=plates, cards=cards)
    old_site = changed.site_id
    sites.lock_sites(session, {old_site, draft.site_id})
    blacklist.refuse_listed(session, draft, plates, cards)
    allowed = _allowed(session, actor, changed, draft, valid_from, by_resident=by_resident)
    known = cards_of(session, changed.id)
    before = told_of(session, changed, known)
    _fill(session, changed, allowed.draft, plates, valid_from)
    changed.vehicles, changed.left_out = allowed.vehicles, list(allowed.left_out)
    had = {card.keys[0]: card.card_id for card in known if card.card_id is not None}
    for card in known:
        if not typed.is_typed(card):
            session.delete(card)
    session.flush()
    held_cards = pass_cards.put(session, actor, changed, cards, had) + typed.give(
        session, changed, draft, known
    )
    stock.let_go(session, actor, changed, set(had.values()) - {card.card_id for card in held_cards})
    changes = changes_of(before, told_of(session, changed, held_cards))
    _note(session, actor, changed, PassChange.EDITED, reason, changes)
    if changed.state != PassState.REQUESTED:
        if old_site != changed.site_id:
            sites.append_item(session, old_site, moved_item(changed))
        sites.append_item(session, changed.site_id, pass_item(changed, held_cards))
    return changed


def amend_pass(
    session: Session,
    actor: Actor,
    row: Pass,
    *,
    until: datetime | None,
    points: list[UUID] | None,
    schedule: list[WindowDraft] | None = None,
    reason: str = "",
) -> None:
    """Another end, other points (none: every one of its site), other hours (none: at any); None: as it is.

    The pass and its site are locked. Raises what `change_pass` raises.
    """
    actor.require(Permission.PASSES_ISSUE)
    if is_final(row):
        raise PassIsFinal(number=row.number)
    fields = PassDraft.model_validate(
        {
            "site_id": row.site_id,
            "kind": row.kind,
            "premises_id": row.premises_id,
            "points": row.points if points is None else points,
            "entries": row.entries,
            "schedule": row.schedule if schedule is None else schedule,
            "valid_from": row.valid_from,
            "valid_until": until or row.valid_until,
        }
    )
    rules.check_window(fields, row.valid_from, now(session))
    cards = cards_of(session, row.id)
    blacklist.refuse_listed_pass(session, row, cards)
    allowed = _allowed(session, actor, row, fields, row.valid_from)
    places = sites.points_of_site(session, row.site_id)
    named = rules.points_of(allowed.draft, {place.point_id: place.box_id for place in places})
    before = told_of(session, row, cards)
    row.valid_until, row.points = fields.valid_until, [str(point) for point in named]
    row.schedule, row.vehicles = rules.windows_of(allowed.draft), allowed.vehicles
    row.left_out = list(allowed.left_out)
    _note(session, actor, row, PassChange.EDITED, reason, changes_of(before, told_of(session, row, cards)))
    session.flush()
    if row.state != PassState.REQUESTED:
        sites.append_item(session, row.site_id, pass_item(row, cards))


def approve_passes(session: Session, actor: Actor, pass_ids: Sequence[UUID]) -> list[Pass]:
    """Issue what was requested: all or none. Raises PassNotThere, PassNotRequested, OnBlacklist."""
    actor.require(Permission.PASSES_APPROVE)
    requested = _requested(session, pass_ids)
    for row in requested:
        cards = cards_of(session, row.id)
        blacklist.refuse_listed_pass(session, row, cards)
        row.state = PassState.ISSUED
        _note(session, actor, row, PassChange.APPROVED)
        session.flush()
        sites.append_item(session, row.site_id, pass_item(row, cards))
    return requested


def refuse_passes(session: Session, actor: Actor, pass_ids: Sequence[UUID], reason: str) -> list[Pass]:
    """Refuse what was requested: all or none; no box has heard of it. Raises PassNotThere, PassNotRequested."""
    actor.require(Permission.PASSES_APPROVE)
    requested = _requested(session, pass_ids)
    for row in requested:
        row.state = PassState.REFUSED
        _note(session, actor, row, PassChange.REFUSED, reason, is_told=True)
        pass_cards.let_go(session, actor, row)
    return requested


def revoke_passes(
    session: Session, actor: Actor, pass_ids: Sequence[UUID], reason: str, *, is_told: bool = True
) -> list[Pass]:
    """Revoke all or none. `is_told`: residents read the reason. Raises PassNotThere, PassIsFinal."""
    actor.require(Permission.PASSES_REVOKE)
    revoked = [standing(session, pass_id) for pass_id in sorted(set(pass_ids))]
    sites.lock_sites(session, {row.site_id for row in revoked})
    for row in revoked:
        was_requested, row.state = row.state == PassState.REQUESTED, PassState.REVOKED
        _note(session, actor, row, PassChange.REVOKED, reason, is_told=is_told)
        session.flush()
        if was_requested:
            pass_cards.let_go(session, actor, row)
        else:
            sites.append_item(session, row.site_id, pass_item(row, cards_of(session, row.id)))
    return revoked


def is_final(row: Pass) -> bool:
    """It is changed no more: revoked, refused, or nobody knows whose it was."""
    return row.erased_at is not None or not rules.may_revoke(PassState(row.state))


def get_pass(session: Session, pass_id: UUID) -> Pass:
    """Raises PassNotThere."""
    row = session.get(Pass, pass_id)
    if row is None:
        raise PassNotThere
    return row


def note_passage(session: Session, row: Pass, change: PassChange, *, at: datetime, passage_id: UUID) -> None:
    """A box reports that the holder went through: a line of the pass's history, and its state after it."""
    if not _is_overtaken(session, row, at):
        row.state = rules.STATE_AFTER[change]
    add_history(session, row, change, at=at, actor="", data={"passage_id": str(passage_id)})


def _is_overtaken(session: Session, row: Pass, at: datetime) -> bool:
    """A later passage of the pass is known already, as when another box had been away with this one."""
    later = (PassageRow.pass_id == row.id, PassageRow.outcome == Outcome.GRANTED.value, PassageRow.at > at)
    return bool(session.scalar(select(exists().where(*later))))


def note_end(session: Session, row: Pass, change: PassChange, *, actor: str, reason: str) -> None:
    """The pass stands no more; a line of its history, and its state after it."""
    row.state = rules.STATE_AFTER[change]
    add_history(session, row, change, at=now(session), actor=actor, reason=reason)
    session.flush()


def standing(session: Session, pass_id: UUID) -> Pass:
    """A pass that is to be changed, locked, as it is by then. Raises PassNotThere, PassIsFinal."""
    row = session.get(Pass, pass_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise PassNotThere
    if is_final(row):
        raise PassIsFinal(number=row.number)
    return row


def _allowed(
    session: Session,
    actor: Actor,
    row: Pass,
    draft: PassDraft,
    valid_from: datetime,
    *,
    by_resident: bool = False,
) -> policies.Allowed:
    """What the company makes of a pass that is changed. Raises FixInput, PassNeedsApproval."""
    is_whole = not draft.points or _is_still_whole(row, draft)
    if is_whole and draft.entries is None:
        draft = draft.model_copy(update={"points": []})  # a point that has become kinder is opened, too
    allowed = policies.apply(
        session, draft, valid_from, but=row.id, is_whole=is_whole, by_resident=by_resident
    )
    waits = row.state == PassState.REQUESTED
    if allowed.approval and not waits and not actor.may(Permission.PASSES_APPROVE, row.organisation_id):
        raise PassNeedsApproval(number=row.number)
    return allowed


def _is_still_whole(row: Pass, draft: PassDraft) -> bool:
    """It was asked for every point of its site, some refused, and nobody named others since."""
    return (
        bool(row.left_out)
        and draft.site_id == row.site_id
        and {str(point) for point in draft.points} == set(row.points)
    )


def _requested(session: Session, pass_ids: Sequence[UUID]) -> list[Pass]:
    """Locked, with their sites."""
    rows = [standing(session, pass_id) for pass_id in sorted(set(pass_ids))]
    for row in rows:
        if row.state != PassState.REQUESTED:
            raise PassNotRequested(number=row.number)
    sites.lock_sites(session, {row.site_id for row in rows})
    return rows


def _fill(session: Session, target: Pass, draft: PassDraft, plates: list[str], valid_from: datetime) -> None:
    places = sites.points_of_site(session, draft.site_id)
    points = rules.points_of(draft, {place.point_id: place.box_id for place in places})
    host = people.get_person(session, draft.host_id) if draft.host_id else None
    premises = housing.get_premises(session, draft.premises_id) if draft.premises_id else None
    target.site_id, target.kind, target.plates = draft.site_id, draft.kind, plates
    target.holder, target.vehicle = draft.holder, draft.vehicle
    target.host_id, target.host = draft.host_id, host.name if host else draft.host
    target.premises_id, target.address = draft.premises_id, premises.address if premises else ""
    target.document, target.document_key = draft.document, recognition.read_document(draft.document)
    target.phone, target.host_phone = draft.phone, host.phones[0] if host and host.phones else None
    target.service, target.note = draft.service, draft.note
    target.ticket_kind = draft.ticket.kind if draft.ticket else None
    target.ticket_id = draft.ticket.id if draft.ticket else None
    target.ticket = draft.ticket.text if draft.ticket else ""
    target.points = [str(point) for point in points]
    target.direction, target.entries = draft.direction, draft.entries
    target.valid_from, target.valid_until = valid_from, draft.valid_until
    target.schedule = rules.windows_of(draft)
    target.faces = faces_for(session, target)
    target.changed_at = now(session)
    target.search = search_text(
        str(target.number),
        draft.holder,
        draft.vehicle,
        *plates,
        target.host,
        target.address,
        draft.phone,
        draft.service,
        target.ticket,
        target.group,
    )


def _note(
    session: Session,
    actor: Actor,
    row: Pass,
    change: PassChange,
    reason: str = "",
    changes: dict[str, list[Any]] | None = None,
    is_told: bool = False,
) -> None:
    """`changes`: as `told.changes_of`. They stand in the pass's history alone, and go with it.

    `is_told`: whoever wrote the reason knew that residents read it.
    """
    data: dict[str, Any] = {} if changes is None else {"changes": changes}
    data |= {TOLD: True} if is_told else {}
    by = actor.account_id
    add_history(
        session, row, change, at=now(session), actor=actor.name, account_id=by, reason=reason, data=data
    )
    told = {"number": row.number, "plates": row.plates, "reason": reason}
    record(session, actor, f"pass.{change}", "pass", row.id, told)
