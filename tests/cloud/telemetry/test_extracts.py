"""The journal in a real database: what ingest took in is proved, and what anybody does to it afterwards is named."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.ingest.unit import Intake, Message
from cloud.kernel.secrets import write_new_key
from cloud.kernel.settings import Settings
from cloud.proving import journal as command
from cloud.telemetry import extracts, upkeep
from cloud.telemetry.extracts import ExtractError, StreamOfBox
from cloud.telemetry.journal import Cause, Fault, Report
from cloud.telemetry.upkeep import Retention
from protocols import chain
from protocols.records import Alarm
from tests.cloud.ingest.boxes import NOW, BoxStream, Place, make_place
from tests.cloud.serving import served
from tests.cloud.sites.building import House
from tests.support.postgres import Database

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
COUNT = 12


@dataclass
class Desk:
    """A box's journal of COUNT records in three signed batches, and a hand in the database."""

    house: House
    intake: Intake
    place: Place
    stream: BoxStream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = self.place.stream()
        self.stream.write(*(alarm(number) for number in range(COUNT)))
        for first in range(1, COUNT, 4):
            self.take(first, first + 3)

    def take(self, first: int, last: int, **more: int) -> None:
        self.intake.take([Message(*self.stream.batch(first, last, events=True, **more))])

    def meddle(self, sql: str, *arguments: object) -> None:
        with psycopg.connect(self.house.real.admin_url) as admin:
            admin.execute(sql.encode(), [self.stream.id, *arguments])

    def prove(self) -> Report:
        with psycopg.connect(self.house.real.admin_url) as admin:
            [mine] = [
                each for each in extracts.streams(admin, self.place.box_id) if each[1] == self.stream.id
            ]
            assert isinstance(mine, StreamOfBox)
            return extracts.prove(admin, mine, [public(self.place.key)])

    def found(self) -> list[tuple[Fault, int, int]]:
        return [(each.fault, each.first, each.last) for each in self.prove().findings]

    def extract(self, days: int = 1) -> bytes:
        with psycopg.connect(self.house.real.admin_url) as admin:
            target = io.BytesIO()
            box = (self.place.box_id, "КПП 1")
            begin = NOW - timedelta(hours=1)
            end = begin + timedelta(days=days)
            extracts.write(admin, target, SIGNER, box=box, begin=begin, end=end, made_at=NOW)
            return target.getvalue()


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def alarm(number: int) -> Alarm:
    return Alarm(id=uuid4(), at=NOW, alarm=uuid4(), kind="low_disk", raised=True, detail=f"№ {number}")


@pytest.fixture
def desk(house: House, intake: Intake) -> Desk:
    return Desk(house, intake, make_place(house))


def test_what_was_taken_in_is_proved(desk: Desk) -> None:
    report = desk.prove()
    assert (report.records, report.proofs, report.findings, report.absent) == (COUNT, 3, [], [])


def test_one_flipped_bit_in_the_database_is_named(desk: Desk) -> None:
    desk.meddle(
        "UPDATE box_event SET record = set_bit(record, 9, 1 - get_bit(record, 9))"
        " WHERE stream_id = %s AND sequence = 7"
    )
    assert desk.found() == [(Fault.CHANGED, 7, 7)]


def test_a_deleted_record_and_a_cut_tail_are_named(desk: Desk) -> None:
    desk.meddle("DELETE FROM box_event WHERE stream_id = %s AND sequence IN (3, 12)")
    assert desk.found() == [(Fault.MISSING, 3, 3), (Fault.MISSING, 12, 12)]


def test_a_gap_of_the_box_is_no_fault_of_the_cloud(desk: Desk) -> None:
    desk.stream.write(*(alarm(number) for number in range(10)))
    desk.take(19, 22, oldest=19)
    report = desk.prove()
    assert (report.findings, report.absent, report.records) == ([], [(13, 18, Cause.GAP)], 16)


def test_after_retention_the_rest_is_still_proved(desk: Desk) -> None:
    desk.meddle("UPDATE box_event SET received_at = '2020-01-01Z' WHERE stream_id = %s AND sequence <= 6")
    with psycopg.connect(desk.house.real.owner_url, autocommit=True) as owner:
        upkeep.clear_leftovers(owner, NOW, Retention())
    report = desk.prove()
    assert (report.findings, report.absent, report.records) == ([], [(1, 6, Cause.RETENTION)], 6)
    desk.meddle("UPDATE box_event SET record = '{}' WHERE stream_id = %s AND sequence = 7")
    assert desk.found() == [(Fault.CHANGED, 7, 7)]


def erase(desk: Desk, first: int, last: int) -> None:
    where = f"WHERE stream_id = %s AND sequence BETWEEN {first} AND {last}"
    desk.meddle(f"UPDATE box_event SET record = '', erased_at = received_at {where}")


def test_what_was_erased_as_its_time_was_over_leaves_its_hash_and_the_proof(desk: Desk) -> None:
    erase(desk, 2, 6)
    erase(desk, COUNT, COUNT)
    report = desk.prove()
    assert (report.findings, report.erased, report.records) == ([], [(2, 6), (COUNT, COUNT)], COUNT - 6)
    assert report.proofs == 3  # the box's signatures cover what is gone
    desk.meddle("UPDATE box_event SET record = '{}' WHERE stream_id = %s AND sequence = 7")
    assert desk.found() == [(Fault.CHANGED, 7, 7)]


@pytest.mark.parametrize("sequence", [4, 6])
def test_what_was_put_in_the_place_of_an_erased_record_is_found(desk: Desk, sequence: int) -> None:
    """Its hash must fit the box's signature (4) and the record that follows (6)."""
    erase(desk, 2, 6)
    changed = f"UPDATE box_event SET hash = sha256('x') WHERE stream_id = %s AND sequence = {sequence}"
    desk.meddle(changed)
    assert desk.found() != []


def test_what_no_signature_binds_any_more_is_said(desk: Desk) -> None:
    """Signatures stand at 4, 8 and 12: what is between one of them and an erased record may have been rewritten."""
    erase(desk, 1, 1)
    erase(desk, 3, 3)
    erase(desk, 5, 5)
    erase(desk, 8, 8)
    report = desk.prove()
    assert (report.unbound, report.findings) == ([(2, 2), (6, 7)], [])
    row = "SELECT stream_id, sequence, record, hash FROM box_event"
    desk.meddle(
        "UPDATE box_event b SET record = 'x', hash = sha256(before.hash || 'x'::bytea)"
        f" FROM ({row}) before WHERE b.stream_id = %s AND b.sequence = 2"
        " AND before.stream_id = b.stream_id AND before.sequence = 1"
    )
    report = desk.prove()
    assert (report.unbound, report.findings) == ([(2, 2), (6, 7)], [])


def test_an_extract_of_erased_records_proves_itself(desk: Desk) -> None:
    erase(desk, 2, 6)
    data = desk.extract()
    _, reports, is_signed, _key = extracts.check(data.splitlines(keepends=True))
    report = reports[str(desk.stream.id)]
    assert (report.findings, report.erased, is_signed) == ([], [(2, 6)], True)
    assert report.unbound == [(1, 1)]
    [place] = [
        at for at, line in enumerate(data.splitlines()) if b'"sequence":6,' in line and b"erased" in line
    ]
    _, reports, is_signed, _key = extracts.check(lines_without(data, place))
    assert (reports[str(desk.stream.id)].findings != [], is_signed) == (True, False)


def test_an_extract_proves_itself(desk: Desk) -> None:
    header, reports, is_signed, _key = extracts.check(desk.extract().splitlines(keepends=True))
    assert (header.box_name, is_signed) == ("КПП 1", True)
    report = reports[str(desk.stream.id)]
    assert (report.records, report.proofs, report.findings) == (COUNT, 3, [])


def test_an_extract_reaches_to_the_signature_behind_its_end(desk: Desk) -> None:
    """Of a batch that came within the period; and begins with the hash before it."""
    desk.meddle("UPDATE box_event SET received_at = '2026-12-24Z' WHERE stream_id = %s AND sequence >= 6")
    desk.meddle("UPDATE box_event SET received_at = '2020-01-01Z' WHERE stream_id = %s AND sequence <= 2")
    _, reports, is_signed, _key = extracts.check(desk.extract().splitlines(keepends=True))
    report = reports[str(desk.stream.id)]
    assert (report.records, report.proofs, report.findings, is_signed) == (6, 2, [], True)


def test_an_extract_tells_what_the_box_had_given_up(desk: Desk) -> None:
    """A recorded gap is no missing record, there as in the database; taken out of the file, it is one."""
    desk.stream.write(*(alarm(number) for number in range(10)))
    desk.take(19, 22, oldest=19)
    data = desk.extract()
    _, reports, is_signed, _key = extracts.check(data.splitlines(keepends=True))
    report = reports[str(desk.stream.id)]
    assert (report.findings, report.absent, is_signed) == ([], [(13, 18, Cause.GAP)], True)
    [place] = [at for at, line in enumerate(data.splitlines()) if b'"kind":"absent"' in line]
    _, reports, is_signed, _key = extracts.check(lines_without(data, place))
    [finding] = reports[str(desk.stream.id)].findings
    assert (finding.fault, finding.first, finding.last, is_signed) == (Fault.MISSING, 13, 18, False)


def lines_without(data: bytes, number: int) -> Iterator[bytes]:
    for at, line in enumerate(data.splitlines(keepends=True)):
        if at != number:
            yield line


def test_a_changed_extract_is_found(desk: Desk) -> None:
    data = desk.extract()
    changed = data.replace("№ 3".encode(), "№ 9".encode())
    assert changed != data
    _, reports, is_signed, _key = extracts.check(changed.splitlines(keepends=True))
    [finding] = reports[str(desk.stream.id)].findings
    assert (finding.fault, finding.first, is_signed) == (Fault.CHANGED, 4, False)
    _, reports, is_signed, _key = extracts.check(lines_without(data, 5))
    assert reports[str(desk.stream.id)].findings[0].fault is Fault.MISSING
    assert not is_signed


@pytest.mark.parametrize("spoil", [lambda data: data[:-60], lambda data: b"", lambda data: b"{}\n" + data])
def test_what_is_no_whole_extract_is_refused(desk: Desk, spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ExtractError):
        extracts.check(spoil(desk.extract()).splitlines(keepends=True))


def test_the_command_names_what_it_found(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(owner_database_url=desk.house.real.owner_url)
    box = ["verify", "--box", str(desk.place.box_id)]
    assert command(settings, box) == 0
    desk.meddle("UPDATE box_event SET record = '{}' WHERE stream_id = %s AND sequence = 7")
    assert command(settings, box) == 1
    assert "CHANGED: 7 to 7" in capsys.readouterr().out
    file = tmp_path / "journal.jsonl"
    file.write_bytes(desk.extract())
    assert command(settings, ["verify", str(file)]) == 1
    assert command(settings, ["verify", str(tmp_path / "none")]) == 1


@dataclass
class Forger:
    """Changes a record, and computes and signs anew all that stands beside it, with keys of their own."""

    desk: Desk
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def rewrite(self) -> None:
        """In the database, up to what the cloud acknowledged to the box."""
        stream, head = self.desk.stream.id, chain.genesis(self.desk.stream.id)
        self.desk.meddle("UPDATE box_event SET record = '{}' WHERE stream_id = %s AND sequence = 7")
        with psycopg.connect(self.desk.house.real.admin_url) as admin:
            query = "SELECT sequence, record FROM box_event WHERE stream_id = %s ORDER BY sequence"
            for sequence, record in admin.execute(query, [stream]).fetchall():
                head = chain.link(head, bytes(record))
                place = [stream, sequence]
                own = [head, self.key.sign(chain.signed_bytes(stream, sequence, head)), public(self.key)]
                admin.execute(
                    "UPDATE box_event SET hash = %s WHERE stream_id = %s AND sequence = %s", [head, *place]
                )
                admin.execute(
                    "UPDATE event_proof SET head = %s, signature = %s, key = %s WHERE stream_id = %s AND last = %s",
                    [*own, *place],
                )
            admin.execute("UPDATE box_stream SET head = %s WHERE stream_id = %s", [head, stream])


def test_a_journal_that_was_signed_anew_is_found_by_the_keys_of_the_box(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forger = Forger(desk)
    forger.rewrite()
    settings = Settings(owner_database_url=desk.house.real.owner_url)
    assert command(settings, ["verify", "--box", str(desk.place.box_id)]) == 1
    told = capsys.readouterr().out
    assert "FOREIGN_KEY: 1 to 4" in told
    file = tmp_path / "journal.jsonl"
    file.write_bytes(desk.extract())
    own = ["--box-key", public(desk.place.key).hex(), "--cloud-key", public(SIGNER).hex()]
    assert command(settings, ["verify", str(file)]) == 1  # the database knows the box's keys
    assert command(Settings(), ["verify", str(file), *own]) == 1
    assert "FOREIGN_KEY: 1 to 4" in capsys.readouterr().out
    assert command(Settings(), ["verify", str(file)]) == 2  # whole in itself, and nobody here vouches for it
    told = capsys.readouterr().out
    assert f"signed by the key {public(forger.key).hex()}" in told
    assert told.count("NOT COMPARED") == 2


def test_the_keys_to_compare_with_are_told_and_taken(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secrets.key"
    write_new_key(secret)
    settings = Settings(owner_database_url=desk.house.real.owner_url, secrets_key_file=secret)
    assert command(settings, ["keys", "--box", str(desk.place.box_id)]) == 0
    cloud, box = (line.split()[0] for line in capsys.readouterr().out.splitlines())
    assert box == public(desk.place.key).hex()
    file = tmp_path / "journal.jsonl"
    file.write_bytes(desk.extract())
    verify = ["verify", str(file), "--box-key", box]
    assert command(Settings(), [*verify, "--cloud-key", public(SIGNER).hex()]) == 0
    assert command(Settings(), verify) == 2
    assert command(Settings(), [*verify, "--cloud-key", cloud]) == 1
    assert command(settings, ["verify", str(file)]) == 1  # signed by another installation
    with pytest.raises(SystemExit):
        command(Settings(), [*verify, "--cloud-key", "4cb5"])


def test_what_reads_no_database_says_so(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_bytes(desk.extract())
    settings = Settings(owner_database_url="postgresql://127.0.0.1:1/none")
    assert command(settings, ["verify", str(file)]) == 1
    assert "the database cannot be asked" in capsys.readouterr().err


def test_an_extract_over_http(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Europe/Moscow"}).json()["id"]
        box = boss.call("POST", "/api/boxes", {"site_id": site, "name": "КПП 1"}).json()["id"]
        answer = boss.get(f"/api/journal/boxes/{box}")
        wrong = boss.get(f"/api/journal/boxes/{box}", params={"begin": "2020-01-01T00:00:00Z"})
        other = boss.get(f"/api/journal/boxes/{UUID(int=1)}")
        guard = running.colleague(boss, "guard@example.org", ["guard"])
        assert guard.get(f"/api/journal/boxes/{box}").status_code == 403
        keys = boss.get(f"/api/journal/boxes/{box}/keys").json()
    header, reports, is_signed, key = extracts.check(answer.content.splitlines(keepends=True))
    assert (header.box, reports, is_signed) == (box, {}, True)
    assert keys == {"cloud": key.hex(), "box": []}  # it is not enrolled yet
    assert (wrong.status_code, other.status_code) == (400, 404)
