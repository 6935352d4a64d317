"""Violations as cases, shifts' reports and what the desk sees of guards, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloud.guard.rules import STEPS
from cloud.guard.types import ViolationState
from cloud.ingest.handlers import HANDLERS
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.sites.types import BoxOwner
from protocols import acts
from protocols.acts import ManualReason, ShiftState, Verdict, ViolationKind, VisitState
from protocols.fields import Direction
from protocols.records import Outcome, Passage, Reason
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

MINUTE = timedelta(minutes=1)
GUARD = uuid4()


class Post:
    """A company whose box reports."""

    def __init__(self, api: Served, ingest: Database) -> None:
        self.api, self.boss, self.ingest = api, api.operator(), ingest
        assert self.boss.company is not None
        self.company = self.boss.company
        self.site = done(
            self.boss.call("POST", "/api/sites", {"name": "Афины", "time_zone": "Europe/Moscow"})
        )["id"]
        box = done(self.boss.call("POST", "/api/boxes", {"site_id": self.site, "name": "КПП"}))["id"]
        self.point = done(self.boss.call("POST", "/api/points", {"box_id": box, "name": "Въезд 1"}))["id"]
        self.owner = BoxOwner(UUID(box), self.company, UUID(self.site), None, None, None)
        self.shift = uuid4()

    def report(self, *events: Any) -> None:
        with self.ingest.transaction(Scope.organisation(self.company)) as session:
            for event in events:
                HANDLERS[type(event)](session, self.owner, event)
                session.flush()

    def act(self, event: type[Any], /, **fields: Any) -> Any:
        return event(**{"id": uuid4(), "at": NOON + MINUTE, "guard": GUARD, "shift": self.shift, **fields})

    def violation(self, **fields: Any) -> str:
        event = self.act(acts.Violation, **{"violation": uuid4(), "kind": ViolationKind.PARKING, **fields})
        self.report(event)
        return str(event.violation)

    def step(self, person: Person, violation: str, state: str, note: str = "", **more: Any) -> Any:
        return person.call(
            "POST", f"/api/violations/{violation}/step", {"state": state, "note": note, **more}
        )


def done(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@pytest.fixture
def post(database: RealDatabase, tmp_path: Path) -> Iterator[Post]:
    with served(database, tmp_path) as api:
        ingest = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=1)
        yield Post(api, ingest)
        ingest.close()


def test_every_state_is_reached_and_only_the_charged_end() -> None:
    reached = {wanted for steps in STEPS.values() for wanted in steps}
    assert reached == set(ViolationState)
    assert [state for state, steps in STEPS.items() if not steps] == [ViolationState.CHARGED]


def test_a_case_goes_from_its_record_to_its_charge(post: Post) -> None:
    case = post.violation(plate="X711TT90", note="на газоне")
    assert [step["state"] for step in done(post.boss.get(f"/api/violations/{case}"))["steps"]] == [
        "notified",
        "confirmed",
        "dismissed",
    ]
    done(post.step(post.boss, case, "notified"))
    assert post.step(post.boss, case, "appealed").json()["fields"][0]["path"] == "note"
    done(post.step(post.boss, case, "appealed", "Стоял минуту"))
    done(post.step(post.boss, case, "confirmed", "Снимки показывают час"))
    shown = done(post.step(post.boss, case, "charged"))
    assert [line["state"] for line in shown["history"]] == [
        "charged",
        "confirmed",
        "appealed",
        "notified",
        "recorded",
    ]
    assert (shown["steps"], shown["history"][2]["note"]) == ([], "Стоял минуту")
    assert post.step(post.boss, case, "dismissed", "поздно").json()["code"] == "wrong_step"


def test_two_at_once_do_not_step_past_each_other(post: Post) -> None:
    case = post.violation()
    done(post.step(post.boss, case, "dismissed", "не нарушение", since="recorded"))
    late = post.step(post.boss, case, "recorded", "вернуть", since="notified")
    assert (late.status_code, late.json()["data"]["now"]) == (409, "dismissed")


def test_charging_takes_a_right_of_its_own(post: Post) -> None:
    case = post.violation()
    dispatcher = post.api.colleague(post.boss, "disp@example.org", ["dispatcher"])
    assert "charged" not in {
        step["state"] for step in done(post.step(dispatcher, case, "confirmed"))["steps"]
    }
    assert post.step(dispatcher, case, "charged").status_code == 403
    accountant = post.api.colleague(post.boss, "acc@example.org", ["accountant"])
    assert post.step(accountant, case, "dismissed", "нет").status_code == 403
    done(post.step(accountant, case, "charged"))
    guard = post.api.colleague(post.boss, "guard@example.org", ["guard"])
    assert guard.get("/api/violations").status_code == 403


def test_violations_are_found_filtered_and_their_pictures_awaited(post: Post) -> None:
    parked = post.violation(plate="X711TT90", photos=["5c" * 32])
    post.violation(kind=ViolationKind.NOISE, address="А2, кв. 4")
    listed = done(post.boss.get("/api/violations", params={"kind": "parking"}))["items"]
    assert [(row["id"], row["photo_count"], row["number"]) for row in listed] == [(parked, 1, 1)]
    assert done(post.boss.get("/api/violations", params={"q": "х711"}))["total"] == 1
    assert done(post.boss.get("/api/violations", params={"state": "charged"}))["total"] == 0
    assert done(post.boss.get(f"/api/violations/{parked}"))["photos"] == [
        {"sha256": "5c" * 32, "state": "coming"}
    ]


def test_a_shifts_report_tells_what_happened_in_it(post: Post) -> None:
    point, passage = UUID(post.point), uuid4()
    base = {"point": point, "direction": Direction.IN, "read": "?"}
    denied = {"outcome": Outcome.DENIED, "reason": Reason.UNKNOWN_PLATE}
    post.report(
        post.act(acts.Shift, state=ShiftState.BEGUN, at=NOON),
        Passage(id=passage, at=NOON + MINUTE, **base, **denied),
        Passage(id=uuid4(), at=NOON + MINUTE, **base, outcome=Outcome.GRANTED, reason=Reason.GRANTED),
        Passage(id=uuid4(), at=NOON - MINUTE, **base, **denied),
        post.act(
            acts.GateDecision,
            point=point,
            direction=Direction.IN,
            verdict=Verdict.OPEN,
            reason=ManualReason.HOST_CONFIRMED,
            passage=passage,
        ),
        post.act(acts.Visit, visit=uuid4(), state=VisitState.INSIDE, name="Курьер", card="W26:1:2"),
        post.act(acts.GuardNote, text="Ворота скрипят"),
        post.act(acts.Shift, state=ShiftState.ENDED, note="Всё тихо", at=NOON + 5 * MINUTE),
    )
    post.violation()
    report = done(post.boss.get(f"/api/watch/shifts/{post.shift}"))
    counted = {
        name: report[name] for name in ("granted_in", "granted_out", "denied", "visitors", "cards_out")
    }
    assert counted == {"granted_in": 1, "granted_out": 0, "denied": 1, "visitors": 1, "cards_out": 1}
    assert report["denials"] == [{"reason": "unknown_plate", "count": 1}]
    assert [row["reason"] for row in report["decisions"]] == ["host_confirmed"]
    assert [row["text"] for row in report["notes"]] == ["Ворота скрипят"]
    assert (len(report["violations"]), report["shift"]["note"]) == (1, "Всё тихо")
    shown = done(post.boss.get(f"/api/access/passages/{passage}"))
    assert (shown["decided"]["verdict"], shown["decided"]["reason"]) == ("open", "host_confirmed")
    assert done(post.boss.get("/api/watch/visits", params={"card_out": True}))["total"] == 1
