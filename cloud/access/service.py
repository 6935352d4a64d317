"""The access slice's use cases, as others may call them."""

from cloud.access.blacklist import block, unblock
from cloud.access.passages import get_passage, is_still, record_actuation, record_passage, record_still
from cloud.access.passes import cards_of, change_pass, get_pass, history_of, issue_pass, revoke_passes

__all__ = [
    "block",
    "cards_of",
    "change_pass",
    "get_pass",
    "get_passage",
    "history_of",
    "is_still",
    "issue_pass",
    "record_actuation",
    "record_passage",
    "record_still",
    "revoke_passes",
    "unblock",
]
