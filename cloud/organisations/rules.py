"""What colleagues may make of a membership, and which permissions a role's names stand for."""

from collections.abc import Iterable, Mapping

from cloud.kernel.permissions import Permission
from cloud.organisations.types import MembershipState as State

_KNOWN = {permission.value: permission for permission in Permission}
_BY_COLLEAGUES: Mapping[State, frozenset[State]] = {
    State.INVITED: frozenset({State.ENDED}),  # only who is invited accepts
    State.ACTIVE: frozenset({State.ACTIVE, State.SUSPENDED, State.ENDED}),
    State.SUSPENDED: frozenset({State.SUSPENDED, State.ACTIVE, State.ENDED}),
    State.ENDED: frozenset({State.ENDED}),  # comes back by a new invitation
}


def may_become(now: State, wanted: State) -> bool:
    """Whether colleagues may bring a person from one state into the other."""
    return wanted in _BY_COLLEAGUES[now]


def known_permissions(names: Iterable[str]) -> frozenset[Permission]:
    """A permission that this version does not know grants nothing."""
    return frozenset(_KNOWN[name] for name in names if name in _KNOWN)
