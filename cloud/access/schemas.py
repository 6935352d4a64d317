"""What the access slice answers over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from cloud.access.types import (
    CardChange,
    CardState,
    MarkedLeft,
    PassChange,
    PassState,
    PointPolicyDraft,
    PolicyDraft,
    WindowDraft,
)
from cloud.kernel.schemas import LINES, ONE_LINE
from protocols.cards import spellings_of_key
from protocols.fields import Direction
from protocols.held import PassKind


class CardOut(BaseModel):
    """A card of a pass."""

    model_config = ConfigDict(from_attributes=True)

    format: str = Field(examples=["EM4100"])
    printed: str = Field(examples=["018,23011"])
    keys: list[str] = Field(examples=[["EM:001259E3", "~W26:18:23011"]])

    @computed_field(  # type: ignore[prop-decorator]  # as pydantic has it
        description="other numbers that may stand on the same card; empty for a PIN and a code",
        examples=[["0001202659", "001259E3"]],
    )
    @property
    def equivalents(self) -> list[str]:
        return [each for each in spellings_of_key(self.keys[0]) if each != self.printed]


class HistoryOut(BaseModel):
    """A line of a pass's history."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    change: PassChange
    actor: str
    reason: str
    changes: dict[str, list[Any]] | None = Field(
        description="by field: [what it was, what it became], in names as they were then; of a telephone and a document"
        " whether there was one and is one. null: no change of the form, or it is known no more",
        examples=[{"entries": [1, None], "points": [[], ["Въезд 1"]]}],
    )
    card: str | None = Field(description="which was given or taken", examples=["018,23011"])


class PassRow(BaseModel):
    """A pass in a list."""

    id: UUID
    organisation_id: UUID
    number: int = Field(examples=[1042])
    site_id: UUID
    kind: PassKind
    state: PassState
    holder: str = Field(examples=["Петров Пётр"])
    vehicle: str = Field(examples=["KIA RIO, белый"])
    plates: list[str] = Field(examples=[["X711TT90"]])
    host: str = Field(examples=["Иванова Мария Петровна"])
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    phone: str | None = Field(description="the guest's")
    host_phone: str | None
    service: str = Field(examples=["Гостевой пропуск"])
    ticket: str = Field(examples=["2022: Гостевой пропуск"])
    valid_from: datetime
    valid_until: datetime | None
    entries: int | None
    uses: int
    created_at: datetime
    changed_at: datetime


class PassOut(PassRow):
    """A pass with its cards and history."""

    version: int = Field(
        description="one more with each change; a change says from which it began", examples=[3]
    )
    host_id: UUID | None
    premises_id: UUID | None
    group_id: UUID | None
    group: str = Field(examples=["Свадьба Ивановых"])
    ticket_kind: str | None
    ticket_id: UUID | None
    points: list[UUID]
    point_names: list[str] | None = Field(
        description="of those that it opens; null: every point of the site", examples=[["Калитка"]]
    )
    left_out: list[str] = Field(
        description="asked for every point of the site: those that it does not open", examples=[["Калитка"]]
    )
    direction: Direction | None
    schedule: list[WindowDraft]
    document: str = Field(examples=["45 08 123456"])
    note: str
    cards: list[CardOut]
    history: list[HistoryOut]


class StockRow(BaseModel):
    """A card of the company's in a list, and with whom it is."""

    id: UUID
    organisation_id: UUID
    key: str = Field(description="the strongest match key", examples=["EM:001259E3"])
    format: str = Field(examples=["EM4100"])
    printed: str = Field(examples=["018,23011"])
    label: str = Field(description="the company's own number of it", examples=["Брелок 17"])
    state: CardState
    since: datetime = Field(description="of the state")
    by: str = Field(description="who brought it there", examples=["Сидорова Анна"])
    pass_id: UUID | None = Field(description="of whoever has it, or lost it")
    pass_number: int | None = Field(examples=[1042])
    pass_kind: PassKind | None
    site_id: UUID | None
    holder: str = Field(examples=["Петров Пётр"])
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    phone: str | None
    due_at: datetime | None = Field(description="until when it is to be back; null: nobody said")
    deposit: str = Field(examples=["500 ₽ наличными"])
    created_at: datetime


class CardLine(BaseModel):
    """A line of a card's history."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    change: CardChange
    actor: str = Field(examples=["Сидорова Анна"])
    pass_id: UUID | None
    holder: str = Field(description="to whom it was given, from whom it came back", examples=["Петров Пётр"])
    deposit: str = Field(examples=["500 ₽ наличными"])
    note: str = Field(examples=["Залог возвращён"])


class StockOut(StockRow):
    """A card and what became of it, newest first."""

    history: list[CardLine]


class Revocation(BaseModel):
    """Which passes to revoke, and why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    ids: list[UUID] = Field(min_length=1, max_length=200)
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500), LINES] = Field(
        examples=["Гость не приедет"]
    )


class Marking(BaseModel):
    """Who has left unseen, and how one knows."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    whom: list[MarkedLeft] = Field(min_length=1, max_length=100)
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500), LINES] = Field(
        examples=["Уехал следом за другой машиной"]
    )


class Ordered(BaseModel):
    """The orders to the boxes, in the order of what was asked; each gets one answer (`GET /api/commands/{id}`)."""

    commands: list[UUID]


class RowFault(BaseModel):
    """What is wrong with a row of a table, and in which column."""

    column: str = Field(examples=["plate"])
    code: str = Field(examples=["plate_unreadable"])
    message: str = Field(examples=["Это не похоже на номер: «АБВГД». Пример: А 123 ВС 72."])


class ImportedRow(BaseModel):
    """What became of a row: a pass, or faults."""

    line: int = Field(description="the row's number in the file", examples=[2])
    holder: str = Field(examples=["Петров Пётр"])
    plate: str = Field(examples=["Х 711 ТТ 90"])
    pass_id: UUID | None = Field(description="null in a dry run, and with faults")
    number: int | None = Field(examples=[1042])
    is_good: bool = Field(examples=[True])
    waits: bool = Field(description="a manager decides of it first", examples=[False])
    left_out: list[str] = Field(
        description="asked for every point of the site: those that it does not open", examples=[["Калитка"]]
    )
    faults: list[RowFault]


class StockedRow(BaseModel):
    """What became of a line of cards."""

    line: int = Field(description="from 1", examples=[2])
    text: str = Field(description="as it was sent", examples=["018,23011"])
    label: str = Field(examples=["Брелок 17"])
    card_id: UUID | None = Field(description="null in a dry run, and with faults")
    key: str | None = Field(description="what it was taken for", examples=["W26:18:23011"])
    format: str | None = Field(examples=["H10301"])
    faults: list[RowFault]


class Stocked(BaseModel):
    """The verdict on a list of cards."""

    added: int = Field(description="added, or to be added in a dry run", examples=[199])
    faulty: int = Field(examples=[1])
    choices: list[str] = Field(
        description="how the numbers that can be read in several ways may be read: for `read_as`",
        examples=[["EM4100", "UID4", "UID4_REVERSED"]],
    )
    rows: list[StockedRow]


class Imported(BaseModel):
    """The verdict on a table."""

    group_id: UUID
    issued: int = Field(description="issued, or to be issued in a dry run", examples=[41])
    faulty: int = Field(examples=[2])
    unknown_columns: list[str] = Field(
        description="not understood, or without a name; what stands under them is left out",
        examples=[["Номер", "столбец D без названия"]],
    )
    rows: list[ImportedRow]


class Approval(BaseModel):
    """Which requested passes to issue."""

    model_config = ConfigDict(extra="forbid")

    ids: list[UUID] = Field(min_length=1, max_length=200)


class BulkVerdict(BaseModel):
    """What became of one of many passes."""

    pass_id: UUID
    number: int
    refused: str | None = Field(
        description="why it stays as it is; null: it was changed",
        examples=["Такой пропуск выдаётся не больше чем на 31 дн."],
    )


class BulkChanged(BaseModel):
    """How many passes were changed, and a verdict on each, by number."""

    changed: int = Field(examples=[1])
    verdicts: list[BulkVerdict]


class Approved(BaseModel):
    """How many passes were issued."""

    approved: int = Field(examples=[1])


class Refused(BaseModel):
    """How many requests were refused."""

    refused: int = Field(examples=[1])


class Revoked(BaseModel):
    """How many passes were revoked."""

    revoked: int = Field(examples=[1])


class RecogniseIn(BaseModel):
    """What was typed."""

    text: Annotated[str, StringConstraints(max_length=300), ONE_LINE] = Field(examples=["Х 711 ТТ 90"])


class PlateOut(BaseModel):
    """The text as a plate."""

    canonical: str = Field(examples=["X711TT90"])
    kinds: list[str] = Field(examples=[["car"]])
    country: str | None = Field(examples=["RU"])
    warnings: list[str]


class ReadingOut(BaseModel):
    """One way to read the text as a card."""

    model_config = ConfigDict(from_attributes=True)

    key: str = Field(examples=["EM:001259E3"])
    format: str = Field(examples=["EM4100"])
    facility: int | None
    number: int | None
    uid_hex: str | None

    @computed_field(  # type: ignore[prop-decorator]  # as pydantic has it
        description="numbers that may stand on the card, the commonest first",
        examples=[["0001202659", "018,23011", "001259E3"]],
    )
    @property
    def spellings(self) -> list[str]:
        return spellings_of_key(self.key)


class RecogniseOut(BaseModel):
    """What the text may be."""

    plate: PlateOut | None
    cards: list[ReadingOut]


class BlockedOut(BaseModel):
    """A blacklist entry."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    site_id: UUID
    plates: list[str]
    card: str
    person: str
    phone: str | None
    document: str = Field(examples=["45 08 123456"])
    reason: str
    until: datetime | None
    created_by: str
    created_at: datetime
    removed_at: datetime | None
    removed_by: str | None


class GuestLinkOut(BaseModel):
    """What a guest is sent, and the code behind it as it is now."""

    url: str = Field(examples=["https://dom.example/p/AZq1rk0…"])
    code: str | None = Field(description="the characters of the QR code; null: good for nobody now")
    svg: str | None = Field(description="the QR code as a picture")
    until: datetime | None = Field(description="until when this print is good")


class PolicyOut(PolicyDraft):
    """What a company allows of a kind of pass."""

    model_config = ConfigDict(from_attributes=True)

    organisation_id: UUID


class PointPolicyOut(PointPolicyDraft):
    """What a company says of passes at a point."""

    model_config = ConfigDict(from_attributes=True)

    point_id: UUID
    organisation_id: UUID
