"""A shift's report on paper: every code has its words, long reports run over pages, the program reads and writes."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from protocols import reason_words, shift_pdf
from protocols.acts import ManualReason, Verdict, ViolationKind
from protocols.fields import Direction
from protocols.guard_views import Decided, Guard, NoteView, ReasonCount, ShiftReport, ShiftView, ViolationView
from protocols.records import Reason
from protocols.shift_pdf import Order, render

AT = datetime(2026, 11, 28, 8, tzinfo=UTC)
GUARD = Guard(id=UUID(int=1), name="Пётр Ильич")
LETS_IN = {Reason.GRANTED, Reason.GRANTED_CLOCK_UNKNOWN}


def order(language: str = "ru", notes: int = 1) -> Order:
    decided = Decided(
        id=UUID(int=2), at=AT, guard=GUARD, verdict=Verdict.OPEN, reason=ManualReason.AMBULANCE, note="№ 7"
    )
    report = ShiftReport(
        shift=ShiftView(
            id=UUID(int=3), guard=GUARD, begun_at=AT, ended_at=AT + timedelta(hours=12), note="Ключ"
        ),
        until=AT + timedelta(hours=12),
        granted_in=1,
        granted_out=2,
        denied=3,
        denials=[ReasonCount(code="expired", count=3), ReasonCount(code="of_a_newer_box", count=1)],
        opened_by_hand=[decided, msgspec.structs.replace(decided, blacklisted=True, opened=False)],
        refused=[msgspec.structs.replace(decided, verdict=Verdict.REFUSE, reason=ManualReason.NO_ANSWER)],
        visitors=4,
        passes_made=5,
        violations=[
            ViolationView(
                id=UUID(int=4),
                at=AT,
                guard=GUARD,
                kind=ViolationKind.DOG,
                plate=None,
                address="",
                photos=[],
                note="",
                sent=True,
            )
        ],
        notes=[NoteView(id=UUID(int=5 + n), at=AT, guard=GUARD, text="Слово " * 80) for n in range(notes)],
        cards_out=6,
    )
    return Order(report=report, site="КПП", time_zone="Asia/Yekaterinburg", language=language)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_it_is_a_pdf_in_either_language(language: str) -> None:
    assert render(order(language)).startswith(b"%PDF-")


def test_a_long_one_runs_over_pages() -> None:
    short, long = render(order()), render(order(notes=60))
    assert (short.count(b"/Type /Page\n"), long.count(b"/Type /Page\n") > 1) == (1, True)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "Въезд, въезд · X711TT90 · пропуск № 17 · не открылось · к деду · Пётр Ильич"),
        ("en", "Въезд, in · X711TT90 · pass no. 17 · did not open · к деду · Пётр Ильич"),
    ],
)
def test_a_decision_says_where_about_whom_by_whom_and_what_became_of_it(language: str, told: str) -> None:
    made = Decided(
        id=UUID(int=2),
        at=AT,
        guard=GUARD,
        verdict=Verdict.OPEN,
        reason=ManualReason.AMBULANCE,
        note="к деду",
        opened=False,
        point_name="Въезд",
        direction=Direction.IN,
        plate="X711TT90",
        pass_number="17",
    )
    paper = shift_pdf._Page(None, order(language))
    assert paper._decision(made)[2] == told
    bare = Decided(id=made.id, at=AT, guard=GUARD, verdict=Verdict.REFUSE, reason=made.reason, note="")
    assert paper._decision(bare)[2] == GUARD.name, "of an earlier version, which named no lane"
    undone = msgspec.structs.replace(made, verdict=Verdict.CONFIRM, opened=None)
    assert ("неизвестно" in paper._decision(undone)[2]) is (language == "ru")


def test_every_code_has_its_words() -> None:
    wanted = {reason.value for reason in ManualReason}
    wanted |= {f"violation_{kind.value}" for kind in ViolationKind}
    assert wanted - shift_pdf._WORDS.keys() == set()
    assert set(Reason) - LETS_IN - reason_words.SHORT.keys() == set()
    assert [key for key, (ru, en) in shift_pdf._WORDS.items() if not ru or not en or ru == en] == []


def test_the_program_reads_an_order_and_writes_the_pdf() -> None:
    command = [sys.executable, "-m", "protocols.shift_pdf"]
    done = subprocess.run(
        command, input=msgspec.json.encode(order()), capture_output=True, check=True, timeout=50
    )
    assert done.stdout.startswith(b"%PDF-")
    refused = subprocess.run(command, input=b"{}", capture_output=True, check=False, timeout=50)
    assert (refused.returncode != 0, refused.stdout) == (True, b"")
