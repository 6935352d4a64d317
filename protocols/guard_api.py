"""The guard's API: one contract, spoken by the box on the site's network and by the cloud for sites without a box.

JSON under `/gate/api/`, the session in a cookie; errors are problem+json (RFC 9457) with a machine-readable `code`,
in the language of `Accept-Language`. `OPERATIONS` is the whole of it; both servers build their routes from that table,
and `python -m protocols.guard_schema` writes `docs/guard-api.json`.

What a guard makes has an id from the page (UUID): the same request again is answered as the first was, and does
nothing.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols.acts import ManualReason, Photos, Verdict, ViolationKind, VisitState
from protocols.fields import Direction, Key, Text, Utc
from protocols.guard_views import (
    Board,
    Decided,
    Live,
    Me,
    NoteView,
    PassageCard,
    PassagePage,
    PassCard,
    PassPage,
    PassRow,
    Photo,
    ShiftPage,
    ShiftReport,
    ShiftView,
    Video,
    ViolationPage,
    ViolationView,
    VisitPage,
    VisitView,
)
from protocols.held import AT_HOME, PassKind
from protocols.privacy import LookKind

ROOT = "/gate/api"
PHOTO_MAX_BYTES = 5_000_000
PIN_TRIES = 5
PIN_LOCKED_S = 180
PAGE_MAX = 200


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked: a field that nobody knows is an error, since it was meant to say something."""


class AskMe(_Asked, frozen=True, kw_only=True):
    """`site`: of `Me.sites`, where the account keeps watch from now on in this browser; a box has but one."""

    site: UUID | None = None


class PinSignIn(_Asked, frozen=True, kw_only=True):
    """401 `wrong_pin` with `left`; 423 `locked` with `until`; 403 `disabled`."""

    guard: UUID
    pin: Annotated[str, Meta(pattern="^[0-9]{4,8}$")]


class CardSignIn(_Asked, frozen=True, kw_only=True):
    """What a reader at the desk typed of the guard's card. 401 `unknown_card`."""

    card: Key


class JoinPost(_Asked, frozen=True, kw_only=True):
    """The code by which this browser's computer becomes a post of the cloud. 404 `unknown_code`.

    409 `is_post` at a box, whose page is one already.
    """

    code: Key


class Decide(_Asked, frozen=True, kw_only=True):
    """409 `already_decided` with the other guard's `Decided`; 409 `late`: the passage is too old to be confirmed.

    A refusal and an opening by hand need a reason, `other` a note (422). What the blacklist names is never confirmed
    (409 `blacklisted`), nor what no pass would let in now (409 `not_confirmable`): that is opened by hand, or not.
    """

    id: UUID
    direction: Direction
    verdict: Verdict
    passage: UUID | None = None
    pass_id: UUID | None = None
    plate: Key | None = None
    reason: ManualReason | None = None
    note: Text = ""


class Show(StrEnum):
    """Filters of the passes. `today`: visitors whose pass stands and is valid at some time of the site's day."""

    ALL = "all"
    TODAY = "today"
    INSIDE = "inside"
    OVERSTAYED = "overstayed"
    BLACKLISTED = "blacklisted"


class FindPasses(_Asked, frozen=True, kw_only=True):
    """`q`: parts of a plate (Cyrillic or Latin), name, host, address, phone, number, service, ticket.

    Each word must be found; «№» is none. A telephone number may be begun with the national 8.

    As a whole it may also be what a reader or scanner typed: a card in any printed form, a guest's PIN, code or QR,
    under either layout. Then it finds the passes that this opens.
    """

    q: Annotated[str, Meta(max_length=300)] = ""  # a QR has up to 200 characters
    show: Show = Show.ALL
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


NOT_MADE_AT_GATES = AT_HOME


class DraftPass(_Asked, frozen=True, kw_only=True):
    """A pass made at the gate. `card`: a temporary one, as typed or read. `kind`: none of `NOT_MADE_AT_GATES`.

    `phone`: the guest's. 409 `blacklisted` with the reason, by plate, card or person (`persons`); 422 by field.
    """

    id: UUID
    kind: PassKind = PassKind.GUEST
    holder: Text = ""
    vehicle: Text = ""
    plate: Annotated[str, Meta(max_length=20)] = ""
    card: Annotated[str, Meta(max_length=100)] = ""
    host: Text = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    host_phone: Annotated[str, Meta(max_length=30)] = ""
    address: Text = ""
    household: UUID | None = None
    hours: Annotated[int, Meta(ge=1, le=24)] = 4
    entries: Annotated[int, Meta(ge=1, le=100)] | None = 1
    note: Text = ""


class Withdraw(_Asked, frozen=True, kw_only=True):
    """Only of passes made at a gate, and of temporary cards. 409 `not_drafted_here`."""

    note: Text = ""


class MarkLeft(_Asked, frozen=True, kw_only=True):
    """Whoever is inside by the pass has left unseen: their place goes, and nothing opens or counts as a passage.

    `carrier`: one of `PassRow.inside`; None: all of them. Whoever is not inside (any more) is answered as they are. 409
    `not_marked`: the cloud's page asked the box, which did not do it.
    """

    carrier: Annotated[str, Meta(max_length=100)] | None = None
    why: Annotated[str, Meta(min_length=1, max_length=500)]


class AddNote(_Asked, frozen=True, kw_only=True):
    """About a pass, a passage or a visit, or, with none of them, about the shift."""

    id: UUID
    text: Annotated[str, Meta(min_length=1, max_length=500)]
    pass_id: UUID | None = None
    passage: UUID | None = None
    visit: UUID | None = None


class PutVisit(_Asked, frozen=True, kw_only=True):
    """Register a visitor, or change their visit: in, out, a card handed out or taken back. The whole visit.

    `phone`: the visitor's. `photos`: hashes that `PUT photos` answered. 409 `blacklisted` with the reason, by plate,
    card or person; who leaves, or only gives a card back, is not asked about.
    """

    state: VisitState
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    document: Annotated[str, Meta(max_length=100)] = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    plate: Annotated[str, Meta(max_length=20)] = ""
    host: Text = ""
    host_phone: Annotated[str, Meta(max_length=30)] = ""
    address: Text = ""
    household: UUID | None = None
    purpose: Text = ""
    pass_id: UUID | None = None
    point: UUID | None = None
    card: Annotated[str, Meta(max_length=100)] = ""
    card_back: bool = False
    photos: Photos = []
    note: Text = ""


def is_let_in(wanted: PutVisit, before: VisitState | None, *, card_was_back: bool) -> bool:
    """Whether the blacklist is asked. `before`: the visit's state until now, None: it is new."""
    gives_card_back = wanted.card_back and not card_was_back and wanted.state is before
    return wanted.state is not VisitState.LEFT and not gives_card_back


class ShowVisits(StrEnum):
    """Filters of the visitors. `today`: registered within the site's day."""

    INSIDE = "inside"
    TODAY = "today"
    CARDS_OUT = "cards_out"


class FindVisits(_Asked, frozen=True, kw_only=True):
    """Registered last comes first."""

    q: Annotated[str, Meta(max_length=100)] = ""
    show: ShowVisits = ShowVisits.INSIDE
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


class ShowPassages(StrEnum):
    """Filters of the passages, by what became of them: a guard's decision precedes the gate's own."""

    ALL = "all"
    LET_THROUGH = "let_through"
    DENIED = "denied"
    BY_GUARD = "by_guard"
    NOT_OPENED = "not_opened"  # let through, and the barrier did not open


class Rows(StrEnum):
    """Which kinds of rows are wanted, looking back."""

    ALL = "all"
    PASSAGES = "passages"
    OPENINGS = "openings"  # that are no passage: by hand, from afar, by nobody


LOOK_BACK_DAYS = 30
"""So far back a guard looks at passages; a box goes by its settings and the company's rules, which may be shorter."""


class FindPassages(_Asked, frozen=True, kw_only=True):
    """Newest first; `before`, `before_id`: of an earlier page's last, which is not shown again. `after`: what is newer.

    `q`: parts of the plate, of what was read, or of the pass's number, holder, host, address, telephone and vehicle;
    each word must be found. As a whole it may also be a card, in any printed form. Of an opening: who, why, the plate.
    """

    q: Annotated[str, Meta(max_length=300)] = ""
    show: ShowPassages = ShowPassages.ALL
    rows: Rows = Rows.PASSAGES
    point: UUID | None = None
    before: Utc | None = None
    before_id: UUID | None = None
    after: Utc | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


class FindVideo(_Asked, frozen=True, kw_only=True):
    """Of a camera's archive. An hour at most (422)."""

    since: Utc
    until: Utc


class TakeSegment(_Asked, frozen=True, kw_only=True):
    """A piece of a playlist, by its beginning (Unix time, ms)."""

    at: Annotated[int, Meta(ge=0)]


VIOLATION_AGO_MAX, VIOLATION_AHEAD_MAX = timedelta(days=7), timedelta(minutes=5)


class NewViolation(_Asked, frozen=True, kw_only=True):
    """A violation. `at` None: now; otherwise within `VIOLATION_AGO_MAX` and `VIOLATION_AHEAD_MAX` (422)."""

    id: UUID
    kind: ViolationKind
    at: Utc | None = None
    plate: Annotated[str, Meta(max_length=20)] = ""
    address: Text = ""
    household: UUID | None = None
    pass_id: UUID | None = None
    passage: UUID | None = None
    photos: Photos = []
    note: Text = ""


class BeginShift(_Asked, frozen=True, kw_only=True):
    """Begin a shift; one that this guard has begun goes on. `id`: of the new one."""

    id: UUID


class EndShift(_Asked, frozen=True, kw_only=True):
    """End one's own shift; ends the session, too. `note`: for the next guard."""

    note: Text = ""


class Operation(NamedTuple):
    """A request. `asks`: the body's type; `query`: the query's; `answers` None: 204; bytes: of `media`."""

    name: str
    method: str
    path: str  # below ROOT
    answers: Any = None
    asks: Any = None
    query: Any = None
    public: bool = False
    media: str = "application/json"
    on_duty: bool = False  # needs a shift that was begun: 409 `not_on_duty`
    looks: LookKind | None = None  # whose data it shows: noted in the ledger of looks


OPERATIONS = (
    Operation("me", "GET", "/me", Me, query=AskMe, public=True),
    Operation("sign_in", "POST", "/sign-in", Me, asks=PinSignIn, public=True),
    Operation("sign_in_by_card", "POST", "/sign-in/card", Me, asks=CardSignIn, public=True),
    Operation("sign_out", "POST", "/sign-out"),
    Operation("join_post", "POST", "/post", Me, asks=JoinPost, public=True),
    Operation("board", "GET", "/board", Board, looks=LookKind.PASSAGES),
    Operation("live", "GET", "/live", Live, media="text/event-stream"),
    Operation("decide", "POST", "/lanes/{id}/decide", Decided, asks=Decide, on_duty=True),
    Operation("live_still", "GET", "/lanes/{id}/still", bytes, media="image/jpeg", looks=LookKind.PICTURES),
    # 404 `no_video`: there is none, or none yet, with the reason; a cloud has none at all
    Operation("live_video", "GET", "/lanes/{id}/video", Video, looks=LookKind.PICTURES),
    Operation("passage_video", "GET", "/passages/{id}/video", Video, looks=LookKind.PICTURES),
    Operation("camera_video", "GET", "/cameras/{id}/video", Video, query=FindVideo, looks=LookKind.PICTURES),
    # `id`: the token of a `Video`; 403 `video_expired`
    Operation(
        "video_playlist", "GET", "/video/{id}/playlist.m3u8", bytes, media="application/vnd.apple.mpegurl"
    ),
    Operation("video_segment", "GET", "/video/{id}/segment.ts", bytes, query=TakeSegment, media="video/mp2t"),
    Operation("passages", "GET", "/passages", PassagePage, query=FindPassages, looks=LookKind.PASSAGES),
    Operation("passage", "GET", "/passages/{id}", PassageCard, looks=LookKind.PASSAGES),
    Operation("picture", "GET", "/pictures/{id}", bytes, media="image/jpeg", looks=LookKind.PICTURES),
    Operation("passes", "GET", "/passes", PassPage, query=FindPasses, looks=LookKind.PASSES),
    Operation("pass_card", "GET", "/passes/{id}", PassCard, looks=LookKind.PASSES),
    Operation("draft_pass", "POST", "/passes", PassRow, asks=DraftPass, on_duty=True),
    Operation("withdraw_pass", "POST", "/passes/{id}/withdraw", PassRow, asks=Withdraw, on_duty=True),
    Operation("mark_left", "POST", "/passes/{id}/left", PassRow, asks=MarkLeft, on_duty=True),
    Operation("add_note", "POST", "/notes", NoteView, asks=AddNote, on_duty=True),
    Operation("visits", "GET", "/visits", VisitPage, query=FindVisits, looks=LookKind.VISITORS),
    Operation("put_visit", "PUT", "/visits/{id}", VisitView, asks=PutVisit, on_duty=True),
    Operation("add_photo", "POST", "/photos", Photo, asks=bytes, on_duty=True),
    Operation("violations", "GET", "/violations", ViolationPage, looks=LookKind.VIOLATIONS),
    Operation("add_violation", "POST", "/violations", ViolationView, asks=NewViolation, on_duty=True),
    Operation("shifts", "GET", "/shifts", ShiftPage, looks=LookKind.GUARDS),
    Operation("begin_shift", "POST", "/shifts", ShiftView, asks=BeginShift),
    Operation("end_shift", "POST", "/shifts/{id}/end", ShiftView, asks=EndShift),
    Operation("shift_report", "GET", "/shifts/{id}/report", ShiftReport, looks=LookKind.GUARDS),
    Operation(
        "shift_report_pdf",
        "GET",
        "/shifts/{id}/report.pdf",
        bytes,
        media="application/pdf",
        looks=LookKind.GUARDS,
    ),
    Operation("authority", "GET", "/trust/ca.crt", bytes, public=True, media="application/x-x509-ca-cert"),
)
