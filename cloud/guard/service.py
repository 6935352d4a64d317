"""The guard slice's use cases, as others may call them."""

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

__all__ = [
    "add_card",
    "cards_of",
    "change",
    "follow_all",
    "follow_member",
    "look_at",
    "remove_card",
    "set_pin",
]
