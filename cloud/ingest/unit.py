"""The micro-batch: one synchronous transaction that takes in what several boxes sent, exactly once.

Lock the streams' watermarks in everyone's one order, judge each batch against them, append the readings by one COPY,
hand the events to their slices, note gaps and forks, set aside what cannot be taken, move the watermarks, commit.
Only then is anything answered. Whatever kills this process or the database in between, the box sends again and nothing
counts twice.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.ingest import figures, incoming
from cloud.ingest.appending import Appending, ReadingRun
from cloud.ingest.incoming import Incoming, Stray, UnknownMessage
from cloud.ingest.measured import SeriesSites
from cloud.ingest.passing import EventRun, Taken, is_database_fault, take_events
from cloud.ingest.streams import Accepted, Forked, Nonsense, Watermark, judge
from cloud.ingest.witnessed import Handlers, is_signed
from cloud.kernel.database import Database, Scope, enter, now
from cloud.kernel.faults import in_words
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import Cause, LockedStream, QuarantineReason, Refused, StreamKey
from protocols.messages import Ack, Stream
from protocols.topics import Channel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A publish as it came from the broker."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a box is told once its records are committed."""

    box_id: UUID
    ack: Ack


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Whatever new records a batch has go to the quarantine (and, of events, to the journal), not to their slices."""

    why: str
    journal: bool


class UntakeableError(Exception):
    """A message that can be neither taken nor set aside; the text says why."""


Item = Incoming | Refused | UnknownMessage | Stray


@dataclass(slots=True)
class _Company:
    """What is to be written in the scope of one company."""

    events: list[EventRun] = field(default_factory=list)
    gaps: list[tuple[StreamKey, int, int]] = field(default_factory=list)
    anchors: list[tuple[StreamKey, int, bytes, Cause]] = field(default_factory=list)
    forks: list[tuple[StreamKey, Watermark, bytes]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unknown: list[UnknownMessage] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.events, self.gaps, self.anchors, self.forks, self.refused, self.unknown))


@dataclass(slots=True)
class Intake:
    """Takes micro-batches in. Safe to use from several threads: each call has a session of its own."""

    database: Database
    handlers: Handlers
    series: SeriesSites = field(default_factory=SeriesSites)

    def take(self, messages: Sequence[Message]) -> list[Answer]:
        """Commit what the messages carry. Raises what the database raises; then nothing has been committed."""
        return self._commit([incoming.read(message.topic, message.payload) for message in messages])

    def take_apart(self, message: Message) -> list[Answer]:
        """Commit of a message at which `take` failed what can be, set the rest aside and move past it.

        Each part is a transaction; a repeat takes up where this one stopped. Raises what `is_database_fault`.
        """
        try:
            read = incoming.read(message.topic, message.payload)
        except Exception as error:  # noqa: BLE001  # whatever it is, its bytes are kept and the others go on
            read = incoming.unreadable(message.topic, message.payload, in_words(error))
        return self._take_apart(read)

    def _take_apart(self, item: Item) -> list[Answer]:
        try:
            return self._commit([item])
        except Exception as error:
            if is_database_fault(error):
                raise
            why = in_words(error)
        if not isinstance(item, Incoming):
            raise UntakeableError(why)
        if len(item.run.records) > 1:
            first, second = incoming.halves(item)
            answers = self._take_apart(first)
            return self._take_apart(second) or answers
        return self._set_aside(item, why)

    def _set_aside(self, batch: Incoming, why: str) -> list[Answer]:
        """One record that cannot be taken: into the journal alone or, if even that fails, only into the quarantine."""
        detail = f"record {batch.run.first} of stream {batch.key.stream_id} of box {batch.key.box_id}"
        _log.error("set aside: %s: %s", detail, why)
        try:
            return self._commit([batch], GivenUp(why, journal=True))
        except Exception as error:
            if is_database_fault(error):
                raise
            _log.exception("not even in the journal: %s", detail)
        return self._commit([batch], GivenUp(why, journal=False))

    def _commit(self, read: Sequence[Item], given_up: GivenUp | None = None) -> list[Answer]:
        with self.database.transaction() as session:
            work = _Work(session, self.series, self.handlers, given_up)
            work.judge([item for item in read if isinstance(item, Incoming)])
            work.set_aside([item for item in read if not isinstance(item, Incoming)])
            work.note_unwelcome()
            work.append_readings()
            work.write_companies()
            answers = work.answers()
        work.count()
        return answers


class _Work:
    """One micro-batch on its way through its transaction."""

    def __init__(
        self, session: Session, series: SeriesSites, handlers: Handlers, given_up: GivenUp | None
    ) -> None:
        self._session = session
        self._given_up = given_up
        self._handlers = {} if given_up else handlers
        self._streams: dict[StreamKey, LockedStream] = {}
        self._marks: dict[StreamKey, Watermark] = {}
        self._moved: set[StreamKey] = set()
        self._companies: defaultdict[UUID, _Company] = defaultdict(_Company)
        self._readings: list[ReadingRun] = []
        self._appending = Appending(session, series)
        self._unwelcome: set[tuple[UUID, Channel]] = set()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._taken: list[tuple[Incoming, Taken]] = []

    def judge(self, batches: Sequence[Incoming]) -> None:
        """Lock the streams and decide on each batch, in the order of arrival."""
        if not batches:
            return
        self._streams = telemetry.lock_streams(self._session, {batch.key: batch.kind for batch in batches})
        self._marks = {key: Watermark(held.sequence, held.head) for key, held in self._streams.items()}
        for batch in batches:
            outcome = self._judge_one(batch)
            self._outcomes[batch.channel.value, outcome] += 1

    def _judge_one(self, batch: Incoming) -> str:
        stream = self._streams.get(batch.key)
        if stream is None:
            self._unwelcome.add((batch.key.box_id, batch.channel))
            return "not_welcome"
        company = self._companies[stream.organisation_id]
        if stream.kind != batch.kind:
            company.refused.append(_refusal(batch, QuarantineReason.MALFORMED, f"a stream of {stream.kind}"))
            return "refused"
        held = self._marks[batch.key]
        verdict = judge(held, batch.run)
        if isinstance(verdict, Accepted):
            return self._accept(batch, stream, verdict, company)
        if isinstance(verdict, Forked):
            company.forks.append((batch.key, held, verdict.box_head))
        if isinstance(verdict, Nonsense):
            company.refused.append(_refusal(batch, QuarantineReason.BROKEN_CHAIN, verdict.detail))
        return type(verdict).__name__.lower()

    def _accept(self, batch: Incoming, stream: LockedStream, verdict: Accepted, company: _Company) -> str:
        mark, given_up = verdict.watermark, self._given_up
        if batch.kind is Stream.EVENTS:
            last, head = batch.signed or (mark.sequence, mark.head)
            if not is_signed(
                batch.key,
                last=last,
                head=head,
                signature=batch.signature,
                public_key=stream.journal_key,
            ):
                detail = f"records {batch.run.first} to {batch.run.last}"
                company.refused.append(_refusal(batch, QuarantineReason.BAD_SIGNATURE, detail))
                return "refused"
            if given_up is None or given_up.journal:
                company.events.append(EventRun(batch, _owner(batch.key, stream), verdict.skip, mark))
            else:
                company.anchors.append((batch.key, mark.sequence, mark.head, Cause.SET_ASIDE))
            if verdict.gap is not None:
                company.anchors.append((batch.key, verdict.gap[1], batch.run.before, Cause.GAP))
        elif given_up is None:
            self._readings.append(ReadingRun(batch, stream, verdict.skip))
        if given_up is not None:
            company.refused.append(_refusal(batch, QuarantineReason.REFUSED, given_up.why))
        if verdict.gap is not None:
            company.gaps.append((batch.key, *verdict.gap))
        self._marks[batch.key] = mark
        self._moved.add(batch.key)
        return "accepted"

    def set_aside(self, others: Sequence[Refused | UnknownMessage | Stray]) -> None:
        """Messages that could not be read: theirs is the quarantine of the box's company."""
        for item in others:
            if isinstance(item, Stray):
                _log.error("a message on a topic of nobody", extra={"detail": item.detail})
                continue
            self._outcomes[item.channel.value, "refused"] += 1
            owner = sites.owner_of(self._session, item.box_id)
            if owner is None or owner.revoked_at is not None:
                continue
            company = self._companies[owner.organisation_id]
            if isinstance(item, Refused):
                company.refused.append(item)
            else:
                company.unknown.append(item)

    def note_unwelcome(self) -> None:
        """A box that is in order and was not let in has opened too many streams: one row, one alarm, however many."""
        for box_id, channel in sorted(self._unwelcome):
            owner = sites.owner_of(self._session, box_id)
            if owner is None or owner.enrolled_at is None or owner.revoked_at is not None:
                continue
            self._companies[owner.organisation_id].refused.append(
                Refused(
                    box_id=box_id,
                    channel=channel,
                    reason=QuarantineReason.REFUSED,
                    detail="too many streams opened within a year",
                    content=b"",
                )
            )

    def append_readings(self) -> None:
        """Every company's readings by one COPY."""
        self._appending.append(self._readings)
        for organisation_id, refused in self._appending.refused:
            self._companies[organisation_id].refused.append(refused)

    def write_companies(self) -> None:
        """Everything that is walled off, company by company."""
        for organisation_id, company in sorted(self._companies.items()):
            if not company:
                continue  # of most there are only readings
            enter(self._session, Scope.organisation(organisation_id))
            for run in company.events:
                taken = take_events(self._session, run, self._handlers)
                company.refused += taken.refused
                self._taken.append((run.batch, taken))
            for key, first, last in company.gaps:
                telemetry.record_gap(self._session, key, first, last)
            for anchor in company.anchors:
                telemetry.keep_anchor(self._session, *anchor)
            for key, held, box_head in company.forks:
                telemetry.record_fork(self._session, key, (held.sequence, held.head), box_head)
            for refused in company.refused:
                telemetry.quarantine(self._session, refused)
            for unknown in company.unknown:
                telemetry.count_unknown(self._session, unknown.box_id, unknown.channel, "message")

    def answers(self) -> list[Answer]:
        """Move the watermarks, mark what the readings touched; one answer a stream, also where nothing was new."""
        if self._moved:
            moved = {key: (self._marks[key].sequence, self._marks[key].head) for key in self._moved}
            telemetry.move_streams(self._session, moved, self._appending.appended.hours)
        at = now(self._session)
        return [
            Answer(
                key.box_id,
                Ack(
                    stream=key.stream_id,
                    kind=self._streams[key].kind,
                    sequence=mark.sequence,
                    head=mark.head.hex(),
                    now=at,
                ),
            )
            for key, mark in self._marks.items()
        ]

    def count(self) -> None:
        """After the commit."""
        for (channel, outcome), times in self._outcomes.items():
            figures.MESSAGES.labels(channel, outcome).inc(times)
        figures.READINGS.inc(len(self._appending.appended.rows))
        for batch, taken in self._taken:
            for kind in taken.kinds:
                figures.EVENTS.labels(kind).inc()
            figures.UNKNOWN.labels(batch.channel.value).inc(taken.unknown)
        for company in self._companies.values():
            for refused in company.refused:
                figures.REFUSED.labels(refused.reason.value).inc()
            for unknown in company.unknown:
                figures.UNKNOWN.labels(unknown.channel.value).inc()


def _owner(key: StreamKey, stream: LockedStream) -> BoxOwner:
    return BoxOwner(
        box_id=key.box_id,
        organisation_id=stream.organisation_id,
        site_id=stream.site_id,
        journal_key=stream.journal_key,
        enrolled_at=stream.enrolled_at,
        revoked_at=None,  # revoked boxes get no lock
    )


def _refusal(batch: Incoming, reason: QuarantineReason, detail: str) -> Refused:
    return Refused(
        box_id=batch.key.box_id,
        stream_id=batch.key.stream_id,
        sequence=batch.run.first,
        channel=batch.channel,
        reason=reason,
        detail=detail,
        content=incoming.content_of(batch),
    )
