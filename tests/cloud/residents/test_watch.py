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
