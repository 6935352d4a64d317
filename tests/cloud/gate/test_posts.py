"""Computers at the gates: how one becomes a post of the cloud, and how guards sign in there by PIN or card."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from cloud.gate.entry import GUARD_COOKIE, POST_COOKIE
from cloud.guard.models import PostSession, ShiftRow, SignInRow
from cloud.guard.post_sign_ins import SESSION_LIFE
from cloud.guard.posts import CODE_LIFE
from protocols.guard_api import PIN_LOCKED_S, PIN_TRIES
from protocols.guard_views import SignInBy
from tests.cloud.gate.test_gate_day import House, Page, house
from tests.cloud.serving import PASSWORD, Person

__all__ = ["house"]
PIN, OTHER_PIN, CARD = "407318", "730184", "018,30001"


class Post:
    """A site with a post and a guard who has a PIN and a card, and the post's computer."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.guard = self.hire("guard", PIN)
        house.made(f"/api/guards/{self.guard}/cards", {"text": CARD})
        self.made = house.made(f"/api/sites/{house.site}/gate-posts", {"name": "КПП, стол у окна"})
        self.id = self.made["post"]["id"]
        self.page = self.computer()
        self.joined = self.page.done("POST", "/post", {"code": self.made["code"]})

    def computer(self) -> Page:
        visitor: Person = self.house.api.visitor()
        visitor.client.headers["X-CSRF-Token"] = ""
        return Page(visitor)

    def hire(self, name: str, pin: str | None = None) -> str:
        self.house.api.colleague(self.house.boss, f"{name}@example.org", ["guard"], name)
        staff = self.house.boss.call("GET", "/api/staff?page_size=50").json()["items"]
        member = str(next(each["id"] for each in staff if each["name"] == name))
        if pin:
            self.house.made(f"/api/guards/{member}/pin", {"pin": pin})
        return member

    def by_pin(self, pin: str = PIN, guard: str | None = None) -> httpx.Response:
        return self.page.ask("POST", "/sign-in", {"guard": guard or self.guard, "pin": pin})

    def said(self) -> list[tuple[str, str, str]]:
        with self.house.api.house.database.transaction(self.house.scope) as session:
            rows = session.scalars(select(SignInRow).order_by(SignInRow.id)).all()
            return [(row.way, row.outcome, row.station or "") for row in rows]

    def row(self) -> Any:
        listed = self.house.boss.get(f"/api/sites/{self.house.site}/gate-posts")
        return next((each for each in listed.json() if each["id"] == self.id), None)


@pytest.fixture
def post(house: House) -> Iterator[Post]:
    return Post(house)


def test_a_code_makes_a_computer_the_post_once(post: Post) -> None:
    assert (post.joined["by"], post.joined["post"]) == (SignInBy.PIN, "КПП, стол у окна")
    assert post.joined["site"]["name"] == "Афины"
    assert [guard["name"] for guard in post.joined["guards"]] == ["guard"]
    assert post.page.done("GET", "/me") == post.joined
    again = post.computer().ask("POST", "/post", {"code": post.made["code"]})
    assert (again.status_code, again.json()["code"]) == (404, "unknown_code")
    assert post.row()["joined_at"]
    assert post.row()["code_until"] is None


def test_a_code_is_typed_as_it_is_read_and_is_good_for_half_an_hour(post: Post) -> None:
    code = post.house.made(f"/api/gate-posts/{post.id}/code", {})["code"]
    for wrong in ("ACDE-FHJK", "407318", "нет", code[:-1]):
        assert post.computer().ask("POST", "/post", {"code": wrong}).status_code == 404
    assert post.by_pin().status_code == 200
    post.house.api.clock.advance(CODE_LIFE + timedelta(seconds=1))
    assert post.computer().ask("POST", "/post", {"code": code}).status_code == 404
    code = post.house.made(f"/api/gate-posts/{post.id}/code", {})["code"]
    other = post.computer()
    assert other.done("POST", "/post", {"code": f" {code.lower().replace('-', '')} "})["post"]
    # The computer before is the post no more, and whoever was signed in there is out.
    assert post.page.ask("GET", "/board").status_code == 401
    assert post.page.done("GET", "/me")["by"] == SignInBy.ACCOUNT
    assert other.done("GET", "/me")["by"] == SignInBy.PIN


def test_a_guard_works_by_pin_and_leaves(post: Post) -> None:
    me = post.by_pin()
    assert me.status_code == 200
    assert me.json()["guard"] == {"id": post.guard, "name": "guard"}
    shift = post.page.on_duty()
    note = {"id": str(uuid4()), "text": "позвонить", "pass_id": post.house.a_pass()}
    assert post.page.done("POST", "/notes", note)["guard"]["name"] == "guard"
    assert post.page.done("GET", "/board")["lanes"]
    assert post.page.done("GET", "/me")["shift"]["id"] == shift
    post.page.done("POST", "/sign-out")
    assert post.page.ask("GET", "/board").status_code == 401
    assert post.page.done("GET", "/me")["guard"] is None
    assert post.by_pin().json()["shift"]["id"] == shift  # it goes on
    post.page.done("POST", f"/shifts/{shift}/end", {"note": "всё спокойно"})
    assert post.page.ask("GET", "/board").status_code == 401
    outcomes = [outcome for _way, outcome, _station in post.said()]
    assert outcomes == ["signed_in", "signed_out", "signed_in", "signed_out"]
    assert {station for _way, _outcome, station in post.said()} == {"КПП, стол у окна"}


def test_five_wrong_pins_lock_for_minutes(post: Post) -> None:
    left = [post.by_pin(OTHER_PIN).json()["left"] for _ in range(PIN_TRIES - 1)]
    assert left == [4, 3, 2, 1]
    locked = post.by_pin(OTHER_PIN)
    assert (locked.status_code, locked.json()["code"]) == (423, "locked")
    assert locked.json()["until"]
    assert post.by_pin().status_code == 423
    assert post.page.ask("POST", "/sign-in/card", {"card": CARD}).status_code == 423
    post.house.api.clock.advance(timedelta(seconds=PIN_LOCKED_S + 1))
    assert post.by_pin().status_code == 200
    assert post.by_pin(OTHER_PIN).json()["left"] == 4  # counted anew
    post.house.made(f"/api/guards/{post.guard}/pin", {"pin": OTHER_PIN})
    assert post.by_pin().json()["left"] == 4  # with a new PIN, too
    assert [outcome for _way, outcome, _ in post.said()].count("locked") == 3


def test_a_post_that_tries_too_often_waits(post: Post) -> None:
    answers = [post.by_pin(OTHER_PIN, guard=str(uuid4())).status_code for _ in range(22)]
    assert answers == [401] * 20 + [429] * 2
    assert [outcome for _way, outcome, _ in post.said()].count("locked") == 1


def test_a_card_in_another_form_is_the_guards(post: Post) -> None:
    me = post.page.ask("POST", "/sign-in/card", {"card": CARD.replace(",", ", ")})
    assert me.status_code == 200
    assert me.json()["guard"]["id"] == post.guard
    other = post.page.ask("POST", "/sign-in/card", {"card": "018,30002"})
    assert (other.status_code, other.json()["code"]) == (401, "unknown_card")
    assert [way for way, _outcome, _ in post.said()] == ["card", "card"]


def test_a_guards_session_opens_nothing_but_the_page(post: Post) -> None:
    assert post.by_pin().status_code == 200
    for path in ("/api/access/passes", "/api/session", "/api/staff", "/api/people"):
        assert post.page.client.get(path).status_code == 401, path
    for name, cookie in post.page.client.cookies.items():
        bearer = {"Authorization": f"Bearer {cookie}"}
        assert post.computer().client.get("/api/session", headers=bearer).status_code == 401, name


def test_a_guards_cookie_is_worth_nothing_at_another_computer(post: Post) -> None:
    assert post.by_pin().status_code == 200
    other = post.computer()
    other.client.cookies.set(GUARD_COOKIE, post.page.client.cookies[GUARD_COOKIE])
    assert other.ask("GET", "/board").status_code == 401


def test_nobody_goes_on_as_whoever_set_the_post_up(post: Post) -> None:
    """The administrator signed in there, made the code, and stayed signed in."""
    assert post.page.client.post(
        "/api/session", json={"email": "boss@example.org", "password": PASSWORD}
    ).is_success
    assert post.by_pin().status_code == 200
    post.page.done("POST", "/sign-out")
    assert post.page.ask("GET", "/board").status_code == 401
    assert post.page.done("GET", "/me")["by"] == SignInBy.PIN
    assert post.house.boss.call("DELETE", f"/api/gate-posts/{post.id}").status_code == 204
    assert post.page.ask("GET", "/board").status_code == 200  # a computer like any other


def test_another_page_cannot_sign_in_or_act(post: Post) -> None:
    post.page.client.headers["Origin"] = "https://evil.example"
    assert post.by_pin().status_code == 403
    del post.page.client.headers["Origin"]
    assert post.by_pin().status_code == 403


def test_whoever_may_not_work_there_is_not_offered_and_out_at_once(post: Post) -> None:
    assert post.by_pin().status_code == 200
    other = post.house.made("/api/sites", {"name": "Спарта", "time_zone": "Europe/Moscow"})["id"]
    for where in ({"enabled": False}, {"enabled": True, "site_ids": [other]}):
        assert post.house.boss.call("PUT", f"/api/guards/{post.guard}", where).is_success
        assert post.page.ask("GET", "/board").status_code == 401
        assert post.page.done("GET", "/me")["guards"] == []
        refused = post.by_pin()
        assert (refused.status_code, refused.json()["code"]) == (403, "disabled")
        assert post.house.boss.call("PUT", f"/api/guards/{post.guard}", {"enabled": True}).is_success
        assert post.by_pin().status_code == 200


def test_another_pin_or_a_card_taken_away_ends_the_guards_sessions(post: Post) -> None:
    guard, shift = f"/api/guards/{post.guard}", ""
    [card] = [each["id"] for each in post.house.boss.get(guard).json()["cards"]]
    for change in (("POST", f"{guard}/pin", {"pin": OTHER_PIN}), ("DELETE", f"{guard}/cards/{card}", None)):
        assert post.by_pin(PIN if not shift else OTHER_PIN).json()["ended"] is None
        shift = post.page.on_duty()
        before = post.said()
        assert post.house.boss.call(*change).is_success
        assert post.page.ask("GET", "/board").status_code == 401
        me = post.page.done("GET", "/me")
        assert (me["by"], me["guard"], me["ended"]) == (SignInBy.PIN, None, "credentials")
        assert post.said() == [*before, ("pin", "expired", "КПП, стол у окна")]
    post.house.made(f"{guard}/pin", {"pin": PIN})
    assert post.said()[-1] == ("pin", "expired", "КПП, стол у окна"), "what has ended ends once"
    again = post.by_pin().json()
    assert (again["ended"], again["shift"]["id"]) == (None, shift), "the shift goes on"


def test_one_more_card_or_another_guards_pin_ends_no_session(post: Post) -> None:
    other = post.hire("other", OTHER_PIN)
    assert post.by_pin().status_code == 200
    post.house.made(f"/api/guards/{post.guard}/cards", {"text": "018,30002"})
    post.house.made(f"/api/guards/{other}/pin", {"pin": "615082"})
    assert post.page.ask("GET", "/board").status_code == 200


def test_without_pin_or_card_nobody_is_offered(post: Post) -> None:
    nobody = post.hire("nopin")
    assert [guard["name"] for guard in post.page.done("GET", "/me")["guards"]] == ["guard"]
    assert post.by_pin("000000", guard=nobody).json()["code"] == "wrong_pin"


def test_a_removed_post_is_out(post: Post) -> None:
    assert post.by_pin().status_code == 200
    shift = post.page.on_duty()
    assert post.house.boss.call("DELETE", f"/api/gate-posts/{post.id}").status_code == 204
    assert post.page.ask("GET", "/board").status_code == 401
    assert post.page.done("GET", "/me")["by"] == SignInBy.ACCOUNT
    assert post.by_pin().json()["code"] == "by_account"
    assert post.row() is None
    with post.house.api.house.database.transaction(post.house.scope) as session:
        assert session.get_one(ShiftRow, UUID(shift)).ended_at is None  # what was done there stays


def test_a_session_ends_by_itself_and_is_swept(post: Post) -> None:
    assert post.by_pin().status_code == 200
    post.house.api.clock.advance(SESSION_LIFE)
    assert post.page.ask("GET", "/board").status_code == 401
    assert post.by_pin().status_code == 200
    for _ in range(6):
        assert post.by_pin().status_code == 200
    with post.house.api.house.database.transaction(post.house.scope) as session:
        assert len(session.scalars(select(PostSession)).all()) == 5


def test_another_company_sees_no_post(post: Post) -> None:
    operator = post.house.api.visitor()
    operator.sign_in("boss@example.org")
    rival = operator.work_in(operator.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"])
    stranger = post.house.api.colleague(rival, "spy@example.org", ["administrator"])
    assert stranger.get(f"/api/sites/{post.house.site}/gate-posts").status_code == 404
    assert stranger.call("POST", f"/api/gate-posts/{post.id}/code").status_code == 404
    assert stranger.call("DELETE", f"/api/gate-posts/{post.id}").status_code == 404
    guard = post.house.guard("plain")
    del guard.client.headers["Origin"]
    assert guard.client.get(f"/api/sites/{post.house.site}/gate-posts").status_code == 403


def test_cookies_are_hidden_from_scripts_and_strict(post: Post, tmp_path: Path) -> None:
    joined = post.computer().ask(
        "POST", "/post", {"code": post.house.made(f"/api/gate-posts/{post.id}/code", {})["code"]}
    )
    for header in joined.headers.get_list("set-cookie"):
        if header.startswith((POST_COOKIE, GUARD_COOKIE)) and "Max-Age=0" not in header:
            assert "HttpOnly" in header
            assert "SameSite=strict" in header
            assert "Path=/gate/api" in header
