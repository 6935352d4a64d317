"""Where the boxes' streams stand: watermarks under lock, gaps, forks, the journal, the quarantine.

Watermarks of many companies' boxes are locked and moved at once, through two functions that look over the wall; all
else is written in the scope of the box's own company.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.kernel import outbox
from cloud.kernel.database import ask, current_organisation, new_id, now
from cloud.telemetry.events import RecordQuarantined, StreamForked, StreamGapFound
from cloud.telemetry.journal import Cause
from cloud.telemetry.models import (
    BoxEvent,
    BoxStream,
    EventProof,
    JournalAnchor,
    Quarantine,
    StreamFork,
    StreamGap,
    UnknownType,
)
from cloud.telemetry.types import QuarantineReason
from protocols.messages import Stream
from protocols.topics import Channel

MOST_STREAMS_A_YEAR = 1000  # of one box; it opens one when it starts life, and after each fork
MOST_QUARANTINED = 1000  # of one box at a time; what is more is counted
MOST_UNKNOWN_TYPES = 100  # names of one box; what is more is counted under one
OTHER_TYPES = "…"
QUARANTINE_BYTES = 64 * 1024  # of one item; its digest and size are of the whole
_DETAIL_CHARACTERS = 1000
_KIND_CHARACTERS = 100
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
# Arrays go as PostgreSQL writes them: the driver's own way costs a micro-batch of many boxes a tenth of its time.
_LOCK = (
    "SELECT box_id, stream_id, kind, organisation_id, site_id, journal_key, enrolled_at, sequence, head, forked_at"
    " FROM lock_streams(%(boxes)s::uuid[], %(streams)s::uuid[], %(kinds)s::text[], %(at)s, %(most)s)"
)
_MOVE = (
    "SELECT move_streams(%(boxes)s::uuid[], %(streams)s::uuid[], %(sequences)s::bigint[], %(heads)s::bytea[], %(at)s),"
    " telemetry.touch(%(hours)s::timestamptz[])"
)
_SERIES_AT_SITES = text(
    "SELECT site_id, array_agg(series) AS series FROM series_sites(CAST(:series AS bigint[])) GROUP BY site_id"
)
_THERE = text(
    "SELECT series, CAST(extract(epoch FROM ts) * 1000 AS bigint) AS ms"
    " FROM telemetry.there(:series, CAST(:moments AS timestamptz[]))"
)


class StreamKey(NamedTuple):
    """A stream belongs to the box of its topic: another box's stream of the same id is another stream."""

    box_id: UUID
    stream_id: UUID


@dataclass(frozen=True, slots=True)
class LockedStream:
    """A stream's watermark, locked till the transaction's end, and whose box it is; in the order of `_LOCK`."""

    kind: Stream
    organisation_id: UUID
    site_id: UUID
    journal_key: bytes | None  # Ed25519, 32 bytes
    enrolled_at: datetime
    sequence: int
    head: bytes
    forked_at: datetime | None = None  # when the stream that this one follows after a fork last moved


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A record of the events stream, byte for byte."""

    sequence: int
    kind: str
    record: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What is to be set aside, and why. `stream_id` and `sequence` are None for a message that could not be read."""

    box_id: UUID
    channel: Channel
    reason: QuarantineReason
    detail: str
    content: bytes
    stream_id: UUID | None = None
    sequence: int | None = None


def lock_streams(session: Session, wanted: Mapping[StreamKey, Stream]) -> dict[StreamKey, LockedStream]:
    """Lock the watermarks in everyone's one order; new streams start at 0.

    Streams of boxes that are unknown, not enrolled or revoked are missing from the answer; so are new ones of a box
    that has opened too many.
    """
    rows = ask(
        session,
        _LOCK,
        {
            "boxes": _array(key.box_id.hex for key in wanted),
            "streams": _array(key.stream_id.hex for key in wanted),
            "kinds": _array(wanted.values()),
            "at": now(session),
            "most": MOST_STREAMS_A_YEAR,
        },
    )
    return {
        StreamKey(box, stream): LockedStream(Stream(kind), *others) for box, stream, kind, *others in rows
    }


def move_streams(
    session: Session, moved: Mapping[StreamKey, tuple[int, bytes]], touched: Iterable[int] = ()
) -> None:
    """Set watermarks (sequence, head) that this transaction has locked.

    `touched`: hours (Unix time in hours) whose aggregates are out of date by what it appended.
    """
    ask(
        session,
        _MOVE,
        {
            "boxes": _array(key.box_id.hex for key in moved),
            "streams": _array(key.stream_id.hex for key in moved),
            "sequences": _array(str(sequence) for sequence, _ in moved.values()),
            "heads": _array(f'"\\\\x{head.hex()}"' for _, head in moved.values()),
            "at": now(session),
            "hours": _array(f'"{_hour_text(hour)}"' for hour in sorted(touched)),
        },
    )


def series_at_sites(session: Session, series: Iterable[int]) -> dict[UUID, list[int]]:
    """Which of these series are at which site; unknown ones are missing."""
    rows = session.execute(_SERIES_AT_SITES, {"series": _array(map(str, series))})
    return {row.site_id: row.series for row in rows}


def readings_there(session: Session, wanted: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Which of these moments (series, Unix ms) have a reading already."""
    pairs = sorted(wanted)
    rows = session.execute(
        _THERE,
        {
            "series": [series for series, _ in pairs],
            "moments": [
                datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
                for _, ms in pairs
            ],
        },
    )
    return {(row.series, row.ms) for row in rows}


def _hour_text(hour: int) -> str:
    return datetime.fromtimestamp(hour * 3600, UTC).isoformat()


def _array(items: Iterable[str]) -> str:
    """PostgreSQL's text form of an array of these items, which are quoted already where they must be."""
    return "{" + ",".join(items) + "}"


def record_gap(session: Session, key: StreamKey, first: int, last: int) -> None:
    """Note that `first` to `last` are lost for good, and tell those who care."""
    session.add(
        StreamGap(
            id=new_id(session),
            organisation_id=current_organisation(session),
            box_id=key.box_id,
            stream_id=key.stream_id,
            first=first,
            last=last,
            noticed_at=now(session),
        )
    )
    outbox.add(session, StreamGapFound(box_id=key.box_id, stream_id=key.stream_id, first=first, last=last))


def record_fork(session: Session, key: StreamKey, held: tuple[int, bytes], box_head: bytes) -> None:
    """Note a fork at our watermark `held` once, however often the box repeats itself."""
    sequence, cloud_head = held
    statement = (
        insert(StreamFork)
        .values(
            id=new_id(session),
            organisation_id=current_organisation(session),
            box_id=key.box_id,
            stream_id=key.stream_id,
            sequence=sequence,
            cloud_head=cloud_head,
            box_head=box_head,
            noticed_at=now(session),
        )
        .on_conflict_do_nothing()
        .returning(StreamFork.id)
    )
    if session.scalar(statement) is not None:
        outbox.add(session, StreamForked(box_id=key.box_id, stream_id=key.stream_id, sequence=sequence))


def supersede(session: Session, old: StreamKey, new_stream: UUID) -> None:
    """The box goes on in a new stream."""
    session.execute(
        update(BoxStream)
        .where(BoxStream.box_id == old.box_id, BoxStream.stream_id == old.stream_id)
        .values(superseded_by=new_stream)
    )


def keep_journal(session: Session, key: StreamKey, entries: Sequence[JournalEntry]) -> None:
    """Store records of the events stream as they came."""
    organisation_id, at = current_organisation(session), now(session)
    session.execute(
        insert(BoxEvent),
        [
            {
                "box_id": key.box_id,
                "stream_id": key.stream_id,
                "sequence": entry.sequence,
                "organisation_id": organisation_id,
                "kind": _printable(entry.kind, _KIND_CHARACTERS),
                "record": entry.record,
                "received_at": at,
                "hash": entry.hash,
            }
            for entry in entries
        ],
    )


def keep_anchor(session: Session, key: StreamKey, sequence: int, head: bytes, cause: Cause) -> None:
    """Note the hash at a sequence whose record will never be in the journal."""
    anchor = insert(JournalAnchor).values(
        box_id=key.box_id,
        stream_id=key.stream_id,
        sequence=sequence,
        organisation_id=current_organisation(session),
        hash=head,
        cause=cause.value,
        noted_at=now(session),
    )
    session.execute(anchor.on_conflict_do_nothing())


def keep_proof(
    session: Session, key: StreamKey, *, last: int, head: bytes, signature: bytes, public_key: bytes
) -> None:
    """Store a checked signature of the box over its stream up to `last`."""
    session.add(
        EventProof(
            box_id=key.box_id,
            stream_id=key.stream_id,
            last=last,
            organisation_id=current_organisation(session),
            head=head,
            signature=signature,
            key=public_key,
            received_at=now(session),
        )
    )


def quarantine(session: Session, refused: Refused) -> None:
    """Set something aside; the same bytes from the same box again only raise its count.

    A box that has very much there gets one more item, which counts the rest: it cannot fill the disk.
    """
    at, quarantine_id = now(session), new_id(session)
    if _is_beyond(session, refused):
        refused = replace(
            refused,
            reason=QuarantineReason.TOO_MANY,
            detail=f"more than {MOST_QUARANTINED}; the last: {refused.reason}",
            content=b"",
            stream_id=None,
            sequence=None,
        )
    statement = insert(Quarantine).values(
        id=quarantine_id,
        organisation_id=current_organisation(session),
        box_id=refused.box_id,
        stream_id=refused.stream_id,
        sequence=refused.sequence,
        channel=refused.channel.value,
        reason=refused.reason.value,
        detail=_printable(refused.detail, _DETAIL_CHARACTERS),
        content=refused.content[:QUARANTINE_BYTES],
        digest=_digest(refused),
        size=len(refused.content),
        times=1,
        first_at=at,
        last_at=at,
    )
    statement = statement.on_conflict_do_update(
        index_elements=[Quarantine.organisation_id, Quarantine.box_id, Quarantine.digest],
        set_={
            "times": Quarantine.times + 1,
            "last_at": at,
            "detail": statement.excluded.detail,
        },
    )
    if session.scalar(statement.returning(Quarantine.times)) == 1:
        outbox.add(
            session,
            RecordQuarantined(
                box_id=refused.box_id, quarantine_id=quarantine_id, reason=refused.reason.value
            ),
        )


def _is_beyond(session: Session, refused: Refused) -> bool:
    """Whether the box has no room in the quarantine, and this is not there yet."""
    mine = Quarantine.box_id == refused.box_id
    some = select(Quarantine.id).where(mine).limit(MOST_QUARANTINED).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) < MOST_QUARANTINED:
        return False
    known = exists().where(mine, Quarantine.digest == _digest(refused))
    return not session.scalar(select(known))


def _printable(text_: str, most: int) -> str:
    """A text of a stranger as the database takes it: NUL and lone surrogates it refuses."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text_[:most])


def _digest(refused: Refused) -> bytes:
    place = f"{refused.channel} {refused.stream_id} {refused.sequence} {refused.reason} "
    if refused.reason is QuarantineReason.TOO_MANY:
        place = "too many"  # one for all
    return sha256(place.encode() + refused.content).digest()


def count_unknown(session: Session, box_id: UUID, channel: Channel, type_name: str, times: int = 1) -> None:
    """Count a type that a newer box knows and we do not; a box with very many gets them counted together."""
    at = now(session)
    statement = insert(UnknownType).values(
        box_id=box_id,
        channel=channel.value,
        type=_known_name(session, box_id, channel, _printable(type_name, _KIND_CHARACTERS)),
        organisation_id=current_organisation(session),
        times=times,
        first_at=at,
        last_at=at,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[UnknownType.box_id, UnknownType.channel, UnknownType.type],
            set_={"times": UnknownType.times + times, "last_at": at},
        )
    )


def _known_name(session: Session, box_id: UUID, channel: Channel, name: str) -> str:
    mine = select(UnknownType.channel, UnknownType.type).where(UnknownType.box_id == box_id)
    names = session.execute(mine.limit(MOST_UNKNOWN_TYPES)).all()
    has_room = len(names) < MOST_UNKNOWN_TYPES or (channel.value, name) in {tuple(each) for each in names}
    return name if has_room else OTHER_TYPES
