"""What waits for the ledger of looks is bounded, outlives any failure, and nothing of it jams the rest."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cloud.kernel import looks as kernel
from cloud.kernel.actor import Actor
from cloud.kernel.errors import RetryLater
from cloud.kernel.looks import Ledger, Look, looked
from deploy.demo.servers.processes import wait_until
from protocols.privacy import LookKind
from tests.support.noon import NOON

COMPANY = uuid4()
AWAY = OperationalError("", {}, Exception("away"))
UNSTORABLE = DataError("", {}, psycopg.errors.UntranslatableCharacter("no \\u0000"))


def look(plate: str = "X711TT90", **asked: str) -> Look:
    return looked(
        LookKind.PASSES,
        [{"plate": plate}],
        at=NOON,
        actor=Actor(name="Диспетчер"),
        operation="x",
        screen="/passes",
        asked=asked,
        companies=frozenset({COMPANY}),
    )


class Book:
    """Where a ledger writes; `refuses` may raise for what it is given."""

    def __init__(self, refuses: Callable[[Sequence[Look]], None] = lambda _some: None) -> None:
        self.refuses, self.written = refuses, list[Look]()

    def write(self, some: Sequence[Look]) -> None:
        self.refuses(some)
        self.written += some


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_WRITE_EVERY_S", 0.01)
    monkeypatch.setattr(kernel, "_TRY_AGAIN_S", 0.01)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """A ledger that nobody writes, with two looks in it and room for no third."""
    monkeypatch.setattr(kernel, "WAITING_MOST", 2)
    monkeypatch.setattr(kernel, "_WRITE_EVERY_S", 60)
    ledger = Ledger(lambda _looks: None)
    ledger.note(look())
    ledger.note(look())
    yield ledger
    ledger.close()


def refusing_once(error: Exception) -> Callable[[Sequence[Look]], None]:
    errors = [error]

    def refuse(_some: Sequence[Look]) -> None:
        if errors:
            raise errors.pop()

    return refuse


def counted(outcome: str) -> float:
    return float(kernel.NOTED.labels(outcome)._value.get())


def test_what_cannot_be_written_waits_and_is_written_once() -> None:
    book = Book(refusing_once(AWAY))
    ledger = Ledger(book.write)
    first, second = look(), look()
    ledger.note(first)
    with pytest.raises(OperationalError):
        ledger.flush()
    ledger.note(second)
    ledger.close()
    assert book.written == [first, second]


@pytest.mark.parametrize("error", [PoolTimeoutError("no connection"), KeyError("a defect"), AWAY])
@pytest.mark.usefixtures("quickly")
def test_no_failure_ends_the_writing(error: Exception) -> None:
    book = Book(refusing_once(error))
    ledger, put_off = Ledger(book.write), counted("put_off")
    ledger.note(look())
    assert wait_until(lambda: len(book.written) == 1, timeout_s=60)
    assert counted("put_off") == put_off + 1
    ledger.close()


@pytest.mark.usefixtures("quickly")
def test_a_writer_that_died_is_started_again() -> None:
    book = Book()
    ledger = Ledger(book.write)
    died = threading.Thread(target=lambda: None)
    died.start()
    died.join()
    ledger._writer = died
    ledger.note(look())
    assert wait_until(lambda: len(book.written) == 1, timeout_s=60)
    ledger.close()


def test_closing_raises_nothing_and_counts_what_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_some: Sequence[Look]) -> None:
        raise KeyError("a defect")

    ledger, lost = Ledger(broken), counted("lost")
    ledger.note(look())
    ledger.note(look())
    with caplog.at_level(logging.ERROR):
        ledger.close()
    assert counted("lost") == lost + 2
    assert "KeyError" in caplog.text


def test_what_nothing_can_store_is_written_bare_and_all_else_as_it_is() -> None:
    def refuse(some: Sequence[Look]) -> None:
        if any("PLATE" in subject for each in some for subject in each.seen[COMPANY].subjects):
            raise UNSTORABLE

    book = Book(refuse)
    ledger = Ledger(book.write)
    good, bad, late = look(), look("PLATE", q="что-то"), look("A001AA77")
    for each in (good, bad, late):
        ledger.note(each)
    ledger.flush()
    bare = book.written[1]
    assert book.written == [good, bare, late]
    assert (bare.who, bare.operation, bare.seen[COMPANY].rows) == ("Диспетчер", "x", 1)
    assert (bare.seen[COMPANY].subjects, dict(bare.seen[COMPANY].asked)) == ((), {})
    ledger.close()


def test_what_goes_in_no_form_is_counted_and_holds_up_nothing() -> None:
    good, bad = look(), replace(look(), operation="bad")

    def refuse(some: Sequence[Look]) -> None:
        if any(each.operation == "bad" for each in some):
            raise UNSTORABLE

    book = Book(refuse)
    ledger, lost = Ledger(book.write), counted("lost")
    ledger.note(bad)
    ledger.note(good)
    ledger.flush()
    assert book.written == [good]
    assert counted("lost") == lost + 1
    ledger.close()


def test_a_database_that_goes_away_in_between_is_waited_for() -> None:
    times: list[int] = []

    def refuse(some: Sequence[Look]) -> None:
        times.append(len(some))
        if len(some) > 1:
            raise UNSTORABLE
        if len(times) == 3:
            raise AWAY

    book = Book(refuse)
    ledger = Ledger(book.write)
    three = [look(plate) for plate in ("A001AA77", "A002AA77", "A003AA77")]
    for each in three:
        ledger.note(each)
    with pytest.raises(OperationalError):
        ledger.flush()
    ledger.flush()
    assert book.written == three
    ledger.close()


def test_without_room_nobody_is_shown_anything_and_nobody_waits(full: Ledger) -> None:
    done: list[Any] = []

    def note() -> None:
        with pytest.raises(RetryLater):
            full.note(look())
        done.append(True)

    thread = threading.Thread(target=note, daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert done, "refused at once"


def test_what_must_go_on_is_shown_and_counted_as_lost(full: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    lost = counted("lost")
    with caplog.at_level(logging.ERROR):
        full.note_if_room(look())
        full.note_if_room(look())
    assert counted("lost") == lost + 2
    assert [record.message for record in caplog.records] == [
        "the ledger of looks is full: it cannot be written"
    ]
    full.flush()
    full.note_if_room(look())
    assert "has room again" in caplog.text


def test_what_waits_is_bounded_in_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "WAITING_MOST_BYTES", 2 * look().size)
    monkeypatch.setattr(kernel, "_WRITE_EVERY_S", 60)
    ledger = Ledger(lambda _looks: None)
    ledger.note(look())
    with pytest.raises(RetryLater):
        ledger.note(look("A" * 10_000))
    ledger.note(look())
    ledger.flush()
    ledger.note(look())
    ledger.close()
