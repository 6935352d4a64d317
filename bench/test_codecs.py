"""Small things that happen often, by pytest-benchmark: `python -m bench small`, or pytest on this file."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from bench.held import card_uid, make_pass
from cloud.telemetry.readings import row as reading_row
from protocols import chain, messages, plates, records
from protocols.cards import from_uid, from_wiegand, lookups, parse_printed
from protocols.fields import Direction
from protocols.held import decode_item, encode_item
from protocols.messages import EventBatch
from protocols.records import Outcome, Passage, Reading, Readings, Reason
from protocols.topics import Channel

_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_STREAM = UUID(int=7)
_PASSAGE = Passage(
    id=UUID(int=1),
    at=_AT,
    point=UUID(int=2),
    direction=Direction.IN,
    outcome=Outcome.GRANTED,
    reason=Reason.GRANTED,
    pass_id=UUID(int=3),
    pass_version=4,
    plate="X711TT90",
    read="Х711ТТ90",
    source=UUID(int=5),
    decision_us=12,
)
_RECORD = records.encode(_PASSAGE)
_BATCH = messages.encode(
    EventBatch(
        stream=_STREAM,
        first=1,
        before=chain.genesis(_STREAM).hex(),
        records=[msgspec.Raw(_RECORD)] * 100,
        oldest=1,
        signature=base64.b64encode(bytes(64)).decode(),
    )
)
_READING = Reading(1, 0, 4_217_350, 4217.35)
_CHUNK = records.encode(Readings(at_ms=1_763_800_000_000, values=[_READING] * 20))
_ITEM = encode_item(make_pass(1))
_UID = card_uid(1)
_WIEGAND = "10001001001011001111000111"

CASES: dict[str, Callable[[], Any]] = {
    "a UID's credential and what to look for": lambda: lookups((from_uid(_UID),)),
    "a 26-bit frame's readings": lambda: from_wiegand(_WIEGAND),
    "a typed card number's readings": lambda: parse_printed("018,23011"),
    "a plate's canonical form": lambda: plates.canonical("Х 711 ТТ 90"),
    "a passage's record, encoded": lambda: records.encode(_PASSAGE),
    "a link of the hash chain": lambda: chain.link(bytes(32), _RECORD),
    "a batch of 100 events, decoded": lambda: messages.decode(Channel.UP_EVENTS, _BATCH),
    "a chunk of 20 readings, decoded": lambda: records.decode_readings(_CHUNK),
    "a reading as a row of COPY": lambda: reading_row(1_763_800_000_000, _READING),
    "a held pass, decoded": lambda: decode_item(_ITEM),
}


@pytest.mark.parametrize("name", CASES)
def test_codec(benchmark: Any, name: str) -> None:
    assert benchmark(CASES[name]) is not None
