"""The journal read out of the database: to be proved where it stands, or handed out for a period as signed JSON Lines.

A file says for each stream the hash before its first record, the records byte for byte, and the box's signatures; it
reaches on to the first signature after the period, without which the last records would prove nothing. Its last line
is the cloud's own signature over all lines before it. `check` needs the file, and to tell whose it is the keys of the
box and of the cloud, from elsewhere: a forger signs with keys of their own and puts them into the file. Of a record
that named persons and was erased when its time was over, the hash stands there alone.
"""

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import IO, Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cloud.telemetry import journal
from cloud.telemetry.journal import Anchor, Cause, Entry, Proof, Report
from protocols import chain

FORMAT = "domovoy-journal/1"
EXPORT_KEY = "journal extracts"
"""Which of the installation's keys signs extracts."""

_AT_ONCE = 2000
Connection = psycopg.Connection[tuple[Any, ...]]


class ExtractError(ValueError):
    """The file is no extract of a journal, or not a whole one; the text names the line."""


class StreamOfBox(NamedTuple):
    """An events stream, and up to where the cloud has told its box that all is committed."""

    box_id: UUID
    stream_id: UUID
    sequence: int
    head: bytes


class Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A line of an extract; which fields are given depends on its kind."""

    kind: str  # header, stream, absent, record, erased, proof, signature
    format: str = ""
    box: str = ""
    box_name: str = ""
    begin: str = ""
    end: str = ""
    made_at: str = ""
    stream: str = ""
    sequence: int = 0
    hash: str = ""
    cause: str = ""
    record: str = ""
    received_at: str = ""
    signature: str = ""
    key: str = ""
    lines: int = 0


class Checked(NamedTuple):
    """What came of an extract: of each stream, and of the cloud's signature, which `cloud_key` made (32 bytes)."""

    header: Line
    reports: dict[str, Report]
    is_signed: bool
    cloud_key: bytes


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


def streams(connection: Connection, box_id: UUID | None = None) -> list[StreamOfBox]:
    """The events streams of a box, or of all that the connection's role may see."""
    rows = connection.execute(
        "SELECT box_id, stream_id, sequence, head FROM box_stream WHERE kind = 'events'"
        " AND (%(box)s::uuid IS NULL OR box_id = %(box)s) ORDER BY box_id, stream_id",
        {"box": box_id},
    )
    return [StreamOfBox(*row) for row in rows]


def prove(connection: Connection, stream: StreamOfBox, keys: Collection[bytes]) -> Report:
    """Walk the whole of a stream as it stands in the database. `keys`: of the box, Ed25519, 32 bytes each."""
    place = [stream.box_id, stream.stream_id]
    anchors = connection.execute(
        "SELECT sequence, hash, cause FROM journal_anchor WHERE box_id = %s AND stream_id = %s", place
    ).fetchall()
    return journal.verify(
        stream.stream_id,
        entries(connection, stream, 1, stream.sequence),
        anchors=[Anchor(sequence, head, Cause(cause)) for sequence, head, cause in anchors],
        proofs=_proofs(connection, stream, 1, stream.sequence),
        end=(stream.sequence, stream.head),
        keys=keys,
    )


def entries(connection: Connection, stream: StreamOfBox, first: int, last: int) -> Iterator[Entry]:
    """Records `first` to `last` in their order, some at a time."""
    for _received_at, entry in _received(connection, stream, first, last):
        yield entry


def write(
    connection: Connection,
    target: IO[bytes],
    signer: Ed25519PrivateKey,
    *,
    box: tuple[UUID, str],
    begin: datetime,
    end: datetime,
    made_at: datetime,
) -> int:
    """Write what a box's journal took in within [begin, end). How many records."""
    sink = _Sink(target)
    box_id, name = box
    told = Line("header", format=FORMAT, box=str(box_id), box_name=name, begin=begin.isoformat())
    told.end, told.made_at = end.isoformat(), made_at.isoformat()
    sink.put(told)
    count = sum(_write_stream(connection, sink, each, begin, end) for each in streams(connection, box_id))
    key = signer.public_key().public_bytes_raw()
    last = Line("signature", lines=sink.lines, hash=sink.digest.hexdigest(), key=_text(key))
    last.signature = _text(signer.sign(sink.digest.digest()))
    sink.put(last)
    return count


def check(lines: Iterable[bytes], keys: Collection[bytes] | None = None) -> Checked:
    """Walk an extract. `keys`: of the box, Ed25519, 32 bytes each; None: those in the file. Raises ExtractError."""
    parts = _Parts(sha256())
    for number, raw in enumerate(lines, 1):
        try:
            parts.take(_decode(raw), raw)
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            raise ExtractError(f"line {number}: {error}") from error
    if parts.header is None or parts.is_signed is None:
        raise ExtractError("the file does not end with a signature: it is not whole")
    reports = {stream: part.report(keys) for stream, part in parts.streams.items()}
    return Checked(parts.header, reports, parts.is_signed, parts.cloud_key)


class _Sink:
    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.digest = sha256()
        self.lines = 0

    def put(self, line: Line) -> None:
        data = _encode(line) + b"\n"
        self._target.write(data)
        self.digest.update(data)
        self.lines += 1


def _write_stream(
    connection: Connection, sink: _Sink, stream: StreamOfBox, begin: datetime, end: datetime
) -> int:
    first, last = connection.execute(
        "SELECT min(sequence), max(sequence) FROM box_event"
        " WHERE box_id = %s AND stream_id = %s AND received_at >= %s AND received_at < %s",
        [stream.box_id, stream.stream_id, begin, end],
    ).fetchall()[0]
    if first is None:
        return 0
    proofs = _proofs(connection, stream, first, stream.sequence)
    last = next((proof.last for proof in proofs if proof.last >= last), last)
    before = _hash_at(connection, stream, first - 1)
    sink.put(Line("stream", stream=str(stream.stream_id), sequence=first - 1, hash=before.hex()))
    for anchor in _anchors(connection, stream, first, last):
        sink.put(Line("absent", sequence=anchor.sequence, hash=anchor.hash.hex(), cause=anchor.cause.value))
    count = 0
    for received_at, entry in _received(connection, stream, first, last):
        head = entry.hash.hex() if entry.hash else ""
        kind = "erased" if entry.record is None else "record"
        line = Line(kind, sequence=entry.sequence, hash=head, received_at=received_at.isoformat())
        line.record = "" if entry.record is None else _readable(entry.record)
        sink.put(line)
        count += 1
    for proof in proofs:
        if proof.last <= last:
            signature, key = _text(proof.signature), _text(proof.key)
            sink.put(Line("proof", sequence=proof.last, hash=proof.head.hex(), signature=signature, key=key))
    return count


def _received(
    connection: Connection, stream: StreamOfBox, first: int, last: int
) -> Iterator[tuple[datetime, Entry]]:
    at = first - 1
    while True:
        rows = connection.execute(
            "SELECT sequence, record, hash, received_at, erased_at IS NOT NULL FROM box_event"
            " WHERE box_id = %s AND stream_id = %s AND sequence > %s AND sequence <= %s ORDER BY sequence LIMIT %s",
            [stream.box_id, stream.stream_id, at, last, _AT_ONCE],
        ).fetchall()
        for sequence, record, head, received_at, is_erased in rows:
            at = sequence
            kept = None if is_erased else bytes(record)
            yield received_at, Entry(sequence, kept, None if head is None else bytes(head), received_at)
        if len(rows) < _AT_ONCE:
            return


def _proofs(connection: Connection, stream: StreamOfBox, first: int, last: int) -> list[Proof]:
    rows = connection.execute(
        "SELECT last, head, signature, key FROM event_proof WHERE box_id = %s AND stream_id = %s"
        " AND last BETWEEN %s AND %s ORDER BY last",
        [stream.box_id, stream.stream_id, first, last],
    )
    return [Proof(number, *map(bytes, others)) for number, *others in rows]


def _anchors(connection: Connection, stream: StreamOfBox, first: int, last: int) -> list[Anchor]:
    """The last records of what is rightly not there within an extract."""
    rows = connection.execute(
        "SELECT sequence, hash, cause FROM journal_anchor WHERE box_id = %s AND stream_id = %s"
        " AND sequence BETWEEN %s AND %s ORDER BY sequence",
        [stream.box_id, stream.stream_id, first, last],
    )
    return [Anchor(sequence, bytes(head), Cause(cause)) for sequence, head, cause in rows]


def _hash_at(connection: Connection, stream: StreamOfBox, sequence: int) -> bytes:
    """The hash before an extract's first record; empty bytes where nobody knows it any more."""
    if sequence == 0:
        return chain.genesis(stream.stream_id)
    place = [stream.box_id, stream.stream_id, sequence]
    rows = connection.execute(
        "SELECT hash FROM box_event WHERE box_id = %s AND stream_id = %s AND sequence = %s AND hash IS NOT NULL"
        " UNION ALL SELECT hash FROM journal_anchor WHERE box_id = %s AND stream_id = %s AND sequence = %s",
        [*place, *place],
    ).fetchall()
    return bytes(rows[0][0]) if rows else b""


class _Part:
    def __init__(self, begin: Anchor, stream: UUID) -> None:
        self._begin, self._stream = begin, stream
        self.entries: list[Entry] = []
        self.proofs: list[Proof] = []
        self.anchors: list[Anchor] = []

    def report(self, keys: Collection[bytes] | None) -> Report:
        return journal.verify(
            self._stream, self.entries, anchors=self.anchors, proofs=self.proofs, begin=self._begin, keys=keys
        )


class _Parts:
    def __init__(self, digest: Any) -> None:
        self._digest = digest
        self._lines = 0
        self._part: _Part | None = None
        self.header: Line | None = None
        self.streams: dict[str, _Part] = {}
        self.is_signed: bool | None = None
        self.cloud_key = b""

    def take(self, line: Line, raw: bytes) -> None:
        if self.is_signed is not None:
            raise ExtractError("something stands behind the signature")
        if line.kind == "signature":
            self.is_signed = self._is_signed(line)
            return
        if (line.kind == "header") != (self.header is None):
            raise ExtractError("not where it belongs")
        self._digest.update(raw if raw.endswith(b"\n") else raw + b"\n")
        self._lines += 1
        match line.kind:
            case "header":
                if line.format != FORMAT:
                    raise ExtractError(f"format {line.format!r} is not known here")
                UUID(line.box)
                self.header = line
            case "stream":
                begin = Anchor(line.sequence, bytes.fromhex(line.hash), Cause.RETENTION)
                self._part = self.streams[line.stream] = _Part(begin, UUID(line.stream))
            case "absent" | "record" | "erased" | "proof" if self._part is not None:
                self._add(self._part, line)
            case _:
                raise ExtractError(f"{line.kind!r} is not expected here")

    def _add(self, part: _Part, line: Line) -> None:
        if line.kind == "record":
            head = bytes.fromhex(line.hash) if line.hash else None
            is_text = line.record.startswith("{")
            record = line.record.encode() if is_text else base64.b64decode(line.record, validate=True)
            part.entries.append(Entry(line.sequence, record, head, line.received_at))
        elif line.kind == "erased":
            part.entries.append(
                Entry(line.sequence, None, bytes.fromhex(line.hash) or None, line.received_at)
            )
        elif line.kind == "absent":
            part.anchors.append(Anchor(line.sequence, bytes.fromhex(line.hash), Cause(line.cause)))
        else:
            part.proofs.append(
                Proof(line.sequence, bytes.fromhex(line.hash), _bytes(line.signature), _bytes(line.key))
            )

    def _is_signed(self, line: Line) -> bool:
        self.cloud_key = _bytes(line.key)
        try:
            key = Ed25519PublicKey.from_public_bytes(self.cloud_key)
            key.verify(_bytes(line.signature), self._digest.digest())
        except (InvalidSignature, ValueError):
            return False
        return line.hash == self._digest.hexdigest() and line.lines == self._lines


def _readable(record: bytes) -> str:
    """A record as it is, for people to read; one that is no text begins otherwise and is base64."""
    try:
        text = record.decode()
    except UnicodeDecodeError:
        return _text(record)
    return text if text.startswith("{") else _text(record)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
