"""Events on their way to their slices: a run of records under one savepoint, one by one only when that fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy.orm import Session

from cloud.ingest import witnessed
from cloud.ingest.incoming import Incoming
from cloud.ingest.measured import NEWEST_MS, OLDEST_MS
from cloud.ingest.streams import Watermark
from cloud.ingest.witnessed import Handlers, UnknownEventError
from cloud.kernel.database import now, savepoint
from cloud.kernel.faults import in_words, is_unavailable
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import JournalEntry, QuarantineReason, Refused, StreamKey
from protocols import chain, correlation
from protocols.fields import ClockState, Event
from protocols.records import StreamOpened

_OLDEST = timedelta(milliseconds=OLDEST_MS)
_NEWEST = timedelta(milliseconds=NEWEST_MS)
_log = logging.getLogger(__name__)


def is_database_fault(error: BaseException) -> bool:
    """Nobody's record is at fault: the whole micro-batch is tried again."""
    # Unwrapped it is of the COPY: "no partition of relation found for row".
    return is_unavailable(error) or isinstance(error, psycopg.errors.CheckViolation)


@dataclass(frozen=True, slots=True)
class EventRun:
    """A signed batch of events; those from index `skip` on are new."""

    batch: Incoming
    owner: BoxOwner
    skip: int
    mark: Watermark


@dataclass(frozen=True, slots=True)
class _Record:
    sequence: int
    record: bytes
    kind: str
    event: Event | None = None  # None: not to be handed on
    problem: str = ""  # why not; empty for a kind that only newer boxes know
    reason: QuarantineReason = QuarantineReason.MALFORMED


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a run: how its records are to be counted once they are committed, and what is to be set aside."""

    kinds: list[str]
    unknown: int
    refused: list[Refused]


def take_events(session: Session, run: EventRun, handlers: Handlers) -> Taken:
    """Keep the records in the journal and hand each to its slice; what is refused comes back for the quarantine."""
    read = _without_foreign(session, run, list(_read(run, now(session))))
    understood = [record for record in read if record.event is not None]
    _keep(session, run, read)
    try:
        with _undone_as_one(session):
            for record in understood:
                _hand(session, run, record, handlers)
        refused = []
    except _Setback:
        refused = _one_by_one(session, run, understood, handlers)
    unknown = [record for record in read if record.event is None and not record.problem]
    for record in unknown:
        telemetry.count_unknown(session, run.owner.box_id, run.batch.channel, record.kind)
    return Taken(
        kinds=[record.kind if record.event else "not_taken" for record in read],
        unknown=len(unknown),
        refused=refused + _not_taken(run, read),
    )


class _Setback(Exception):
    """Some record of a run could not be taken."""


@contextmanager
def _undone_as_one(session: Session) -> Iterator[None]:
    """A savepoint; any error but the database's own becomes a _Setback."""
    try:
        with savepoint(session):
            yield
    except Exception as error:  # the edge of a handler, a supervised task: logged, counted, set aside
        if is_database_fault(error):
            raise
        raise _Setback(in_words(error)) from error


def _one_by_one(session: Session, run: EventRun, records: list[_Record], handlers: Handlers) -> list[Refused]:
    tried = (_alone(session, run, record, handlers) for record in records)
    return [refused for refused in tried if refused is not None]


def _alone(session: Session, run: EventRun, record: _Record, handlers: Handlers) -> Refused | None:
    with correlation.within(_matter(record)):
        try:
            with _undone_as_one(session):
                _hand(session, run, record, handlers)
        except _Setback as setback:
            told = {"box": str(run.owner.box_id), "kind": record.kind}
            _log.exception("an event was refused", extra=told)
            return _refusal(run, record, QuarantineReason.REFUSED, str(setback))
    return None


def _hand(session: Session, run: EventRun, record: _Record, handlers: Handlers) -> None:
    event = record.event
    assert event is not None  # noqa: S101  # only understood records come here
    with correlation.within(_matter(record)):
        if isinstance(event, StreamOpened) and event.old_stream is not None:
            old = StreamKey(run.owner.box_id, event.old_stream)
            telemetry.supersede(session, old, run.batch.key.stream_id)
        handler = handlers.get(type(event))
        if handler is not None:
            handler(session, run.owner, event)
        session.flush()


def _matter(record: _Record) -> str | None:
    """The id that follows the event from the reader's beep to the row and the log line."""
    return str(record.event.id) if record.event else None


def _read(run: EventRun, received_at: datetime) -> Iterator[_Record]:
    records = run.batch.run.records
    for index in range(run.skip, len(records)):
        sequence, record = run.batch.run.first + index, records[index]
        try:
            event = witnessed.decode(record)
        except UnknownEventError as error:
            yield _Record(sequence, record, str(error), problem="")
        except msgspec.DecodeError as error:
            yield _Record(sequence, record, "malformed", problem=str(error))
        else:
            yield _timely(_Record(sequence, record, witnessed.kind_of(event), event), event, received_at)


def _timely(record: _Record, event: Event, received_at: datetime) -> _Record:
    """A time that cannot be is refused; that of a clock which nobody trusts is when the record came, instead."""
    if received_at - _OLDEST <= event.at <= received_at + _NEWEST:
        return record
    if event.clock is ClockState.TRUSTED:
        return replace(
            record, event=None, problem=f"at {event.at}", reason=QuarantineReason.TIME_OUT_OF_RANGE
        )
    return replace(record, event=msgspec.structs.replace(event, at=received_at))


def _without_foreign(session: Session, run: EventRun, read: list[_Record]) -> list[_Record]:
    """What tells of another site's point is refused. One that is gone, or another box's of the site, is no fault."""
    named = {point for each in read for point in _points(each.event)}
    foreign = {
        place.point_id: f"the point {place.name} ({place.point_id}) is of another site than the box"
        for place in sites.point_places(session, named)
        if place.site_id != run.owner.site_id
    }
    return [_own(record, foreign) for record in read] if foreign else read


def _points(event: Event | None) -> list[UUID]:
    point = getattr(event, "point", None)
    return [*getattr(event, "points", ()), *([] if point is None else [point])]


def _own(record: _Record, foreign: dict[UUID, str]) -> _Record:
    problem = next((foreign[point] for point in _points(record.event) if point in foreign), "")
    if not problem:
        return record
    return replace(record, event=None, problem=problem, reason=QuarantineReason.FOREIGN_POINT)


def _keep(session: Session, run: EventRun, read: list[_Record]) -> None:
    key, entries = run.batch.key, []
    head = chain.head(run.batch.run.before, run.batch.run.records[: run.skip])
    for each in read:
        head = chain.link(head, each.record)
        entries.append(JournalEntry(sequence=each.sequence, kind=each.kind, record=each.record, hash=head))
    telemetry.keep_journal(session, key, entries)
    if run.batch.signed not in (None, (run.mark.sequence, run.mark.head)):
        return  # the proof comes with the last part
    assert run.batch.signature is not None  # noqa: S101  # it was checked
    assert run.owner.journal_key is not None  # noqa: S101  # with this key
    telemetry.keep_proof(
        session,
        key,
        last=run.mark.sequence,
        head=run.mark.head,
        signature=run.batch.signature,
        public_key=run.owner.journal_key,
    )


def _not_taken(run: EventRun, read: list[_Record]) -> list[Refused]:
    """What no slice may have is set aside; records of unknown kinds only stay in the journal."""
    return [_refusal(run, record, record.reason, record.problem) for record in read if record.problem]


def _refusal(run: EventRun, record: _Record, reason: QuarantineReason, detail: str) -> Refused:
    return Refused(
        box_id=run.owner.box_id,
        stream_id=run.batch.key.stream_id,
        sequence=record.sequence,
        channel=run.batch.channel,
        reason=reason,
        detail=detail,
        content=record.record,
    )
