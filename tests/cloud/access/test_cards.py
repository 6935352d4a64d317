"""Cards of a company: to whom they go, what they open, and that none is with two."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.access import card_lists, cards, service
from cloud.access.errors import CardIsElsewhere, CardNotThere, OnBlacklist, PassIsFinal
from cloud.access.models import Card, PassCard
from cloud.access.types import BlockDraft, CardMove, CardState, GiveDraft, LabelDraft, StockDraft
from cloud.kernel.database import now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Language
from cloud.kernel.lists import ListQuery
from cloud.kernel.secrets import SecretBox
from protocols.held import PassItem, PassKind
from tests.cloud.access.test_access import TODAY_END, Gate, gate

__all__ = ["gate"]
EM = "0001202659"
SAME_AS_EM = ("06001259E3", "018,23011", "EM:001259E3")


def add(gate: Gate, text: str = EM, label: str = "") -> UUID:
    with gate.company.work() as (session, actor):
        draft = StockDraft.model_validate({"card": {"text": text}, "label": label})
        return service.add_card(session, actor, draft).id


def give(gate: Gate, card_id: UUID, **more: object) -> None:
    with gate.company.work() as (session, actor):
        service.give_card(session, actor, card_id, GiveDraft.model_validate(more))


def move(gate: Gate, card_id: UUID, state: CardState = CardState.STOCK, **more: object) -> None:
    with gate.company.work() as (session, actor):
        service.move_card(session, actor, card_id, CardMove.model_validate({"state": state, **more}))


def shown(gate: Gate, **asked: object) -> list[tuple[str, str, str]]:
    """Number, state and holder of each card that the list shows."""
    states = asked.pop("states", ())
    query = ListQuery(**asked)  # type: ignore[arg-type]
    with gate.company.work() as (session, _):
        page = card_lists.list_cards(session, query, states, at=now(session))  # type: ignore[arg-type]
    return [(row["printed"], row["state"], row["holder"]) for row in page["items"]]


def history(gate: Gate, card_id: UUID) -> list[tuple[str, str]]:
    with gate.company.work() as (session, _):
        return [(line.change, line.holder) for line in reversed(cards.history_of(session, card_id))]


def only_card(gate: Gate) -> Card:
    with gate.company.work() as (session, _):
        return session.scalars(select(Card)).one()


def keys(gate: Gate, pass_id: UUID) -> list[str]:
    """By what a box of the site opens for the pass; the newest version of it."""
    *_, held = [item for item in gate.held() if isinstance(item, PassItem) and item.id == pass_id]
    return held.keys


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(FixInput) as caught:
        act()
    (field,) = caught.value.fields
    return field.path, field.code


def test_a_card_goes_into_stock_once_however_it_is_typed(gate: Gate) -> None:
    add(gate, label="Брелок 17")
    assert shown(gate) == [(EM, "stock", "")]
    for text in (EM, *SAME_AS_EM):
        assert refusal(lambda text=text: add(gate, text)) == ("card.text", "card_known")  # type: ignore[misc]
    for q in (EM, *SAME_AS_EM, "001259E3", "брелок 17"):
        assert shown(gate, q=q) == [(EM, "stock", "")], q
    assert shown(gate, q="0001202660") == []


def test_a_card_that_is_given_opens_and_one_that_comes_back_does_not(gate: Gate) -> None:
    card_id, made = add(gate), gate.issue(holder="Иванов Иван", valid_until=None, kind="resident")
    give(gate, card_id, pass_id=made.id, deposit="500 ₽", note="второй")
    assert keys(gate, made.id)[0] == "EM:001259E3"
    assert shown(gate) == [(EM, "given", "Иванов Иван")]
    assert only_card(gate).deposit == "500 ₽"
    move(gate, card_id, note="залог возвращён")
    assert keys(gate, made.id) == []
    assert shown(gate) == [(EM, "stock", "")]
    assert history(gate, card_id) == [("added", ""), ("given", "Иванов Иван"), ("returned", "Иванов Иван")]
    with gate.company.work() as (session, _):
        changes = [line.change for line in service.history_of(session, made.id)]
        assert service.get_pass(session, made.id).state == "issued"
    assert changes == ["card_taken", "card_given", "issued"]
    again = gate.issue(holder="Петрова Анна", plates=["А123ВС72"])
    give(gate, card_id, pass_id=again.id)
    assert shown(gate) == [(EM, "given", "Петрова Анна")]


def test_a_card_is_given_with_a_new_pass(gate: Gate) -> None:
    card_id = add(gate)
    fresh = {"site_id": gate.site_id, "holder": "Сидоров Сидор", "kind": PassKind.STAFF}
    give(gate, card_id, new_pass=fresh)
    card = only_card(gate)
    assert card.pass_id is not None
    assert keys(gate, card.pass_id)[0] == "EM:001259E3"
    assert shown(gate, q="сидоров") == [(EM, "given", "Сидоров Сидор")]


def test_what_is_wrong_with_the_new_pass_is_said_beside_its_fields(gate: Gate) -> None:
    card_id = add(gate)
    nobody = {"site_id": gate.site_id, "kind": PassKind.GUEST}
    with pytest.raises(FixInput) as caught:
        give(gate, card_id, new_pass=nobody)
    assert [field.path for field in caught.value.fields] == ["new_pass.holder", "new_pass.valid_until"]
    assert refusal(lambda: give(gate, card_id)) == ("pass_id", "one_pass")
    assert shown(gate) == [(EM, "stock", "")]


@pytest.mark.parametrize("text", [EM, *SAME_AS_EM])
def test_a_card_is_never_with_two(gate: Gate, text: str) -> None:
    gate.issue(holder="Иванов Иван", cards=[{"text": EM}])
    stranger = {"holder": "Петров Пётр", "cards": [{"text": text}]}
    assert refusal(lambda: gate.issue(**stranger)) == ("cards.0.text", "card_taken")
    assert shown(gate) == [(EM, "given", "Иванов Иван")]
    with pytest.raises(CardIsElsewhere):
        give(gate, only_card(gate).id, pass_id=gate.issue(holder="Петров Пётр").id)


def test_cards_that_a_short_reader_cannot_tell_apart_are_two(gate: Gate) -> None:
    gate.issue(holder="Иванов Иван", cards=[{"text": "EM:001259E3"}])
    gate.issue(holder="Петров Пётр", cards=[{"text": "EM:021259E3"}])
    assert sorted(shown(gate, q="018,23011")) == [
        ("EM:001259E3", "given", "Иванов Иван"),
        ("EM:021259E3", "given", "Петров Пётр"),
    ]
    assert refusal(lambda: gate.issue(cards=[{"text": "018,23011"}])) == ("cards.0.text", "card_several")


def test_a_holder_has_one_card_on_several_passes_and_all_end_with_it(gate: Gate) -> None:
    first = gate.issue(holder="Иванов Иван", cards=[{"text": EM}])
    second = gate.issue(holder="иванов  иван", cards=[{"text": "06001259E3"}], valid_until=TODAY_END)
    card = only_card(gate)
    assert card.pass_id == first.id
    move(gate, card.id, CardState.LOST)
    assert (keys(gate, first.id), keys(gate, second.id)) == ([], [])
    assert shown(gate) == [(EM, "lost", "Иванов Иван")]


def test_a_lost_card_is_given_to_nobody_until_it_is_found(gate: Gate) -> None:
    card_id = add(gate)
    move(gate, card_id, CardState.LOST, note="пропала со стойки")
    assert refusal(lambda: gate.issue(cards=[{"text": "018,23011"}])) == ("cards.0.text", "card_lost")
    with pytest.raises(CardIsElsewhere):
        give(gate, card_id, pass_id=gate.issue().id)
    move(gate, card_id)
    gate.issue(cards=[{"text": EM}])
    move(gate, card_id, CardState.DESTROYED)
    assert refusal(lambda: gate.issue(cards=[{"text": EM}])) == ("cards.0.text", "card_destroyed")
    told = [change for change, _ in history(gate, card_id)]
    assert told == ["added", "lost", "found", "given", "destroyed"]
    with pytest.raises(CardIsElsewhere):
        move(gate, card_id, CardState.DESTROYED)


def test_a_pass_is_revoked_with_its_card_where_that_is_asked(gate: Gate) -> None:
    made = gate.issue(cards=[{"text": EM}])
    move(gate, only_card(gate).id, revoke=True, note="съехали")
    with gate.company.work() as (session, _):
        assert service.get_pass(session, made.id).state == "revoked"
    *_, held = gate.held()
    assert isinstance(held, PassItem)
    assert (held.revoked, held.keys) == (True, [])


def test_a_card_whose_pass_is_over_is_overdue_and_may_be_given_out_anew(gate: Gate) -> None:
    made = gate.issue(holder="Иванов Иван", cards=[{"text": EM}])
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [made.id], "съехали")
    assert shown(gate) == [(EM, "overdue", "Иванов Иван")]
    with gate.company.work() as (session, _):
        assert card_lists.count_cards(session, None, now(session)) == {CardState.OVERDUE: 1}
    gate.issue(holder="Петров Пётр", cards=[{"text": EM}])
    assert shown(gate) == [(EM, "given", "Петров Пётр")]
    told = history(gate, only_card(gate).id)
    assert told == [("given", "Иванов Иван"), ("returned", "Иванов Иван"), ("given", "Петров Пётр")]
    with gate.company.work() as (session, _):
        assert len(session.scalars(select(PassCard)).all()) == 1


def test_a_card_is_overdue_by_its_own_time(gate: Gate) -> None:
    card_id, made = add(gate), gate.issue(valid_until=None, kind="resident")
    with gate.company.work() as (session, _):
        at = now(session)
    over = refusal(lambda: give(gate, card_id, pass_id=made.id, due_at=at))
    assert over == ("due_at", "over")
    give(gate, card_id, pass_id=made.id, due_at=at + timedelta(hours=1))
    with gate.company.work() as (session, _):
        later = card_lists.card_row(session, card_id, at + timedelta(hours=2))
        assert (later["state"], later["due_at"]) == ("overdue", at + timedelta(hours=1))
        assert card_lists.card_row(session, card_id, at)["state"] == "given"
    assert [shown(gate, states=(state,)) != [] for state in CardState] == [False, True, False, False, False]


def test_a_card_that_is_taken_out_of_the_form_is_back_in_stock(gate: Gate) -> None:
    made = gate.issue(holder="Иванов Иван", cards=[{"text": EM}, {"text": "018,23012"}])
    with gate.company.work() as (session, actor):
        rest = gate.draft(holder="Иванов Иван", cards=[{"text": "018,23012"}], note="сдал одну")
        service.change_pass(session, actor, made.id, rest)
    assert sorted(shown(gate)) == [(EM, "stock", ""), ("018,23012", "given", "Иванов Иван")]
    assert keys(gate, made.id)[0] == "W26:18:23012"
    assert [change for change, _ in history(gate, _id(gate, "018,23012"))] == ["given"]


def _id(gate: Gate, q: str) -> UUID:
    with gate.company.work() as (session, _):
        page = card_lists.list_cards(session, ListQuery(q=q), at=now(session))
    (row,) = page["items"]
    return UUID(str(row["id"]))


def test_neither_a_listed_card_nor_an_ended_pass_is_given(gate: Gate) -> None:
    card_id, made = add(gate), gate.issue()
    with gate.company.work() as (session, actor):
        draft = {"site_id": gate.site_id, "card": {"text": "018,23011"}, "reason": "кража"}
        service.block(session, actor, SecretBox(bytes(32)), BlockDraft.model_validate(draft))
    with pytest.raises(OnBlacklist):
        give(gate, card_id, pass_id=made.id)
    other = add(gate, "018,23012")
    with gate.company.work() as (session, actor):
        service.revoke_passes(session, actor, [made.id], "ошибка")
    with pytest.raises(PassIsFinal):
        give(gate, other, pass_id=made.id)
    assert {state for _, state, _ in shown(gate)} == {"stock"}


def test_a_card_has_a_name_and_one_of_others_is_not_there(gate: Gate) -> None:
    card_id = add(gate)
    with gate.company.work() as (session, actor):
        service.label_card(session, actor, card_id, LabelDraft(label="Брелок 3"))
    assert shown(gate, q="брелок 3") == [(EM, "stock", "")]
    with pytest.raises(CardNotThere):
        move(gate, UUID(int=1))


def test_a_card_of_a_pass_without_a_holder_is_told_by_its_number(gate: Gate) -> None:
    held = gate.issue(holder="", cards=[{"text": EM}])
    with pytest.raises(FixInput) as caught:
        gate.issue(holder="Петров Пётр", cards=[{"text": EM}])
    [told] = [field.told(Language.RU)["message"] for field in caught.value.fields]
    assert told.endswith(f"пропуск № {held.number}. Сначала примите её.")
