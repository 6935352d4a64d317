"""Cards that guards give out at a gate: on the company's list, with their holder, until they come back."""

from cloud.access import service as access
from cloud.access.models import Card
from cloud.access.types import CardMove, CardState
from cloud.guard.models import GateDraft
from protocols import acts
from tests.cloud.access.test_access import gate
from tests.cloud.access.test_cards import history, only_card, shown
from tests.cloud.guard.test_acts import Post, post

__all__ = ["gate", "post"]
KEYS = ["W26:18:23011", "~N:23011"]


def given(post: Post, holder: str = "Курьер") -> acts.PassDrafted:
    drafted = post.draft(keys=KEYS, holder=holder, plates=[])
    post.report(drafted)
    post.react()
    return drafted


def withdrawn(post: Post, drafted: acts.PassDrafted) -> acts.PassWithdrawn:
    back: acts.PassWithdrawn = post.act(acts.PassWithdrawn, pass_id=drafted.pass_id)
    return back


def card_of(post: Post) -> Card:
    return only_card(post.gate)


def test_a_card_is_with_the_visitor_until_the_guard_takes_it_back(post: Post) -> None:
    drafted = given(post)
    assert shown(post.gate) == [("W26:18:23011", "given", "Курьер")]
    assert card_of(post).pass_id == drafted.pass_id
    post.report(withdrawn(post, drafted))
    post.react()
    assert shown(post.gate) == [("W26:18:23011", "stock", "")]
    assert history(post.gate, card_of(post).id) == [("given", "Курьер"), ("returned", "Курьер")]
    assert post.held_pass(drafted.pass_id).revoked


def test_a_card_goes_from_one_visitor_to_the_next_though_both_are_told_at_once(post: Post) -> None:
    first = given(post)
    second = post.draft(keys=KEYS, holder="Мастер", plates=[])
    post.report(withdrawn(post, first), second)
    post.react()
    assert shown(post.gate) == [("W26:18:23011", "given", "Мастер")]
    assert post.row(GateDraft, second.pass_id).state == "taken"


def test_a_card_that_somebody_has_makes_the_pass_a_conflict(post: Post) -> None:
    post.gate.issue(holder="Иванов Иван", cards=[{"text": "018,23011"}])
    drafted = given(post)
    draft = post.row(GateDraft, drafted.pass_id)
    assert draft.state == "conflict"
    assert "пропуск № 1, Иванов Иван" in draft.reason
    assert post.held_pass(drafted.pass_id).revoked
    assert shown(post.gate) == [("018,23011", "given", "Иванов Иван")]


def test_a_lost_card_opens_nothing_though_a_guard_gave_it_out(post: Post) -> None:
    drafted = given(post)
    post.report(withdrawn(post, drafted))
    post.react()
    with post.gate.company.work() as (session, actor):
        access.move_card(session, actor, card_of(post).id, CardMove(state=CardState.LOST))
    again = given(post, "Мастер")
    assert post.row(GateDraft, again.pass_id).state == "conflict"
    assert post.held_pass(again.pass_id).revoked
