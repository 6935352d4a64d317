"""What happened between a form and its answer: somebody else changed the pass, or it was issued and nobody heard."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.access import policies, rules, typed
from cloud.access.errors import PassIssuedAlready
from cloud.access.history import EDITS, history_of
from cloud.access.models import Pass
from cloud.access.pass_cards import cards_of
from cloud.access.types import PassDraft
from cloud.kernel.database import current_organisation, now
from cloud.kernel.errors import ChangedMeanwhile, FixInput, IdTaken
from cloud.sites import service as sites
from protocols.cards import Credential

_UNIQUE_VIOLATION = "23505"
Read = tuple[Sequence[str], Sequence[Credential]]  # plates, cards
_AS_ASKED = (
    "site_id",
    "kind",
    "holder",
    "vehicle",
    "phone",
    "document",
    "service",
    "note",
    "host_id",
    "premises_id",
    "direction",
    "entries",
    "valid_until",
)


def check_version(session: Session, row: Pass, version: int | None) -> None:
    """`version`: from which a change began; None: from any. The pass is locked. Raises ChangedMeanwhile."""
    if version is None or version == row.version:
        return
    lines = history_of(session, row.id)
    last = next((line for line in lines if line.change in EDITS), lines[-1])
    zone = ZoneInfo(sites.find_site(session, row.site_id).time_zone)
    raise ChangedMeanwhile(by=last.actor, at=last.at.astimezone(zone).isoformat())


def made_before(
    session: Session, pass_id: UUID, draft: PassDraft, read: Read, by_resident: bool
) -> Pass | None:
    """The pass that the company, or this resident of it, has under this id; None: there is none. Its site is locked.

    `read`: what the draft's plates and cards are. Raises PassIssuedAlready where the draft asks for another, IdTaken.
    """
    row = session.get(Pass, pass_id)
    if row is None:
        return None
    is_theirs = by_resident and row.host_id != draft.host_id
    if is_theirs or row.organisation_id != current_organisation(session):
        raise IdTaken
    if not _is_as_asked(session, row, draft, read) or not _opens_as_asked(session, row, draft, by_resident):
        raise PassIssuedAlready(number=row.number)
    return row


def flush_new(session: Session) -> None:
    """A row under an id that its caller made up. Raises IdTaken where somebody else's row has it."""
    try:
        session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
            raise IdTaken from error
        raise


def _is_as_asked(session: Session, row: Pass, draft: PassDraft, read: Read) -> bool:
    """By what people type."""
    plates, cards = read
    known = cards_of(session, row.id)
    held = {card.keys[0] for card in known if not typed.is_typed(card)}
    given = {card.format for card in known}
    return (
        all(getattr(row, name) == getattr(draft, name) for name in _AS_ASKED)
        and row.plates == list(plates)
        and held == {card.keys()[0] for card in cards}
        and (draft.host_id is not None or row.host == draft.host)
        and (row.ticket_kind, row.ticket_id, row.ticket) == _ticket(draft)
        and _begins_as_asked(session, row, draft)
        and (draft.pin, draft.code) == (typed.PIN in given, typed.CODE in given)
    )


def _begins_as_asked(session: Session, row: Pass, draft: PassDraft) -> bool:
    """Without a beginning it is asked for from now on: one that does not open yet is another."""
    return row.valid_from <= now(session) if draft.valid_from is None else row.valid_from == draft.valid_from


def _ticket(draft: PassDraft) -> tuple[str | None, UUID | None, str]:
    return (
        (None, None, "") if draft.ticket is None else (draft.ticket.kind, draft.ticket.id, draft.ticket.text)
    )


def _opens_as_asked(session: Session, row: Pass, draft: PassDraft, by_resident: bool) -> bool:
    """Where and when, as the company's policies narrow what is asked; not so where they allow it no longer."""
    places = {place.point_id: place.box_id for place in sites.points_of_site(session, draft.site_id)}
    try:
        allowed = policies.apply(
            session,
            draft,
            draft.valid_from or row.valid_from,
            but=row.id,
            is_whole=not draft.points,
            by_resident=by_resident,
        ).draft
        points = rules.points_of(allowed, places)
    except FixInput:
        return False
    return set(row.points) == {str(point) for point in points} and row.schedule == rules.windows_of(allowed)
