"""Whom an entry of the blacklist names: the rule, and how names and phones are compared."""

from itertools import product
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.documents import salt_of
from protocols.persons import Likeness, fold, is_named, likeness, name_keys, phone_hash, words

ENTRY = UUID("0193514c-8a00-7000-8000-000000000008")


OTHER, AKIN, SAME = Likeness.OTHER, Likeness.AKIN, Likeness.SAME


@pytest.mark.parametrize(
    ("name", "phone", "document", "named"),
    [
        (SAME, None, None, True),
        (SAME, True, None, True),
        (SAME, False, None, False),
        (SAME, None, False, False),
        (SAME, True, False, False),
        (AKIN, None, None, False),
        (AKIN, True, None, True),
        (AKIN, False, None, False),
        (AKIN, None, False, False),
        (AKIN, True, False, False),
        (OTHER, None, None, False),
        (OTHER, True, None, False),
        (OTHER, True, False, False),
    ],
)
def test_what_a_name_needs_beside_it(
    name: Likeness, phone: bool | None, document: bool | None, named: bool
) -> None:
    assert is_named(name=name, phone=phone, document=document) is named


@pytest.mark.parametrize(("name", "phone"), list(product(Likeness, (None, True, False))))
def test_an_equal_document_decides_alone(name: Likeness, phone: bool | None) -> None:
    assert is_named(name=name, phone=phone, document=True)


def test_names_are_folded_however_they_are_typed() -> None:
    assert fold("  СИДОРОВ\u00a0 Артём ") == fold("Сидоров Артем")
    assert fold("Сидоров Артём") != fold("Артём Сидоров")


@pytest.mark.parametrize(
    ("listed", "shown", "alike"),
    [
        ("Сидоров Сидор", "сидор СИДОРОВ", SAME),
        ("Сидоров Артём", "Артем, Сидоров", SAME),
        ("Ли Ю", "Ю Ли", SAME),
        ("Сидоров С.", "С. Сидоров", SAME),
        ("Сидоров Сидор", "Сидоров С.", AKIN),
        ("Сидоров Сидор", "С. С. Сидоров", AKIN),
        ("Сидоров Сидор", "Сидоров Сидор Петрович", AKIN),
        ("Сидоров Сидор Петрович", "Сидор", AKIN),
        ("Петров-Водкин Кузьма", "Водкин К.", AKIN),
        ("Ким Ю", "Ким Че", AKIN),
        ("Ли Ю", "Ли Чен", OTHER),
        ("Сидоров Сидор", "Сидорова Мария", OTHER),
        ("Сидоров С.", "Петров С.", OTHER),
        ("Бригада 123", "Расчёт 123", OTHER),
        ("", "", OTHER),
        ("—", "—", OTHER),
        ("Сидоров", "", OTHER),
    ],
)
def test_how_alike_names_are(listed: str, shown: str, alike: Likeness) -> None:
    assert likeness(listed, shown) is alike


_NAME = st.lists(
    st.sampled_from(["Сидоров", "СИДОР", "Артём", "артем", "С.", "Ю", "Ли", "Петров-Водкин", "O'Neil", "42"])
    | st.text(max_size=6),
    max_size=4,
)


@given(one=_NAME, other=_NAME, order=st.randoms(use_true_random=False))
def test_order_says_nothing_and_whoever_is_alike_is_found(
    one: list[str], other: list[str], order: Random
) -> None:
    alike = likeness(" ".join(one), " ".join(other))
    assert likeness(" ".join(other), " ".join(one)) is alike
    shuffled = order.sample(one, len(one))
    assert likeness(" ".join(shuffled), " ".join(other)) is alike
    if words(" ".join(one)):
        assert likeness(" ".join(one), " ".join(shuffled)) is SAME
    common = set(name_keys(" ".join(one))) & set(name_keys(" ".join(other)))
    assert bool(common) is (alike is not OTHER)


def test_a_phone_is_told_as_a_hash_of_its_entry() -> None:
    named = phone_hash("+79123456789", ENTRY)
    assert (named, salt_of(named)) == ("0193514c8a0070008000000000000008.0aed53515536", ENTRY.hex)
    assert named != phone_hash("+79123456780", ENTRY)
    assert named.split(".")[1] != phone_hash("+79123456789", UUID(int=8)).split(".")[1]
