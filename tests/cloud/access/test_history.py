"""A pass's history says what was changed, from what to what, by whom and why."""

from datetime import timedelta
from typing import Any

from cloud.access import service
from cloud.access.card_desk import add_card, give_card, move_card
from cloud.access.models import Pass, PassHistory
from cloud.access.types import (
    BulkDraft,
    CardDraft,
    CardMove,
    CardState,
    GiveDraft,
    StockDraft,
)
from cloud.people import service as people
from cloud.people.types import PersonDraft
from tests.cloud.access.test_access import TODAY_END, Gate, gate
from tests.support.noon import NOON

__all__ = ["gate"]


def changed(gate: Gate, made: Pass, why: str = "", **fields: Any) -> PassHistory:
    """The line of the history after a change."""
    with gate.company.work() as (session, actor):
        service.change_pass(session, actor, made.id, gate.draft(**fields), reason=why)
    return last_line(gate, made)


def last_line(gate: Gate, made: Pass) -> PassHistory:
    with gate.company.work() as (session, _):
        line = service.history_of(session, made.id)[0]
        session.expunge(line)
    return line


def test_what_was_changed_stands_with_what_it_was(gate: Gate) -> None:
    made = gate.issue(plates=["Х711ТТ90"], entries=1, vehicle="KIA")
    weekly = {"days": [1, 2], "from_minute": 540, "until_minute": 1080}
    later = TODAY_END + timedelta(hours=3)
    line = changed(
        gate,
        made,
        "Задержится",
        holder="Сидоров",
        plates=["A123BC72"],
        vehicle="KIA",
        schedule=[weekly],
        valid_until=later,
    )
    assert (line.change, line.actor, line.reason) == ("edited", "Диспетчер", "Задержится")
    assert line.changes == {
        "holder": ["Петров Пётр", "Сидоров"],
        "plates": [["X711TT90"], ["A123BC72"]],
        "entries": [1, None],
        "points": [["Въезд 1"], []],  # what counts entries names its points
        "schedule": [[], [weekly]],
        "valid_until": [TODAY_END.isoformat(), later.isoformat()],
    }


def test_nothing_changed_is_told_too(gate: Gate) -> None:
    made = gate.issue()
    assert changed(gate, made).changes == {}
    with gate.company.work() as (session, _):
        assert service.history_of(session, made.id)[-1].changes is None  # issued: all of it was new


def test_who_is_visited_and_where_stand_by_name(gate: Gate) -> None:
    with gate.company.work() as (session, actor):
        host = people.create_person(session, actor, PersonDraft(name="Иванова Мария"))
    made = gate.issue(host="Охрана", points=[gate.point_id])
    line = changed(gate, made, host_id=host.id)
    assert line.changes == {"host": ["Охрана", "Иванова Мария"], "points": [["Въезд 1"], []]}


def test_of_secrets_and_of_what_is_a_person_s_own_it_is_told_that_they_changed_alone(gate: Gate) -> None:
    made = gate.issue(phone="+7 912 345-67-89", document="45 08 123456")
    line = changed(gate, made, phone="+7 912 000-00-00", pin=True, code=True)
    assert line.changes == {
        "phone": ["•••", "•••"],
        "document": ["•••", ""],
        "typed": [[], ["CODE", "PIN"]],
    }


def test_cards_are_told_as_they_are_printed(gate: Gate) -> None:
    made = gate.issue(cards=[{"text": "0001202659"}])
    line = changed(gate, made)
    assert line.changes == {"cards": [["0001202659"], []]}


def test_a_card_that_is_given_and_taken_says_why(gate: Gate) -> None:
    made = gate.issue()
    with gate.company.work() as (session, actor):
        card = add_card(session, actor, StockDraft(card=CardDraft(text="0001202659")))
        give_card(session, actor, card.id, GiveDraft(pass_id=made.id, note="взамен"))
    line = last_line(gate, made)
    assert (line.change, line.card, line.reason) == ("card_given", "0001202659", "взамен")
    with gate.company.work() as (session, actor):
        move_card(session, actor, card.id, CardMove(state=CardState.LOST, note="потерял"))
    line = last_line(gate, made)
    assert (line.change, line.card, line.reason) == ("card_taken", "0001202659", "потерял")


def test_a_change_of_many_is_told_in_each(gate: Gate) -> None:
    made = gate.issue()
    later = TODAY_END + timedelta(days=1)
    draft = BulkDraft(ids=[made.id], valid_until=later, points=[gate.point_id], reason="Праздник")
    with gate.company.work() as (session, actor):
        service.change_passes(session, actor, draft)
    line = last_line(gate, made)
    assert line.reason == "Праздник"
    assert line.changes == {
        "valid_until": [TODAY_END.isoformat(), later.isoformat()],
        "points": [[], ["Въезд 1"]],
    }


def test_a_beginning_that_nobody_named_again_stays(gate: Gate) -> None:
    made = gate.issue(valid_from=NOON - timedelta(hours=1))
    assert changed(gate, made, valid_from=None).changes == {}
