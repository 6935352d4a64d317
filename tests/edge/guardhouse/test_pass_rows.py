"""The status of a pass, and what a guard may type to find it; plain functions of plain values."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.access import presence
from edge.access.presence import Place
from edge.guardhouse.folding import Word, are_in, folded, words_of
from edge.guardhouse.moments import ms_of
from edge.guardhouse.pass_index import PassIndex
from edge.guardhouse.pass_rows import Known, row_of, status_of
from edge.store import Store
from protocols.held import PassItem, PassKind, Window
from tests.edge.world import NOON, make_pass, uid

ZONE = uid(77)
INSIDE = {"": Place("", ZONE, ms_of(NOON - timedelta(hours=1)))}
OUTSIDE = {"": Place("", None, ms_of(NOON - timedelta(hours=1)))}


@pytest.mark.parametrize(
    ("changes", "known", "status"),
    [
        ({}, Known(), "issued"),
        ({"valid_from": NOON + timedelta(minutes=1)}, Known(), "not_yet"),
        ({"valid_until": NOON}, Known(), "expired"),
        ({"revoked": True}, Known(), "revoked"),
        ({}, Known(withdrawn=True), "revoked"),
        ({"entries": 2}, Known(used=1), "issued"),
        ({"entries": 2}, Known(used=2), "used_up"),
        ({"entries": 1}, Known(used=1, places=OUTSIDE), "left"),
        ({}, Known(places=OUTSIDE), "left"),
        ({}, Known(places=INSIDE), "inside"),
        ({"entries": 1}, Known(used=1, places=INSIDE), "inside"),
        ({"revoked": True}, Known(places=INSIDE), "revoked"),
        ({"valid_until": NOON}, Known(places=INSIDE), "overstayed"),
        ({}, Known(places=INSIDE, blocked=""), "blacklisted"),
    ],
)
def test_the_gravest_status_is_told(changes: dict[str, Any], known: Known, status: str) -> None:
    assert status_of(make_pass(**changes), known, NOON) == status


def test_a_schedule_is_told_in_days_and_hours() -> None:
    item = make_pass(
        schedule=[
            Window(days=[1, 2, 3, 4, 5], from_minute=480, until_minute=1200),
            Window(days=[7, 6, 2], from_minute=0, until_minute=1440),
        ]
    )
    assert row_of(item, Known(), NOON).schedule == ["1-5 08:00-20:00", "2,6,7 00:00-24:00"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("С065МК", [(b"c065mk",)]),
        ("c065mk", [(b"c065mk",)]),
        ("+7 (912) 345-67-01", [(b"79123456701",)]),
        ("8 912 345 67 01", [(b"79123456701",)]),
        ("89123456701", [(b"79123456701",)]),
        ("8912", [(b"8912", b" 7912")]),
        ("8912345670", [(b"8912345670", b" 7912345670")]),
        ("8 912 345-67-0", [(b"8912345670", b"8 912 345670", b" 7912345670")]),
        ("8 912 345–67–01", [(b"79123456701",)]),
        ("8.912.345.67.01", [(b"79123456701",)]),
        ("89123456701,", [(b"79123456701",)]),
        ("kia 8 912 345-67-01", [(b"79123456701",), (b"kia",)]),
        ("тел. 89123456701", [(b"79123456701",)]),
        ("4509 123456", [(b"4509123456", b"4509 123456")]),
        ("№", [(b"\n",)]),
        ("→ − ‑ 🙂", [(b"\n",)]),
        ("Анна‑Мария Café", [("ahhamapия".encode("cp1251"),), (b"cafe",)]),
        ("«»", [(b"\n",)]),
        ("kia 8 912", [(b"kia",), (b"8", b" 7912"), (b"912", b" 7912")]),
        ("  ", []),
        ("«А-2», №7", [(b"a2",), (b"7",)]),
        ("№ 9", [(b"9",)]),
        ("a b c d e f g h i j", [(bytes([letter]),) for letter in b"abcdefghij"]),
    ],
)
def test_what_is_typed_is_folded(typed: str, words: list[Word]) -> None:
    assert words_of(typed) == words


@given(st.text(max_size=60))
def test_any_word_of_a_text_finds_it(text: str) -> None:
    words = words_of(text) if folded(text).strip() else []
    assert are_in(folded(text), [word for word in words if not words[0][0].isdigit()])


def test_a_number_is_found_while_it_is_typed_and_a_ticket_and_service(index: PassIndex) -> None:
    index.put(
        [
            make_pass(id=uid(1), phone="+79123456701", ticket="Заявка 77801", service="Доставка"),
            make_pass(id=uid(2), phone="+79223456701", number="20267912"),
        ]
    )
    for typed in ("8912", "8 (912) 3", "8 912 345-67-0", "77801", "доставка заявка"):
        assert ids(index.find(words_of(typed), 10)) == [b"\x01"], typed


@pytest.fixture
def index(tmp_path: Path, store: Store) -> PassIndex:
    made = PassIndex(tmp_path / "search.sqlite", tmp_path / "store.sqlite")
    made.put(
        [
            make_pass(
                id=uid(1),
                holder="Ёлкина Софья",
                plates=["C065MK78"],
                kind=PassKind.RESIDENT,
                valid_until=None,
            ),
            make_pass(id=uid(2), holder="Елкин Пётр", valid_from=NOON - timedelta(days=3), plates=[]),
            make_pass(id=uid(3), holder="Гость", valid_from=NOON + timedelta(days=2), plates=[]),
        ]
    )
    return made


def ids(found: list[bytes]) -> list[bytes]:
    return [key[-1:] for key in found]


def test_the_index_finds_replaces_and_forgets(index: PassIndex) -> None:
    assert ids(index.find(words_of("елкин"), 10)) == [b"\x02", b"\x01"], "the newest first"
    assert ids(index.find(words_of("ёлкина софья с065"), 10)) == [b"\x01"]
    assert ids(index.find([], 2)) == [b"\x03", b"\x02"]
    index.put([make_pass(id=uid(1), holder="Соколова", plates=[])])
    assert ids(index.find(words_of("елкин"), 10)) == [b"\x02"]
    index.remove([uid(2).bytes])
    assert index.find(words_of("елкин"), 10) == []
    assert list(index.among([uid(1).bytes, uid(2).bytes], words_of("соколова"))) == [uid(1).bytes]


def test_today_are_those_who_come_and_go(index: PassIndex) -> None:
    midnight = NOON.replace(hour=0)
    day = ms_of(midnight), ms_of(midnight + timedelta(days=1))
    assert ids(index.find_today([], 10, day)) == [b"\x02"]
    assert index.count_today(day) == 1
    later = tuple(each + 2 * 86_400_000 for each in day)
    assert index.count_today(later) == 0  # type: ignore[arg-type]


async def test_who_is_inside_and_for_too_long(index: PassIndex, store: Store) -> None:
    def move(connection: sqlite3.Connection) -> None:
        for number, carrier, zone in (
            (1, "", ZONE),
            (1, "C065MK78", ZONE),
            (2, "", ZONE),
            (3, "", None),
            (9, "", ZONE),
        ):
            presence.write(connection, uid(number), Place(carrier, zone, ms_of(NOON) + number))

    await store.write(move)
    assert ids(index.find_inside([], 10)) == [b"\x02", b"\x01"], "who came last first, each once, if held"
    assert ids(index.find_inside(words_of("софья"), 10)) == [b"\x01"]
    over_ms = ms_of(NOON + timedelta(days=1))
    assert ids(index.find_inside([], 10, over_ms)) == [b"\x02"]
    assert (index.count_inside(), index.count_inside(over_ms), index.count_inside(over_ms - 1)) == (2, 1, 0)


def test_the_file_is_private_and_made_anew(tmp_path: Path, index: PassIndex) -> None:
    file = tmp_path / "search.sqlite"
    assert file.stat().st_mode & 0o777 == 0o600
    index.close()
    again = PassIndex(file, tmp_path / "store.sqlite")
    assert again.find([], 10) == []
    item: PassItem = make_pass()
    again.put([item])
    assert again.find([], 10) == [item.id.bytes]
