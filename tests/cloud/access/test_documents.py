"""Persons on the blacklist by document: at issue, at changes, in a table, among passes that stand."""

from typing import Any
from uuid import UUID

import pytest

from cloud.access import service
from cloud.access.errors import OnBlacklist
from cloud.access.models import Blocked
from cloud.access.tables import read_table
from cloud.access.types import BlockDraft, BulkDraft, ImportDraft
from cloud.kernel.errors import FixInput
from protocols.documents import document_hash, salt_of
from protocols.held import BlockItem
from tests.cloud.access.test_access import TODAY_END, VAULT, Gate, gate

__all__ = ["gate"]
DOCUMENT = "45 08 № 123456"
NUMBER = "4508123456"


def block(gate: Gate, **more: Any) -> Blocked:
    fields = {"site_id": gate.site_id, "document": DOCUMENT, "reason": "драка", **more}
    with gate.company.work() as (session, actor):
        return service.block(session, actor, VAULT, BlockDraft.model_validate(fields))


def told(gate: Gate) -> BlockItem:
    *_, item = [item for item in gate.held() if isinstance(item, BlockItem)]
    return item


def is_refused(gate: Gate, **more: Any) -> bool:
    try:
        gate.issue(**more)
    except OnBlacklist:
        return True
    return False


def test_a_box_is_told_a_hash_and_no_number(gate: Gate) -> None:
    block(gate, person="Сидоров Сидор")
    item = told(gate)
    (named,) = item.documents
    assert named == document_hash(NUMBER, salt_of(named))
    assert NUMBER not in str(item)


def test_the_salt_is_the_site_s_and_does_not_change(gate: Gate) -> None:
    block(gate)
    first = told(gate).documents
    block(gate, document="паспорт 4508 123457")
    second = told(gate).documents
    assert first != second
    assert salt_of(first[0]) == salt_of(second[0])


@pytest.mark.parametrize("typed", ["4508123456", "45 08 123456", "паспорт 4508 № 123456 выдан ОВД"])
def test_a_listed_document_is_refused_whatever_the_name(gate: Gate, typed: str) -> None:
    block(gate, person="Сидоров Сидор")
    with pytest.raises(OnBlacklist) as caught:
        gate.issue(holder="Иной Человек", document=typed)
    assert NUMBER not in str(caught.value.data)


def test_documents_that_differ_tell_namesakes_apart(gate: Gate) -> None:
    block(gate, person="Сидоров Сидор", phone="+7 912 345-67-89")
    assert is_refused(gate, holder="сидоров сидор")
    assert not is_refused(gate, holder="Сидоров Сидор", document="45 08 123457")
    assert not is_refused(gate, holder="Сидоров Сидор", phone="+7 912 345-67-80")
    assert is_refused(gate, holder="Сидоров Сидор", phone="+7 912 345-67-80", document=DOCUMENT)


def test_an_entry_of_a_document_alone_is_one(gate: Gate) -> None:
    block(gate)
    assert is_refused(gate, document=DOCUMENT)
    assert not is_refused(gate, holder="Кто-то")


def test_passes_that_stand_with_the_document_are_refused_at_the_gate(gate: Gate) -> None:
    named = gate.issue(holder="Иной Человек", document="4508123456")
    namesake = gate.issue(holder="Сидоров Сидор", document="45 08 123457")
    unknown = gate.issue(holder="Сидоров Сидор")
    block(gate, person="Сидоров Сидор")
    assert set(told(gate).passes) == {named.id, unknown.id}
    assert namesake.id not in told(gate).passes


def test_a_document_is_looked_at_when_a_pass_is_changed(gate: Gate) -> None:
    made, clean = gate.issue(holder="Иной Человек", document=DOCUMENT), gate.issue(holder="Кто-то")
    block(gate)
    with pytest.raises(OnBlacklist), gate.company.work() as (session, actor):
        service.change_pass(session, actor, clean.id, gate.draft(holder="Кто-то", document=DOCUMENT))
    with gate.company.work() as (session, actor):
        (verdict,) = service.change_passes(session, actor, BulkDraft(ids=[made.id], valid_until=TODAY_END))
    assert isinstance(verdict.refusal, OnBlacklist)


def test_what_is_no_document_is_told_at_its_field(gate: Gate) -> None:
    for act in (lambda: block(gate, document="паспорт"), lambda: gate.issue(document="нет")):
        with pytest.raises(FixInput) as caught:
            act()
        assert [(field.path, field.code) for field in caught.value.fields] == [
            ("document", "document_unreadable")
        ]


def test_a_table_names_documents(gate: Gate) -> None:
    block(gate)
    table = "ФИО;Паспорт\nИной Человек;45 08 123456\nКто-то;45 08 123457\nНекто;нет\n".encode()
    draft = ImportDraft(id=UUID(int=7), site_id=gate.site_id, valid_until=TODAY_END)
    with gate.company.work() as (session, actor):
        verdicts = service.import_passes(session, actor, draft, read_table(table).lines)
    assert [[fault.code for fault in verdict.faults] for verdict in verdicts] == [
        ["blacklisted"],
        [],
        ["document_unreadable"],
    ]
