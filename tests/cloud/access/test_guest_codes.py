"""Guests' codes from the cloud: what it signs, a box that never heard of the pass believes; nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from cloud.access import guest_codes, service
from cloud.access.guest_codes import GuestCode
from cloud.access.models import CodeKey, Pass
from cloud.access.types import BlockDraft
from cloud.kernel.secrets import SecretBox
from cloud.sites import service as sites
from cloud.sites.schemas import PointDraft, ZoneDraft
from edge.access import codes
from edge.access.codes import Typed
from edge.access.passes import Passes, Row, kind_of
from protocols import qr
from protocols.fields import Direction
from protocols.held import BlockItem, KeyItem, PassItem, encode_item
from protocols.records import Reason
from tests.cloud.access.test_access import TODAY_END, Gate, gate
from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database

__all__ = ["gate"]
VAULT = SecretBox(bytes(range(32)))


def code_of(gate: Gate, row: Pass) -> GuestCode | None:
    with gate.company.work() as (session, _):
        service.keep_key(session, VAULT, gate.site_id)
    with gate.company.work() as (session, _):
        return service.guest_code(session, VAULT, service.get_pass(session, row.id))


def box_of(gate: Gate, *kinds: type) -> Passes:
    """What a box holds to which the log said only these kinds of things."""
    held = Passes()
    for version, item in enumerate(gate.held(), 1):
        if isinstance(item, kinds):
            held.put(Row(kind_of(item), item.id, version, encode_item(item)))
    return held


def read_by(held: Passes, gate: Gate, code: GuestCode, site: UUID | None = None) -> Typed:
    return codes.look_at(code.text, site or gate.site_id, lambda tag: held.code_key(tag, NOON))


def test_a_box_believes_a_code_of_a_pass_that_it_never_heard_of(gate: Gate) -> None:
    made = gate.issue(plates=["Х 711 ТТ 90"], entries=2, direction=Direction.IN, phone="89123456789")
    code = code_of(gate, made)
    assert code is not None
    token = read_by(box_of(gate, KeyItem), gate, code).token
    assert token is not None
    assert (token.pass_id, token.plate, token.uses, token.direction) == (
        made.id,
        "X711TT90",
        2,
        Direction.IN,
    )
    assert (token.begins, token.ends) == (NOON, TODAY_END)
    assert code.until == token.ends
    assert len(code.text) <= qr.MOST_CHARACTERS
    assert "ПЕТРОВ" not in code.text


def test_at_another_site_it_is_forged(gate: Gate) -> None:
    code = code_of(gate, gate.issue())
    assert code is not None
    read = read_by(box_of(gate, KeyItem), gate, code, UUID(int=1))
    assert (read.token, read.reason) == (None, Reason.CODE_FORGED)


def test_a_print_is_good_for_a_day_at_most(gate: Gate) -> None:
    code = code_of(gate, gate.issue(valid_until=NOON + timedelta(days=20)))
    assert code is not None
    assert code.until == NOON + timedelta(days=1)


def test_for_a_pass_of_next_week_it_begins_then(gate: Gate) -> None:
    begins = NOON + timedelta(days=6)
    code = code_of(gate, gate.issue(valid_from=begins, valid_until=begins + timedelta(hours=3)))
    assert code is not None
    token = read_by(box_of(gate, KeyItem), gate, code).token
    assert token is not None
    assert (token.begins, token.ends) == (begins, begins + timedelta(hours=3))


def test_for_a_pass_with_hours_it_is_good_within_the_next_ones(gate: Gate) -> None:
    at = NOON.astimezone(ZoneInfo("Asia/Yekaterinburg"))
    minute, tomorrow = at.hour * 60 + at.minute, (at + timedelta(days=1)).isoweekday()
    hours = {"days": [tomorrow], "from_minute": minute, "until_minute": minute + 60}
    month = NOON + timedelta(days=30)
    code = code_of(gate, gate.issue(kind="recurring", valid_until=month, schedule=[hours]))
    assert code is not None
    token = read_by(box_of(gate, KeyItem), gate, code).token
    assert token is not None
    assert (token.begins, token.ends) == (NOON + timedelta(days=1), NOON + timedelta(days=1, hours=1))
    over = gate.issue(kind="recurring", valid_until=NOON + timedelta(hours=5), schedule=[hours])
    assert code_of(gate, over) is None, "its hours come after its end"


def test_there_is_none_for_a_revoked_pass(gate: Gate) -> None:
    made = gate.issue()
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [made.id], "ушёл")
    assert code_of(gate, made) is None


def test_a_code_says_zones_where_they_say_what_the_pass_says(gate: Gate) -> None:
    with gate.company.work() as (session, actor):
        zone = sites.create_zone(session, actor, gate.site_id, ZoneDraft(name="Паркинг"))
        point = {"box_id": gate.box_id, "name": "Паркинг", "zone_id": zone.id}
        parking = sites.create_point(session, actor, PointDraft.model_validate(point))
    said = {}
    for name, points in (("all", []), ("zone", [parking.id]), ("no zone", [gate.point_id])):
        code = code_of(gate, gate.issue(points=points))
        assert code is not None
        token = read_by(box_of(gate, KeyItem), gate, code).token
        assert token is not None
        said[name] = token.zones
    assert said == {"all": frozenset(), "zone": {zone.number}, "no zone": {qr.NOWHERE}}


@pytest.mark.parametrize("phone", ["89123456789", None])
@pytest.mark.parametrize("is_listed_first", [True, False])
def test_a_listed_person_is_named_by_codes(gate: Gate, phone: str | None, is_listed_first: bool) -> None:
    """The pass came first, and its code does not say a name; a person listed before there were keys counts, too."""

    def list_him() -> None:
        fields: dict[str, Any] = {"site_id": gate.site_id, "person": "петров ПЁТР", "phone": phone}
        with gate.company.work() as (session, actor):
            service.block(session, actor, VAULT, BlockDraft(**fields, reason="Драка"))

    made = gate.issue(phone="89123456789")
    if is_listed_first:
        list_him()
    code = code_of(gate, made)
    if not is_listed_first:
        list_him()
    assert code is not None
    held = box_of(gate, KeyItem, BlockItem)
    token = read_by(held, gate, code).token
    assert token is not None
    assert held.blocked_code(token, NOON)
    other = code_of(gate, gate.issue(holder="Сидоров", phone="89990000000"))
    assert other is not None
    token = read_by(held, gate, other).token
    assert token is not None
    assert not held.blocked_code(token, NOON)


def test_a_next_key_comes_long_before_the_end_and_the_old_one_signs_on(gate: Gate) -> None:
    made = gate.issue(valid_until=None, kind="resident")
    first = code_of(gate, made)
    code_of(gate, made)  # nothing to do
    assert len([item for item in gate.held() if isinstance(item, KeyItem)]) == 1
    with gate.company.work() as (session, _):
        soon = NOON + guest_codes.NEXT_KEY_BEFORE_END - timedelta(days=1)
        session.execute(update(CodeKey).values(valid_until=soon))
    second = code_of(gate, made)
    assert first is not None
    assert second is not None
    assert len([item for item in gate.held() if isinstance(item, KeyItem)]) == 2
    assert qr.read(first.text).token.key == qr.read(second.text).token.key


def test_another_secrets_key_gives_another_code_key(gate: Gate) -> None:
    made = gate.issue()
    code_of(gate, made)
    other = SecretBox(bytes(32))
    with gate.company.work() as (session, _):
        assert service.guest_code(session, other, service.get_pass(session, made.id)) is None
        service.keep_key(session, other, gate.site_id)
        assert service.guest_code(session, other, service.get_pass(session, made.id)) is not None


def test_pins_and_codes_are_given_once_and_stay(gate: Gate) -> None:
    made = gate.issue(pin=True)
    with gate.company.work() as (session, actor):
        [pin] = [card.keys[0] for card in service.cards_of(session, made.id)]
        service.change_pass(session, actor, made.id, gate.draft(code=True))
    item = gate.held()[-1]
    assert isinstance(item, PassItem)
    assert item.keys[0] == pin
    assert pin.startswith("PIN:")
    assert item.keys[1].startswith("CODE:")


def test_no_two_passes_of_a_site_have_one_pin(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    rolled = iter(["407193", "407193", "407193", "550124"])
    monkeypatch.setattr("protocols.codes.new_pin", lambda: next(rolled))
    passes = [gate.issue(pin=True) for _ in range(2)]
    with gate.company.work() as (session, _):
        printed = [service.cards_of(session, row.id)[0].printed for row in passes]
    assert printed == ["407193", "550124"]


def test_a_guest_opens_the_link_and_nobody_makes_one_up(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = {"name": "к/п <Афины>", "time_zone": "Asia/Yekaterinburg"}
        draft = {
            "site_id": boss.call("POST", "/api/sites", site).json()["id"],
            "holder": "Баклушин Иван",
            "plates": ["Х 711 ТТ 90"],
            "valid_until": (NOON + timedelta(hours=5)).isoformat(),
            "pin": True,
        }
        made = boss.call("POST", "/api/access/passes", draft).json()
        link = boss.get(f"/api/access/passes/{made['id']}/link").json()
        path = "/p/" + link["url"].rpartition("/p/")[2]
        guest = running.visitor()
        page = guest.get(path, headers={"Accept-Language": "ru"})
        english = guest.get(path, headers={"Accept-Language": "en-GB,en"})
        boss.call("POST", "/api/access/passes/revoke", {"ids": [made["id"]], "reason": "ушёл"})
        revoked = guest.get(path, headers={"Accept-Language": "ru"})
        wrong = guest.get(path[:-1] + ("A" if path[-1] != "A" else "B"))
        nonsense = guest.get("/p/" + "я" * 20)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text
    assert "Баклушин" not in page.text
    assert "к/п &lt;Афины&gt;" in page.text
    assert "Покажите на въезде" in page.text
    assert "Show this at the gate" in english.text
    assert made["cards"][0]["printed"] in page.text
    assert "<svg" in page.text
    assert qr.read(link["code"]).token.pass_id == UUID(made["id"])
    assert "<svg" not in revoked.text
    assert "аннулирован" in revoked.text
    assert made["cards"][0]["printed"] not in revoked.text
    assert (wrong.status_code, nonsense.status_code) == (404, 404)


def test_only_who_may_issue_sees_the_code(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}).json()
        until = (NOON + timedelta(hours=5)).isoformat()
        draft = {"site_id": site["id"], "holder": "Пётр", "valid_until": until}
        made = boss.call("POST", "/api/access/passes", draft).json()["id"]
        accountant = running.colleague(boss, "accountant@example.org", ["accountant"])
        assert accountant.get(f"/api/access/passes/{made}/link").status_code == 403
