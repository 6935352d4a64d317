"""What guards do at a point, as events of the box that served them: sign-ins, shifts, decisions, visits, violations.

Every act names its guard and its shift. What a guard makes has its id from the box (UUIDv7), so that the cloud takes
it over under the same id.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from protocols.fields import Count, Direction, Event, FromOne, Key, Sha256Hex, Text, Utc
from protocols.held import PassKind

PHOTOS_MAX = 10
Photos = Annotated[list[Sha256Hex], Meta(max_length=PHOTOS_MAX)]


class SignInWay(StrEnum):
    """By what a guard signs in."""

    PIN = "pin"
    CARD = "card"
    ACCOUNT = "account"  # at the cloud's page


class SignInOutcome(StrEnum):
    """What a try to sign in came to."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    WRONG = "wrong"
    LOCKED = "locked"  # five wrong PINs, and each try until the lock ends
    DISABLED = "disabled"
    EXPIRED = (
        "expired"  # the session ended by itself; or its guard was disabled, got another PIN or lost a card
    )


class SignIn(Event, tag="guard_sign_in", frozen=True, kw_only=True):
    """A try to sign in, or the end of a session. `station`: its address.

    `guard` None: a card, or a PIN for somebody, that is no guard's; `locked`: the station tried too often and waits.
    """

    guard: UUID | None = None
    way: SignInWay
    outcome: SignInOutcome
    station: Key | None = None


class Act(Event, frozen=True, kw_only=True):
    """Common to all acts. `guard`: as replicated (`GuardItem.id`)."""

    guard: UUID
    shift: UUID | None = None


class ShiftState(StrEnum):
    """Of a guard's turn of duty."""

    BEGUN = "begun"
    ENDED = "ended"


class Shift(Act, tag="shift", frozen=True, kw_only=True):
    """A shift began or ended; `shift` is its id. `note`: what is handed over to the next guard."""

    state: ShiftState
    note: Text = ""


class Verdict(StrEnum):
    """What a guard decided at a lane."""

    CONFIRM = "confirm"  # lets in whom the box left to the guard
    REFUSE = "refuse"
    OPEN = "open"  # by hand, whatever the box had decided


class ManualReason(StrEnum):
    """Why a guard refused, or opened by hand; machine-readable, translated by the faces."""

    PASS_SHOWN = "pass_shown"  # the pass is valid, and was not read
    NEAR_PLATE = "near_plate"  # read with one wrong character
    HOST_CONFIRMED = "host_confirmed"
    AMBULANCE = "ambulance"
    FIRE_SERVICE = "fire_service"
    POLICE = "police"
    UTILITY_EMERGENCY = "utility_emergency"
    ORDERED = "ordered"  # by a superior or the dispatcher
    FAULT = "fault"  # of a reader, a camera, the barrier
    LET_OUT = "let_out"
    HOST_REFUSED = "host_refused"
    NO_ANSWER = "no_answer"  # of the host
    NOT_THE_PERSON = "not_the_person"  # of the pass
    BEHAVIOUR = "behaviour"
    OTHER = "other"  # the note says which


class GateDecision(Act, tag="gate_decision", frozen=True, kw_only=True):
    """A guard's decision at a point. Durable before the coil is written; an `Actuation` that names it follows.

    `passage`: the box's decision about which the guard decides. `pass_id`: by which pass is let through; then `use`,
    `zone`, `behind` and `carrier` are as of a `Passage`. `blacklisted`: opened by hand in spite of the blacklist.
    """

    point: UUID
    direction: Direction
    verdict: Verdict
    reason: ManualReason | None = None
    note: Text = ""
    passage: UUID | None = None
    pass_id: UUID | None = None
    use: FromOne | None = None
    plate: Key | None = None
    zone: UUID | None = None
    behind: UUID | None = None
    carrier: Annotated[str, Meta(max_length=100)] = ""
    still: Sha256Hex | None = None
    blacklisted: bool = False


class PassDrafted(Act, tag="pass_drafted", frozen=True, kw_only=True):
    """A pass made at the gate: in force there at once, and held beside the list until the cloud's version arrives.

    `phone`: the guest's.
    """

    pass_id: UUID
    kind: PassKind = PassKind.GUEST
    holder: Text = ""
    vehicle: Text = ""
    host: Text = ""
    phone: Key | None = None
    address: Text = ""
    household: UUID | None = None
    keys: Annotated[list[Key], Meta(max_length=50)] = []
    plates: Annotated[list[Key], Meta(max_length=20)] = []
    points: Annotated[list[UUID], Meta(max_length=200)] = []
    direction: Direction | None = None
    valid_from: Utc
    valid_until: Utc
    entries: FromOne | None = None
    note: Text = ""
    host_phone: Key | None = None


class PassWithdrawn(Act, tag="pass_withdrawn", frozen=True, kw_only=True):
    """A pass is withdrawn at the gate: refused there from now on, and revoked by the cloud."""

    pass_id: UUID
    note: Text = ""


class VisitState(StrEnum):
    """Where a visitor is in their visit."""

    EXPECTED = "expected"
    INSIDE = "inside"
    LEFT = "left"


class Visit(Act, tag="visit", frozen=True, kw_only=True):
    """A visitor was registered, or their visit changed: the whole visit as it is now.

    `phone`: the visitor's. `pass_id` None: without a pass. `card`: the temporary card that was handed out, by its
    strongest key; `card_back`: it was taken back.
    """

    visit: UUID
    state: VisitState
    name: Text
    document: Text = ""
    phone: Key | None = None
    plate: Key | None = None
    host: Text = ""
    address: Text = ""
    household: UUID | None = None
    purpose: Text = ""
    pass_id: UUID | None = None
    point: UUID | None = None
    card: Key | None = None
    card_back: bool = False
    photos: Photos = []
    note: Text = ""
    host_phone: Key | None = None


class ViolationKind(StrEnum):
    """What was violated; translated by the faces."""

    PARKING = "parking"
    SPEED = "speed"
    NOISE = "noise"
    LITTER = "litter"
    DAMAGE = "damage"
    DOG = "dog"
    FIRE_SAFETY = "fire_safety"
    BREACH = "breach"  # of the gate: tailgating, over the fence
    OTHER = "other"


class Violation(Act, tag="violation", frozen=True, kw_only=True):
    """A violation was recorded; `at` is when. In the cloud it becomes a case."""

    violation: UUID
    kind: ViolationKind
    plate: Key | None = None
    address: Text = ""
    household: UUID | None = None
    pass_id: UUID | None = None
    passage: UUID | None = None
    photos: Photos = []
    note: Text = ""


class GuardNote(Act, tag="guard_note", frozen=True, kw_only=True):
    """A guard's words about a pass, a passage or a visit, or about the shift."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    pass_id: UUID | None = None
    passage: UUID | None = None
    visit: UUID | None = None


SUBJECTS_MAX = 400


class Looked(Act, tag="looked", frozen=True, kw_only=True):
    """What a guard looked at on the box's page within a minute, told once: `at` is when it began.

    `screen`: the operation (`guard_api.OPERATIONS`); `asked`: what was last typed; `subjects`: whose data it showed, as
    `privacy.subjects_in` writes them; `rows`: how many at most at once; `times`: how often it was asked.
    """

    kind: Key  # `privacy.LookKind`
    screen: Key
    asked: Text = ""
    rows: Count = 0
    times: FromOne = 1
    subjects: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=SUBJECTS_MAX)] = []


AnyAct = SignIn | Shift | GateDecision | PassDrafted | PassWithdrawn | Visit | Violation | GuardNote | Looked
