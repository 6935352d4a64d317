"""Whom an entry of the blacklist names: the rule, and how names and phones are compared."""

from itertools import product
from uuid import UUID

import pytest

from protocols.documents import salt_of
from protocols.persons import fold, is_named, phone_hash

ENTRY = UUID("0193514c-8a00-7000-8000-000000000008")


@pytest.mark.parametrize(
    ("name", "phone", "document", "named"),
    [
        (True, None, None, True),
        (True, True, None, True),
        (True, False, None, False),
        (True, None, False, False),
        (True, True, False, False),
        (False, None, None, False),
        (False, True, None, False),
        (False, True, False, False),
    ],
)
def test_the_name_decides_unless_something_differs(
    name: bool, phone: bool | None, document: bool | None, named: bool
) -> None:
    assert is_named(name=name, phone=phone, document=document) is named


@pytest.mark.parametrize(("name", "phone"), list(product((True, False), (None, True, False))))
def test_an_equal_document_decides_alone(name: bool, phone: bool | None) -> None:
    assert is_named(name=name, phone=phone, document=True)


def test_names_are_compared_however_they_are_typed() -> None:
    assert fold("  СИДОРОВ\u00a0 Артём ") == fold("Сидоров Артем")
    assert fold("Сидоров Артём") != fold("Артём Сидоров")


def test_a_phone_is_told_as_a_hash_of_its_entry() -> None:
    named = phone_hash("+79123456789", ENTRY)
    assert (named, salt_of(named)) == ("0193514c8a0070008000000000000008.0aed53515536", ENTRY.hex)
    assert named != phone_hash("+79123456780", ENTRY)
    assert named.split(".")[1] != phone_hash("+79123456789", UUID(int=8)).split(".")[1]
