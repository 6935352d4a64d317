"""Words of the access slice that other slices may use."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import LINES, ONE_LINE, Instant
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.phones import parse_phone

Line = Annotated[str, StringConstraints(max_length=500), ONE_LINE]
Why = Annotated[
    str,
    StringConstraints(max_length=500),
    LINES,
    Field(description="why, for the pass's history", examples=["Гость задержится"]),
]
Document = Annotated[str, StringConstraints(max_length=100), ONE_LINE]
Phone = Annotated[str, ONE_LINE, AfterValidator(parse_phone)]


_Cell = Annotated[str, StringConstraints(max_length=2000), LINES]


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class PassState(StrEnum):
    """Where a pass stands. Expired is judged when it is looked at, never stored."""

    REQUESTED = "requested"  # Ждёт согласования
    ISSUED = "issued"  # Выдан
    INSIDE = "inside"  # Въезд
    LEFT = "left"  # Выезд
    REFUSED = "refused"  # Отказано
    REVOKED = "revoked"  # Аннулирован
    EXPIRED = "expired"  # Истёк


TOLD = "told"
"""Marks a line of a pass's history whose reason residents read: nobody else's words reach them, nor former ones."""


class PassChange(StrEnum):
    """What happened to a pass; each is a row of its history."""

    REQUESTED = "requested"
    ISSUED = "issued"
    APPROVED = "approved"
    EDITED = "edited"
    ENTERED = "entered"
    LEFT = "left"
    NOT_OPENED = "not_opened"  # granted, but surely nothing opened: the entry was given back
    MARKED_LEFT = "marked_left"  # a person saw that they had left unseen by the gate
    REFUSED = "refused"
    REVOKED = "revoked"
    CARD_GIVEN = "card_given"  # a card of the company's was put on it at the desk
    CARD_TAKEN = "card_taken"  # and taken off: returned, lost, written off


class CardState(StrEnum):
    """Where a card of the company's is. Overdue is judged when it is looked at, never stored."""

    STOCK = "stock"  # nobody has it
    GIVEN = "given"
    OVERDUE = "overdue"  # given, and its time is over, or its pass is
    LOST = "lost"
    DESTROYED = "destroyed"


class CardChange(StrEnum):
    """What happened to a card; each is a row of its history."""

    ADDED = "added"  # to the stock
    GIVEN = "given"
    RETURNED = "returned"
    LOST = "lost"
    FOUND = "found"  # it was lost or written off, and is in stock again
    DESTROYED = "destroyed"


class ConsentHow(StrEnum):
    """How somebody agreed that panels know their face."""

    APP = "app"  # the person, in the resident's app
    PAPER = "paper"  # to the company, in writing


class StillState(StrEnum):
    """Where a passage's picture is."""

    NONE = "none"  # none was taken
    HERE = "here"  # GET /api/files/{sha256}
    COMING = "coming"  # on its way from the box
    REMOVED = "removed"  # it was here; its time or the room for it was up
    MISSING = "missing"  # it never arrived: the box had to give it up


class Watcher(NamedTuple):
    """An account that is told when a pass is used."""

    account_id: UUID
    by_email: bool


class Visitor(NamedTuple):
    """A person as a blacklist is asked about them. `document`: its number; empty: not known."""

    name: str
    phone: str | None = None
    document: str = ""


class ResidentKind(NamedTuple):
    """A kind of pass that residents may order, and within which limits; None: none of the company's own."""

    kind: PassKind
    longest_days: int | None = None
    per_day: int | None = None
    standing: int | None = None
    approval: bool = False
    from_minute: int | None = None
    until_minute: int | None = None


class ShownLink(NamedTuple):
    """A guest's page, and the code on it: None when it is good for nobody now."""

    url: str
    code: str | None
    svg: str | None
    until: datetime | None


class CardDraft(_Draft):
    """A card as it was typed, and which reading of it is meant where there are several."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=300), ONE_LINE] = Field(
        examples=["018,23011"]
    )
    key: Annotated[str, StringConstraints(max_length=100), ONE_LINE] | None = Field(
        default=None,
        description="the strongest match key of the reading that is meant",
        examples=["W26:18:23011"],
    )


class StockDraft(_Draft):
    """A card that the company has from now on."""

    card: CardDraft
    label: Line = Field(default="", description="the company's own number of it", examples=["Брелок 17"])


class StockLine(_Draft):
    """A card of a list: its number as it is printed, and the company's own. Judged with its line, not here."""

    text: _Cell = Field(examples=["018,23011"])
    label: _Cell = Field(default="", examples=["Брелок 17"])


class StockList(_Draft):
    """Cards that the company has from now on, a box of them at once."""

    cards: list[StockLine] = Field(min_length=1, max_length=1000)
    read_as: Annotated[str, StringConstraints(max_length=20), ONE_LINE] | None = Field(
        default=None,
        description="which reading is meant where a number has several; one of the answer's `choices`",
        examples=["EM4100"],
    )


class LabelDraft(_Draft):
    """What the company calls a card."""

    label: Line = Field(examples=["Брелок 17"])


class TicketReference(_Draft):
    """What a pass came from, by a reference that stays."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=50), ONE_LINE] = Field(
        examples=["ticket"]
    )
    id: UUID | None = None
    text: Annotated[str, StringConstraints(max_length=200), ONE_LINE] = Field(
        default="", examples=["2022: Гостевой пропуск"]
    )


class WindowDraft(_Draft):
    """A weekly window in the site's zone; over midnight where it ends before it begins."""

    days: list[Annotated[int, Field(ge=1, le=7)]] = Field(
        min_length=1, max_length=7, examples=[[1, 2, 3, 4, 5]]
    )
    from_minute: int = Field(ge=0, le=1440, examples=[540])
    until_minute: int = Field(ge=0, le=1440, examples=[1080])


class PassDraft(_Draft):
    """What a pass is made of. Plates and cards are taken as people type them."""

    site_id: UUID
    kind: PassKind = Field(default=PassKind.GUEST, examples=[PassKind.GUEST])
    holder: Line = Field(default="", description="for whom", examples=["Петров Пётр"])
    vehicle: Line = Field(default="", examples=["KIA RIO, белый"])
    plates: list[Annotated[str, StringConstraints(max_length=100), ONE_LINE]] = Field(
        default=[], max_length=20, examples=[["Х 711 ТТ 90"]]
    )
    cards: list[CardDraft] = Field(default=[], max_length=20)
    pin: bool = Field(default=False, description="give it a PIN for a keypad; once given, it stays")
    code: bool = Field(
        default=False, description="give it a code that can be typed or told; once given, it stays"
    )
    host_id: UUID | None = Field(default=None, description="the person who is visited")
    host: Line = Field(default="", description="who is visited, where it is no known person")
    premises_id: UUID | None = None
    phone: Phone | None = Field(default=None, examples=["+7 (912) 345-67-89"])
    document: Document = Field(
        default="", description="the holder's; no box learns of it", examples=["45 08 123456"]
    )
    service: Line = Field(default="", examples=["Гостевой пропуск"])
    ticket: TicketReference | None = None
    points: list[UUID] = Field(default=[], max_length=200, description="empty: every point of the site")
    direction: Direction | None = None
    valid_from: Instant | None = Field(default=None, description="now, when absent")
    valid_until: Instant | None = None
    schedule: list[WindowDraft] = Field(default=[], max_length=50)
    entries: int | None = Field(default=None, ge=1, le=1_000_000, examples=[1])
    note: Annotated[str, StringConstraints(max_length=2000), LINES] = ""


class NewPass(PassDraft):
    """A pass that is to be issued. The same id again is answered with the pass that was made, and makes no other."""

    id: UUID | None = Field(default=None, description="made up by the caller, once for each pass")


class ChangedPass(PassDraft):
    """A pass as it is to be from now on, whole."""

    version: int | None = Field(
        default=None,
        ge=1,
        description="of the pass from which the change began: refused (`changed_meanwhile`) where it was changed since;"
        " absent: whatever stands there is written over",
        examples=[3],
    )
    reason: Why = ""


class GiveDraft(_Draft):
    """To whom a card is given: onto a pass that stands, or onto a new one that is issued with it. One of the two."""

    pass_id: UUID | None = None
    new_pass: PassDraft | None = None
    due_at: Instant | None = Field(default=None, description="null: as long as the pass is good")
    deposit: Line = Field(default="", examples=["500 ₽ наличными"])
    note: Line = ""


class CardMove(_Draft):
    """What becomes of a card: it is in stock again, lost, or written off. It stops opening with that."""

    state: Literal[CardState.STOCK, CardState.LOST, CardState.DESTROYED] = Field(examples=[CardState.STOCK])
    revoke: bool = Field(default=False, description="and the passes that it was on are revoked, too")
    note: Line = Field(default="", examples=["Залог возвращён"])


class ImportDraft(_Draft):
    """What all passes of a table have in common; a row's own columns go before it. `id`: made up by the caller.

    The same id again is refused, so that a table is not issued twice.
    """

    id: UUID
    group: Line = Field(default="", description="what they come for", examples=["Свадьба Ивановых"])
    site_id: UUID
    kind: PassKind = Field(default=PassKind.GUEST, examples=[PassKind.GUEST])
    service: Line = ""
    host_id: UUID | None = None
    premises_id: UUID | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    entries: int | None = Field(default=1, ge=1, le=1_000_000)
    points: list[UUID] = Field(default=[], max_length=200, description="empty: every point of the site")
    direction: Direction | None = None
    schedule: list[WindowDraft] = Field(default=[], max_length=50)
    ticket: TicketReference | None = None
    code: bool = Field(default=False, description="give each a code that can be typed or told")


class BlockDraft(_Draft):
    """Whom not to let in, and why. One of plate, card, person; a person by name, document or both."""

    site_id: UUID
    plate: Annotated[str, StringConstraints(max_length=100), ONE_LINE] | None = Field(
        default=None, examples=["А 123 ВС 72"]
    )
    card: CardDraft | None = None
    person: Line = Field(default="", examples=["Сидоров Сидор"])
    phone: Phone | None = None
    document: Document = Field(
        default="", description="of the person, by whatever name they come", examples=["45 08 123456"]
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500), LINES] = Field(
        examples=["Драка 12.10.2026"]
    )
    until: Instant | None = None


class BulkDraft(_Draft):
    """What many passes are to have from now on; what is null stays as it is in each."""

    ids: list[UUID] = Field(min_length=1, max_length=200)
    valid_until: Instant | None = None
    points: list[UUID] | None = Field(
        default=None, max_length=200, description="empty: every point of the pass's site"
    )
    schedule: list[WindowDraft] | None = Field(default=None, max_length=50, description="empty: at any hour")
    reason: Why = ""


class MarkedLeft(_Draft):
    """Who has left: a row of those inside."""

    site_id: UUID
    pass_id: UUID
    plate: Annotated[str, StringConstraints(max_length=100), ONE_LINE] | None = Field(
        description="by what they had come; null: on foot"
    )


class PolicyDraft(_Draft):
    """What a company allows of a kind of pass; null: no limit of its own."""

    kind: PassKind
    longest_days: int | None = Field(default=None, ge=1, le=3660, description="how long it may be valid")
    per_day: int | None = Field(
        default=None, ge=1, le=1000, description="issued to one premises within a day"
    )
    standing: int | None = Field(default=None, ge=1, le=1000, description="of one premises at once")
    vehicles: int | None = Field(
        default=None, ge=0, le=100, description="of one premises inside at once; over all its passes"
    )
    approval: bool = Field(default=False, description="a manager lets it be issued")
    residents: bool = Field(default=False, description="residents may order it for their own premises")
    from_minute: int | None = Field(
        default=None, ge=0, lt=1440, description="of the day, when it begins to be good", examples=[540]
    )
    until_minute: int | None = Field(
        default=None, ge=1, le=1440, description="when it ends; both or none", examples=[1320]
    )


class PointPolicyDraft(_Draft):
    """What a company says of passes at a point. It narrows what is allowed of their kind, and never widens it."""

    kinds: list[PassKind] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="which passes may open it; null: every kind",
        examples=[[PassKind.RESIDENT, PassKind.STAFF]],
    )
    residents: bool = Field(default=True, description="residents may order passes that open it")
    approval: bool = Field(default=False, description="a manager lets a pass that opens it be issued")
    from_minute: int | None = Field(
        default=None, ge=0, lt=1440, description="of the day, when passes begin to open it", examples=[540]
    )
    until_minute: int | None = Field(
        default=None, ge=1, le=1440, description="when they end; both or none", examples=[1320]
    )
    longest_days: int | None = Field(
        default=None, ge=1, le=3660, description="how long a pass that opens it may be valid"
    )
    per_day: int | None = Field(
        default=None, ge=1, le=1000, description="passes that open it, issued to one premises within a day"
    )
    standing: int | None = Field(
        default=None, ge=1, le=1000, description="passes of one premises that open it, at once"
    )
