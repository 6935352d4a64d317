"""Words of personal data that box and cloud share: what is kept how long, and what somebody looked at. Pure."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols.fields import Count, Event, FromOne, Key, Utc


class KeptKind(StrEnum):
    """What is kept for so many days and then erased; each has a rule of its own."""

    PASSAGES = "passages"  # plates and cards as they were read, with guards' decisions about them
    STILLS = "stills"  # pictures of passages
    VISITORS = "visitors"  # name, document, phone, photographs
    NOTES = "notes"  # guards' words, of notes and at the end of shifts
    VIOLATIONS = "violations"  # cases and their photographs
    SIGN_INS = "sign_ins"  # of guards
    CALLS = "calls"  # at intercoms
    PASSES = "passes"  # holders, hosts, vehicles and cards of passes that have ended
    BLACKLIST = "blacklist"  # entries that were removed or are over
    LOOKS = "looks"  # who looked at whose data
    AUDIT = "audit"  # who did what
    FACES = "faces"  # pictures of faces that no pass needs any more
    CONSENTS = "consents"  # withdrawn, to a face


class Erased(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kind on the box: kept for so many `days`, how many pieces went, when the oldest left was made.

    `gone_until`: nothing that went was made later.
    """

    kind: Key  # `KeptKind`, or one that only a newer box knows
    days: FromOne
    count: Count = 0
    oldest_at: Utc | None = None
    gone_until: Utc | None = None


class RetentionApplied(Event, tag="retention_applied", frozen=True, kw_only=True):
    """Personal data whose time was over is gone from the box; told once a day, and when the rules have changed."""

    kinds: Annotated[list[Erased], Meta(max_length=100)]


class LookKind(StrEnum):
    """Whose data somebody looked at."""

    PASSES = "passes"  # with their holders, hosts, phones
    PASSAGES = "passages"  # with plates, holders, pictures
    PICTURES = "pictures"
    FACES = "faces"
    VISITORS = "visitors"  # with documents
    VIOLATIONS = "violations"
    CALLS = "calls"  # whom intercoms rang, with pictures
    PEOPLE = "people"
    BLACKLIST = "blacklist"
    GUARDS = "guards"  # shifts, sign-ins and what guards wrote
    JOURNAL = "journal"
    STAFF = "staff"
    AUDIT = "audit"


BOX_RECORDS = "records"
"""As a box tells of the records that it holds until the cloud can surely not ask for them again."""

BOX_VIDEO = "video"
"""As a box tells of its segments of video: they go by the rule of stills, and none of them is in the cloud."""

BOX_RECORDS_LEAST_DAYS = 3
"""So long a box holds them whatever the rules say: a cloud restored from a backup asks for what it lost."""

KINDS_OF_RECORDS: dict[str, KeptKind] = {
    "passage": KeptKind.PASSAGES,
    "gate_decision": KeptKind.PASSAGES,
    "visit": KeptKind.VISITORS,
    "guard_note": KeptKind.NOTES,
    "shift": KeptKind.NOTES,
    "violation": KeptKind.VIOLATIONS,
    "guard_sign_in": KeptKind.SIGN_INS,
    "call": KeptKind.CALLS,
    "pass_drafted": KeptKind.PASSES,
    "pass_withdrawn": KeptKind.PASSES,
    "looked": KeptKind.LOOKS,
    "place_marked": KeptKind.PASSAGES,
    "point_hold": KeptKind.AUDIT,
    "command_result": KeptKind.AUDIT,
    "config_applied": KeptKind.AUDIT,
}
"""Records of the events stream that name persons, and by which rule their bytes go; all others stay as they are."""

_NAMED_BY = (
    ("pass_id", "pass:"),
    ("other_pass_id", "pass:"),
    ("person_id", "person:"),
    ("host_id", "person:"),
    ("premises_id", "premises:"),
    ("household", "premises:"),
    ("visit", "visit:"),
    ("plate", "plate:"),
    ("plates", "plate:"),
)
_WITHIN = ("items", "row", "lanes", "passages", "passage", "last", "held", "openings")
_OWN_ID = {
    LookKind.PASSES: "pass:",
    LookKind.PEOPLE: "person:",
    LookKind.VISITORS: "visit:",
    LookKind.VIOLATIONS: "violation:",
    LookKind.BLACKLIST: "blocked:",
}
_BELONGS = {"pass:": "pass_id", "person:": "person_id"}
"""Whoever names its pass or person beside an id of its own is a thing of theirs, as a residency is."""
_DEEPEST = 4


def subjects_in(answer: Any, kind: LookKind) -> Iterable[str]:
    """Whose data an answer shows, as "pass:<id>", "plate:<plate>", "person:", "premises:", "visit:", "violation:".

    `answer`: what was answered, before it is JSON or after. What it is about has its `id` at the top, in its items, or
    in its `row`, the pass of a passage in its `held`; whatever else it names stands under names of its own.
    """
    found: dict[str, None] = {}
    _collect(answer, _OWN_ID.get(kind), found, 0)
    return found


def _collect(value: Any, own: str | None, found: dict[str, None], depth: int) -> None:
    """Plain loops: this looks through every row that anybody is shown."""
    if type(value) is list or type(value) is tuple:
        for each in value:
            _collect(each, own, found, depth)
        return
    if (
        value is None or depth > _DEEPEST or isinstance(value, (str, bytes, int, float))
    ):  # a union takes twice as long
        return
    get = _getter(value)
    of_another = own in _BELONGS and get(_BELONGS[own])
    if own is not None and not of_another and (told := get("id")):
        found[own + str(told)] = None
    for name, subject in _NAMED_BY:
        named = get(name)
        for each in named if type(named) is list else (named,):
            if each and isinstance(each, (str, UUID)):
                found[subject + str(each)] = None
    for name in _WITHIN:
        if within := get(name):
            mine = own if name in {"items", "row"} else _OWN_ID[LookKind.PASSES] if name == "held" else None
            _collect(within, mine, found, depth + 1)


def _getter(value: Any) -> Callable[[str], Any]:
    if type(value) is dict or isinstance(value, Mapping):
        return value.get
    return partial(_attribute, value)


def _attribute(value: Any, name: str) -> Any:
    found = getattr(value, name, None)
    return None if callable(found) else found
