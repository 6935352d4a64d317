"""Readings on their way into the database: a micro-batch's by one COPY, whole messages at a time where all is plain.

A message about which something is unusual (a series not known yet, a value missing, what a copy of the box may have
sent before) waits for the others, so that what must be asked is asked once a micro-batch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.ingest import measured
from cloud.ingest.incoming import Incoming
from cloud.ingest.measured import Appended, Rejected, SeriesSites
from cloud.kernel.database import now
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import LockedStream, Refused
from protocols.records import Readings


class ReadingRun(NamedTuple):
    """A batch of readings; its records from index `skip` on are new."""

    batch: Incoming
    stream: LockedStream
    skip: int


class _Message(NamedTuple):
    run: ReadingRun
    chunks: Sequence[Readings | Rejected]

    def good(self) -> Iterable[Readings]:
        return (chunk for chunk in self.chunks if not isinstance(chunk, Rejected))

    def doubtful(self) -> set[tuple[int, int]]:
        """Moments (series, Unix ms) that the stream before a fork may have brought already."""
        forked_at = self.run.stream.forked_at
        if forked_at is None:
            return set()
        forked_ms = forked_at.timestamp() * 1000
        chunks = (chunk for chunk in self.good() if chunk.at_ms <= forked_ms)
        return {moment for chunk in chunks for moment in measured.moments(chunk)}

    def series(self) -> set[int]:
        return {reading.series for chunk in self.good() for reading in chunk.values}


@dataclass(slots=True)
class Appending:
    """One micro-batch's readings. `refused`: what could not be taken, and whose quarantine it goes to."""

    session: Session
    series: SeriesSites
    appended: Appended = field(default_factory=Appended)
    refused: list[tuple[UUID, Refused]] = field(default_factory=list)

    def append(self, runs: Sequence[ReadingRun]) -> None:
        """Each run once."""
        now_ms = int(now(self.session).timestamp() * 1000)
        waiting: list[_Message] = []
        for run in runs:  # decoded one at a time: what was just decoded is still in the processor's cache
            message = _Message(run, [measured.decode(record) for record in run.batch.run.records[run.skip :]])
            if not self._take_plain(message, now_ms):
                waiting.append(message)
        self._learn(waiting)
        for message in waiting:
            self._take(message, now_ms)
        if self.appended.rows:
            self.appended.rows.copy(self.session)

    def _take_plain(self, message: _Message, now_ms: int) -> bool:
        good = list(message.good())
        here = self.series.at(message.run.stream.site_id)
        return (
            len(good) == len(message.chunks)
            and not message.doubtful()
            and measured.take_plain(good, here, now_ms, self.appended)
        )

    def _learn(self, messages: Sequence[_Message]) -> None:
        wanted: set[int] = set()
        for message in messages:
            series = message.series()
            if not series <= self.series.at(message.run.stream.site_id):
                wanted |= series
        if wanted:
            self.series.learn(wanted, lambda missing: telemetry.series_at_sites(self.session, missing))

    def _take(self, message: _Message, now_ms: int) -> None:
        """Chunk by chunk, where it must be reading by reading."""
        run, copies = message.run, self._copies(message)
        here = self.series.at(run.stream.site_id)
        for index, chunk in enumerate(message.chunks, run.skip):
            if isinstance(chunk, Rejected):
                self._refuse(run, index, [chunk])
                continue
            fresh = measured.without(chunk, copies) if copies else chunk
            if not measured.take_plain([fresh], here, now_ms, self.appended):
                self._refuse(run, index, measured.take(fresh, here, now_ms, self.appended))

    def _copies(self, message: _Message) -> set[tuple[int, int]]:
        """Moments (series, Unix ms) that are in the database already.

        A box restored from a copy cannot know how much of what the copy had yet to send came here since.
        """
        doubtful = message.doubtful()
        return telemetry.readings_there(self.session, doubtful) if doubtful else set()

    def _refuse(self, run: ReadingRun, index: int, rejected: Sequence[Rejected]) -> None:
        self.refused += [
            (
                run.stream.organisation_id,
                Refused(
                    box_id=run.batch.key.box_id,
                    stream_id=run.batch.key.stream_id,
                    sequence=run.batch.run.first + index,
                    channel=run.batch.channel,
                    reason=item.reason,
                    detail=item.detail,
                    content=item.content,
                ),
            )
            for item in rejected
        ]
