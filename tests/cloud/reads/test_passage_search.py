"""A passage is found by what was read, of a card that nobody knows, too, and in whichever notation it is typed."""

import pytest

from cloud.kernel.lists import ListQuery
from cloud.reads.passages import PassageFilter, list_passages
from tests.cloud.access.test_access import Gate, gate
from tests.cloud.reads.test_statistics import MIDNIGHT, ingest, passed

__all__ = ["gate", "ingest"]


@pytest.mark.parametrize(
    ("q", "found"),
    [("099,11111", 1), ("11111", 1), ("W26:99:11111", 1), ("№ 099,11111", 1), ("T254", 1), ("099,11112", 0)],
)
def test_what_was_read_finds_the_passage(gate: Gate, q: str, found: int) -> None:
    passed(gate, MIDNIGHT, outcome="denied", reason="unknown_plate", plate="T254MK72", read="Т254МК72")
    passed(
        gate,
        MIDNIGHT,
        outcome="denied",
        reason="unknown_credential",
        read="01100011010101101100111",
        credential="W26:99:11111",
    )
    with gate.company.work() as (session, _):
        page = list_passages(session, ListQuery(q=q), PassageFilter())
    assert len(page["items"]) == found
