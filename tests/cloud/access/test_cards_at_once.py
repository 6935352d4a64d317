"""Cards that two sessions bring at the same moment: one of them adds each, the other is told that it is known."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from cloud.access import service
from cloud.access.models import Card
from cloud.access.tables import read_table
from cloud.access.types import ImportDraft, StockDraft
from deploy.demo.servers.processes import wait_until
from tests.cloud.access.test_access import TODAY_END, Gate, gate
from tests.cloud.access.test_card_imports import brought
from tests.cloud.access.test_cards import EM, SAME_AS_EM, add, history, refusal
from tests.support.postgres import Database

__all__ = ["gate"]
FIRST, MIDDLE, LAST = "0001202401", "0001202402", "0001202403"


def only_at(gate: Gate, printed: str) -> Card:
    with gate.company.work() as (session, _):
        return session.scalars(select(Card).where(Card.printed == printed)).one()


def add_here(gate: Gate, label: str) -> None:
    """By the desk."""
    assert refusal(lambda: add(gate, SAME_AS_EM[0], label)) == ("card.text", "card_known")


def bring_here(gate: Gate, label: str) -> None:
    """In a list, whose other card is added all the same."""
    assert brought(gate, (SAME_AS_EM[0], label), (FIRST, "")) == ["card_known", "EM:001258E1"]


@pytest.mark.parametrize("come_second", [add_here, bring_here])
def test_who_adds_a_card_a_moment_later_is_told_that_it_is_known(
    gate: Gate, database: Database, come_second: Callable[[Gate, str], None]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with gate.company.work() as (session, actor):
            draft = StockDraft.model_validate({"card": {"text": EM}, "label": "мой"})
            mine = service.add_card(session, actor, draft).id
            other = pool.submit(come_second, gate, "чужой")
            assert wait_until(lambda: database.waiting_for_locks() == 1, 10)
        other.result()
    assert (only_at(gate, EM).label, history(gate, mine)) == ("мой", [("added", "")])


@pytest.mark.parametrize("come_second", [add_here, bring_here])
def test_a_card_that_a_pass_is_just_handing_out_is_known(
    gate: Gate, database: Database, come_second: Callable[[Gate, str], None]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with gate.company.work() as (session, actor):
            service.issue_pass(session, actor, gate.draft(cards=[{"text": EM}]))
            other = pool.submit(come_second, gate, "чужой")
            assert wait_until(lambda: database.waiting_for_locks() == 1, 10)
        other.result()
    handed_out = only_at(gate, EM)
    assert (handed_out.label, handed_out.state) == ("", "given")
    assert history(gate, handed_out.id) == [("given", "Петров Пётр")]


def test_lists_in_opposite_orders_do_not_wait_for_each_other_for_ever(gate: Gate, database: Database) -> None:
    there, back = [FIRST, MIDDLE, LAST], [LAST, MIDDLE, FIRST]
    with ThreadPoolExecutor(2) as pool:
        with gate.company.work() as (session, actor):  # each has added its first when it comes to this one
            service.add_card(session, actor, StockDraft.model_validate({"card": {"text": MIDDLE}}))
            lists = [
                pool.submit(brought, gate, *((number, "") for number in numbers)) for numbers in (there, back)
            ]
            assert wait_until(lambda: database.waiting_for_locks() == 2, 10)
        told = [each.result() for each in lists]
    added, known = ["EM:001258E1", "card_known", "EM:001258E3"], ["card_known"] * 3
    assert told in ([added, known], [known, added[::-1]])


def test_a_list_and_a_table_in_opposite_orders_come_one_after_the_other(
    gate: Gate, database: Database
) -> None:
    table = "ФИО\tКарта\n" + "".join(f"Гость\t{number}\n" for number in (LAST, MIDDLE, FIRST))

    def issued() -> list[str]:
        draft = ImportDraft(id=uuid4(), site_id=gate.site_id, valid_until=TODAY_END)
        with gate.company.work() as (session, actor):
            verdicts = service.import_passes(session, actor, draft, read_table(table.encode()).lines)
            return [fault.code for verdict in verdicts for fault in verdict.faults]

    with ThreadPoolExecutor(2) as pool:
        with gate.company.work() as (session, actor):
            service.add_card(session, actor, StockDraft.model_validate({"card": {"text": MIDDLE}}))
            listed = pool.submit(brought, gate, *((number, "") for number in (FIRST, MIDDLE, LAST)))
            handed_out = pool.submit(issued)
            assert wait_until(lambda: database.waiting_for_locks() == 2, 10)
        assert handed_out.result() == []
        listed.result()
    assert {only_at(gate, number).state for number in (FIRST, MIDDLE, LAST)} == {"given"}
