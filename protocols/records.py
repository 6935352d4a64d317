"""Records of the box's two streams: what it witnessed (*events*) and what it measured (*readings*).

A record's bytes are written once, by `encode`, and never re-encoded: the hash chain covers those bytes.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols import decoding
from protocols.acts import AnyAct
from protocols.fields import (
    Count,
    Direction,
    Event,
    FromOne,
    Key,
    Label,
    Message,
    Part,
    Sequence,
    Sha256Hex,
    Text,
    Utc,
    Watermark,
)
from protocols.privacy import RetentionApplied


class Outcome(StrEnum):
    """What a decision came to."""

    GRANTED = "granted"
    DENIED = "denied"


class Reason(StrEnum):
    """Why a decision came out as it did; one code per decision, machine-readable, translated by the faces."""

    GRANTED = "granted"
    GRANTED_CLOCK_UNKNOWN = "granted_clock_unknown"
    BLACKLISTED = "blacklisted"
    UNKNOWN_CREDENTIAL = "unknown_credential"
    UNKNOWN_PLATE = "unknown_plate"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OUTSIDE_SCHEDULE = "outside_schedule"
    WRONG_POINT = "wrong_point"
    NO_ENTRIES_LEFT = "no_entries_left"
    REVOKED = "revoked"
    CLOCK_UNKNOWN = "clock_unknown"
    AMBIGUOUS = "ambiguous"
    UNREADABLE = "unreadable"
    GUARD_CONFIRMATION = "guard_confirmation"
    POINT_NOT_READY = "point_not_ready"
    ANTI_PASSBACK = "anti_passback"
    ZONE_FULL = "zone_full"
    TOO_MANY_VEHICLES = "too_many_vehicles"  # of the household's, inside at once
    STALE_LIST = "stale_list"
    CODE_FORGED = "code_forged"  # or of another site
    TOO_MANY_TRIES = "too_many_tries"  # of PINs and codes, at this reader
    CODE_KEY_UNKNOWN = "code_key_unknown"  # signed by a key that is not, or no longer, valid here
    EXIT_BUTTON = "exit_button"  # let out by the button at the point: nobody was asked for a pass


class PassageFlag(StrEnum):
    """What was noticed beside the decision."""

    CODE = "code"  # judged by a guest's code
    STALE_LIST = "stale_list"  # let in though the list was stale
    ANTI_PASSBACK = "anti_passback"  # let in though already inside, or out though not (soft)
    LEFT_AS_OTHER = "left_as_other"  # by other means than those by which the pass came in
    WITH_OTHER_PASS = "with_other_pass"  # the vehicle came in by another pass


class CommandOutcome(StrEnum):
    """The one answer that a command gets."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"


class DeviceStatus(StrEnum):
    """Reported once when it changes."""

    ONLINE = "online"
    OFFLINE = "offline"
    FAULT = "fault"


class DeviceReason(StrEnum):
    """Why a device does not work, or what of one that is online does not; machine-readable, translated by the faces.

    `number` is of the reason's kind.
    """

    NO_CONNECTION = "no_connection"
    NO_ANSWER = "no_answer"
    NO_ANSWER_OR_KEY = "no_answer_or_key"  # a refused key shows as silence
    LINE_DOWN = "line_down"  # that of the device on which it hangs
    REFUSED = "refused"  # number: Modbus exception code
    HTTP_STATUS = "http_status"  # number: the status
    NO_PICTURE = "no_picture"  # something came, and it is none
    OUTPUT_ON = "output_on"  # number: the output that was on without a pulse
    CANNOT_LISTEN = "cannot_listen"  # number: the port
    READER_ABSENT = "reader_absent"
    WRONG_ANSWER = "wrong_answer"
    CLOCK_SET = "clock_set"  # the line is opened anew
    TAMPERED = "tampered"  # its housing is open
    POWER_FAILING = "power_failing"
    BROKER_REFUSED = "broker_refused"  # the MQTT broker on site: user, password or topic
    NO_EVENTS = "no_events"  # it is online; what it sees of itself cannot be heard


class BarrierPosition(StrEnum):
    """Where a barrier, gate, lock or turnstile stands."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    STOPPED = "stopped"  # between its ends, and nothing moves it
    FORCED = "forced"  # not closed, and nobody decided so: a key, a hand crank, force
    BLOCKED = "blocked"  # told to move, and it did not leave its end
    UNKNOWN = "unknown"


class BarrierCause(StrEnum):
    """What brought a barrier where it stands."""

    START = "start"  # the box has just begun to look
    GRANT = "grant"
    ORDER = "order"  # of a person, from afar
    FIRE = "fire"
    STAY_OVER = "stay_over"  # it had been open for long enough, and the way was free
    PASSED = "passed"
    NOT_USED = "not_used"  # it was open, and nobody went
    HAND = "hand"  # nobody decided it
    OBSTACLE = "obstacle"  # somebody stood in the way, or the box could not see that nobody did
    SEEN = "seen"  # by its end position alone
    DID_NOT_OPEN = "did_not_open"
    DID_NOT_CLOSE = "did_not_close"
    NOT_DONE = "not_done"  # the relay module surely did nothing
    UNREADABLE = "unreadable"  # its contacts cannot be read
    CONTRADICTION = "contradiction"  # both its end positions are told at once


class HoldEnd(StrEnum):
    """Why a point is not held open any more."""

    RELEASED = "released"  # by a person
    OVER = "over"  # the time that was set had come
    NOT_DONE = "not_done"  # the relay module surely did nothing
    GONE = "gone"  # the box has no such barrier any more


class CallPhase(StrEnum):
    """How far a call at an intercom has come."""

    RINGING = "ringing"
    ANSWERED = "answered"
    OPENED = "opened"  # somebody let the caller in
    ENDED = "ended"  # hung up, refused, or nobody came


class BarrierAlarm(StrEnum):
    """Kinds of the lasting alarms of barriers; each ends when what it tells of does."""

    FORCED = "barrier_forced"  # opened without a decision; until it is closed
    HELD_OPEN = "barrier_held_open"  # open for too long; until it is closed
    STUCK = "barrier_stuck"  # told to move, and did not reach its end; until it does
    FIRE = "fire"


class DeviceAlarm(StrEnum):
    """Kinds of the lasting alarms of devices, and of the exit button of a point."""

    READER_TAMPER = "reader_tamper"  # opened, or torn off; until it is closed
    CAMERA_TAMPER = "camera_tamper"  # it says that it is covered, turned away, out of focus or blind
    CAMERA_SIGNAL = "camera_signal"  # it says that it has no picture
    CAMERA_RECORDING = "camera_recording"  # its video is to be kept, and is not; until it is again
    FACES_UNWRITTEN = "faces_unwritten"  # a panel refuses some pictures, or the cloud has them no more
    EXIT_BUTTON = "exit_button_stuck"  # pressed all the time, or more often than people press


class Severity(StrEnum):
    """Of an alarm."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


class Passage(Event, tag="passage", frozen=True, kw_only=True):
    """A decision at a point. Durable on the box before the barrier's coil is written."""

    point: UUID
    direction: Direction
    outcome: Outcome
    reason: Reason
    pass_id: UUID | None = None
    pass_version: Watermark | None = None
    use: FromOne | None = None
    credential: Key | None = None
    plate: Key | None = None
    read: Text = ""  # what the reader or camera gave, as it gave it
    source: UUID | None = None  # the device that read it
    still: Sha256Hex | None = None
    decision_us: Count = 0
    weak_match: bool = False  # matched by a number alone, see cards
    zone: UUID | None = None  # entered (in) or left (out); None: the point leads into none
    behind: UUID | None = (
        None  # where they are then, when let through; None: outside, or the point leads into none
    )
    carrier: Label = ""  # by what it was entered or left: the plate; "": on foot
    flags: Annotated[list[PassageFlag], Meta(max_length=20)] = []
    left_carrier: Label | None = None  # left_as_other: by what the pass had come in
    other_pass: UUID | None = None  # with_other_pass: by which the vehicle had come in
    other_carrier: Label | None = None  # with_other_pass: the vehicle's plate
    list_age_s: Watermark | None = None  # of a stale list: since when the cloud has not confirmed it
    nonce: Annotated[int, Meta(ge=0, le=65_535)] | None = None  # of a guest's code: which print it was


class PlaceMarked(Event, tag="place_marked", frozen=True, kw_only=True):
    """A person said that whoever came by a pass has left: nothing opened, nothing counts as a passage.

    `carrier`: the plate; "": on foot. `zone`: where the box had them. `guard`: at its page; else `command`, `person`.
    """

    pass_id: UUID
    carrier: Label = ""
    zone: UUID | None = None
    guard: UUID | None = None
    shift: UUID | None = None
    command: UUID | None = None
    person: Text = ""
    why: Text = ""


class Actuation(Event, tag="actuation", frozen=True, kw_only=True):
    """What became of a granted passage at the barrier. `latency_us`: bytes in hand to coil written.

    `entry_returned`: surely nothing opened, and the box gave the pass its entry back. `undone`: surely nothing opened,
    and everybody is where they were before. Not `known`: the box went down before it was told, and `done` says nothing.
    """

    passage: UUID
    point: UUID
    done: bool
    known: bool = True
    latency_us: Count | None = None
    entry_returned: bool = False
    undone: bool = False
    detail: Text = ""

    @property
    def opened(self) -> bool | None:
        """None: nobody can know."""
        return self.done if self.known else None


class Still(Event, tag="still", frozen=True, kw_only=True):
    """A picture taken for a passage, named by hash; its bytes follow over HTTPS."""

    passage: UUID
    sha256: Sha256Hex
    media_type: Key = "image/jpeg"
    size: Watermark = 0


class StillMissed(Event, tag="still_missed", frozen=True, kw_only=True):
    """There is no picture of a passage, or of whatever else has this id, though its point has a camera (`source`)."""

    passage: UUID
    source: UUID
    detail: Text = ""


class Alarm(Event, tag="alarm", frozen=True, kw_only=True):
    """Raised or cleared; both carry the same `alarm` id on either side of the wire."""

    alarm: UUID
    kind: Key
    raised: bool
    severity: Severity = Severity.WARNING
    source: UUID | None = None
    detail: Text = ""


class CommandResult(Event, tag="command_result", frozen=True, kw_only=True):
    """The one answer to a command. `reason`, `detail`: of the outcome.

    All else is as the command told it: what was asked (`action`: its kind) and where (`point`; `target`: the meter,
    call or pass), by whom, `why`, when, and until when it was good or a point is held. Absent: an older box or cloud.
    """

    command: UUID
    outcome: CommandOutcome
    reason: Key = "done"
    detail: Text = ""
    action: Label = ""
    point: UUID | None = None
    target: UUID | None = None
    person: Text = ""
    person_id: UUID | None = None
    person_kind: Label = ""
    why: Text = ""
    ordered_at: Utc | None = None
    expires_at: Utc | None = None
    until: Utc | None = None


class DeviceState(Event, tag="device_state", frozen=True, kw_only=True):
    """A device is gone (once) or back (once), or there in part (once: online, with a reason).

    `reason`: one of `DeviceReason`, or of a newer box's; empty: untold.
    """

    device: UUID
    status: DeviceStatus
    detail: Text = ""
    reason: Label = ""
    number: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | None = None


class BarrierState(Event, tag="barrier_state", frozen=True, kw_only=True):
    """A barrier stands elsewhere than before. `cause`: one of `BarrierCause`, or of a newer box's; empty: untold."""

    point: UUID
    position: BarrierPosition
    cause: Label = ""


class PointHold(Event, tag="point_hold", frozen=True, kw_only=True):
    """A person has a point held open until a time, or it is not held any more. Both carry the same `hold`.

    `person`, `reason`: of who ordered the one or the other; empty: it ended by itself. `end`: one of `HoldEnd`, or of a
    newer box's; empty: it begins. What the fire alarm holds open is no such hold.
    """

    hold: UUID
    point: UUID
    until: Utc
    person: Text = ""
    reason: Text = ""
    end: Label = ""


class Call(Event, tag="call", frozen=True, kw_only=True):
    """Somebody rings at an intercom, or the call goes on or is over. The first event's `id` is the `call` of them all.

    `number`: what was dialled, as the panel gave it. A picture follows as a `still` whose `passage` is the call's id.
    """

    call: UUID
    point: UUID
    source: UUID  # the panel
    phase: CallPhase
    number: Label = ""


class ConfigAct(StrEnum):
    """What became of a thing of the configuration."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


CONFIG_CHANGES_MAX = 200
CHANGED_SETTINGS_MAX = 40


class ConfigChange(Part, frozen=True, kw_only=True):
    """A thing that is not as in the configuration before. Settings by their names alone: values may be secret.

    `section`: box, points, zones, devices or meters; `id` None: the box itself; `name`: as it was when it is removed;
    `driver`: of a device; `settings`: of what changed.
    """

    section: Label
    act: ConfigAct
    id: UUID | None = None
    name: Label = ""
    driver: Label = ""
    settings: Annotated[list[Label], Meta(max_length=CHANGED_SETTINGS_MAX)] = []


class ConfigApplied(Event, tag="config_applied", frozen=True, kw_only=True):
    """The box took a configuration, or refused it and kept the one before.

    `person`: who sent it. `changes`: against what was in force, the refused ones too where they can be read; `untold`:
    how many more there were than a record has room for.
    """

    version: Watermark
    applied: bool
    errors: list[Text] = []
    person: Text = ""
    person_id: UUID | None = None
    changes: Annotated[list[ConfigChange], Meta(max_length=CONFIG_CHANGES_MAX)] = []
    untold: Count = 0


class StreamOpened(Event, tag="stream_opened", frozen=True, kw_only=True):
    """First record of a stream. After a fork it names the old stream and where its hashes parted."""

    old_stream: UUID | None = None
    old_sequence: Watermark | None = None
    old_hash: Sha256Hex | None = None
    cause: Key = "first_start"


class Shortage(Event, tag="shortage", frozen=True, kw_only=True):
    """The disk is filling: what was given up so that events are not ("stills_dropped", …)."""

    kind: Key
    count: Watermark = 0
    detail: Text = ""


AnyEvent = (
    Passage
    | PlaceMarked
    | Actuation
    | Still
    | StillMissed
    | Alarm
    | CommandResult
    | DeviceState
    | BarrierState
    | PointHold
    | Call
    | ConfigApplied
    | StreamOpened
    | Shortage
    | RetentionApplied
    | AnyAct
)


class Quality(StrEnum):
    """Of one reading."""

    GOOD = "g"
    NOT_A_NUMBER = "n"
    DEVICE_ERROR = "e"
    OUT_OF_RANGE = "r"
    CLOCK_UNKNOWN = "c"


# The register as an integer; beyond 2^53 as decimal text, since JSON numbers lose bits there.
Raw = int | Annotated[str, Meta(pattern="^-?[0-9]{1,20}$")]


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`[series, offset_ms, raw, value, quality]`; `value` is null unless the quality is good."""

    series: Sequence
    offset_ms: int
    raw: Raw | None
    value: float | None
    quality: Quality = Quality.GOOD


class Readings(Message, frozen=True, kw_only=True, tag="readings"):
    """A chunk: the values of one poll (or of one flush), times relative to `at_ms` (UTC, Unix ms)."""

    at_ms: int
    values: Annotated[list[Reading], Meta(min_length=1, max_length=1000)]


_encoder = msgspec.json.Encoder()
_event_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_readings_decoder = msgspec.json.Decoder(Readings)


def encode(record: AnyEvent | Readings) -> bytes:
    """The record's bytes, once and for all."""
    return _encoder.encode(record)


def decode_event(data: bytes | msgspec.Raw) -> AnyEvent:
    """Raises msgspec.DecodeError alone; its ValidationError names the field."""
    return decoding.decode(_event_decoder, data)


def decode_readings(data: bytes | msgspec.Raw) -> Readings:
    """Raises msgspec.DecodeError alone; its ValidationError names the field."""
    return decoding.decode(_readings_decoder, data)


def wire_raw(register: int) -> Raw:
    """A register's integer as the wire carries it."""
    return register if -(2**53) <= register <= 2**53 else str(register)
