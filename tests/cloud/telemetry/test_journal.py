"""The journal's proof: whatever is done to a record is found, and named."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from cloud.telemetry.journal import Anchor, Cause, Entry, Fault, Finding, Proof, verify
from protocols import chain

STREAM = UUID(int=5)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
COUNT, BATCH = 12, 4


def written(count: int = COUNT) -> list[Entry]:
    entries, head = [], chain.genesis(STREAM)
    for sequence in range(1, count + 1):
        record = b'{"type":"alarm","n":%d}' % sequence
        head = chain.link(head, record)
        entries.append(Entry(sequence, record, head))
    return entries


def signed(entries: list[Entry], key: Ed25519PrivateKey = KEY, told: Ed25519PrivateKey = KEY) -> list[Proof]:
    """One every BATCH records, by `key`; `told` lies beside the signature."""
    proofs = []
    for entry in entries[BATCH - 1 :: BATCH]:
        assert entry.hash is not None
        signature = key.sign(chain.signed_bytes(STREAM, entry.sequence, entry.hash))
        public = told.public_key().public_bytes_raw()
        proofs.append(Proof(entry.sequence, entry.hash, signature, public))
    return proofs


OWN = KEY.public_key().public_bytes_raw()
RECORDS = written()
PROOFS = signed(RECORDS)
END = (COUNT, RECORDS[-1].hash or b"")


def found(entries: list[Entry], **more: object) -> list[tuple[Fault, int, int]]:
    fields: dict[str, object] = {"proofs": PROOFS, "end": END, "keys": [OWN]}
    report = verify(STREAM, entries, **(fields | more))  # type: ignore[arg-type]
    return [(each.fault, each.first, each.last) for each in report.findings]


def at(sequence: int, change: Callable[[Entry], Entry]) -> list[Entry]:
    return [change(entry) if entry.sequence == sequence else entry for entry in RECORDS]


def test_what_the_box_wrote_stands() -> None:
    report = verify(STREAM, RECORDS, proofs=PROOFS, end=END, keys=[OWN])
    assert (report.records, report.proofs, report.findings, report.absent) == (COUNT, 3, [], [])
    assert report.signers == {OWN: (1, COUNT)}


@given(st.integers(1, COUNT), st.data())
def test_one_flipped_bit_is_found_and_named(sequence: int, data: st.DataObject) -> None:
    def flip(entry: Entry) -> Entry:
        place = data.draw(st.integers(0, len(entry.record) * 8 - 1))
        changed = bytearray(entry.record)
        changed[place // 8] ^= 1 << place % 8
        return replace(entry, record=bytes(changed))

    assert found(at(sequence, flip)) == [(Fault.CHANGED, sequence, sequence)]


@given(st.integers(1, COUNT))
def test_a_record_that_is_taken_out_is_named(sequence: int) -> None:
    left = [entry for entry in RECORDS if entry.sequence != sequence]
    assert found(left) == [(Fault.MISSING, sequence, sequence)]


@given(st.integers(1, COUNT), st.integers(1, COUNT))
def test_two_records_in_each_other_s_places_are_named(one: int, other: int) -> None:
    one, other = sorted((one, other))
    moved = list(RECORDS)
    moved[one - 1] = replace(RECORDS[one - 1], record=RECORDS[other - 1].record)
    moved[other - 1] = replace(RECORDS[other - 1], record=RECORDS[one - 1].record)
    expected = [] if one == other else [(Fault.MOVED, one, other)]
    assert found(moved) == expected


@given(st.integers(1, COUNT))
def test_who_rewrites_the_hashes_too_is_found_by_the_signature(sequence: int) -> None:
    forged, head = [], chain.genesis(STREAM)
    for entry in RECORDS:
        record = b'{"type":"alarm","n":0}' if entry.sequence == sequence else entry.record
        head = chain.link(head, record)
        forged.append(Entry(entry.sequence, record, head))
    batch = (sequence - 1) // BATCH
    first, last = batch * BATCH + 1, (batch + 1) * BATCH
    assert found(forged) == [(Fault.NOT_SIGNED, first, last)]
    own = signed(forged, STRANGER, STRANGER)
    assert found(forged, proofs=own) == [(Fault.FOREIGN_KEY, n + 1, n + BATCH) for n in (0, 4, 8)] + [
        (Fault.OTHER_END, COUNT, COUNT)
    ]


def test_a_key_that_lies_beside_the_signatures_proves_no_origin() -> None:
    """Where nobody knows the box's keys, the report says at least whose signatures these are."""
    stranger = STRANGER.public_key().public_bytes_raw()
    proofs = [*PROOFS[:1], *signed(RECORDS, STRANGER, STRANGER)[1:]]
    assert found(RECORDS, proofs=proofs) == [(Fault.FOREIGN_KEY, 5, 8), (Fault.FOREIGN_KEY, 9, 12)]
    report = verify(STREAM, RECORDS, proofs=proofs, end=END)
    assert (report.findings, report.signers) == ([], {OWN: (1, 4), stranger: (5, COUNT)})


def test_a_box_that_was_enrolled_anew_has_two_keys() -> None:
    proofs = [*PROOFS[:1], *signed(RECORDS, STRANGER, STRANGER)[1:]]
    assert found(RECORDS, proofs=proofs, keys=[OWN, STRANGER.public_key().public_bytes_raw()]) == []


@pytest.mark.parametrize("left", [0, 1, 2])
def test_signatures_that_were_taken_out_at_the_end_are_missed(left: int) -> None:
    assert found(RECORDS, proofs=PROOFS[:left]) == [(Fault.NOT_SIGNED, left * BATCH + 1, COUNT)]


def test_an_end_that_the_cloud_never_acknowledged_is_named() -> None:
    assert found(RECORDS, end=(COUNT, bytes(32))) == [(Fault.OTHER_END, COUNT, COUNT)]


def test_a_signature_of_a_stranger_is_named() -> None:
    assert found(RECORDS, proofs=[*PROOFS[:2], *signed(RECORDS, STRANGER)[2:]]) == [
        (Fault.FORGED_SIGNATURE, COUNT, COUNT)
    ]


def test_a_tail_that_was_cut_off_is_missing() -> None:
    assert found(RECORDS[:-2]) == [(Fault.MISSING, COUNT - 1, COUNT)]


def test_what_retention_took_leaves_the_rest_provable() -> None:
    anchor = Anchor(5, RECORDS[4].hash or b"", Cause.RETENTION)
    report = verify(STREAM, RECORDS[5:], anchors=[anchor], proofs=PROOFS[1:], end=END)
    assert (report.findings, report.absent, report.records) == ([], [(1, 5, Cause.RETENTION)], 7)
    assert found(RECORDS[5:], proofs=PROOFS[1:]) == [(Fault.MISSING, 1, 5)]
    wrong = Anchor(5, bytes(32), Cause.RETENTION)
    assert found(RECORDS[5:], anchors=[wrong])[0] == (Fault.CHANGED, 6, 6)


def test_a_gap_in_the_middle_is_told_and_is_no_fault() -> None:
    anchor = Anchor(7, RECORDS[6].hash or b"", Cause.GAP)
    report = verify(STREAM, [*RECORDS[:4], *RECORDS[7:]], anchors=[anchor], proofs=PROOFS, end=END)
    assert (report.findings, report.absent, report.unbound) == ([], [(5, 7, Cause.GAP)], [])


@pytest.mark.parametrize("cause", [Cause.GAP, Cause.RETENTION])
def test_what_stands_unsigned_before_a_hole_had_a_signature(cause: Cause) -> None:
    """A batch ends before what is not here, and each batch is signed at its end."""
    anchor = Anchor(7, RECORDS[6].hash or b"", cause)
    assert found([*RECORDS[:5], *RECORDS[7:]], anchors=[anchor]) == [(Fault.NOT_SIGNED, 5, 5)]
    left = [*RECORDS[:4], *RECORDS[7:]]
    assert found(left, anchors=[anchor], proofs=PROOFS[1:]) == [(Fault.NOT_SIGNED, 1, 4)]


def test_of_a_batch_that_was_set_aside_in_part_the_signature_is_gone_with_that_part() -> None:
    anchor = Anchor(8, RECORDS[7].hash or b"", Cause.SET_ASIDE)
    kept, proofs = [*RECORDS[:6], *RECORDS[8:]], [PROOFS[0], PROOFS[2]]
    report = verify(STREAM, kept, anchors=[anchor], proofs=proofs, end=END, keys=[OWN])
    assert (report.findings, report.unbound) == ([], [(5, 6)])
    ended = verify(STREAM, RECORDS[:6], anchors=[anchor], proofs=PROOFS[:1], keys=[OWN])
    assert (ended.findings, ended.absent) == ([], [(7, 8, Cause.SET_ASIDE)])  # an extract that ends there


@given(st.integers(1, COUNT))
def test_signatures_that_were_taken_out_before_an_erased_record_are_missed(sequence: int) -> None:
    """The records of its own batch alone may stand there without one."""
    batches = [replace(entry, batch=(entry.sequence - 1) // BATCH) for entry in RECORDS]
    erased = [replace(entry, record=None) if entry.sequence == sequence else entry for entry in batches]
    own = (sequence - 1) // BATCH * BATCH
    report = verify(STREAM, erased, proofs=PROOFS, end=END, keys=[OWN])
    assert report.findings == []
    assert report.unbound == ([(own + 1, sequence - 1)] if sequence > own + 1 else [])
    left = [proof for proof in PROOFS if proof.last > own]
    assert found(erased, proofs=left) == ([(Fault.NOT_SIGNED, 1, own)] if own else [])


def test_records_of_before_hashes_were_kept_are_proved_by_signatures() -> None:
    old = [replace(entry, hash=None) for entry in RECORDS]
    assert found(old) == []
    changed = [replace(entry, record=b"{}") if entry.sequence == 6 else entry for entry in old]
    assert found(changed) == [(Fault.NOT_SIGNED, 5, 8)]


def test_an_extract_is_proved_from_the_hash_before_it() -> None:
    begin = Anchor(4, RECORDS[3].hash or b"", Cause.RETENTION)
    assert found(RECORDS[4:8], begin=begin, end=None) == []


@pytest.mark.parametrize("fault", list(Fault))
def test_a_finding_says_which_records(fault: Fault) -> None:
    assert Finding(fault, 3, 4).first == 3
