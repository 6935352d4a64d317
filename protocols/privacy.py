"""Words of personal data that box and cloud share: what is kept how long, and what somebody looked at. Pure."""

from enum import StrEnum


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
