"""Words of personal data that box and cloud share: what is kept how long, and what somebody looked at. Pure."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID


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


class LookKind(StrEnum):
    """Whose data somebody looked at."""

    PASSES = "passes"  # with their holders, hosts, phones
    PASSAGES = "passages"  # with plates, holders, pictures
    PICTURES = "pictures"
    VISITORS = "visitors"  # with documents
    VIOLATIONS = "violations"
    PEOPLE = "people"
    BLACKLIST = "blacklist"
    GUARDS = "guards"  # shifts, sign-ins and what guards wrote
    JOURNAL = "journal"
    STAFF = "staff"
    AUDIT = "audit"


BOX_RECORDS = "records"
"""As a box tells of the records that it holds until the cloud can surely not ask for them again."""

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
}
"""Records of the events stream that name persons, and by which rule their bytes go; all others stay as they are."""

_NAMED_BY = {
    "pass_id": "pass",
    "other_pass_id": "pass",
    "person_id": "person",
    "host_id": "person",
    "premises_id": "premises",
    "household": "premises",
    "visit": "visit",
    "plate": "plate",
    "plates": "plate",
}
_OWN_ID = {
    LookKind.PASSES: "pass",
    LookKind.PEOPLE: "person",
    LookKind.VISITORS: "visit",
    LookKind.VIOLATIONS: "violation",
    LookKind.BLACKLIST: "blocked",
}
_DEEPEST = 4


def subjects_in(answer: Any, kind: LookKind) -> Iterator[str]:
    """Whose data an answer shows, as "pass:<id>", "plate:<plate>", "person:", "premises:", "visit:", "violation:".

    `answer`: what was answered, before it is JSON or after. What it is about has its `id` at the top, in its items, or
    in its `row`; whatever else it names stands under names of its own.
    """
    return _subjects(answer, _OWN_ID.get(kind), 0)


def _subjects(value: Any, own: str | None, depth: int) -> Iterator[str]:
    if depth > _DEEPEST or value is None or isinstance(value, str | bytes | int | float):
        return
    if isinstance(value, list | tuple):
        for each in value:
            yield from _subjects(each, own, depth)
        return
    get = value.get if isinstance(value, Mapping) else partial(_attribute, value)
    if own is not None and (found := get("id")):
        yield f"{own}:{found}"
    for name, subject in _NAMED_BY.items():
        named = get(name)
        for each in named if isinstance(named, list | tuple) else (named,):
            if isinstance(each, str | UUID) and each:
                yield f"{subject}:{each}"
    for name in ("items", "row", "lanes", "passages", "passage", "pass_row", "last"):
        yield from _subjects(get(name), own if name in {"items", "row"} else None, depth + 1)


def _attribute(value: Any, name: str) -> Any:
    found = getattr(value, name, None)
    return None if callable(found) else found
