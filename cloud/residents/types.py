"""Words of the residents slice."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import LINES, ONE_LINE, Instant
from protocols.held import PassKind
from protocols.phones import parse_phone

Line = Annotated[str, StringConstraints(max_length=500), ONE_LINE]
Phone = Annotated[str, ONE_LINE, AfterValidator(parse_phone)]


class OrderState(StrEnum):
    """What became of an order to a door or a panel."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"  # the box had it too late, and did nothing
    LAPSED = "lapsed"  # nobody answered in time


class NoticeKind(StrEnum):
    """What a resident is told of a pass in their name."""

    USED = "used"  # or refused at the gate; they asked to be told
    APPROVED = "approved"
    REFUSED = "refused"  # it was asked for, and is not to be
    REVOKED = "revoked"


class KeyKind(StrEnum):
    """What a key of a pass is."""

    CARD = "card"  # or a fob
    PIN = "pin"
    CODE = "code"


class EndedBy(StrEnum):
    """Who refused or revoked a pass."""

    ME = "me"
    COMPANY = "company"  # its dispatcher, its manager, a guard of its gate


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class WeeklyWindow(_Draft):
    """When, each week, in the site's zone; over midnight where it ends before it begins."""

    days: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7, examples=[[1, 3, 5]])
    from_minute: int = Field(ge=0, le=1440, examples=[540])
    until_minute: int = Field(ge=0, le=1440, examples=[1080])


class GuestDraft(_Draft):
    """A pass that a resident orders. `site_id` is needed where several sites lead to the premises.

    The same `id` again is answered with the pass that was made, and makes no other.
    """

    id: UUID | None = Field(default=None, description="made up by the caller, once for each pass")
    premises_id: UUID
    site_id: UUID | None = None
    kind: PassKind = Field(default=PassKind.GUEST, examples=[PassKind.GUEST])
    holder: Line = Field(default="", description="for whom", examples=["Петров Пётр"])
    vehicle: Line = Field(default="", examples=["KIA RIO, белый"])
    plates: list[Annotated[str, StringConstraints(max_length=100), ONE_LINE]] = Field(
        default=[], max_length=5, examples=[["Х 711 ТТ 90"]]
    )
    phone: Phone | None = Field(default=None, description="the guest's", examples=["+7 (912) 345-67-89"])
    valid_from: Instant | None = Field(default=None, description="now, when absent")
    valid_until: Instant | None = None
    schedule: list[WeeklyWindow] = Field(default=[], max_length=20)
    entries: int | None = Field(default=None, ge=1, le=1000, examples=[1])
    code: bool = Field(default=False, description="give it a code that can be typed or told")
    note: Annotated[str, StringConstraints(max_length=500), LINES] = ""


class WindowChange(_Draft):
    """Another time for a pass; what is absent stays."""

    version: int | None = Field(
        default=None,
        ge=1,
        description="of the pass that the caller looked at: refused (`pass_changed`) where it was changed since",
        examples=[3],
    )
    valid_from: Instant | None = None
    valid_until: Instant | None = None


class WatchDraft(_Draft):
    """How to be told that a pass was used; in the app always."""

    by_email: bool = Field(default=False, description="by a letter, too")


class AnswerDraft(_Draft):
    """What to do with whoever rings."""

    open: bool = Field(description="true: let in; false: refuse, and the panel hangs up")


class ReadDraft(_Draft):
    """Which notices were read; empty: all."""

    ids: list[UUID] = Field(default=[], max_length=200)
