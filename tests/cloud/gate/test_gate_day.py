"""A guard's day at the cloud's own page, over HTTP as the page speaks it; the boxes report beside it."""

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from PIL import Image
from sqlalchemy import select, update

from cloud.guard.models import GateDecisionRow
from cloud.guard.service import is_still
from cloud.ingest.handlers import HANDLERS
from cloud.kernel import looks, outbox
from cloud.kernel.api import CSRF_HEADER
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.reactions import REACTIONS
from cloud.sites import service as sites
from cloud.sites.models import Box
from cloud.sites.types import BoxOwner
from protocols.fields import Direction
from protocols.guard_api import OPERATIONS
from protocols.guard_views import Board, Me, PassPage, Problem
from protocols.messages import State
from protocols.records import CommandOutcome, CommandResult, Outcome, Passage, Reason, Still
from tests.cloud.serving import Person, Served, served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

PLATE = "X711TT90"
END = "2026-11-23T00:00:00Z"


class Page:
    """A guard's browser at the cloud's page."""

    def __init__(self, person: Person) -> None:
        self.client = person.client
        del self.client.headers[CSRF_HEADER]  # the page tells its origin
        self.client.headers["Origin"] = str(self.client.base_url).rstrip("/")

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        content = None if method == "GET" else msgspec.json.encode({} if body is None else body)
        return self.client.request(method, f"/gate/api{path}", content=content, **more)

    def done(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.ask(method, path, body, **more)
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.content else None

    def on_duty(self) -> str:
        return str(self.done("POST", "/shifts", {"id": str(uuid4())})["id"])


class House:
    """A company with a site, a lane and two guards."""

    def __init__(self, api: Served, ingest: Database) -> None:
        self.api, self.ingest, self.boss = api, ingest, api.operator()
        assert self.boss.company is not None
        self.scope = Scope.organisation(self.boss.company)
        self.site = self.made("/api/sites", {"name": "Афины", "time_zone": "Europe/Moscow"})["id"]
        self.box = self.made("/api/boxes", {"site_id": self.site, "name": "КПП"})["id"]
        self.lane = self.made("/api/points", {"box_id": self.box, "name": "Въезд 1"})["id"]
        self.ordered: set[tuple[str, str]] = set()
        self.owner = BoxOwner(UUID(self.box), self.boss.company, UUID(self.site), None, None, None)

    def made(self, path: str, body: Any) -> Any:
        answer = self.boss.call("POST", path, body)
        assert answer.is_success, answer.text
        return answer.json()

    def guard(self, name: str = "guard") -> Page:
        return Page(self.api.colleague(self.boss, f"{name}@example.org", ["guard"], name))

    def a_pass(self, **more: Any) -> str:
        body = {"site_id": self.site, "holder": "Семёнова Анна", "plates": [PLATE], "valid_until": END}
        return str(self.made("/api/access/passes", body | more)["id"])

    def report(self, *events: Any) -> None:
        with self.ingest.transaction(self.scope) as session:
            for event in events:
                HANDLERS[type(event)](session, self.owner, event)

    def comes(self, reason: Reason = Reason.GUARD_CONFIRMATION, **more: Any) -> str:
        event = Passage(
            id=uuid4(),
            point=UUID(self.lane),
            direction=Direction.IN,
            outcome=Outcome.DENIED,
            reason=reason,
            **({"at": NOON, "plate": PLATE, "read": PLATE} | more),
        )
        self.report(event)
        return str(event.id)

    @contextmanager
    def box_that_answers(self, outcome: CommandOutcome) -> Iterator[None]:
        """An enrolled box behind the lane: answers what it is ordered."""
        bus = {
            "box_id": self.box,
            "driver": "modbus_tcp",
            "name": "Шина",
            "settings": {"host": "::1", "port": 5020},
        }
        settings = {"bus": self.made("/api/devices", bus)["id"], "unit": 1, "profile": "wb_mr6c_v2"}
        relay = bus | {"driver": "modbus_relay", "name": "Реле", "settings": settings}
        barrier = {"device": self.made("/api/devices", relay)["id"], "output": 0}
        changed = {"box_id": self.box, "name": "Въезд 1", "barrier": barrier}
        assert self.boss.call("PUT", f"/api/points/{self.lane}", changed).is_success
        with self.api.house.database.transaction(self.scope) as session:
            session.execute(update(Box).where(Box.id == UUID(self.box)).values(enrolled_at=NOON))
        over = threading.Event()

        def serve() -> None:
            while not over.wait(0.05):
                with self.ingest.transaction(self.scope) as session:
                    waiting = sites.pending_commands(session, UUID(self.box), unsent_only=False)
                for order in waiting:
                    self.ordered.add((order.person_kind, order.reason))
                    self.report(
                        CommandResult(id=uuid4(), at=NOON, command=order.id, outcome=outcome, reason="ok")
                    )

        box = threading.Thread(target=serve)
        box.start()
        try:
            yield
        finally:
            over.set()
            box.join()

    def decide(self, page: Page, **order: Any) -> httpx.Response:
        body = {"id": str(uuid4()), "direction": "in"} | order
        return page.ask("POST", f"/lanes/{self.lane}/decide", body)


@pytest.fixture
def house(database: RealDatabase, tmp_path: Path) -> Iterator[House]:
    with served(database, tmp_path) as api:
        ingest = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=2)
        yield House(api, ingest)
        ingest.close()


def test_nobody_sees_anything_before_signing_in(house: House) -> None:
    stranger = Page.__new__(Page)
    stranger.client = house.api.visitor("ru").client
    me = msgspec.json.decode(stranger.ask("GET", "/me").content, type=Me)
    assert (me.by, me.guard) == ("account", None)
    for operation in OPERATIONS:
        if operation.method == "GET" and not operation.public:
            answer = stranger.ask("GET", operation.path.replace("{id}", str(uuid4())))
            problem = msgspec.json.decode(answer.content, type=Problem)
            assert (answer.status_code, problem.code, problem.title) == (401, "not_signed_in", "Войдите."), (
                operation
            )


def test_only_who_may_keep_watch_and_only_from_our_own_page(house: House) -> None:
    engineer = Page(house.api.colleague(house.boss, "eng@example.org", ["engineer"]))
    assert engineer.ask("GET", "/board").status_code == 403
    guard = house.guard()
    elsewhere = guard.ask(
        "POST", "/shifts", {"id": str(uuid4())}, headers={"Origin": "https://elsewhere.example"}
    )
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "wrong_origin")


def test_a_site_is_chosen_where_there_are_several(house: House) -> None:
    there = house.made("/api/sites", {"name": "Спарта", "time_zone": "Europe/Moscow"})["id"]
    guard = house.guard()
    me = guard.done("GET", "/me")
    assert (me["site"], {site["name"] for site in me["sites"]}) == (None, {"Афины", "Спарта"})
    assert guard.ask("GET", "/board").json()["code"] == "no_site"
    assert guard.done("GET", f"/me?site={there}")["site"]["id"] == there
    assert guard.done("GET", "/board")["lanes"] == []


def test_a_guard_who_was_disabled_is_out_and_comes_back(house: House) -> None:
    guard = house.guard()
    shift = guard.on_duty()
    path, everywhere = f"/api/guards/{guard.done('GET', '/me')['guard']['id']}", {"site_ids": []}
    assert house.boss.call("PUT", path, everywhere | {"enabled": False}).is_success
    assert guard.ask("GET", "/board").status_code == 403
    assert guard.ask("POST", "/notes", {"id": str(uuid4()), "text": "Тихо"}).status_code == 403
    assert house.boss.call("PUT", path, everywhere | {"enabled": True}).is_success
    assert guard.done("GET", "/me")["shift"]["id"] == shift


def test_a_lane_whose_box_is_away_says_so(house: House) -> None:
    guard = house.guard()
    with house.box_that_answers(CommandOutcome.DONE):
        [lane] = guard.done("GET", "/board")["lanes"]
        assert (lane["trouble"], lane["away"], lane["can_open"]) == (["КПП"], True, False)
        with house.api.house.database.transaction(house.scope) as session:
            sites.record_state(session, house.owner, State(online=True, at=NOON, software="1"))
        [lane] = guard.done("GET", "/board")["lanes"]
        assert (lane["trouble"], lane["away"], lane["can_open"]) == ([], False, True)


def test_a_shift_begins_goes_on_and_is_handed_over(house: House) -> None:
    guard, other = house.guard(), house.guard("other")
    assert guard.ask("POST", "/notes", {"id": str(uuid4()), "text": "Тихо"}).json()["code"] == "not_on_duty"
    shift = guard.on_duty()
    assert guard.on_duty() == shift
    assert other.ask("POST", f"/shifts/{shift}/end").json()["code"] == "not_your_shift"
    assert (
        guard.done("POST", f"/shifts/{shift}/end", {"note": "Шлагбаум заедает"})["note"] == "Шлагбаум заедает"
    )
    assert guard.ask("GET", "/board").status_code == 401
    assert other.done("GET", "/me")["handed_over"]["note"] == "Шлагбаум заедает"


@pytest.mark.parametrize(
    "q", ["711", "х711", "X711TT", "семенова", "иванова", "8 912 345-67-01", "345-67-01", "kia"]
)
def test_a_pass_is_found_by_any_part_of_it(house: House, q: str) -> None:
    host = house.made("/api/people", {"name": "Иванова Мария", "phones": ["+7 912 345-67-01"]})["id"]
    wanted = house.a_pass(host_id=host, vehicle="KIA Rio")
    house.a_pass(holder="Другой", plates=["A001AA77"])
    guard = house.guard()
    page = msgspec.json.decode(guard.ask("GET", "/passes", params={"q": q}).content, type=PassPage)
    assert [str(row.id) for row in page.items] == [wanted]
    assert guard.done("GET", "/passes", params={"q": f"{q} qqq"})["items"] == []


def test_a_pass_is_found_by_what_a_reader_types(house: House) -> None:
    wanted = house.a_pass(cards=[{"text": "018,23011"}], pin=True, code=True, kind="guest")
    link = house.boss.get(f"/api/access/passes/{wanted}/link").json()["code"]
    secrets = [card["printed"] for card in house.boss.get(f"/api/access/passes/{wanted}").json()["cards"]]
    guard = house.guard()
    for typed in ("0001202659", "018,23011", link, *secrets):
        found = guard.done("GET", "/passes", params={"q": typed})["items"]
        assert [row["id"] for row in found] == [wanted], typed


def test_filters_and_counts(house: House) -> None:
    house.made("/api/access/blacklist", {"site_id": house.site, "plate": "B002BB77", "reason": "Долг"})
    own = house.a_pass()
    guard = house.guard()
    shown = {
        show: guard.done("GET", f"/passes?show={show}")["items"]
        for show in ("today", "inside", "blacklisted")
    }
    assert [[row["id"] for row in rows] for rows in shown.values()] == [[own], [], []]
    board = msgspec.json.decode(guard.ask("GET", "/board").content, type=Board)
    assert (board.counts.today, board.counts.inside, board.lanes[0].can_open) == (1, 0, False)


def test_a_guest_waits_is_confirmed_once_and_opened_by_the_box(house: House) -> None:
    guest, guard, other = house.a_pass(entries=2), house.guard(), house.guard("other")
    guard.on_duty(), other.on_duty()
    passage = house.comes(pass_id=UUID(guest))
    lane = guard.done("GET", "/board")["lanes"][0]
    assert [each["id"] for each in lane["waiting"]] == [passage]
    order = {"id": str(uuid4()), "verdict": "confirm", "passage": passage}
    with house.box_that_answers(CommandOutcome.DONE):
        first = house.decide(guard, **order)
        assert (first.status_code, first.json()["opened"]) == (200, True), first.text
        assert house.decide(guard, **order).json() == first.json()
    second = house.decide(other, verdict="refuse", passage=passage, reason="no_answer")
    assert (second.status_code, second.json()["code"]) == (409, "already_decided")
    assert second.json()["decided"]["id"] == order["id"]
    card = guard.done("GET", f"/passes/{guest}")
    assert card["passages"][0]["decided"]["verdict"] == "confirm"


def test_what_was_decided_here_has_the_picture_that_the_box_took_by_its_order(house: House) -> None:
    guard, strange = house.guard(), "b" * 64
    guard.on_duty()
    file = {"file": ("a.jpg", b"who came", "image/jpeg")}
    still = sha256(b"who came").hexdigest()
    with house.box_that_answers(CommandOutcome.DONE):
        assert house.decide(guard, verdict="open", reason="pass_shown").json()["opened"] is True
    with house.ingest.transaction(house.scope) as session:
        order = session.scalars(select(GateDecisionRow.command_id)).one()
    assert order is not None
    house.report(Still(id=uuid4(), at=NOON, passage=order, sha256=still, size=3))
    house.report(Still(id=uuid4(), at=NOON, passage=uuid4(), sha256=strange, size=3))
    with house.ingest.transaction(house.scope) as session:
        assert session.scalars(select(GateDecisionRow.still)).all() == [still]
        assert (is_still(session, still), is_still(session, strange)) == (True, False)

    def shown() -> list[str | None]:
        return [row["still"] for row in house.boss.get("/api/watch/decisions").json()["items"]]

    assert shown() == [None], "its bytes are on their way"
    assert house.boss.client.post("/api/files", files=file).json()["sha256"] == still
    assert shown() == [still]
    kept = house.boss.client.delete(f"/api/files/{still}")
    assert (kept.status_code, kept.json()["code"]) == (409, "file_kept")


def test_a_box_that_refuses_is_told_so_and_the_entry_given_back(house: House) -> None:
    guard, guest = house.guard(), house.a_pass(entries=1)
    guard.on_duty()
    with house.box_that_answers(CommandOutcome.REFUSED):
        answer = house.decide(guard, verdict="open", reason="pass_shown", pass_id=guest).json()
    assert (answer["opened"], answer["detail"]) == (False, "ok")
    assert house.ordered == {("guard", "open pass_shown")}
    house.api.clock.advance(timedelta(minutes=1))
    outbox.Deliverer(house.api.worker, REACTIONS).sweep()
    listed = house.boss.get("/api/watch/decisions").json()["items"]
    assert [(row["opened"], row["fault"]) for row in listed] == [(False, "refused")]
    row = guard.done("GET", f"/passes/{guest}")["row"]
    assert (row["used"], row["status"]) == (0, "issued")


def test_without_a_box_a_decision_is_a_record_that_counts(house: House) -> None:
    guest, guard = house.a_pass(entries=1), house.guard()
    shift = guard.on_duty()
    shown = house.decide(guard, verdict="open", reason="pass_shown", pass_id=guest)
    assert (shown.json()["opened"], shown.json()["detail"]) == (None, "nothing_to_open")
    assert guard.done("GET", f"/passes/{guest}")["row"]["status"] == "inside"
    assert house.decide(guard, verdict="open").json()["errors"][0]["field"] == "reason"
    assert house.decide(guard, verdict="open", reason="other").json()["errors"][0]["field"] == "note"
    assert house.decide(guard, verdict="open", reason="ambulance").status_code == 200
    report = guard.done("GET", f"/shifts/{shift}/report")
    assert [each["reason"] for each in report["opened_by_hand"]] == ["pass_shown", "ambulance"]
    paper = guard.ask("GET", f"/shifts/{shift}/report.pdf")
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_blacklist_cannot_be_confirmed_and_a_near_plate_is_offered(house: House) -> None:
    guest, guard = house.a_pass(), house.guard()
    guard.on_duty()
    house.comes(Reason.UNKNOWN_PLATE, plate="X771TT90")
    assert [row["id"] for row in guard.done("GET", "/board")["lanes"][0]["last"]["near"]] == [guest]
    passage = house.comes(pass_id=UUID(guest))
    house.made("/api/access/blacklist", {"site_id": house.site, "plate": PLATE, "reason": "Долг"})
    refused = house.decide(guard, verdict="confirm", passage=passage)
    assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (
        409,
        "blacklisted",
        "Долг",
    )
    opened = house.decide(guard, verdict="open", reason="ordered", passage=passage)
    assert (opened.status_code, opened.json()["blacklisted"]) == (200, True)


def test_a_pass_made_at_the_gate_is_in_force_and_withdrawn(house: House) -> None:
    guard, issued = house.guard(), house.a_pass(plates=["A001AA77"])
    guard.on_duty()
    order = {"id": str(uuid4()), "holder": "Курьер", "plate": "а 123 вс 72", "card": "018,23011", "hours": 2}
    row = guard.done("POST", "/passes", order)
    assert (row["plates"], row["status"], row["provisional"]) == (["A123BC72"], "issued", False)
    assert guard.done("POST", "/passes", order)["number"] == row["number"]
    assert guard.done("POST", f"/passes/{order['id']}/withdraw", {"note": "Уехал"})["status"] == "revoked"
    assert guard.ask("POST", f"/passes/{issued}/withdraw").json()["code"] == "not_drafted_here"
    house.made("/api/access/blacklist", {"site_id": house.site, "plate": "B002BB77", "reason": "Долг"})
    listed = guard.ask("POST", "/passes", {"id": str(uuid4()), "plate": "B002BB77"})
    assert (listed.status_code, listed.json()["code"], listed.json()["detail"]) == (
        409,
        "blacklisted",
        "Долг",
    )


def test_what_the_company_does_not_allow_is_refused_and_leaves_nothing(house: House) -> None:
    guard = house.guard()
    guard.on_duty()
    policy = {"kind": "guest", "approval": True}
    assert house.boss.call("PUT", "/api/access/policies", policy).is_success
    refused = guard.ask("POST", "/passes", {"id": str(uuid4()), "holder": "Курьер"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert guard.done("GET", "/passes")["items"] == []


def photo(width: int = 2400, height: int = 1200) -> bytes:
    picture, exif, data = Image.new("RGB", (width, height), (20, 120, 60)), Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()


def test_a_temporary_card_is_a_pass_of_the_visitor_and_on_the_company_s_list(house: House) -> None:
    guard = house.guard()
    guard.on_duty()
    visit, path = {"state": "inside", "name": "Петров Олег", "card": "018,23011"}, f"/visits/{uuid4()}"

    def listed() -> list[tuple[str, str]]:
        rows = house.boss.get("/api/access/cards").json()["items"]
        return [(row["state"], row["holder"]) for row in rows]

    view = guard.done("PUT", path, visit)
    assert listed() == [("given", "Петров Олег")]
    guard.done("PUT", path, visit | {"card": view["card"], "note": "сумка"})
    (made,) = house.boss.get("/api/access/passes").json()["items"]
    assert (made["holder"], made["state"]) == ("Петров Олег", "issued")
    guard.done("PUT", path, visit | {"state": "left", "card": view["card"], "card_back": True})
    assert listed() == [("stock", "")]
    assert house.boss.get(f"/api/access/passes/{made['id']}").json()["state"] == "revoked"
    taken = {"card": {"text": "018,23012"}}
    card = house.made("/api/access/cards", taken)["id"]
    house.boss.call("POST", f"/api/access/cards/{card}/move", {"state": "lost"})
    lost = guard.ask("PUT", f"/visits/{uuid4()}", visit | {"card": "018,23012"})
    assert (lost.status_code, lost.json()["code"]) == (409, "conflict")
    assert "числится потерянной" in lost.json()["detail"]


def test_a_visitor_a_violation_and_their_pictures(house: House) -> None:
    guard = house.guard()
    shift = guard.on_duty()
    taken = guard.client.post("/gate/api/photos", content=photo()).json()
    picture = Image.open(io.BytesIO(guard.client.get(taken["path"]).content))
    assert (max(picture.size), dict(picture.getexif())) == (1600, {})
    bad = guard.client.post("/gate/api/photos", content=b"no picture")
    assert (bad.status_code, bad.json()["code"]) == (422, "no_picture")
    visit = {"state": "inside", "name": "Петров Олег", "card": "018,23011", "photos": [taken["sha256"]]}
    path = f"/visits/{uuid4()}"
    view = guard.done("PUT", path, visit)
    assert (view["card"], view["photos"]) == ("W26:18:23011", [taken])
    again = guard.ask("PUT", f"/visits/{uuid4()}", {"state": "inside", "name": "Иной", "card": "018,23011"})
    assert again.json()["code"] == "card_taken"
    guard.done("PUT", path, visit | {"state": "left", "card": view["card"], "card_back": True})
    assert guard.done("GET", "/visits?show=cards_out")["items"] == []
    order = {"id": str(uuid4()), "kind": "parking", "plate": "х711тт90", "photos": [taken["sha256"]]}
    assert guard.done("POST", "/violations", order)["plate"] == PLATE
    assert guard.done("POST", "/violations", order)["id"] == order["id"]
    unknown = guard.ask("POST", "/violations", order | {"id": str(uuid4()), "photos": ["0" * 64]})
    assert unknown.json()["errors"][0]["field"] == "photos"
    report = guard.done("GET", f"/shifts/{shift}/report")
    assert [each["id"] for each in report["violations"]] == [order["id"]]
    case = house.boss.get(f"/api/violations/{order['id']}").json()
    assert (case["guard"], case["photos"][0]["state"]) == ("guard", "here")


def test_another_companys_guard_sees_nothing_of_it(house: House) -> None:
    guest = house.a_pass()
    operator = house.api.visitor()
    operator.sign_in("boss@example.org")
    rival = operator.work_in(operator.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"])
    answer = rival.call("POST", "/api/sites", {"name": "Спарта", "time_zone": "Europe/Moscow"})
    assert answer.status_code == 201, answer.text
    stranger = Page(house.api.colleague(rival, "spy@example.org", ["guard"]))
    stranger.on_duty()
    assert stranger.ask("GET", f"/passes/{guest}").status_code == 404
    assert stranger.done("GET", "/passes")["items"] == []
    assert house.decide(stranger, verdict="open", reason="police").status_code == 404
    assert stranger.done("GET", f"/me?site={house.site}")["site"]["id"] != house.site


def test_the_same_pass_asked_for_thrice_at_once_is_one(house: House) -> None:
    guard = house.guard()
    guard.on_duty()
    order = {"id": str(uuid4()), "holder": "Курьер", "plate": "А321ВС72"}
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: guard.ask("POST", "/passes", order), range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.json()["id"] for answer in answers} == {order["id"]}
    assert guard.done("GET", "/passes")["total"] == 1


def test_the_board_goes_on_though_the_ledger_of_looks_cannot_be_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = house.guard()
    guard.on_duty()
    house.api.house.ledger.flush()
    monkeypatch.setattr(looks, "WAITING_MOST", 0)
    lost = looks.NOTED.labels("lost")._value.get()
    assert guard.ask("GET", "/board").status_code == 200
    assert looks.NOTED.labels("lost")._value.get() == lost + 1
    assert house.boss.get("/api/access/passes").status_code == 503, "nobody else is shown anything"


def test_an_origin_that_is_no_url_is_not_ours(house: House) -> None:
    answer = house.guard().ask("POST", "/shifts", {"id": str(uuid4())}, headers={"Origin": "http://["})
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")
