"""What the resident's API answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cloud.access.types import PassState
from cloud.calls.types import CallAnswer, CallState
from cloud.housing.types import PremisesKind
from cloud.kernel.lists import Page
from cloud.residents.types import EndedBy, KeyKind, NoticeKind, OrderState, WeeklyWindow
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.records import Outcome, Reason


class SiteOfMine(BaseModel):
    """A site at which one goes to the premises."""

    id: UUID
    name: str = Field(examples=["КПП-1"])
    time_zone: str = Field(examples=["Asia/Yekaterinburg"])


class PremisesOfMine(BaseModel):
    """Where I live."""

    id: UUID
    company_id: UUID
    company: str = Field(examples=["Афины"])
    kind: PremisesKind
    number: str = Field(examples=["17"])
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    sites: list[SiteOfMine]


class KindOfPass(BaseModel):
    """A kind of pass that I may order, within the company's limits; null: none of the company's own."""

    model_config = ConfigDict(from_attributes=True)

    company_id: UUID
    kind: PassKind
    longest_days: int | None = Field(examples=[3])
    per_day: int | None = Field(description="to one premises within a day", examples=[5])
    standing: int | None = Field(description="of one premises at once", examples=[10])
    approval: bool = Field(description="a manager decides first")
    from_minute: int | None = Field(description="of the day, when it begins to be good", examples=[540])
    until_minute: int | None = Field(examples=[1320])


class EndOfPass(BaseModel):
    """That a pass was refused or revoked, by whom and why."""

    at: datetime
    by: EndedBy
    why: str = Field(
        description="as whoever decided wrote it; empty: nobody said", examples=["Ремонт дороги"]
    )


class KeyOfMine(BaseModel):
    """A card, a fob, a PIN or a code of a pass."""

    id: str = Field(examples=["CODE"])
    kind: KeyKind
    printed: str = Field(description="a card's number; empty: of a PIN and a code", examples=["018,23011"])
    watched: bool
    watched_by_email: bool


class PassOfMine(BaseModel):
    """A pass of mine."""

    id: UUID
    number: int = Field(examples=[1042])
    kind: PassKind
    state: PassState
    premises_id: UUID
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    site_id: UUID
    site: str = Field(examples=["КПП-1"])
    holder: str = Field(examples=["Петров Пётр"])
    vehicle: str = Field(examples=["KIA RIO, белый"])
    plates: list[str] = Field(examples=[["X711TT90"]])
    phone: str | None = Field(examples=["+79123456789"])
    valid_from: datetime
    valid_until: datetime | None
    schedule: list[WeeklyWindow]
    left_out: list[str] = Field(
        description="points of the site that it does not open", examples=[["Калитка"]]
    )
    entries: int | None = Field(examples=[1])
    uses: int
    note: str
    code: str | None = Field(description="to be typed at a keypad or told", examples=["K7M2-9QXW"])
    version: int = Field(description="one more with each change", examples=[3])
    created_at: datetime
    may_change: bool = Field(description="its time can be changed, and it can be revoked")
    ended: EndOfPass | None = Field(description="refused or revoked; null: neither")
    watched: bool = Field(description="by whatever it is used")
    watched_by_email: bool
    keys: list[KeyOfMine] = Field(description="each of which can be watched alone")


class PassLink(BaseModel):
    """What is sent to the guest: a page, and the code on it."""

    url: str = Field(examples=["https://dom.example.org/g/…"])
    code: str | None = Field(description="what the QR holds; null: none can be made now")
    svg: str | None = Field(description="the QR as a picture")
    until: datetime | None


class PassageOfMine(BaseModel):
    """Somebody came by a pass of mine."""

    id: UUID
    at: datetime
    direction: Direction
    outcome: Outcome
    reason: Reason
    site: str = Field(examples=["КПП-1"])
    point: str = Field(examples=["Въезд 1"])
    plate: str | None = Field(examples=["X711TT90"])
    opened: bool | None


class DoorOfMine(BaseModel):
    """A gate or door that I may open."""

    id: UUID
    name: str = Field(examples=["Подъезд 1"])
    site_id: UUID
    site: str = Field(examples=["ЖК «Берег»"])


class OrderOfMine(BaseModel):
    """An order of mine to a door or a panel, and its one answer."""

    id: UUID
    state: OrderState
    issued_at: datetime
    expires_at: datetime = Field(description="after this moment it is too late, and nothing happens")
    answered_at: datetime | None
    reason: str | None = Field(description="why not, as the box said it", examples=["device"])


class CallOfMine(BaseModel):
    """A call at my intercom."""

    id: UUID
    premises_id: UUID
    address: str = Field(examples=["ЖК «Берег», 1, кв. 17"])
    point_id: UUID
    point: str = Field(examples=["Подъезд 1"])
    state: CallState
    started_at: datetime
    ended_at: datetime | None
    has_still: bool = Field(description="GET …/still has the picture")
    may_open: bool
    answer: CallAnswer | None
    decided_at: datetime | None
    person: str = Field(description="who answered", examples=["Иванова Мария"])
    order_id: UUID | None = Field(description="my own answer's order: GET /api/resident/orders/{id}")


class NoticeOfMine(BaseModel):
    """A pass that I watch was used; or a pass of mine was approved, refused or revoked."""

    id: UUID
    kind: NoticeKind
    at: datetime
    pass_id: UUID
    number: int = Field(examples=[1042])
    holder: str = Field(examples=["Петров Пётр"])
    passage_id: UUID | None = Field(description="used; else null, as what follows up to the point")
    outcome: Outcome | None
    reason: Reason | None
    direction: Direction | None
    point: str = Field(examples=["Въезд 1"])
    why: str = Field(
        description="refused or revoked: as whoever decided wrote it; empty: nobody said",
        examples=["Ремонт дороги"],
    )
    read_at: datetime | None


class Notices(Page[NoticeOfMine]):
    """My notices, and how many of all were not read."""

    unread: int = Field(examples=[2])


class ReadCount(BaseModel):
    """How many notices are still unread."""

    unread: int = Field(examples=[0])
