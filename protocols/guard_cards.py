"""Whose card a guard's sign-in is by."""

from collections.abc import Collection, Iterable
from uuid import UUID

from protocols.cards import CardError, lookups, parse_printed


def holder_of(typed: str, guards: Iterable[tuple[UUID, Collection[str]]]) -> UUID | None:
    """One guard's, by the whole card, or else by what both forms have in common; None: nobody's, or several guards'.

    `typed`: in any printed form; a number without its facility is nobody's. `guards`: each with the cards' match keys.
    """
    try:
        asked = [
            look for look in lookups(parse_printed(typed)) if not look.key.removeprefix("~").startswith("N:")
        ]
    except CardError:
        return None
    known = list(guards)
    for weak in (False, True):
        keys = {look.key for look in asked if look.weak is weak}
        found = [guard for guard, held in known if keys.intersection(held)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
