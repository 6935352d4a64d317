"""Query parameters read at once: what FastAPI would have given, for less."""

import asyncio
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Query, Request

from cloud.kernel.api import Router
from cloud.kernel.asked import with_query_at_once


async def _wanted(
    request: Request,
    page: Annotated[int, Query(ge=1)] = 1,
    kinds: Annotated[list[str] | None, Query(alias="kind")] = None,
    since: Annotated[float | None, Query(alias="from")] = None,
) -> dict[str, Any]:
    return {"path": request.url.path, "page": page, "kinds": kinds, "since": since}


async def _needed(number: Annotated[int, Query()]) -> int:
    return number


def _list_things(wanted: Annotated[dict[str, Any], Depends(_wanted)]) -> dict[str, Any]:
    return wanted


def _list_needing(number: Annotated[int, Depends(_needed)]) -> int:
    return number


class Client:
    """Asks an app of two endpoints, in this process."""

    def __init__(self) -> None:
        router, app = Router(), FastAPI()
        router.get("/things")(_list_things)
        router.get("/needing")(_list_needing)
        app.include_router(router)
        self._transport = httpx.ASGITransport(app=app)

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://house") as client:
                return await client.get(path)

        return asyncio.run(ask())


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("", {"page": 1, "kinds": None, "since": None}),
        ("?page=3&unknown=1", {"page": 3, "kinds": None, "since": None}),
        ("?kind=a&kind=b&from=1.5", {"page": 1, "kinds": ["a", "b"], "since": 1.5}),
        ("?since=1.5", {"page": 1, "kinds": None, "since": None}),  # goes by its alias alone
    ],
)
def test_what_was_not_sent_has_its_default(client: Client, query: str, given: dict[str, Any]) -> None:
    assert client.get(f"/things{query}").json() == {"path": "/things"} | given


def test_a_wrong_one_is_told_with_its_place(client: Client) -> None:
    answer = client.get("/things?page=0&from=soon")
    assert answer.status_code == 422
    assert [tuple(fault["loc"]) for fault in answer.json()["detail"]] == [
        ("query", "page"),
        ("query", "from"),
    ]


def test_it_is_described_as_declared_and_once(client: Client) -> None:
    described = client.get("/openapi.json").json()["paths"]["/things"]["get"]
    assert [parameter["name"] for parameter in described["parameters"]] == ["page", "kind", "from"]


def test_one_that_must_be_sent_is_left_to_fastapi(client: Client) -> None:
    assert with_query_at_once(_list_things) is not None
    assert with_query_at_once(_list_needing) is None
    assert client.get("/needing").status_code == 422
    assert client.get("/needing?number=7").json() == 7
