"""A resident learns that a pass of theirs was approved, refused or revoked, by whom and why."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cloud.access.models import PassHistory
from cloud.kernel.tables import MailMessage
from tests.cloud.residents.conftest import Tower
from tests.cloud.residents.test_passes import order
from tests.cloud.serving import Person
from tests.support.noon import NOON


@pytest.fixture
def maria(tower: Tower) -> Person:
    return tower.resident("Мария", "17", "maria@example.org")


@pytest.fixture
def request_of(tower: Tower, maria: Person) -> str:
    """A pass that waits for a manager."""
    policy = {"kind": "guest", "approval": True, "residents": True}
    assert tower.boss.call("PUT", "/api/access/policies", policy).status_code == 200
    return order(tower, maria)


def told(person: Person) -> list[tuple[str, str, str]]:
    items = person.get("/api/resident/notices").json()["items"]
    return [(each["kind"], each["holder"], each["why"]) for each in items]


def ended(person: Person, pass_id: str) -> tuple[str, str] | None:
    end = person.get(f"/api/resident/passes/{pass_id}").json()["ended"]
    return end and (end["by"], end["why"])


def letters(tower: Tower, address: str = "maria@example.org") -> list[tuple[str, str]]:
    with tower.api.worker.transaction() as session:
        sent = select(MailMessage.subject, MailMessage.body).where(MailMessage.recipient == address)
        return [(row.subject, row.body.decode()) for row in session.execute(sent) if "пропуск" in row.subject]


def revoke(tower: Tower, pass_id: str, reason: str = "Ремонт дороги") -> None:
    tower.post("/api/access/passes/revoke", {"ids": [pass_id], "reason": reason})


def test_a_refusal_is_told_with_its_reason_in_the_app_and_by_a_letter(
    tower: Tower, maria: Person, request_of: str
) -> None:
    assert ended(maria, request_of) is None
    tower.post("/api/access/passes/refuse", {"ids": [request_of], "reason": "Ремонт дороги"})
    assert ended(maria, request_of) == ("company", "Ремонт дороги")
    standing = order(tower, maria, code=True)
    listed = maria.get("/api/resident/passes").json()["items"]
    assert {each["id"]: (each["ended"] is not None, len(each["keys"])) for each in listed} == {
        request_of: (True, 0),
        standing: (False, 1),
    }
    tower.react()
    tower.react()
    assert told(maria) == [("refused", "Пётр", "Ремонт дороги")]
    [notice] = maria.get("/api/resident/notices").json()["items"]
    assert (notice["passage_id"], notice["outcome"], notice["reason"], notice["point"]) == (
        None,
        None,
        None,
        "",
    )
    assert notice["pass_id"] == request_of
    [(subject, body)] = letters(tower)
    assert subject == "Вам отказали в пропуске: Пётр"
    assert "Причина: Ремонт дороги\n" in body
    assert f"Когда: {NOON.astimezone(ZoneInfo('Asia/Yekaterinburg')):%d.%m.%Y %H:%M}\n" in body


def test_a_revocation_is_told_and_no_name_of_the_staff_with_it(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    revoke(tower, pass_id)
    tower.react()
    assert ended(maria, pass_id) == ("company", "Ремонт дороги")
    assert told(maria) == [("revoked", "Пётр", "Ремонт дороги")]
    [(subject, body)] = letters(tower)
    assert subject == "Ваш пропуск аннулирован: Пётр"
    desk = tower.boss.get(f"/api/access/passes/{pass_id}").json()["history"][0]["actor"]
    assert desk not in body + maria.get(f"/api/resident/passes/{pass_id}").text


def test_what_was_not_written_for_residents_is_not_told_them(tower: Tower, maria: Person) -> None:
    """A card's comment; and reasons of before residents were told any."""
    taken = order(tower, maria)
    given = tower.post("/api/access/cards", {"card": {"text": "018,40001"}})
    tower.post(f"/api/access/cards/{given['id']}/give", {"pass_id": taken})
    tower.post(
        f"/api/access/cards/{given['id']}/move", {"state": "lost", "revoke": True, "note": "Скандалил"}
    )
    former = order(tower, maria)
    revoke(tower, former, "Дебошир")
    with tower.api.worker.transaction(tower.scope) as session:
        line = select(PassHistory).where(PassHistory.pass_id == UUID(former), PassHistory.change == "revoked")
        session.scalars(line).one().data = {}
    tower.react()
    assert ended(maria, taken) == ended(maria, former) == ("company", "")
    assert [why for _, _, why in told(maria)] == ["", ""]
    assert not any("Скандалил" in body or "Дебошир" in body for _, body in letters(tower))


def test_no_letter_comes_for_a_pass_that_was_over_anyhow(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria, valid_until=f"{NOON + timedelta(hours=2):%FT%TZ}")
    tower.api.clock.advance(timedelta(hours=3))
    revoke(tower, pass_id)
    tower.react()
    assert letters(tower) == []


def test_an_approval_is_told_in_the_app_alone(tower: Tower, maria: Person, request_of: str) -> None:
    tower.post("/api/access/passes/approve", {"ids": [request_of]})
    tower.react()
    assert told(maria) == [("approved", "Пётр", "")]
    assert ended(maria, request_of) is None
    assert letters(tower) == []


def test_what_one_did_oneself_is_told_to_nobody(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    assert maria.call("POST", f"/api/resident/passes/{pass_id}/revoke").status_code == 200
    tower.react()
    assert ended(maria, pass_id) == ("me", "")
    assert told(maria) == []
    assert letters(tower) == []


def test_neither_a_flatmate_nor_who_has_moved_out_is_told(tower: Tower, maria: Person) -> None:
    flatmate = tower.resident("Иван", "17", "ivan@example.org")
    pass_id = order(tower, maria)
    tower.boss.call("DELETE", f"/api/people/{tower.persons['Мария']}/account")
    revoke(tower, pass_id)
    tower.react()
    assert told(flatmate) == []
    assert letters(tower) == letters(tower, "ivan@example.org") == []


def test_notices_of_both_kinds_stand_together(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {})
    tower.pass_by(pass_id)
    tower.api.clock.advance(timedelta(minutes=1))
    revoke(tower, pass_id, "Съехал")
    tower.react()
    assert told(maria) == [("revoked", "Пётр", "Съехал"), ("used", "Пётр", "")]
    assert maria.call("POST", "/api/resident/notices/read", {}).json() == {"unread": 0}
