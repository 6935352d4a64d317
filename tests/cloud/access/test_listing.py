"""A list that is declared once answers what the plain way would: whatever is asked for, and to whom."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from cloud.access import queries
from cloud.access.models import Pass
from cloud.access.types import PassState
from cloud.kernel import listing
from cloud.kernel.database import Scope, enter
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Language
from cloud.kernel.lists import ListQuery, fetch_page, matches
from tests.cloud.access.test_access import Gate, make_gate
from tests.support.companies import Company
from tests.support.noon import NOON

PLATES = ("X711TT90", "O318BT72", "P540CE72", "A001AA77", "E777KX99")


@pytest.fixture
def parked(company: Company) -> Gate:
    gate = make_gate(company)
    for number, plate in enumerate(PLATES):
        gate.issue(
            holder=f"Гость {plate} 100%", plates=[plate], valid_until=NOON + timedelta(hours=1 + number)
        )
        gate.company.clock.advance(timedelta(minutes=1))
    return gate


def page_of(gate: Gate, query: ListQuery, **wanted: Any) -> dict[str, Any]:
    with gate.company.work() as (session, _):
        page = queries.list_passes(session, query, queries.PassFilter(**wanted), NOON + timedelta(hours=2))
    decoded: dict[str, Any] = msgspec.json.decode(page)
    return decoded


def plain(gate: Gate, query: ListQuery) -> dict[str, Any]:
    """The same by `fetch_page`."""
    statement, found = select(Pass.number, Pass.holder), matches(Pass.search, query.q)
    sortable = {
        "number": Pass.number,
        "changed": Pass.changed_at,
        "holder": Pass.holder,
        "visit": Pass.valid_from,
    }
    with gate.company.work() as (session, _):
        return fetch_page(
            session, statement, query, sortable=sortable, default_sort="-changed", tie=Pass.id, found=found
        )


def numbers(page: dict[str, Any]) -> list[int]:
    return [row["number"] for row in page["items"]]


def test_order_and_paging_are_those_of_the_plain_list(parked: Gate) -> None:
    for sort, page in product((None, "number", "-number", "holder", "-visit", "changed"), (1, 2, 3, 4)):
        query = ListQuery(page=page, page_size=2, sort=sort)
        declared, wanted = page_of(parked, query), plain(parked, query)
        assert numbers(declared) == numbers(wanted), query
        assert declared | {"items": []} == wanted | {"items": []}, query


def test_words_are_found_as_in_the_plain_list(parked: Gate) -> None:
    for q, found in {
        "Х711": ["X711TT90"],
        "гость ТТ90": ["X711TT90"],
        "%": [],
        "100_": [],
        "'; DROP TABLE pass; --": [],
        "%(company)s": [],
    }.items():
        page = page_of(parked, ListQuery(q=q))
        assert [row["plates"][0] for row in page["items"]] == found, q
        assert numbers(page) == numbers(plain(parked, ListQuery(q=q))), q


def test_filters_together_and_apart(parked: Gate) -> None:
    assert page_of(parked, ListQuery(), states=(PassState.EXPIRED,))["total"] == 2
    assert page_of(parked, ListQuery(), states=(PassState.EXPIRED, PassState.ISSUED))["total"] == len(PLATES)
    assert page_of(parked, ListQuery(), states=(PassState.ISSUED,), site_id=parked.site_id)["total"] == 3
    assert page_of(parked, ListQuery(), site_id=uuid4()) == {
        "items": [],
        "total": 0,
        "total_capped": False,
        "next": None,
    }


def test_counting_stops(parked: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 3)
    listing._statements.cache_clear()
    page = page_of(parked, ListQuery(page=2, page_size=2))
    listing._statements.cache_clear()
    assert (page["total"], page["total_capped"], page["next"], len(page["items"])) == (3, True, 3, 2)


def test_an_unknown_sort_is_named(parked: Gate) -> None:
    with pytest.raises(FixInput) as refused:
        page_of(parked, ListQuery(sort="-secret"))
    assert "secret" in str(refused.value.problem(Language.EN))


def test_each_sees_its_companies_alone(parked: Gate, other_company: Company) -> None:
    theirs = replace(parked, company=other_company)
    assert page_of(theirs, ListQuery())["items"] == []
    both = Scope(allowed=frozenset({parked.company.id, other_company.id}))
    with parked.company.work() as (session, _):
        for scope, total in ((both, len(PLATES)), (Scope(), 0)):
            enter(session, scope)
            page = queries.list_passes(session, ListQuery(), queries.PassFilter(), NOON)
            assert msgspec.json.decode(page)["total"] == total
