"""Texts that come in: what nobody sees is no text, what counts to the character stays."""

from typing import Annotated

import pytest
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from cloud.kernel.schemas import LINES, LINES_AS_TYPED, ONE_LINE, ONE_LINE_AS_TYPED, Search
from cloud.organisations.schemas import Password
from cloud.sites.schemas import BoxChange, DeviceDraft, MoveDraft, PointDraft, SiteDraft, ZoneDraft

EDGES = [
    " ",
    "   ",
    "\u00a0",
    "\u202e",
    "\ufeff",
    "\u200b\u200d",
    " \u2066 \u2069",
    "\u2800",
    "\u3164",
]
SELECTORS = ["\ufe0f", "\ufe00", "\u180b", "\U000e0100"]  # how the character before is drawn


class Draft(BaseModel):
    name: Annotated[str, StringConstraints(min_length=1, max_length=10), ONE_LINE]
    note: Annotated[str, StringConstraints(max_length=10), LINES] = ""


@pytest.mark.parametrize("unseen", [*EDGES, *SELECTORS], ids=ascii)
def test_a_text_in_which_nothing_is_seen_is_empty(unseen: str) -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        Draft(name=unseen)
    assert Draft(name="А", note=unseen).note == ""


@pytest.mark.parametrize("accent", ["\u0301", " \u0301\u0308 ", "\u20dd"], ids=ascii)
def test_an_accent_on_nothing_is_no_text(accent: str) -> None:
    assert Draft(name="А", note=accent).note == ""
    assert Draft(name=f"Е{accent}").name == f"Е{accent.rstrip()}"


@pytest.mark.parametrize("typed", ["❤\ufe0f", "辻\U000e0100", "\u1820\u180b"], ids=ascii)
def test_how_the_last_character_is_drawn_stays(typed: str) -> None:
    draft = Draft(name=f" {typed} ", note=f"Слава {typed}\n")
    assert (draft.name, draft.note) == (typed, f"Слава {typed}")


@pytest.mark.parametrize("unseen", EDGES, ids=ascii)
def test_edges_go_and_what_is_within_stays(unseen: str) -> None:
    draft = Draft(name=f"{unseen}А{unseen}Б{unseen}", note=f"{unseen}1\n2{unseen}")
    assert (draft.name, draft.note) == (f"А{unseen}Б", "1\n2")


def test_edges_do_not_count_towards_the_length() -> None:
    assert Draft(name=" " * 20 + "А" * 10).name == "А" * 10


@pytest.mark.parametrize("bad", ["а\nб", "\0", "а\u2028б", "\x1b[2J"])
def test_control_characters_are_refused(bad: str) -> None:
    with pytest.raises(ValidationError, match="no control characters"):
        Draft(name=bad)


def test_words_to_look_for_come_with_any_space() -> None:
    assert TypeAdapter(Search).validate_python("\tИванов\tА 123 ВС\u2028\r\n72 ") == "Иванов А 123 ВС 72"
    for bad in ("a\0b", "\x1b[2J"):
        with pytest.raises(ValidationError, match="no control characters"):
            TypeAdapter(Search).validate_python(bad)


@pytest.mark.parametrize("mark", [ONE_LINE_AS_TYPED, LINES_AS_TYPED])
def test_what_is_kept_as_typed_keeps_its_edges(mark: object) -> None:
    adapter = TypeAdapter(Annotated[str, mark])
    assert adapter.validate_python(" \u200bтайна ") == " \u200bтайна "


def test_a_password_keeps_its_edges() -> None:
    assert TypeAdapter(Password).validate_python(" долгий пароль ") == " долгий пароль "


PLACE = "018f3a00-0000-7000-8000-000000000001"


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\u200b"], ids=ascii)
@pytest.mark.parametrize(
    ("draft", "more", "field"),
    [
        (SiteDraft, {"time_zone": "Europe/Moscow"}, "name"),
        (ZoneDraft, {}, "name"),
        (BoxChange, {}, "name"),
        (PointDraft, {"box_id": PLACE}, "name"),
        (DeviceDraft, {"box_id": PLACE, "driver": "modbus_tcp"}, "name"),
        (MoveDraft, {}, "reason"),
    ],
)
def test_places_and_reasons_are_named(
    draft: type[BaseModel], more: dict[str, str], field: str, blank: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        draft.model_validate({**more, field: blank})
    assert (field,) in [error["loc"] for error in caught.value.errors()]


def test_a_devices_secret_keeps_its_edges() -> None:
    sent = {"box_id": PLACE, "driver": "x", "name": "x", "secrets": {"password": " тайна "}}
    assert DeviceDraft.model_validate(sent).secrets == {"password": " тайна "}
