"""The cloud's query, the cloud's rule and the box's memory say the same of each person and entry."""

from itertools import product
from typing import Any

import pytest

from cloud.access import service
from cloud.access.blacklist import names_visitor
from cloud.access.errors import OnBlacklist
from cloud.access.models import Blocked
from cloud.access.types import BlockDraft, Visitor
from edge.access import blacklist
from edge.access.blacklist import Blacklist
from protocols.documents import document_hash, document_number
from protocols.held import BlockItem
from protocols.persons import phone_hash
from tests.cloud.access.test_access import VAULT, Gate, gate
from tests.support.noon import NOON

__all__ = ["gate"]
PHONE, DOCUMENT = "+79123456789", "45 08 123456"
PERSONS = list(
    product(("сидоров АРТЕМ", "Иной Человек"), (None, PHONE, "+79990000000"), ("", DOCUMENT, "45 08 123457"))
)


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
def test_all_three_judge_alike(gate: Gate, listed: dict[str, str]) -> None:
    row = block(gate, **listed)
    (item,) = [item for item in gate.held() if isinstance(item, BlockItem)]
    for name, phone, document in PERSONS:
        visitor = Visitor(name, phone, document_number(document) or "")
        found = [
            names_visitor(row, visitor),
            is_refused_at_issue(gate, name, phone, document),
            is_refused_at_the_box(item, name, phone, document),
        ]
        assert found in ([True] * 3, [False] * 3), (name, phone, document)
