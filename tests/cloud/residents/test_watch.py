"""Tell me when this pass, its key or its code is used."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cloud.kernel.tables import MailMessage
from protocols.acts import Verdict
from protocols.records import Outcome
from tests.cloud.residents.conftest import Tower
from tests.cloud.residents.test_passes import order
from tests.cloud.serving import PASSWORD, Person
from tests.support.noon import NOON


@pytest.fixture
def maria(tower: Tower) -> Person:
    return tower.resident("Мария", "17", "maria@example.org")


def notices(person: Person, query: str = "") -> list[tuple[str, str]]:
    listed = person.get(f"/api/resident/notices?{query}").json()["items"]
    return [(each["outcome"], each["holder"]) for each in listed]


def test_a_watched_pass_tells_of_each_use_and_refusal_once(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    tower.pass_by(pass_id)
    tower.react()
    assert notices(maria) == []  # nobody asked yet
    watched = maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {}).json()
    assert (watched["watched"], watched["watched_by_email"]) == (True, False)
    granted = tower.pass_by(pass_id)
    tower.pass_by(pass_id, Outcome.DENIED)
    tower.pass_by(pass_id, again=granted)  # as after a fork of the stream
    tower.react()
    tower.react()
    assert sorted(notices(maria)) == [("denied", "Пётр"), ("granted", "Пётр")]
    assert maria.get("/api/resident/notices").json()["unread"] == 2


def test_what_a_guard_decides_is_told_too(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {})
    tower.decide(Verdict.CONFIRM, pass_id=pass_id)
    tower.decide(Verdict.REFUSE, pass_id=pass_id)
    tower.react()
    assert sorted(notices(maria)) == [("denied", "Пётр"), ("granted", "Пётр")]
    shown = tower.pass_by(pass_id, Outcome.DENIED)
    tower.decide(Verdict.REFUSE, passage=shown.id)
    tower.decide(Verdict.REFUSE)  # somebody without a pass
    tower.react()
    assert [outcome for outcome, _ in notices(maria)].count("denied") == 3


def test_notices_are_read(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {})
    for _ in range(3):
        tower.pass_by(pass_id)
    tower.react()
    first = maria.get("/api/resident/notices").json()["items"][0]["id"]
    assert maria.call("POST", "/api/resident/notices/read", {"ids": [first]}).json() == {"unread": 2}
    assert len(notices(maria, "unread=true")) == 2
    assert maria.call("POST", "/api/resident/notices/read", {}).json() == {"unread": 0}
    assert len(notices(maria)) == 3


def test_notices_are_told_to_who_watches_while_they_live_there(tower: Tower, maria: Person) -> None:
    flatmate = tower.resident("Пётр", "17", "petr@example.org")
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {"by_email": True})
    tower.pass_by(pass_id)
    tower.react()
    assert len(notices(maria)) == 1
    assert notices(flatmate) == []
    assert flatmate.call("POST", "/api/resident/notices/read", {}).json() == {"unread": 0}
    assert maria.get("/api/resident/notices").json()["unread"] == 1
    tower.boss.call("DELETE", f"/api/people/{tower.persons['Мария']}/account")
    tower.pass_by(pass_id)
    tower.react()
    with tower.api.worker.transaction() as session:
        letters = session.scalars(
            select(MailMessage.subject).where(MailMessage.recipient == "maria@example.org")
        )
        assert [each for each in letters if "пропуск" in each.lower()] == ["Прошли по вашему пропуску: Пётр"]


def test_a_pass_that_is_in_another_s_name_by_now_is_told_of_no_more(tower: Tower, maria: Person) -> None:
    tower.resident("Пётр", "17", "petr@example.org")
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {"by_email": True})
    tower.pass_by(pass_id)
    tower.react()
    assert len(notices(maria)) == 1
    body = {"site_id": tower.site, "holder": "Пётр", "premises_id": tower.flats["17"]}
    body |= {"host_id": tower.persons["Пётр"], "valid_until": str(NOON + timedelta(hours=8))}
    assert tower.boss.call("PUT", f"/api/access/passes/{pass_id}", body).status_code == 200
    tower.pass_by(pass_id)
    tower.react()
    assert notices(maria) == []
    assert maria.get("/api/resident/notices").json()["unread"] == 0
    with tower.api.worker.transaction() as session:
        recipients = select(MailMessage.subject).where(MailMessage.recipient == "maria@example.org")
        told = [each for each in session.scalars(recipients) if "пропуск" in each.lower()]
    assert len(told) == 1


def test_a_letter_is_in_the_account_s_language_and_by_the_site_s_clock(tower: Tower) -> None:
    tower.person("Mary", "17")
    invited = {"email": "mary@example.org", "language": "en"}
    assert tower.boss.call("POST", f"/api/people/{tower.persons['Mary']}/account", invited).status_code == 201
    mary = tower.api.visitor()
    body = {"token": tower.api.letter_token("mary@example.org"), "password": PASSWORD}
    assert mary.call("POST", "/api/resident/invitation/accept", body).status_code == 200
    assert mary.sign_in("mary@example.org").status_code == 200
    pass_id = order(tower, mary)
    mary.call("PUT", f"/api/resident/passes/{pass_id}/watch", {"by_email": True})
    tower.pass_by(pass_id)
    tower.react()
    with tower.api.worker.transaction() as session:
        mails = select(MailMessage.subject, MailMessage.body).where(
            MailMessage.recipient == "mary@example.org"
        )
        [text] = [each.body.decode() for each in session.execute(mails) if "pass was used" in each.subject]
    there = NOON.astimezone(ZoneInfo("Asia/Yekaterinburg"))
    assert f"When: {there:%d.%m.%Y %H:%M}\n" in text


def test_no_more_is_told_when_it_is_watched_no_more(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {"by_email": True})
    assert maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {}).json()["watched_by_email"] is False
    assert maria.call("DELETE", f"/api/resident/passes/{pass_id}/watch").json()["watched"] is False
    tower.pass_by(pass_id)
    tower.api.clock.advance(timedelta(seconds=1))
    tower.react()
    assert notices(maria) == []


def keys_of(person: Person, pass_id: str) -> dict[str, tuple[str, bool]]:
    """By kind: the key's id, and whether it is watched."""
    keys = person.get(f"/api/resident/passes/{pass_id}").json()["keys"]
    return {each["kind"]: (each["id"], each["watched"]) for each in keys}


def test_one_key_of_a_pass_is_watched_alone(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria, code=True)
    with_card = {"site_id": tower.site, "holder": "Пётр", "premises_id": tower.flats["17"], "code": True}
    with_card |= {"host_id": tower.persons["Мария"], "valid_until": str(NOON + timedelta(hours=8))}
    with_card |= {"cards": [{"text": "0001202659"}]}
    assert tower.boss.call("PUT", f"/api/access/passes/{pass_id}", with_card).status_code == 200
    keys = keys_of(maria, pass_id)
    assert keys["code"] == ("CODE", False)
    card = keys["card"][0]
    path = f"/api/resident/passes/{pass_id}/keys/{card}/watch"
    answer = maria.call("PUT", path, {"by_email": True}).json()
    assert (answer["watched"], answer["watched_by_email"]) == (False, False)
    assert keys_of(maria, pass_id) == {"code": ("CODE", False), "card": (card, True)}
    tower.pass_by(pass_id, credential="EM:001259E3")
    tower.pass_by(pass_id, credential="CODE:••••••XW")
    tower.pass_by(pass_id)
    tower.react()
    assert notices(maria) == [("granted", "Пётр")]
    # A change of the pass puts its cards on anew; who watches one still does.
    later = {"valid_until": str(NOON + timedelta(hours=9))}
    assert maria.call("PUT", f"/api/resident/passes/{pass_id}/window", later).status_code == 200
    tower.pass_by(pass_id, Outcome.DENIED, credential="EM:001259E3")
    tower.react()
    assert [outcome for outcome, _ in notices(maria)].count("denied") == 1
    maria.call("PUT", f"/api/resident/passes/{pass_id}/keys/CODE/watch", {})
    maria.call("DELETE", path)
    assert keys_of(maria, pass_id) == {"code": ("CODE", True), "card": (card, False)}
    tower.pass_by(pass_id, credential="EM:001259E3")
    tower.pass_by(pass_id, credential="CODE:••••••XW")
    tower.react()
    assert len(notices(maria)) == 3


def test_who_watches_the_pass_and_its_key_is_told_once(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria, code=True)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {})
    maria.call("PUT", f"/api/resident/passes/{pass_id}/keys/CODE/watch", {})
    shown = tower.pass_by(pass_id, Outcome.DENIED, credential="CODE:••••••XW")
    tower.react()
    assert len(notices(maria)) == 1
    maria.call("DELETE", f"/api/resident/passes/{pass_id}/watch")
    tower.decide(
        Verdict.CONFIRM, pass_id=pass_id, passage=shown.id
    )  # the guard lets in by the code that was shown
    tower.decide(Verdict.CONFIRM, pass_id=pass_id)
    tower.react()
    assert len(notices(maria)) == 2


def test_a_key_that_is_not_on_the_pass_is_watched_by_nobody(tower: Tower, maria: Person) -> None:
    olga = tower.resident("Ольга", "18", "olga@example.org")
    pass_id = order(tower, maria, code=True)
    path = f"/api/resident/passes/{pass_id}/keys"
    assert maria.call("PUT", f"{path}/PIN/watch", {}).json()["code"] == "key_not_found"
    assert olga.call("PUT", f"{path}/CODE/watch", {}).status_code == 404
    assert olga.call("DELETE", f"{path}/CODE/watch").status_code == 404
