"""Alarms and the quarantine over HTTP: what is listed, who may take note, what the live stream and the audit tell."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command

from cloud.kernel.database import Database, Scope
from cloud.kernel.migrating import alembic_config
from cloud.kernel.tenancy import Role
from cloud.reads.quarantine import as_text
from cloud.sites import service as sites
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import QuarantineReason, Refused
from protocols.records import Alarm, Severity
from protocols.topics import Channel
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase


@pytest.fixture
def api(database: RealDatabase, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def boss(api: Served) -> Person:
    return api.operator()


@pytest.fixture
def box(boss: Person) -> Any:
    site = boss.call("POST", "/api/sites", {"name": "к/п Афины", "time_zone": "Europe/Moscow"}).json()
    return boss.call("POST", "/api/boxes", {"site_id": site["id"], "name": "КПП 1"}).json()


class Ingest:
    """What ingest would have done with the box's records."""

    def __init__(self, database: RealDatabase, api: Served, boss: Person, box: Any) -> None:
        self._database = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=1)
        assert boss.company is not None
        self._scope = Scope.organisation(boss.company)
        self._box = UUID(box["id"])

    def alarm(self, kind: str, *, after_s: int = 0, alarm_id: UUID | None = None, **more: Any) -> UUID:
        alarm_id = alarm_id or uuid4()
        fields = {"raised": True, "severity": Severity.WARNING} | more
        event = Alarm(id=uuid4(), at=NOON + timedelta(seconds=after_s), alarm=alarm_id, kind=kind, **fields)
        with self._database.transaction(self._scope) as session:
            owner = sites.owner_of(session, self._box)
            assert owner is not None
            sites.record_alarm(session, owner, event)
        return alarm_id

    def set_aside(self, content: bytes) -> None:
        with self._database.transaction(self._scope) as session:
            refused = Refused(
                box_id=self._box,
                channel=Channel.UP_EVENTS,
                reason=QuarantineReason.MALFORMED,
                detail="Object missing required field `at`",
                content=content,
            )
            telemetry.quarantine(session, refused)

    def unknown(self, type_name: str, times: int) -> None:
        with self._database.transaction(self._scope) as session:
            telemetry.count_unknown(session, self._box, Channel.UP_EVENTS, type_name, times)

    def close(self) -> None:
        self._database.close()


@pytest.fixture
def ingest(database: RealDatabase, api: Served, boss: Person, box: Any) -> Iterator[Ingest]:
    ingest = Ingest(database, api, boss, box)
    yield ingest
    ingest.close()


def test_a_notice_that_counts_is_as_grave_as_its_gravest_and_names_the_newest(
    boss: Person, ingest: Ingest
) -> None:
    sources, severities = [uuid4() for _ in range(4)], ["warning", "critical", "notice", "warning"]
    for number, (source, severity) in enumerate(zip(sources, severities, strict=True)):
        more = {"severity": Severity(severity), "source": source, "detail": f"block {number}"}
        ingest.alarm("held_item_unreadable", after_s=10 * number, **more)
    ingest.alarm("held_item_unreadable", after_s=-10, source=uuid4(), detail="told late")
    [row] = boss.get("/api/alarms").json()["items"]
    told = (row["severity"], row["source_id"], row["detail"], row["times"])
    assert told == ("critical", str(sources[-1]), "block 3", 5)


def kinds(person: Person, **query: Any) -> list[str]:
    answer = person.get("/api/alarms", params=query)
    assert answer.status_code == 200, answer.text
    return [item["kind"] for item in answer.json()["items"]]


def test_the_list_filters_searches_and_sorts(boss: Person, box: Any, ingest: Ingest) -> None:
    relay = boss.call(
        "POST",
        "/api/devices",
        {"box_id": box["id"], "driver": "modbus_tcp", "name": "Реле", "settings": {"host": "10.0.0.7"}},
    ).json()
    ingest.alarm("tamper", severity=Severity.CRITICAL, source=UUID(relay["id"]), detail="Крышка открыта")
    over = ingest.alarm("held_open", after_s=1)
    ingest.alarm("held_open", after_s=5, alarm_id=over, raised=False)
    ingest.alarm("low_battery", after_s=2, severity=Severity.NOTICE)
    assert kinds(boss) == ["low_battery", "held_open", "tamper"]
    assert kinds(boss, sort="-severity") == ["tamper", "held_open", "low_battery"]
    assert kinds(boss, state="open") == ["low_battery", "tamper"]
    assert kinds(boss, state=["cleared", "acknowledged"]) == ["held_open"]
    assert kinds(boss, severity=["critical", "notice"], sort="raised") == ["tamper", "low_battery"]
    assert (
        kinds(boss, kind="tamper")
        == kinds(boss, q="крышка афины")
        == kinds(boss, q="кпп tamper")
        == kinds(boss, q="реле")
        == ["tamper"]
    )
    assert kinds(boss, site_id=box["site_id"], box_id=str(uuid4())) == []
    [shown] = boss.get("/api/alarms", params={"kind": "tamper"}).json()["items"]
    assert (shown["site_name"], shown["box_name"], shown["source_name"]) == ("к/п Афины", "КПП 1", "Реле")
    assert boss.get("/api/alarms", params={"sort": "colour"}).status_code == 422


def test_alarms_are_found_by_the_words_that_the_reader_sees(boss: Person, ingest: Ingest) -> None:
    ingest.alarm("record_quarantined", detail="Object missing required field `at`")
    ingest.alarm("shortage", after_s=1, detail="stills_dropped 12 2026-11-01 to 2026-11-03")
    ingest.alarm("barrier_stuck", after_s=2, detail="stills_dropped 12")
    for q in ("отложен", "Запись контроллера отложена", "set aside", "quarantine", "отложена афины missing"):
        assert kinds(boss, q=q) == ["record_quarantined"], q
    for q in ("кончается место", "удалено снимков: 12", "Stills deleted", "running out кпп"):
        assert kinds(boss, q=q) == ["shortage"], q
    assert kinds(boss, q="преграда не дошла") == ["barrier_stuck"]
    assert kinds(boss, q="отложена преграда") == []


def test_taking_note_is_done_once_audited_and_told(api: Served, boss: Person, ingest: Ingest) -> None:
    lasting, fork = ingest.alarm("tamper"), ingest.alarm("stream_forked")
    colleague = api.colleague(boss, "disp@example.org", ["dispatcher"], name="Борис")
    with boss.client.stream("GET", "/api/stream") as stream:
        taken = colleague.call("POST", f"/api/alarms/{lasting}/acknowledge")
        assert taken.status_code == 200, taken.text
        assert (taken.json()["state"], taken.json()["acknowledged_person"]) == ("acknowledged", "Борис")
        for line in stream.iter_lines():  # the client's timeout ends a silence
            if str(lasting) in line:
                assert "alarm" in line
                break
    again = boss.call("POST", f"/api/alarms/{lasting}/acknowledge").json()
    assert again["acknowledged_person"] == "Борис"
    assert boss.call("POST", f"/api/alarms/{fork}/acknowledge").json()["state"] == "cleared"
    ingest.alarm("tamper", alarm_id=lasting, raised=False, after_s=7)
    assert boss.get(f"/api/alarms/{lasting}").json()["state"] == "cleared"
    trail = boss.get("/api/audit", params={"action": "sites.alarm.acknowledge"}).json()["items"]
    assert [(entry["actor"], entry["object_id"]) for entry in reversed(trail)] == [
        ("Борис", str(lasting)),
        ("Анна Ёлкина", str(fork)),
    ]
    assert boss.call("POST", f"/api/alarms/{uuid4()}/acknowledge").json()["code"] == "alarm_not_found"


def test_who_may_see_and_take_note(api: Served, boss: Person, ingest: Ingest) -> None:
    alarm_id = ingest.alarm("tamper")
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    assert kinds(guard) == ["tamper"]
    assert guard.call("POST", f"/api/alarms/{alarm_id}/acknowledge").json()["code"] == "not_allowed"
    accountant = api.colleague(boss, "acc@example.org", ["accountant"])
    assert accountant.get("/api/alarms").json()["code"] == "not_allowed"
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    assert manager.get("/api/quarantine").json()["code"] == "not_allowed"


def test_what_was_set_aside_is_shown_as_text_or_hex(boss: Person, box: Any, ingest: Ingest) -> None:
    for content in ('{"type":"passage","id":"Ж"}'.encode(), bytes(range(8)), b"x" * 5000):
        ingest.set_aside(content)
    ingest.set_aside(bytes(range(8)))
    items = boss.get("/api/quarantine", params={"site_id": box["site_id"], "q": "missing"}).json()["items"]
    by_size = {item["size"]: item for item in items}
    assert by_size[28]["text"] == '{"type":"passage","id":"Ж"}'
    assert (by_size[8]["text"], by_size[8]["hex"], by_size[8]["times"]) == (None, "0001020304050607", 2)
    assert by_size[5000]["text"] == "x" * 4096
    assert (by_size[8]["box_name"], by_size[8]["reason"]) == ("КПП 1", "malformed")
    assert boss.get("/api/quarantine", params={"reason": "too_large"}).json()["total"] == 0


def test_types_that_only_newer_boxes_know_are_counted(
    api: Served, boss: Person, box: Any, ingest: Ingest
) -> None:
    for type_name, times in (("lift_call", 2), ("lift_call", 1), ("drone_seen", 1)):
        ingest.unknown(type_name, times)
    listed = boss.get("/api/quarantine/types", params={"site_id": box["site_id"]}).json()
    assert {row["type"]: row["times"] for row in listed} == {"lift_call": 3, "drone_seen": 1}
    assert {(row["box_name"], row["channel"]) for row in listed} == {("КПП 1", "up/events")}
    assert boss.get("/api/quarantine/types", params={"site_id": str(uuid4())}).json() == []
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    assert manager.get("/api/quarantine/types").json()["code"] == "not_allowed"


def test_roles_of_before_learn_the_new_permissions(boss: Person, database: RealDatabase) -> None:
    def permissions() -> dict[str, set[str]]:
        with psycopg.connect(database.admin_url) as connection:
            return {
                code: set(held)
                for code, held in connection.execute(
                    "SELECT code, permissions FROM role WHERE organisation_id = %s", [boss.company]
                )
            }

    fresh, config = permissions(), alembic_config(database.owner_url)
    command.downgrade(config, "0006")
    added = {"alarms.read", "alarms.acknowledge", "quarantine.read"}
    assert not added & set().union(*permissions().values())
    command.upgrade(config, "head")
    assert permissions() == fresh
    assert fresh["administrator"] > added


def test_a_character_that_the_cut_has_split_is_left_out() -> None:
    cut = "Жук".encode()[:-1]
    assert as_text(cut, whole=False) == "Жу"
    assert as_text(cut, whole=True) is None
    assert as_text(b"\xff" + b"a" * 10, whole=False) is None
