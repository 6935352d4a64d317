from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.access import recognition, rules
from cloud.access.types import CardDraft, PassChange, PassDraft, PassState
from cloud.kernel.errors import FixInput
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.records import Outcome

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SITE, FIRST, SECOND = (UUID(int=n) for n in (1, 2, 3))
BOX, OTHER_BOX = UUID(int=10), UUID(int=11)


def make_draft(**more: object) -> PassDraft:
    fields = {"site_id": SITE, "holder": "Петров", "valid_until": NOW + timedelta(hours=12), **more}
    return PassDraft.model_validate(fields)


def problems(draft: PassDraft, *, plates: list[str] | None = None) -> list[tuple[str, str]]:
    try:
        rules.check_draft(draft, draft.valid_from or NOW, NOW, plates=plates or [], cards=[])
    except FixInput as error:
        return [(field.path, field.code) for field in error.fields]
    return []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"holder": ""}, [("holder", "nobody")]),
        ({"valid_until": None}, [("valid_until", "end_needed")]),
        ({"valid_until": None, "kind": PassKind.RESIDENT}, []),
        ({"valid_from": NOW + timedelta(days=2)}, [("valid_until", "ends_before")]),
        (
            {"valid_from": NOW - timedelta(days=2), "valid_until": NOW - timedelta(days=1)},
            [("valid_until", "ended")],
        ),
        ({"valid_until": NOW + timedelta(days=32)}, [("valid_until", "too_long")]),
        ({"valid_until": NOW + timedelta(days=32), "kind": PassKind.RECURRING}, []),
        ({"holder": "", "valid_until": None}, [("holder", "nobody"), ("valid_until", "end_needed")]),
    ],
)
def test_what_a_pass_needs(more: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert problems(make_draft(**more)) == expected


def test_a_plate_is_somebody() -> None:
    assert problems(make_draft(holder=""), plates=["X711TT90"]) == []


@pytest.mark.parametrize(
    ("stored", "hours", "shown"),
    [
        (PassState.ISSUED, 1, PassState.ISSUED),
        (PassState.ISSUED, -1, PassState.EXPIRED),
        (PassState.ISSUED, 0, PassState.EXPIRED),
        (PassState.LEFT, -1, PassState.EXPIRED),
        (PassState.INSIDE, -1, PassState.INSIDE),
        (PassState.REVOKED, -1, PassState.REVOKED),
        (PassState.ISSUED, None, PassState.ISSUED),
    ],
)
def test_the_state_that_is_shown(stored: PassState, hours: int | None, shown: PassState) -> None:
    until = None if hours is None else NOW + timedelta(hours=hours)
    assert rules.shown_state(stored, until, NOW) is shown


@given(st.sampled_from(PassState), st.sampled_from(Outcome), st.sampled_from(Direction))
def test_a_denial_and_a_final_state_change_nothing(
    stored: PassState, outcome: Outcome, direction: Direction
) -> None:
    change = rules.after_passage(stored, outcome, direction)
    if outcome is Outcome.DENIED or stored in {PassState.REVOKED, PassState.REFUSED}:
        assert change is None
    else:
        assert change is (PassChange.ENTERED if direction is Direction.IN else PassChange.LEFT)


def points_problem(
    points: list[UUID], entries: int | None, boxes: dict[UUID, UUID]
) -> tuple[str, str] | None:
    try:
        rules.points_of(make_draft(points=points, entries=entries), boxes)
    except FixInput as error:
        return error.fields[0].path, error.fields[0].code
    return None


def test_what_counts_entries_stays_on_one_box() -> None:
    spread = {FIRST: BOX, SECOND: OTHER_BOX}
    assert points_problem([], None, spread) is None
    assert points_problem([], 1, spread) == ("points", "spread_over_boxes")
    assert points_problem([FIRST, SECOND], 1, spread) == ("points", "spread_over_boxes")
    assert points_problem([FIRST], 1, spread) is None
    assert points_problem([], 1, {}) == ("points", "no_points")
    assert points_problem([FIRST, SITE], None, spread) == ("points.1", "point_elsewhere")


def test_a_pass_that_counts_entries_names_its_points() -> None:
    boxes = {FIRST: BOX, SECOND: BOX}
    assert rules.points_of(make_draft(entries=1), boxes) == [FIRST, SECOND]
    assert rules.points_of(make_draft(), boxes) == []


def test_plates_are_folded_and_named_when_they_are_none() -> None:
    assert recognition.plates(["Х 711 ТТ 90", "x711tt90", "а 123 вс 72"]) == ["X711TT90", "A123BC72"]
    with pytest.raises(FixInput) as caught:
        recognition.plates(["X711TT90", "---"])
    assert [(field.path, field.code) for field in caught.value.fields] == [("plates.1", "plate_unreadable")]


def test_an_ambiguous_card_is_asked_about_and_the_answer_is_taken() -> None:
    with pytest.raises(FixInput) as caught:
        recognition.cards([CardDraft(text="01823011")])
    field = caught.value.fields[0]
    assert (field.path, field.code) == ("cards.0.text", "card_ambiguous")
    readings = (field.data or {})["readings"]
    assert "W26:18:23011" in {reading["key"] for reading in readings}
    for reading in readings:
        (card,) = recognition.cards([CardDraft(text="01823011", key=reading["key"])])
        assert card.keys()[0] == reading["key"]


@pytest.mark.parametrize(("text", "code"), [("карта", "card_unreadable"), ("08 11 22 33", "card_random")])
def test_what_cannot_be_enrolled_says_why(text: str, code: str) -> None:
    with pytest.raises(FixInput) as caught:
        recognition.cards([CardDraft(text=text)])
    assert caught.value.fields[0].code == code
