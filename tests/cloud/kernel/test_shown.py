"""Each company learns who saw its own data, and nothing of what is another's."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from fastapi import Response

from cloud.kernel.shown import Seen, plain, seen_by_company, short
from protocols.acts import SUBJECTS_MAX
from protocols.privacy import LookKind

OURS, THEIRS, STRANGERS = sorted(uuid4() for _ in range(3))
BOTH = frozenset({OURS, THEIRS})
ASKED = {"q": "Иванов", "pass_id": "p"}


def seen(answer: Any, *, about: frozenset[UUID] = frozenset(), companies: frozenset[UUID] = BOTH) -> Any:
    return seen_by_company(answer, LookKind.PEOPLE, ASKED, companies=companies, about=about)


def row(company: UUID | None, name: str) -> dict[str, Any]:
    return {"id": name} | ({"organisation_id": str(company)} if company else {})


def test_rows_go_to_those_whose_they_are_and_the_words_to_who_was_found() -> None:
    assert seen({"items": [row(OURS, "a"), row(OURS, "b")]}) == {
        OURS: Seen(2, ("person:a", "person:b", "pass:p"), ASKED)
    }
    found = seen([row(OURS, "a"), row(THEIRS, "b")])
    assert found[THEIRS] == Seen(1, ("person:b", "pass:p"), ASKED)
    assert found[OURS] == Seen(1, ("person:a", "pass:p"), ASKED)


def test_rows_of_nobody_in_particular_tell_companies_only_that_somebody_looked() -> None:
    assert seen([row(None, "a")]) == dict.fromkeys((OURS, THEIRS), Seen(1, (), {}))
    assert seen([]) == dict.fromkeys((OURS, THEIRS), Seen(0, (), {}))
    assert seen(None) == seen([])


def test_they_go_to_whom_the_handler_names() -> None:
    found = {THEIRS: Seen(1, ("person:a", "pass:p"), ASKED)}
    assert seen([row(None, "a")], about=frozenset({THEIRS})) == found
    assert seen([], about=frozenset({THEIRS})) == {THEIRS: Seen(0, ("pass:p",), ASKED)}


def test_where_there_is_one_company_all_is_its() -> None:
    only = frozenset({OURS})
    assert seen([row(None, "a")], companies=only) == {OURS: Seen(1, ("person:a", "pass:p"), ASKED)}
    assert seen([], companies=only) == {OURS: Seen(0, ("pass:p",), ASKED)}


def test_no_company_is_told_of_that_was_not_looked_into() -> None:
    assert seen([row(STRANGERS, "a"), row(OURS, "b")]).keys() == {OURS}
    assert seen([row(None, "a")], about=frozenset({STRANGERS})).keys() == BOTH


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8"])
def test_an_answer_that_is_json_already_says_the_same(media_type: str) -> None:
    page = {"items": [row(OURS, "a"), row(THEIRS, "b")], "total": 2}
    answer = Response(msgspec.json.encode(page), media_type=media_type)
    assert seen(answer) == seen(answer) == seen(page)
    assert seen(answer, companies=frozenset({OURS})).keys() == {OURS}
    assert seen(Response(b"PDF", media_type="application/pdf")) == seen(None)
    assert seen(Response(status_code=204)) == seen(None)


@pytest.mark.parametrize("text", ["\x00", "\x1b", "\x9f", "\ud800"])
def test_what_no_database_takes_is_left_out(text: str) -> None:
    assert plain(f"Ёж{text} 7") == "Ёж 7"
    assert short({f"q{text}": f"a{text}b"}) == {"q": "ab"}
    found = seen([row(OURS, f"a{text}")])[OURS].subjects
    assert found == ("person:a", "pass:p")


def test_what_is_kept_has_an_end() -> None:
    asked = short({f"{number}{'n' * 100}": "v" * 1000 for number in range(50)})
    assert len(asked) == 20
    assert {len(name) for name in asked} == {50}
    assert {len(value) for value in asked.values()} == {200}
    assert len(seen([row(OURS, str(number)) for number in range(1000)])[OURS].subjects) == SUBJECTS_MAX
