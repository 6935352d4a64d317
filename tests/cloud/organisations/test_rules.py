from cloud.kernel.permissions import Permission
from cloud.organisations.rules import known_permissions, may_become
from cloud.organisations.types import MembershipState

INVITED, ACTIVE, SUSPENDED, ENDED = MembershipState


def test_colleagues_suspend_restore_and_let_go_and_nothing_else() -> None:
    ways = {(now, then) for now in MembershipState for then in MembershipState if may_become(now, then)}
    assert ways == {
        (INVITED, ENDED),
        (ACTIVE, ACTIVE),
        (ACTIVE, SUSPENDED),
        (ACTIVE, ENDED),
        (SUSPENDED, SUSPENDED),
        (SUSPENDED, ACTIVE),
        (SUSPENDED, ENDED),
        (ENDED, ENDED),
    }


def test_a_permission_of_another_version_grants_nothing() -> None:
    assert known_permissions(["passes.read", "gone.permission"]) == {Permission("passes.read")}
