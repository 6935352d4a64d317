"""Visitors whom guards recorded and the blacklist names: the desk sees a conflict, and nothing is lost of the visit."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from cloud.access import service as access
from cloud.access.jobs import name_phones
from cloud.access.models import Blocked
from cloud.access.types import BlockDraft
from cloud.guard import service as guard
from cloud.guard.errors import VisitNotThere
from cloud.guard.models import GateDraft, VisitRow
from cloud.kernel.jobs import Tools
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.tables import AuditEntry
from protocols import acts
from protocols.acts import VisitState
from protocols.held import BlockItem
from protocols.persons import phone_hash
from tests.cloud.access.test_access import gate
from tests.cloud.guard.test_acts import MINUTE, Post, post
from tests.support.noon import NOON

__all__ = ["gate", "post"]
NAME, PHONE, DOCUMENT = "Сидоров Артём", "+79123456789", "45 08 № 123456"
VAULT = SecretBox(bytes(32))


def block(post: Post, **listed: Any) -> Blocked:
    draft = BlockDraft.model_validate({"site_id": post.gate.site_id, "reason": "драка", **listed})
    with post.gate.company.work() as (session, actor):
        return access.block(session, actor, VAULT, draft)


def visit(post: Post, **told: Any) -> acts.Visit:
    fields = {"visit": uuid4(), "state": VisitState.INSIDE, "name": NAME, **told}
    made: acts.Visit = post.act(acts.Visit, **fields)
    return made


def arrives(post: Post, **told: Any) -> VisitRow:
    event = visit(post, **told)
    post.report(event)
    post.react()
    row: VisitRow = post.row(VisitRow, event.visit)
    return row


def entry_of(post: Post) -> BlockItem:
    return [item for item in post.gate.held() if isinstance(item, BlockItem)][-1]


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ({"person": NAME}, {"name": "сидоров  АРТЕМ"}),
        ({"person": NAME, "phone": PHONE}, {"phone": "8 912 345-67-89"}),
        ({"person": NAME, "phone": PHONE}, {}),
        ({"document": DOCUMENT}, {"name": "Иной Человек", "document": "паспорт 4508 123456"}),
        ({"plate": "А123ВС72"}, {"plate": "A123BC72"}),
        ({"card": {"text": "018,23011"}}, {"card": "W26:18:23011"}),
    ],
)
def test_whom_the_newer_list_names_is_a_conflict_and_stays_as_recorded(
    post: Post, listed: dict[str, Any], told: dict[str, Any]
) -> None:
    block(post, **listed)
    row = arrives(post, **told, note="с инструментом", photos=["5c" * 32])
    assert "драка" in row.conflict
    assert (row.state, row.note, row.photos, row.settled_at) == (
        "inside",
        "с инструментом",
        ["5c" * 32],
        None,
    )


@pytest.mark.parametrize(
    "told",
    [{"name": "Иной Человек"}, {"phone": "+79990000000"}, {"document": "45 08 123457"}],
)
def test_a_namesake_is_no_conflict(post: Post, told: dict[str, Any]) -> None:
    block(post, person=NAME, phone=PHONE, document=DOCUMENT)
    assert arrives(post, **told).conflict == ""


def test_whoever_has_left_before_the_link_came_back_is_a_conflict_too(post: Post) -> None:
    block(post, person=NAME)
    came = visit(post)
    left = visit(post, visit=came.visit, state=VisitState.LEFT, at=NOON + MINUTE)
    post.report(came, left)
    post.react()
    row = post.row(VisitRow, came.visit)
    assert (row.state, bool(row.conflict)) == ("left", True)


def test_whoever_is_inside_when_they_are_listed_is_a_conflict(post: Post) -> None:
    inside, left = arrives(post), arrives(post)
    other = arrives(post, name="Иной Человек")
    post.report(visit(post, visit=left.id, state=VisitState.LEFT, at=NOON + MINUTE))
    block(post, person=NAME)
    post.react()
    found = {row: bool(post.row(VisitRow, row).conflict) for row in (inside.id, left.id, other.id)}
    assert found == {inside.id: True, left.id: False, other.id: False}


def test_an_entry_that_is_over_or_removed_names_nobody(post: Post) -> None:
    block(post, person=NAME, until=post.gate.company.clock.now() + timedelta(seconds=30))
    removed = block(post, person=NAME)
    with post.gate.company.work() as (session, actor):
        access.unblock(session, actor, removed.id)
    post.gate.company.clock.advance(MINUTE)
    assert arrives(post).conflict == ""


def test_a_conflict_is_settled_once_and_comes_again_for_another_reason_alone(post: Post) -> None:
    block(post, person=NAME)
    row = arrives(post)
    with pytest.raises(VisitNotThere), post.gate.company.work() as (session, actor):
        guard.settle_visit(session, actor, uuid4())
    for _ in range(2):
        with post.gate.company.work() as (session, actor):
            guard.settle_visit(session, actor, row.id)
    assert settlements(post) == [row.id]
    post.report(visit(post, visit=row.id, at=NOON + MINUTE, note="ждёт хозяина"))
    post.react()
    assert post.row(VisitRow, row.id).settled_by
    block(post, plate="А123ВС72")
    post.report(visit(post, visit=row.id, at=NOON + 2 * MINUTE, name="Сидоров А.", plate="A123BC72"))
    post.react()
    again = post.row(VisitRow, row.id)
    assert ("A123BC72" in again.conflict, again.settled_at, again.settled_by) == (True, None, None)


def settlements(post: Post) -> list[UUID]:
    with post.gate.company.work() as (session, _):
        told = select(AuditEntry.object_id).where(AuditEntry.action == "guard.conflict.settle")
        return list(session.scalars(told))


def test_a_visit_that_nobody_lists_cannot_be_settled(post: Post) -> None:
    row = arrives(post)
    with pytest.raises(VisitNotThere), post.gate.company.work() as (session, actor):
        guard.settle_visit(session, actor, row.id)


def test_a_temporary_card_of_a_namesake_stands_by_the_visit_s_document(post: Post) -> None:
    block(post, person=NAME, document=DOCUMENT)
    found = []
    for at, document in ((NOON, "45 08 123457"), (NOON + MINUTE, "")):  # the first never gives the card back
        drafted = post.draft(holder=NAME, plates=[], keys=["EM:001259E3"], at=at)
        post.report(drafted, visit(post, document=document, card="EM:001259E3", at=at))
        post.react()
        found.append(post.row(GateDraft, drafted.pass_id).state)
        post.report(post.act(acts.PassWithdrawn, pass_id=drafted.pass_id))
        post.react()
    assert found == ["taken", "conflict"]


def test_phones_that_were_listed_before_are_told_to_boxes_once(post: Post) -> None:
    row = block(post, person=NAME, phone=PHONE)
    named = [phone_hash(PHONE, row.id)]
    assert (entry_of(post).phones, PHONE in str(entry_of(post))) == (named, False)
    with post.gate.company.work() as (session, _):
        session.execute(update(Blocked).where(Blocked.id == row.id).values(phones=[]))
    tools = Tools(database=post.worker, settings=Settings())
    name_phones(tools)
    assert post.row(Blocked, row.id).phones == named
    held = len(post.gate.held())
    name_phones(tools)
    assert len(post.gate.held()) == held
