import pytest
from starlette.requests import Request

from cloud.kernel.api import origins_of


@pytest.mark.parametrize(
    ("address", "origins"),
    [
        ("203.0.113.7", ("203.0.113.7",)),
        ("::ffff:203.0.113.7", ("203.0.113.7",)),
        ("2001:db8:aa:1:2::3", ("2001:db8:aa:1::/64", "2001:db8:aa::/48")),
        ("2001:db8:aa:ff01::3", ("2001:db8:aa:ff01::/64", "2001:db8:aa::/48")),
        ("a socket's name", ("a socket's name",)),
        ("x" * 100, ("x" * 60,)),
    ],
)
def test_tries_are_counted_by_link_and_by_customer(address: str, origins: tuple[str, ...]) -> None:
    assert origins_of(Request({"type": "http", "client": (address, 1), "headers": []})) == origins
