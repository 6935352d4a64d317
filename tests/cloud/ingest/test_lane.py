"""A lane on a real database: one message that nobody thought of holds up none of the others; what waits is bounded."""

import queue
from collections.abc import Iterator, Sequence
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from cloud.ingest import lane as lanes
from cloud.ingest.lane import Held, Lane
from cloud.ingest.unit import Answer, Intake, Message
from cloud.kernel.database import before_commit
from cloud.kernel.tenancy import Role
from cloud.sites.types import BoxOwner
from protocols.records import DeviceState, DeviceStatus
from tests.cloud.ingest.boxes import NOW, make_place
from tests.cloud.sites.building import House

Answers = queue.Queue[Sequence[Answer]]


def fail_when_done(_session: Session) -> None:
    raise ValueError("nobody thought of this")


def handle(session: Session, _box: BoxOwner, event: DeviceState) -> None:
    if event.detail == "bad":
        before_commit(session, fail_when_done)


@pytest.fixture
def answers() -> Answers:
    return queue.Queue()


@pytest.fixture
def lane(house: House, answers: Answers) -> Iterator[Lane]:
    intake = Intake(house.database(Role.INGEST), {DeviceState: handle})
    lane = Lane("events", intake, lambda _batch, made: answers.put(made))
    yield lane
    lane.stop(10)


def message(house: House, *details: str) -> Message:
    stream = make_place(house).stream()
    for detail in details:
        stream.write(
            DeviceState(id=uuid4(), at=NOW, device=uuid4(), status=DeviceStatus.OFFLINE, detail=detail)
        )
    return Message(*stream.batch(events=True))


def test_a_message_that_cannot_be_committed_is_taken_apart(
    house: House, lane: Lane, answers: Answers
) -> None:
    for item in (message(house, "good"), message(house, "good", "bad", "good"), message(house, "good")):
        assert lane.put(Held(item, None))
    lane.start()
    made = answers.get(timeout=60)
    assert [answer.ack.sequence for answer in made] == [1, 3, 1]


def test_what_waits_is_bounded(house: House, lane: Lane, answers: Answers, monkeypatch) -> None:
    item = message(house, "good")
    monkeypatch.setattr(lanes, "MOST_WAITING_BYTES", len(item.payload) * 2)
    assert [lane.put(Held(item, None)) for _ in range(3)] == [True, True, False]
    lane.start()
    assert len(answers.get(timeout=60)) == 1  # both are of one stream
    assert lane.put(Held(item, None))
    assert answers.get(timeout=60)
