"""Companies, boxes and what they send, for the tests of ingest and telemetry."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.kernel.actor import Actor
from cloud.sites import service as sites
from cloud.sites.schemas import PointDraft
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import SeriesDraft, SeriesKind
from protocols import chain, messages, records
from protocols.fields import Event
from protocols.messages import EventBatch, ReadingBatch
from protocols.records import Reading, Readings
from protocols.topics import Channel, topic
from tests.cloud.sites.building import House

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def at_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@dataclass
class Place:
    """A company with a site and a box, as the administrator of the database put them there."""

    organisation_id: UUID
    site_id: UUID
    box_id: UUID
    key: Ed25519PrivateKey

    def stream(self) -> "BoxStream":
        return BoxStream(self)


def make_place(house: House, *, enrolled: bool = True) -> Place:
    """A site with a box in the house's company."""
    key = Ed25519PrivateKey.generate()
    box = house.make_box()
    if enrolled:
        house.enrol(box.id, key.public_key().public_bytes_raw())
    return Place(house.company, box.site_id, box.id, key)


def make_other_place(house: House) -> Place:
    """The same in another company."""
    own, house.company = house.company, house.make_company("Спарта")
    try:
        return make_place(house)
    finally:
        house.company = own


def make_point(house: House, place: Place) -> UUID:
    with house.work(company=place.organisation_id) as session:
        draft = PointDraft(box_id=place.box_id, name=f"Въезд {uuid4()}")
        return sites.create_point(session, Actor.system(place.organisation_id), draft).id


def make_series(
    house: House, place: Place, *, kind: SeriesKind = SeriesKind.COUNTER, count: int = 1, **more: Any
) -> list[int]:
    with house.work(company=place.organisation_id) as session:
        drafts = [
            SeriesDraft(
                site_id=place.site_id,
                box_id=place.box_id,
                name=f"Энергия {number}",
                unit="kWh",
                kind=kind,
                **{"scale": Decimal("0.01"), **more},
            )
            for number in range(count)
        ]
        return [telemetry.create_series(session, draft).id for draft in drafts]


@dataclass
class BoxStream:
    """A box's side of one stream: keeps every record it wrote, hands out batches of them."""

    place: Place
    id: UUID = field(default_factory=uuid4)
    records: list[bytes] = field(default_factory=list)

    def fork(self, at: int) -> "BoxStream":
        """The same stream as it was at `at`, as if restored from a copy."""
        return BoxStream(self.place, self.id, self.records[:at])

    def write(self, *items: Event | Readings | bytes) -> None:
        self.records += [item if isinstance(item, bytes) else records.encode(item) for item in items]

    def readings(self, *values: Reading, at: int = NOW_MS) -> None:
        self.write(Readings(at_ms=at, values=list(values)))

    def head(self, sequence: int) -> bytes:
        return chain.head(chain.genesis(self.id), self.records[:sequence])

    def batch(
        self,
        first: int = 1,
        last: int | None = None,
        *,
        oldest: int = 1,
        events: bool = False,
        **changes: object,
    ) -> tuple[str, bytes]:
        """(topic, payload) of the records `first` to `last`."""
        last = last or len(self.records)
        common = {
            "stream": self.id,
            "first": first,
            "before": self.head(first - 1).hex(),
            "records": [messages.msgspec.Raw(r) for r in self.records[first - 1 : last]],
            "oldest": oldest,
        }
        if events:
            signed = chain.signed_bytes(self.id, last, self.head(last))
            common["signature"] = base64.b64encode(self.place.key.sign(signed)).decode()
        kind = EventBatch if events else ReadingBatch
        payload = messages.encode(kind(**{**common, **changes}))
        channel = Channel.UP_EVENTS if events else Channel.UP_READINGS
        return topic(self.place.box_id, channel), payload
