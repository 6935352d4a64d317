"""The journal's proof: whether a stream's records are the ones that its box wrote, all and in their order. Pure.

Each record is kept with its hash, which covers the one before it (`protocols.chain`); the box signed the hash at the
end of every batch. So a record that was changed, taken out, put in or moved is found and named, and whoever rewrites
the hashes as well is found by the signatures. What retention took away, or the box had lost, leaves an anchor: the
hash before what is still here. A record that named persons may be erased before that: then its hash alone is here,
which cannot be computed anew from what stands before it. So what is still here between a signature and the next erased
record is bound by nothing any more, and is told as such.

A signature proves as much as its key: who may write the database, or an extract, can sign all of it anew with a key of
their own. So a verdict needs the keys that the box was enrolled with, from where the forger does not reach.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from protocols import chain


class Cause(StrEnum):
    """Why records before an anchor are not here."""

    RETENTION = "retention"  # their time was over
    GAP = "gap"  # the box had lost them
    SET_ASIDE = "set_aside"  # they could not be kept; their bytes are in the quarantine


class Fault(StrEnum):
    """What is wrong with a stretch of a stream."""

    MISSING = "missing"
    CHANGED = "changed"
    MOVED = "moved"  # two records stand in each other's places
    NOT_SIGNED = (
        "not_signed"  # the hashes fit each other, and not what the box signed; or no signature follows
    )
    FORGED_SIGNATURE = "forged_signature"
    FOREIGN_KEY = "foreign_key"  # signed, and not by a key of this box
    OTHER_END = "other_end"  # the last hash is not the one that the cloud has acknowledged to the box


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it is kept. `hash` None: of before hashes were kept. `record` None: erased, and its hash stays.

    `batch`: when its batch came, the same of all its records; whatever compares. The box signed each batch at its end.
    """

    sequence: int
    record: bytes | None
    hash: bytes | None
    batch: object = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The hash at `sequence`, whose record is not here."""

    sequence: int
    hash: bytes
    cause: Cause


@dataclass(frozen=True, slots=True)
class Proof:
    """The box's signature over its stream up to `last`, by `key` (Ed25519, 32 bytes)."""

    last: int
    head: bytes
    signature: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Records `first` to `last` are not as the box wrote them."""

    fault: Fault
    first: int
    last: int


@dataclass(slots=True)
class Report:
    """What came of a stream. `absent`: stretches that are not here, and why that is in order.

    `erased`: stretches of which the hashes are here and the records are not, since they named persons and their time
    was over. Each hash is held to what follows it and to the box's signatures, as any other. `signers`: the keys
    (Ed25519, 32 bytes) whose signatures hold, with the first and the last sequence that each signed.
    """

    records: int = 0
    proofs: int = 0
    absent: list[tuple[int, int, Cause]] = field(default_factory=list)
    erased: list[tuple[int, int]] = field(default_factory=list)
    unbound: list[tuple[int, int]] = field(default_factory=list)
    signers: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Walk:
    stream: UUID
    anchors: Mapping[int, Anchor]
    proofs: Mapping[int, Proof]
    report: Report
    keys: Collection[bytes] | None = None  # None: whatever key stands beside a signature
    sequence: int = 0
    head: bytes = b""
    signed: int = 0  # up to here the box's signature held, or nothing needs one
    batches: dict[int, object] = field(default_factory=dict)  # of the records behind that
    trusts_hashes: bool = True
    suspects: list[tuple[int, bytes, bytes, bytes]] = field(default_factory=list)

    def step(self, entry: Entry) -> None:
        if entry.sequence > self.sequence + 1:
            self._over_a_hole(entry)
        if entry.record is None:
            self._over_an_erased(entry)
            return
        found = chain.link(self.head, entry.record)
        if self.trusts_hashes and entry.hash is not None and found != entry.hash:
            self.suspects.append((entry.sequence, self.head, entry.record, entry.hash))
            found = entry.hash  # go on from what was kept: what follows is judged by itself
        self.sequence, self.head = entry.sequence, found
        self.batches[entry.sequence] = entry.batch
        self.report.records += 1
        self.check_proof()

    def _over_an_erased(self, entry: Entry) -> None:
        """Its hash is all that it can show: what comes next, a record or a signature, must fit it."""
        if entry.hash is None:
            self.report.findings.append(Finding(Fault.MISSING, entry.sequence, entry.sequence))
        first, last = self.report.erased[-1] if self.report.erased else (0, -1)
        self._leave_unbound(entry.batch)
        self.sequence, self.head = entry.sequence, entry.hash or b""
        if last == entry.sequence - 1:
            self.report.erased[-1] = (first, entry.sequence)
        else:
            self.report.erased.append((entry.sequence, entry.sequence))
        self.check_proof()

    def _over_a_hole(self, entry: Entry) -> None:
        anchor = self.anchors.get(entry.sequence - 1)
        if anchor is None:
            self.report.findings.append(Finding(Fault.MISSING, self.sequence + 1, entry.sequence - 1))
            return  # the hash before it is unknown: its own would name it wrongly, so its successor's is awaited
        self._step_over(anchor)

    def _unsigned(self) -> tuple[int, int] | None:
        """The records behind the last signature, or the last erased one."""
        erased = self.report.erased[-1][1] if self.report.erased else 0
        reached = max(self.signed, erased)
        return (reached + 1, self.sequence) if self.sequence > reached else None

    def _leave_unbound(self, batch: object) -> None:
        """Nothing binds the records of a batch that stand before an erased one of it. Others had a signature behind
        them: it was taken out.
        """
        stretch = self._unsigned()
        if stretch is None:
            return
        first, last = stretch
        own = next((each for each in range(first, last + 1) if self.batches.get(each) == batch), last + 1)
        if own > first:
            self.report.findings.append(Finding(Fault.NOT_SIGNED, first, own - 1))
        if own <= last:
            self.report.unbound.append((own, last))
        self.batches.clear()

    def _step_over(self, anchor: Anchor) -> None:
        """What is not here came in a batch, or batches, of its own: whatever stands before it was signed. Of one that
        was set aside only in part, the signature is gone with that part.
        """
        if (stretch := self._unsigned()) is not None:
            if anchor.cause is Cause.SET_ASIDE:
                self.report.unbound.append(stretch)
            else:
                self.report.findings.append(Finding(Fault.NOT_SIGNED, *stretch))
        self.batches.clear()
        self.report.absent.append((self.sequence + 1, anchor.sequence, anchor.cause))
        self.sequence, self.head, self.signed = anchor.sequence, anchor.hash, anchor.sequence

    def finish(self, end: tuple[int, bytes] | None) -> None:
        """Held to what the cloud has acknowledged; what comes behind the last signature is bound by none."""
        last = end[0] if end is not None else max((self.sequence, *self.anchors))
        if self.sequence < last:
            self._fall_short(last)
        elif (stretch := self._unsigned()) is not None:
            self.report.findings.append(Finding(Fault.NOT_SIGNED, *stretch))
        if end is not None and self.sequence == end[0] and self.head != end[1]:
            self.report.findings.append(Finding(Fault.OTHER_END, end[0], end[0]))

    def _fall_short(self, sequence: int) -> None:
        last = self.anchors.get(sequence)
        if last is None:
            self.report.findings.append(Finding(Fault.MISSING, self.sequence + 1, sequence))
        else:
            self._step_over(last)

    def check_proof(self) -> None:
        proof = self.proofs.get(self.sequence)
        if proof is None:
            return
        self.report.proofs += 1
        if not _is_genuine(self.stream, proof):
            self.report.findings.append(Finding(Fault.FORGED_SIGNATURE, proof.last, proof.last))
        elif self.keys is not None and proof.key not in self.keys:
            self.report.findings.append(Finding(Fault.FOREIGN_KEY, self.signed + 1, proof.last))
        elif proof.head != self.head:
            self.report.findings.append(Finding(Fault.NOT_SIGNED, self.signed + 1, proof.last))
            self.head, self.trusts_hashes = proof.head, False  # whoever changed those may have changed all
        else:
            first, _ = self.report.signers.get(proof.key, (self.signed + 1, 0))
            self.report.signers[proof.key] = first, proof.last
        self.signed = proof.last
        self.batches.clear()


def verify(
    stream: UUID,
    entries: Iterable[Entry],
    *,
    anchors: Iterable[Anchor] = (),
    proofs: Iterable[Proof] = (),
    end: tuple[int, bytes] | None = None,
    begin: Anchor | None = None,
    keys: Collection[bytes] | None = None,
) -> Report:
    """Walk a stream's records in the order of their sequences.

    `begin`: the hash before the first of an extract; else the stream's own beginning. `end`: sequence and hash up to
    which the cloud has told the box that all is committed; None: an extract ends where it ends. `keys`: Ed25519, 32
    bytes each, those of the box; None: the signatures are held to the keys beside them, which proves no origin.
    """
    walk = _Walk(
        stream,
        {each.sequence: each for each in anchors},
        {each.last: each for each in proofs},
        Report(),
        keys,
    )
    walk.head = chain.genesis(stream)
    if begin is not None:
        walk.sequence, walk.head, walk.signed = begin.sequence, begin.hash, begin.sequence
    missing_before: set[int] = set()
    for entry in entries:
        holes = len(walk.report.findings)
        walk.step(entry)
        if len(walk.report.findings) > holes and walk.report.findings[holes].fault is Fault.MISSING:
            missing_before.add(entry.sequence)
    walk.finish(end)
    suspects = [suspect for suspect in walk.suspects if suspect[0] not in missing_before]
    walk.report.findings += _named(suspects)
    walk.report.findings.sort(key=lambda finding: (finding.first, finding.last))
    return walk.report


def _named(suspects: list[tuple[int, bytes, bytes, bytes]]) -> Iterator[Finding]:
    """A record that stands in another's place is moved; any other is changed."""
    for sequence, before, _record, kept in suspects:
        others = ((other, record) for other, _, record, _ in suspects if other != sequence)
        place = next((other for other, record in others if chain.link(before, record) == kept), None)
        if place is None:
            yield Finding(Fault.CHANGED, sequence, sequence)
        elif place > sequence:
            yield Finding(Fault.MOVED, sequence, place)


def _is_genuine(stream: UUID, proof: Proof) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(proof.key)
        key.verify(proof.signature, chain.signed_bytes(stream, proof.last, proof.head))
    except (InvalidSignature, ValueError):
        return False
    return True
