"""The cloud's queries, the cloud's rule and the box's memory say the same of each person and entry."""

from itertools import product
from typing import Any

import pytest

from cloud.access import service
from cloud.access.blacklist import ListedPersons, names_visitor, passes_of_persons
from cloud.access.errors import OnBlacklist
from cloud.access.models import Blocked
from cloud.access.types import BlockDraft, Visitor
from edge.access import blacklist
from edge.access.blacklist import Blacklist
from edge.access.passes import Passes, Row, kind_of
from edge.access.uses import Uses
from protocols.cards import lookups as lookups_of
from protocols.cards import parse_printed
from protocols.documents import document_hash, document_number
from protocols.held import BlockItem, encode_item
from protocols.persons import phone_hash
from tests.cloud.access.test_access import VAULT, Gate, gate
from tests.support.noon import NOON

__all__ = ["gate"]
PHONE, DOCUMENT = "+79123456789", "45 08 123456"
NAMES = ("сидоров АРТЕМ", "Артём, Сидоров", "Сидоров А.", "Артём Сидоров-Петрович Икс", "Иной Человек")
PERSONS = list(product(NAMES, (None, PHONE, "+79990000000"), ("", DOCUMENT, "45 08 123457")))


def block(gate: Gate, **listed: Any) -> Blocked:
    draft = BlockDraft.model_validate({"site_id": gate.site_id, "reason": "драка", **listed})
    with gate.company.work() as (session, actor):
        return service.block(session, actor, VAULT, draft)


def is_refused_at_issue(gate: Gate, name: str, phone: str | None, document: str) -> bool:
    try:
        gate.issue(holder=name, phone=phone, document=document)
    except OnBlacklist:
        return True
    return False


def is_refused_at_the_box(item: BlockItem, name: str, phone: str | None, document: str) -> bool:
    held = Blacklist()
    held.put(item.id.bytes, item, 0)
    salts, number = held.salts(name, NOON), document_number(document)
    phones = frozenset(phone_hash(phone, item.id) for _ in salts.phone) if phone else None
    documents = frozenset(document_hash(number, salt) for salt in salts.document) if number else None
    return held.naming((), (), (), NOON, blacklist.Visitor(name, phones, documents)) is not None


@pytest.mark.parametrize(
    "listed",
    [
        {"person": "Сидоров Артём"},
        {"person": "Сидоров Артём", "phone": PHONE},
        {"person": "Сидоров Артём", "document": DOCUMENT},
        {"person": "Сидоров Артём", "phone": PHONE, "document": DOCUMENT},
        {"document": DOCUMENT},
        {"plate": "A123BC72"},
    ],
    ids="+".join,
)
def test_all_judge_alike(gate: Gate, listed: dict[str, str]) -> None:
    before = [gate.issue(holder=name, phone=phone, document=document).id for name, phone, document in PERSONS]
    row = block(gate, **listed)
    (item,) = [item for item in gate.held() if isinstance(item, BlockItem)]
    for pass_id, (name, phone, document) in zip(before, PERSONS, strict=True):
        visitor = Visitor(name, phone, document_number(document) or "")
        found = [
            names_visitor(row, visitor),
            row.id in ListedPersons([row]).naming(visitor),
            is_refused_at_issue(gate, name, phone, document),
            is_refused_at_the_box(item, name, phone, document),
            pass_id in item.passes,
        ]
        assert found in ([True] * 5, [False] * 5), (name, phone, document, found)


@pytest.mark.parametrize("holder", ["Сидор Сидоров", "Сидоров С.", "Сидоров Сидор Петрович"])
def test_another_order_an_initial_and_a_patronymic_hide_nobody(gate: Gate, holder: str) -> None:
    made = gate.issue(holder=holder, phone=PHONE, plates=["A123BC72"], cards=[{"text": "018,23011"}])
    namesake = gate.issue(holder=holder, phone="+79990000000", plates=["X711TT90"])
    row = block(gate, person="Сидоров Сидор", phone=PHONE)
    assert is_refused_at_issue(gate, holder, PHONE, "")
    assert not is_refused_at_issue(gate, holder, "+79990000000", "")
    held = Passes()
    for version, item in enumerate(gate.held(), 1):
        held.put(Row(kind_of(item), item.id, version, encode_item(item)))
    uses, lookups = Uses(), lookups_of(parse_printed("018,23011"))
    assert held.blocked_plate("A123BC72", held.match_plate("A123BC72", uses), NOON)
    assert held.blocked_card(lookups, held.match_card(lookups, uses), NOON)
    assert not held.blocked_plate("X711TT90", held.match_plate("X711TT90", uses), NOON)
    with gate.company.work() as (session, _):
        assert passes_of_persons(session, [row]) == [made.id] != [namesake.id]


@pytest.mark.parametrize(
    "name", ["Бригада №5", "हिन्दी नाम", "Ли Ю", "O'Neil", "a_b", "Иванов (мл.)", "\\d+ .*"]
)
def test_whatever_stands_in_a_name_it_is_found(gate: Gate, name: str) -> None:
    made, _ = gate.issue(holder=name), gate.issue(holder="Иной Человек")
    row = block(gate, person=name)
    assert is_refused_at_issue(gate, name, None, "")
    with gate.company.work() as (session, _):
        assert passes_of_persons(session, [row]) == [made.id]
