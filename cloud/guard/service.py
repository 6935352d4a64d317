"""The guard slice's use cases, as others may call them."""

from cloud.guard.acts import (
    follow_command,
    known_guard,
    name_of,
    record_actuation,
    record_decision,
    record_draft,
    record_note,
    record_shift,
    record_sign_in,
    record_still,
    record_visit,
    record_withdrawal,
)
from cloud.guard.drafts import follow_withdrawal, judge, settle
from cloud.guard.pictures import shown_by
from cloud.guard.post_sign_ins import (
    PostEntry,
    at_post,
    enter_by_card,
    enter_by_pin,
    guards_at,
    leave_post,
    note_too_many,
)
from cloud.guard.posts import join_post, post_of
from cloud.guard.retention import KEPT
from cloud.guard.sign_ins import (
    add_card,
    cards_of,
    change,
    follow_all,
    follow_member,
    look_at,
    remove_card,
    set_pin,
)
from cloud.guard.violations import changes_of, get_violation, is_photo, record_violation, step, steps_for
from cloud.guard.visits import judge_inside, judge_visit, settle_visit

__all__ = [
    "KEPT",
    "PostEntry",
    "add_card",
    "at_post",
    "cards_of",
    "change",
    "changes_of",
    "enter_by_card",
    "enter_by_pin",
    "follow_all",
    "follow_command",
    "follow_member",
    "follow_withdrawal",
    "get_violation",
    "guards_at",
    "is_photo",
    "join_post",
    "judge",
    "judge_inside",
    "judge_visit",
    "known_guard",
    "leave_post",
    "look_at",
    "name_of",
    "note_too_many",
    "post_of",
    "record_actuation",
    "record_decision",
    "record_draft",
    "record_note",
    "record_shift",
    "record_sign_in",
    "record_still",
    "record_violation",
    "record_visit",
    "record_withdrawal",
    "remove_card",
    "set_pin",
    "settle",
    "settle_visit",
    "shown_by",
    "step",
    "steps_for",
]
