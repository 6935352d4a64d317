"""Where a batch stands against what is committed of its stream: repeats, gaps, forks. Pure.

The cloud holds a watermark (the sequence up to which everything is committed) and the hash there. A batch is a run of
records with the hash before it, so wherever it reaches the watermark the two histories can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from protocols import chain


@dataclass(frozen=True, slots=True)
class Watermark:
    """Committed up to `sequence` (0: nothing); `head` is the hash there, 32 bytes."""

    sequence: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """The part of a batch that matters here. `oldest`: the oldest sequence that the box still holds."""

    first: int
    before: bytes
    records: Sequence[bytes]
    oldest: int

    @property
    def last(self) -> int:
        return self.first + len(self.records) - 1


@dataclass(frozen=True, slots=True)
class Accepted:
    """Records from index `skip` on are new. `gap`: first and last sequence that nobody holds any more."""

    skip: int
    watermark: Watermark
    gap: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Nothing new; the answer is the watermark."""


@dataclass(frozen=True, slots=True)
class TooEarly:
    """Records between the watermark and this batch are missing and the box holds them: the watermark asks for them."""


@dataclass(frozen=True, slots=True)
class Forked:
    """At `sequence` the box's history has another hash than ours."""

    sequence: int
    box_head: bytes


@dataclass(frozen=True, slots=True)
class Nonsense:
    """The batch contradicts itself."""

    detail: str


Judgement = Accepted | Repeated | TooEarly | Forked | Nonsense


def judge(held: Watermark, run: Run) -> Judgement:
    """What to do with a batch, given what is held of its stream."""
    if run.oldest > run.first:
        return Nonsense(f"first {run.first} is older than the oldest held, {run.oldest}")
    if run.first > held.sequence + 1:
        return _after_a_hole(held, run)
    if run.last < held.sequence:
        return Repeated()
    skip = held.sequence + 1 - run.first
    box_head = chain.head(run.before, run.records[:skip])
    if box_head != held.head:
        return Forked(held.sequence, box_head)
    if skip == len(run.records):
        return Repeated()
    return Accepted(skip, Watermark(run.last, chain.head(box_head, run.records[skip:])))


def _after_a_hole(held: Watermark, run: Run) -> Judgement:
    """The batch begins beyond the next sequence. Only when the box holds nothing older is the hole a fact."""
    if run.oldest < run.first:
        return TooEarly()
    head = chain.head(run.before, run.records)
    return Accepted(0, Watermark(run.last, head), gap=(held.sequence + 1, run.first - 1))
