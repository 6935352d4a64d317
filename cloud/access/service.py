"""The access slice's use cases, as others may call them."""

from cloud.access.blacklist import (
    ListedPersons,
    block,
    names_visitor,
    passes_of_persons,
    unblock,
    why_listed,
)
from cloud.access.bulk import change_passes
from cloud.access.card_desk import add_card, give_card, label_card, move_card
from cloud.access.card_imports import import_cards
from cloud.access.cards import pass_with as pass_with_card
from cloud.access.face_passes import is_face_at
from cloud.access.face_texts import current as text_to_agree
from cloud.access.faces import MOST_BYTES as FACE_MOST_BYTES
from cloud.access.faces import (
    give_consent,
    kept_of,
    picture_of,
    put_picture,
    remove_picture,
    withdraw_consent,
)
from cloud.access.gate_passes import judge_gate_pass, keep_gate_pass, revoke_gate_pass, withdraw_gate_pass
from cloud.access.guest_codes import GuestCode, guest_code, keep_key, link_of, pass_of_code, pass_of_link
from cloud.access.guest_page import shown_link
from cloud.access.history import find_line, history_of
from cloud.access.imports import import_passes
from cloud.access.marks import follow_mark, mark_left
from cloud.access.pass_cards import cards_of
from cloud.access.passages import (
    follow_decision,
    get_passage,
    is_still,
    record_actuation,
    record_passage,
    record_still,
    undo_decision,
)
from cloud.access.passes import (
    approve_passes,
    change_pass,
    get_pass,
    issue_pass,
    refuse_passes,
    revoke_passes,
)
from cloud.access.point_policies import set_point_policy
from cloud.access.policies import resident_kinds, set_policy
from cloud.access.recognition import card_readings, read_card
from cloud.access.retention import KEPT
from cloud.access.stills import shown_by
from cloud.access.typed import key_of
from cloud.access.watches import unwatch_pass, watch_pass, watchers_of

__all__ = [
    "FACE_MOST_BYTES",
    "KEPT",
    "GuestCode",
    "ListedPersons",
    "add_card",
    "approve_passes",
    "block",
    "card_readings",
    "cards_of",
    "change_pass",
    "change_passes",
    "find_line",
    "follow_decision",
    "follow_mark",
    "get_pass",
    "get_passage",
    "give_card",
    "give_consent",
    "guest_code",
    "history_of",
    "import_cards",
    "import_passes",
    "is_face_at",
    "is_still",
    "issue_pass",
    "judge_gate_pass",
    "keep_gate_pass",
    "keep_key",
    "kept_of",
    "key_of",
    "label_card",
    "link_of",
    "mark_left",
    "move_card",
    "names_visitor",
    "pass_of_code",
    "pass_of_link",
    "pass_with_card",
    "passes_of_persons",
    "picture_of",
    "put_picture",
    "read_card",
    "record_actuation",
    "record_passage",
    "record_still",
    "refuse_passes",
    "remove_picture",
    "resident_kinds",
    "revoke_gate_pass",
    "revoke_passes",
    "set_point_policy",
    "set_policy",
    "shown_by",
    "shown_link",
    "text_to_agree",
    "unblock",
    "undo_decision",
    "unwatch_pass",
    "watch_pass",
    "watchers_of",
    "why_listed",
    "withdraw_consent",
    "withdraw_gate_pass",
]
