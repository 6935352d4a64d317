"""Events on their way to their slices: a run of records under one savepoint, one by one only when that fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from cloud.ingest import witnessed
from cloud.ingest.incoming import Incoming
from cloud.ingest.streams import Watermark
from cloud.ingest.witnessed import Handlers, UnknownEventError
from cloud.kernel import correlation
from cloud.kernel.database import savepoint
from cloud.sites.types import BoxOwner
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import JournalEntry, QuarantineReason, Refused, StreamKey
from protocols.records import Event, StreamOpened

_log = logging.getLogger(__name__)

# The database is away, overloaded or not made ready: nobody's record is at fault, the whole micro-batch is tried again.
DATABASE_FAULTS = (
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.CheckViolation,  # of the COPY: "no partition of relation found for row"
)


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
    event: Event | None = None  # None: not understood, `problem` says why
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a run: how its records are to be counted once they are committed, and what is to be set aside."""

    kinds: list[str]
    unknown: int
    refused: list[Refused]


def take_events(session: Session, run: EventRun, handlers: Handlers) -> Taken:
    """Keep the records in the journal and hand each to its slice; what is refused comes back for the quarantine."""
    read = list(_read(run))
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
        telemetry.count_unknown(session, run.owner.box_id, run.batch.channel, record.kind[:100])
    return Taken(
        kinds=[record.kind if record.event else "not_understood" for record in read],
        unknown=len(unknown),
        refused=refused + _malformed(run, read),
    )


class _Setback(Exception):
    """Some record of a run could not be taken."""


@contextmanager
def _undone_as_one(session: Session) -> Iterator[None]:
    """A savepoint; any error but the database's own becomes a _Setback."""
    try:
        with savepoint(session):
            yield
    except DATABASE_FAULTS:
        raise
    except (
        Exception
    ) as error:  # the edge of a handler, which is a supervised task: logged, counted, set aside
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        raise _Setback(f"{type(error).__name__}: {error}") from error


def _one_by_one(session: Session, run: EventRun, records: list[_Record], handlers: Handlers) -> list[Refused]:
    refused = []
    for record in records:
        try:
            with _undone_as_one(session):
                _hand(session, run, record, handlers)
        except _Setback as setback:
            _log.exception("an event was refused", extra={"box": str(run.owner.box_id), "kind": record.kind})
            refused.append(_refusal(run, record, QuarantineReason.REFUSED, str(setback)))
    return refused


def _hand(session: Session, run: EventRun, record: _Record, handlers: Handlers) -> None:
    event = record.event
    assert event is not None  # noqa: S101  # only understood records come here
    correlation.begin(str(event.id))  # from the reader's beep to the row and the log line
    if isinstance(event, StreamOpened) and event.old_stream is not None:
        old = StreamKey(run.owner.box_id, event.old_stream)
        telemetry.supersede(session, old, run.batch.key.stream_id)
    handler = handlers.get(type(event))
    if handler is not None:
        handler(session, run.owner, event)
    session.flush()


def _read(run: EventRun) -> Iterator[_Record]:
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
            yield _Record(sequence, record, witnessed.kind_of(event), event)


def _keep(session: Session, run: EventRun, read: list[_Record]) -> None:
    key = run.batch.key
    telemetry.keep_journal(
        session, key, [JournalEntry(sequence=r.sequence, kind=r.kind, record=r.record) for r in read]
    )
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


def _malformed(run: EventRun, read: list[_Record]) -> list[Refused]:
    """Broken records are set aside; those of unknown kinds only stay in the journal."""
    return [
        _refusal(run, record, QuarantineReason.MALFORMED, record.problem) for record in read if record.problem
    ]


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
