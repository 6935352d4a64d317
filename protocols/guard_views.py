"""What the guard's API answers: the page draws these as they come. See `guard_api` for what may be asked."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from protocols.acts import ManualReason, Verdict, ViolationKind, VisitState
from protocols.fields import ClockState, Direction, Sha256Hex, Utc
from protocols.held import PassKind
from protocols.records import BarrierPosition, Outcome, PassageFlag, Reason

CONFIRMED_WITHIN = timedelta(minutes=3)
"""So long after a read a guard may confirm it: later whoever came has gone, or was opened for by hand."""

LEFT_TO_GUARD = frozenset({Reason.GUARD_CONFIRMATION})
"""Whose passage waits for the guard. What the site's rule refuses, for a stale list too, is refused."""

NEAR_MOST = 3  # plates like the one that is typed, or read
NEAR_REASONS = frozenset({Reason.UNKNOWN_PLATE})
"""Of which refusals a plate may have been misread by a character: one that nobody holds, and that was read whole."""
NEAR_FOR = timedelta(minutes=10)  # passes of near plates are offered: later nobody stands there


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered. Every field is written, so that the page need not know defaults."""


ACT_SHOWN_FOR = timedelta(hours=12)
"""So long a lane says what a guard did there last: a turn of duty."""


class SignInBy(StrEnum):
    """How one signs in at this server."""

    PIN = "pin"  # or a guard's card: the box, and a post of the cloud
    ACCOUNT = "account"  # the cloud elsewhere: the page goes to its sign-in


class Guard(View, frozen=True, kw_only=True):
    """A guard, by the id under which sign-ins are replicated."""

    id: UUID
    name: str


class Site(View, frozen=True, kw_only=True):
    """`time_zone`: an IANA name; all times on the page are shown in it."""

    id: UUID
    name: str
    time_zone: str


class ShiftView(View, frozen=True, kw_only=True):
    """A turn of duty. `note`: handed over at its end."""

    id: UUID
    guard: Guard
    begun_at: Utc
    ended_at: Utc | None = None
    note: str = ""


class SessionEnd(StrEnum):
    """Why the session that a browser shows is over, where that is not its own doing."""

    CREDENTIALS = "credentials"  # the guard's PIN is another, or a card was taken away


class Me(View, frozen=True, kw_only=True):
    """Who is signed in, where, and how one does. `guards`: whose names the PIN pad offers; empty for an account.

    `post`: of the cloud, by its name; empty at a box and for an account.
    `handed_over`: the note of the shift that ended last, for whoever begins one.
    """

    by: SignInBy
    guard: Guard | None
    site: Site | None
    shift: ShiftView | None = None
    guards: list[Guard] = []
    sites: list[Site] = []  # of an account, when there is a choice
    post: str = ""
    handed_over: ShiftView | None = None
    ended: SessionEnd | None = None


class Link(View, frozen=True, kw_only=True):
    """Of the box with the cloud. `away_since` None: connected. `queued`: records that the cloud does not have yet.

    `list_age_s`: since when the cloud has not confirmed what is held; `stale`: by the site's policy that is too long.
    """

    away_since: Utc | None
    queued: int
    list_age_s: int
    stale: bool
    clock: ClockState


class PassStatus(StrEnum):
    """Of a pass, as the guard sees it now."""

    ISSUED = "issued"
    INSIDE = "inside"
    LEFT = "left"
    OVERSTAYED = "overstayed"  # inside after its end
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    USED_UP = "used_up"
    REVOKED = "revoked"
    BLACKLISTED = "blacklisted"


OFFERED = frozenset({PassStatus.ISSUED, PassStatus.INSIDE, PassStatus.LEFT, PassStatus.OVERSTAYED})
"""Whose pass may be meant where a plate was misread: nobody is offered what would be refused."""


class PassRow(View, frozen=True, kw_only=True):
    """A pass in a list. `provisional`: made at the gate, and the cloud has not taken it over yet.

    `phone`: the guest's. `household`: the premises, by which a violation or a visit names them.
    `inside`: by what it is inside now: plates, "" on foot. `withdrawable`: it was made at the gate and stands, so that
    a guard may withdraw it.
    """

    id: UUID
    number: str
    kind: PassKind
    status: PassStatus
    holder: str
    vehicle: str
    plates: list[str]
    host: str
    phone: str | None
    host_phone: str | None
    address: str
    household: UUID | None
    service: str
    ticket: str
    valid_from: Utc
    valid_until: Utc | None
    entries: int | None
    used: int
    inside_since: Utc | None
    changed_at: Utc | None
    provisional: bool
    conflict: str | None = None  # why the company does not let one stand that a gate made; "": it did not say
    blocked: str | None = None  # the blacklist's reason
    schedule: list[str] = []  # windows in words that need no translation: "1-5 08:00-20:00"
    withdrawable: bool = False
    inside: list[str] = []


NOTHING_TO_OPEN = "nothing_to_open"
"""`Decided.detail`, where no barrier would hear of it: the decision is a record."""


class Decided(View, frozen=True, kw_only=True):
    """A guard's decision.

    `opened` None with a `detail`: nobody knows, or there is nothing to open (`NOTHING_TO_OPEN`); without: it is under
    way, or a refusal. Where, which way and about whom: empty in what an earlier version decided.
    """

    id: UUID
    at: Utc
    guard: Guard
    verdict: Verdict
    reason: ManualReason | None
    note: str
    opened: bool | None = None
    detail: str = ""
    blacklisted: bool = False  # opened in spite of the blacklist
    point: UUID | None = None
    point_name: str = ""
    direction: Direction | None = None
    plate: str | None = None
    pass_number: str = ""


class PassageView(View, frozen=True, kw_only=True):
    """A decision at a lane, with all that the guard needs to see of it.

    `near`: held passes whose plate differs from the read one in a single character; offered, never opened by itself.
    `still`: path of the picture; None: there is none, or none yet. `decided`: what a guard made of it.
    `waits`: it is for the guard to decide. `video`: where its video is asked for, of which there may be none.
    """

    id: UUID
    at: Utc
    point: UUID
    point_name: str
    direction: Direction
    outcome: Outcome
    reason: Reason
    flags: list[PassageFlag]
    read: str
    plate: str | None
    held: PassRow | None
    near: list[PassRow]
    still: str | None
    opened: bool | None
    waits: bool
    decided: Decided | None
    video: str | None = None


class LaneHold(View, frozen=True, kw_only=True):
    """A person has the point held open; at `until` it is released by itself."""

    person: str
    reason: str
    until: Utc


class Lane(View, frozen=True, kw_only=True):
    """A point with what stands there. `directions`: those in which it has readers. `trouble`: names of devices gone.

    `live`: path of a fresh picture of its camera; None: it has none. `video`: where its live video is asked for.
    `away`: its box does not hear this server, so that nothing opens from here. `act`: what a guard did here last,
    within `ACT_SHOWN_FOR`, whether anything had been read or not.
    """

    id: UUID
    name: str
    directions: list[Direction]
    position: BarrierPosition | None
    can_open: bool
    hold: LaneHold | None  # by a person's order; not by the fire alarm
    live: str | None
    last: PassageView | None
    waiting: list[PassageView]
    alarms: list[str]  # kinds of lasting alarms of its barrier, its exit button, its readers and its camera
    trouble: list[str]
    video: str | None = None
    away: bool = False
    act: Decided | None = None


class Counts(View, frozen=True, kw_only=True):
    """How many stand in each of the filters of the passes."""

    today: int
    inside: int
    overstayed: int
    blacklisted: int
    visitors: int  # inside


class Board(View, frozen=True, kw_only=True):
    """All of the first screen. `event`: id of the newest live event that is in it."""

    now: Utc
    link: Link
    lanes: list[Lane]
    counts: Counts
    event: int


class PassPage(View, frozen=True, kw_only=True):
    """`total`: how many there are; `more`: `total` is a lower bound.

    `listed`: why what was typed, a plate or a card, is on the blacklist, with a pass or without; None: it is not.
    `near`: plates there of which it is a part, NEAR_MOST at most.
    """

    items: list[PassRow]
    total: int
    more: bool
    listed: str | None = None
    near: list["ListedPlate"] = []


class ListedPlate(View, frozen=True, kw_only=True):
    """A plate on the blacklist, canonical, and why."""

    plate: str
    reason: str


class PassCard(View, frozen=True, kw_only=True):
    """A pass whole: its last passages and what guards noted."""

    row: PassRow
    passages: list[PassageView]
    notes: list["NoteView"]
    unreadable: int = 0  # of its last passages


class NoteView(View, frozen=True, kw_only=True):
    """A guard's note."""

    id: UUID
    at: Utc
    guard: Guard
    text: str


class VisitView(View, frozen=True, kw_only=True):
    """A visitor: all that `PutVisit` asks for, so that a change can send the whole visit back."""

    id: UUID
    state: VisitState
    name: str
    document: str
    phone: str | None
    plate: str | None
    host: str
    host_phone: str | None = None
    address: str
    household: UUID | None
    purpose: str
    pass_id: UUID | None
    point: UUID | None
    card: str | None
    card_back: bool
    photos: list["Photo"]
    note: str
    guard: Guard
    since: Utc  # of the state
    registered_at: Utc


class VisitPage(View, frozen=True, kw_only=True):
    """Visitors."""

    items: list[VisitView]
    total: int
    unreadable: int = 0


class OpenedBy(StrEnum):
    """As what somebody opened without a passage."""

    GUARD = "guard"  # at this server's page
    DISPATCHER = "dispatcher"  # from afar; this and the next
    RESIDENT = "resident"
    SOMEBODY = "somebody"  # from afar: the order said no more, or a guard at another server's page
    NOBODY = "nobody"  # nobody decided it: a key, a hand crank, force


class OpeningView(View, frozen=True, kw_only=True):
    """An opening that is no passage: nobody was read. `opened` None: nobody knows.

    `reason`, `blacklisted`, `plate`, `direction`: of a guard's decision; `why`: in words, a guard's note or an order's.
    `still`: path of the picture taken at it; None: there is none, or none yet.
    """

    id: UUID
    at: Utc
    point: UUID
    point_name: str
    by: OpenedBy
    person: str  # "": nobody, or untold
    reason: ManualReason | None = None
    why: str = ""
    direction: Direction | None = None
    plate: str | None = None
    blacklisted: bool = False
    still: str | None = None
    opened: bool | None = None
    detail: str = ""


class PassagePage(View, frozen=True, kw_only=True):
    """Decisions, and what guards made of them; beside them what opened without one. `more`: there are older ones.

    Both newest first, of the same time: the page's last row is whichever is the older.

    `unreadable`, here and elsewhere: how many would be shown, were their records not damaged.
    """

    items: list[PassageView]
    more: bool = False
    unreadable: int = 0
    openings: list[OpeningView] = []


class PassageCard(View, frozen=True, kw_only=True):
    """A passage whole: what guards noted of it, too."""

    passage: PassageView
    notes: list[NoteView]


class Video(View, frozen=True, kw_only=True):
    """Video that may be looked at until `expires`. `playlist`: path of a playlist (HLS, RFC 8216).

    `since`, `until`: what is there of what was asked for; both None: live.
    """

    playlist: str
    since: Utc | None
    until: Utc | None
    expires: Utc


class Photo(View, frozen=True, kw_only=True):
    """A picture that was taken in: resized to at most 1600 px, without EXIF, by the server whatever the page did."""

    sha256: Sha256Hex
    path: str


class ViolationView(View, frozen=True, kw_only=True):
    """A violation as recorded here. `sent`: the cloud has it, with its pictures."""

    id: UUID
    at: Utc
    guard: Guard
    kind: ViolationKind
    plate: str | None
    address: str
    photos: list[str]  # paths
    note: str
    sent: bool


class ViolationPage(View, frozen=True, kw_only=True):
    """Those of the last days, newest first."""

    items: list[ViolationView]
    unreadable: int = 0


class ShiftPage(View, frozen=True, kw_only=True):
    """Shifts, newest first."""

    items: list[ShiftView]


class ReasonCount(View, frozen=True, kw_only=True):
    """How often."""

    code: str
    count: int


class ShiftReport(View, frozen=True, kw_only=True):
    """What happened in a shift, at all lanes of this server."""

    shift: ShiftView
    until: Utc
    granted_in: int
    granted_out: int
    denied: int
    denials: list[ReasonCount]  # by `Reason`, most first
    opened_by_hand: list[Decided]
    refused: list[Decided]
    visitors: int
    passes_made: int
    violations: list[ViolationView]
    notes: list[NoteView]
    cards_out: int  # temporary cards that are out now
    unreadable: int = 0  # passages, decisions, violations and notes that none of these numbers counts


class LiveKind(StrEnum):
    """What a live event is about; the page asks anew for what it shows of it."""

    BOARD = "board"
    PASSAGE = "passage"
    PASSES = "passes"
    VISITS = "visits"
    VIOLATIONS = "violations"
    SHIFT = "shift"
    LINK = "link"


class Live(View, frozen=True, kw_only=True):
    """Data of a server-sent event; the SSE id is a number that grows. An SSE event `reload`: ask for all anew."""

    kind: LiveKind
    id: UUID | None = None
    guard: UUID | None = None  # whose act it was


class FieldFault(View, frozen=True, kw_only=True):
    """What is wrong with a field of the body."""

    field: str
    code: str
    message: str


class Problem(View, frozen=True, kw_only=True):
    """problem+json. `left`, `until`, `decided`: of the codes that say so."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    errors: list[FieldFault] = []
    left: int | None = None
    until: Utc | None = None
    decided: Decided | None = None
