"""What is counted at the gates: by time on the site's clock, by reason, by premises; and as a workbook."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from cloud.access.models import PassageRow
from cloud.guard.models import GateDecisionRow
from cloud.kernel.database import Database, Scope
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Language
from cloud.kernel.tenancy import Role
from cloud.reads import statistics as counted
from cloud.reads.statistics import Period
from cloud.reads.statistics_sheet import workbook
from cloud.sites import service as sites
from cloud.sites.errors import SiteNotFound
from cloud.sites.models import Command
from cloud.sites.schemas import SiteDraft
from tests.cloud.access.test_access import Gate, gate
from tests.cloud.access.test_policies import flat
from tests.support.companies import Company, other_company
from tests.support.postgres import Database as RealDatabase

__all__ = ["flat", "gate", "other_company"]
INGEST: list[Database] = []
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 3, 1, 19, tzinfo=UTC)  # on the site's clock, UTC+5


def passed(gate: Gate, at: datetime, **more: object) -> None:
    fields = {
        "id": uuid4(),
        "organisation_id": gate.company.id,
        "site_id": gate.site_id,
        "box_id": gate.box_id,
        "point_id": gate.point_id,
        "at": at,
        "received_at": at,
        "clock_trusted": True,
        "direction": "in",
        "outcome": "granted",
        "reason": "granted",
        "read": "",
        "decision_us": 100,
        "weak_match": False,
        "fault": "",
        **more,
    }
    with INGEST[-1].transaction(Scope.organisation(gate.company.id)) as session:
        session.execute(insert(PassageRow).values(fields))


def decided(gate: Gate, at: datetime, verdict: str = "confirm", **more: object) -> None:
    fields = {
        "id": uuid4(),
        "organisation_id": gate.company.id,
        "site_id": gate.site_id,
        "box_id": gate.box_id,
        "guard_id": uuid4(),
        "guard": "Рожков Н. С.",
        "point_id": gate.point_id,
        "at": at,
        "received_at": at,
        "clock_trusted": True,
        "direction": "in",
        "verdict": verdict,
        "note": "",
        "blacklisted": False,
        "carrier": "",
        "fault": "",
        **more,
    }
    with INGEST[-1].transaction(Scope.organisation(gate.company.id)) as session:
        session.execute(insert(GateDecisionRow).values(fields))


def ordered(gate: Gate, at: datetime, **more: object) -> UUID:
    fields = {
        "id": uuid4(),
        "organisation_id": gate.company.id,
        "box_id": gate.box_id,
        "kind": "open",
        "target": gate.point_id,
        "person": "Антонова В. А.",
        "person_kind": "dispatcher",
        "reason": "позвонили из А2",
        "issued_at": at,
        "expires_at": at + timedelta(seconds=10),
        "answered_at": at + timedelta(seconds=1),
        "outcome": "done",
        "detail": "",
        **more,
    }
    with gate.company.work() as (session, _):
        return session.execute(insert(Command).values(fields).returning(Command.id)).scalar_one()


def waited(gate: Gate, at: datetime, **more: object) -> UUID:
    """A passage that the box left to the guard."""
    passage_id = uuid4()
    left = {"outcome": "denied", "reason": "guard_confirmation"}
    passed(gate, at, **{"id": passage_id, **left, **more})
    return passage_id


def told(gate: Gate, **more: Any) -> dict[str, Any]:
    period = Period(**{"since": MIDNIGHT, "until": MIDNIGHT + 24 * HOUR, **more})
    with gate.company.work() as (session, _):
        return counted.statistics(session, period)


@pytest.fixture(autouse=True)
def ingest(database: RealDatabase, api_database: Database) -> Iterator[None]:
    """Who alone writes passages."""
    INGEST.append(Database(database.url(Role.INGEST), ports=api_database.ports, pool_size=1))
    yield
    INGEST.pop().close()


def test_hours_are_those_of_the_sites_clock(gate: Gate) -> None:
    passed(gate, MIDNIGHT)
    passed(gate, MIDNIGHT + 59 * timedelta(minutes=1), direction="out")
    passed(gate, MIDNIGHT + HOUR, outcome="denied", reason="expired")
    passed(gate, MIDNIGHT + 24 * HOUR)  # beyond
    found = told(gate)
    assert found["time_zone"] == "Asia/Yekaterinburg"
    assert len(found["series"]) == 24
    first, second = found["series"][:2]
    assert first == {"at": MIDNIGHT, "entered": 1, "left": 1, "denied": 0}
    assert second == {"at": MIDNIGHT + HOUR, "entered": 0, "left": 0, "denied": 1}
    assert found["by_hour"][0] == {"hour": 0, "entered": 1, "left": 1, "denied": 0}
    assert found["denials"] == [{"reason": "expired", "count": 1}]


def test_a_long_period_has_a_point_a_day(gate: Gate) -> None:
    passed(gate, MIDNIGHT + 25 * HOUR)
    found = told(gate, until=MIDNIGHT + 7 * 24 * HOUR)
    assert [point["entered"] for point in found["series"]] == [0, 1, 0, 0, 0, 0, 0]
    assert [point["at"] for point in found["series"]][:2] == [MIDNIGHT, MIDNIGHT + 24 * HOUR]


def test_speed_is_told_by_its_shares(gate: Gate) -> None:
    for number in range(1, 101):
        passed(gate, MIDNIGHT, decision_us=number, latency_us=number * 10 if number % 2 else None)
    speed = told(gate)["speed"]
    shares = {"count": 100, "p50": 50, "p95": 95, "p99": 99}
    assert speed["decision_us"] == shares | {"spread": [{"up_to_us": 100, "count": 100}]}
    assert speed["opening_us"]["count"] == 50


def test_guests_are_counted_by_premises(gate: Gate, flat: UUID) -> None:
    guest, resident = gate.issue(premises_id=flat), gate.issue(premises_id=flat, kind="resident")
    for pass_id in (guest.id, guest.id, resident.id):
        passed(gate, MIDNIGHT, pass_id=pass_id)
    (row,) = told(gate)["premises"]
    assert (row["premises_id"], row["entries"], row["passes"]) == (flat, 2, 1)


def test_whom_a_guard_let_in_has_entered_and_was_not_denied(gate: Gate, flat: UUID) -> None:
    guest = gate.issue(premises_id=flat)
    decided(gate, MIDNIGHT + HOUR, passage_id=waited(gate, MIDNIGHT, pass_id=guest.id), pass_id=guest.id)
    found = told(gate)
    assert found["series"][0] == {"at": MIDNIGHT, "entered": 1, "left": 0, "denied": 0}
    assert found["by_hour"][0] == {"hour": 0, "entered": 1, "left": 0, "denied": 0}
    assert (found["denials"], found["openings"]) == ([], [])
    assert [(row["premises_id"], row["entries"], row["passes"]) for row in found["premises"]] == [
        (flat, 1, 1)
    ]


def test_whom_a_guard_refused_stays_denied(gate: Gate) -> None:
    decided(gate, MIDNIGHT, "refuse", passage_id=waited(gate, MIDNIGHT), reason="host_refused")
    decided(
        gate, MIDNIGHT, passage_id=waited(gate, MIDNIGHT), opened=False
    )  # confirmed, and the barrier stood still
    waited(gate, MIDNIGHT)
    found = told(gate)
    assert found["series"][0] == {"at": MIDNIGHT, "entered": 0, "left": 0, "denied": 3}
    assert found["denials"] == [{"reason": "guard_confirmation", "count": 3}]


def test_a_passage_decided_twice_is_one(gate: Gate) -> None:
    passage_id = waited(gate, MIDNIGHT)
    decided(gate, MIDNIGHT, passage_id=passage_id)
    decided(gate, MIDNIGHT, passage_id=passage_id)
    assert told(gate)["series"][0]["entered"] == 1


def test_a_pass_shown_to_the_guard_counts_as_a_passage(gate: Gate, flat: UUID) -> None:
    guest = gate.issue(premises_id=flat)
    decided(gate, MIDNIGHT + HOUR, "open", pass_id=guest.id, reason="pass_shown")
    found = told(gate)
    assert found["series"][1]["entered"] == 1
    assert [row["entries"] for row in found["premises"]] == [1]


def test_openings_by_hand_and_from_afar_are_told_beside_by_reason(gate: Gate) -> None:
    denied = waited(gate, MIDNIGHT, reason="unknown_plate")
    decided(gate, MIDNIGHT, "open", reason="ambulance", passage_id=denied)
    decided(gate, MIDNIGHT, "open", reason="ambulance")
    decided(gate, MIDNIGHT, "open", reason="fire_service", opened=False)
    decided(gate, MIDNIGHT, "open", reason="let_out", direction="out", command_id=ordered(gate, MIDNIGHT))
    decided(gate, MIDNIGHT + 24 * HOUR, "open", reason="police")  # beyond
    ordered(gate, MIDNIGHT)
    ordered(gate, MIDNIGHT, person_kind="resident")
    ordered(gate, MIDNIGHT, kind="hold", until=MIDNIGHT + HOUR)
    ordered(gate, MIDNIGHT, kind="close")
    ordered(gate, MIDNIGHT, outcome="refused")
    found = told(gate, site_id=gate.site_id)
    assert found["openings"] == [
        {"by": "guard", "reason": "ambulance", "count": 2},
        {"by": "dispatcher", "reason": "hold", "count": 1},
        {"by": "dispatcher", "reason": "open", "count": 1},
        {"by": "guard", "reason": "let_out", "count": 1},
        {"by": "resident", "reason": "open", "count": 1},
    ]
    assert found["denials"] == [{"reason": "unknown_plate", "count": 1}]
    assert sum(point["entered"] + point["left"] for point in found["series"]) == 0


def test_times_are_told_by_how_many_took_so_long(gate: Gate) -> None:
    for latency_us in (900, 1000, 1001, 40_000, None):
        passed(gate, MIDNIGHT, decision_us=3_000_000, latency_us=latency_us)
    speed = told(gate)["speed"]
    assert speed["opening_us"]["spread"] == [
        {"up_to_us": 1000, "count": 2},
        {"up_to_us": 2000, "count": 1},
        {"up_to_us": 5000, "count": 0},
        {"up_to_us": 10_000, "count": 0},
        {"up_to_us": 20_000, "count": 0},
        {"up_to_us": 50_000, "count": 1},
    ]
    assert speed["decision_us"]["spread"] == [{"up_to_us": None, "count": 5}]


def test_the_workbook_has_every_address(gate: Gate, flat: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "PREMISES_MOST", 0)
    passed(gate, MIDNIGHT, pass_id=gate.issue(premises_id=flat).id)
    period = Period(since=MIDNIGHT, until=MIDNIGHT + HOUR)
    with gate.company.work() as (session, _):
        assert counted.statistics(session, period)["premises"] == []
        assert len(counted.statistics(session, period, is_whole=True)["premises"]) == 1


def test_nothing_is_told_as_nothing(gate: Gate) -> None:
    found = told(gate)
    assert found["denials"] == found["premises"] == found["openings"] == []
    assert found["speed"]["decision_us"] == {
        "count": 0,
        "p50": None,
        "p95": None,
        "p99": None,
        "spread": [],
    }


@pytest.mark.parametrize(("hours", "code"), [(0, "ends_before"), (-1, "ends_before"), (371 * 24, "too_long")])
def test_a_period_that_is_none(gate: Gate, hours: int, code: str) -> None:
    with pytest.raises(FixInput) as error:
        told(gate, until=MIDNIGHT + hours * HOUR)
    assert error.value.fields[0].code == code


def test_sites_of_others_are_not_there(gate: Gate, other_company: Company) -> None:
    with other_company.work() as (session, actor):
        theirs = sites.create_site(session, actor, SiteDraft(name="Спарта", time_zone="Europe/Moscow")).id
    with pytest.raises(SiteNotFound):
        told(gate, site_id=theirs)
    passed(gate, MIDNIGHT)
    with other_company.work() as (session, _):
        found = counted.statistics(session, Period(since=MIDNIGHT, until=MIDNIGHT + HOUR))
    assert sum(point["entered"] for point in found["series"]) == 0


def test_the_workbook_opens_and_runs_nothing(gate: Gate, flat: UUID) -> None:
    guest = gate.issue(premises_id=flat)
    passed(gate, MIDNIGHT, pass_id=guest.id)
    passed(gate, MIDNIGHT, outcome="denied", reason="of_a_newer_box")
    decided(gate, MIDNIGHT, "open", reason="ambulance")
    ordered(gate, MIDNIGHT, person_kind="of_a_newer_cloud")
    found = told(gate)
    found["premises"][0]["address"] = "=HYPERLINK(1)"
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(found, Language.RU)))
    assert book.sheet_names == [
        "По времени",
        "По часам суток",
        "Отказы",
        "Открытия вручную и удалённо",
        "Скорость",
        "Сколько заняло",
        "Гости по адресам",
    ]
    series = book.get_sheet_by_name("По времени").to_python()
    assert series[1][:3] == [date(2026, 3, 2), 1.0, 0.0]
    assert book.get_sheet_by_name("Отказы").to_python()[1] == ["of_a_newer_box", 1.0]
    openings = book.get_sheet_by_name("Открытия вручную и удалённо").to_python()[1:]
    assert openings == [["Охранник", "скорая помощь", 1.0], ["of_a_newer_cloud", "открыто", 1.0]]
    assert book.get_sheet_by_name("Сколько заняло").to_python()[1] == [0.1, 2.0, 0.0]
    assert book.get_sheet_by_name("Гости по адресам").to_python()[1] == ["=HYPERLINK(1)", 1.0, 1.0]
