"""Whatever is sent, the house answers what is wrong with it: no internal error, and nothing stays that hurts later.

The requests are made from the API's description: each field of each body, each parameter of each query and path, gets
what no table, zone or box can hold.
"""

import copy
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response

from tests.cloud.serving import Person, Served
from tests.contract.test_tenants import CREATING, LISTING, NAMING, World, api, world
from tests.contract.world import API, whole

__all__ = ["api", "world"]  # the fixtures of the tenants' test

DEEP = json.loads("[" * 500 + "]" * 500)
EXTREME = [
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00+03:00",
    "2100-06-01T00:00:00Z",
    "2026-11-22T10:00:00",
    "-1",
    10**18,
    "\0",
]
TEXTS = ["a\0b", "a\nBcc: x@y.z", "\ud800", "x" * 3000, 10**30, None, DEEP]
NUMBERS = [0, -1, 10**30, -(2**31) - 1, 2**63, 1e308, math.nan, math.inf, "\0"]
OBJECTS = [{"\0": 1}, {"a": "\0"}, {"\ud800": 1}, {"a": "\ud800"}, {"a": math.nan}, {"a": 10**400}, DEEP]
WHOLE = [b"", b"null", b"[]", b'"\\u0000"', b"\xff\xfe", b"{", b"[" * 9000, b"1" * 5000]
OF_KIND = {"string": TEXTS, "integer": NUMBERS, "number": NUMBERS}
AT_ONCE = 4
NEVER_ENDING = {"GET /api/stream"}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def bad(schema: dict[str, Any]) -> Iterator[Any]:
    """Values that do not fit a schema, or only seem to; of an object, one bad field at a time."""
    schema = resolved(schema)
    kind = schema.get("type")
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from bad(each)
    if kind == "array":
        yield from ([value] for value in bad(schema.get("items", {})))
        yield [None] * 3000
    elif kind == "object" and "properties" in schema:
        for name, field in schema["properties"].items():
            yield from ({name: value} for value in bad(field))
    elif kind == "object":
        yield from OBJECTS
    elif kind is not None:
        yield from EXTREME if schema.get("format") in {"date", "date-time"} else OF_KIND.get(kind, TEXTS)


def bodies(schema: dict[str, Any], right: Any) -> Iterator[bytes]:
    """The right body with one thing wrong in it, and what is no body at all."""
    for wrong in bad(schema):
        body = copy.deepcopy(right) if isinstance(right, dict) and isinstance(wrong, dict) else {}
        yield json.dumps({**body, **wrong} if isinstance(wrong, dict) else wrong).encode()
    yield json.dumps((right or {}) | {"\ud800\0": 1}).encode()
    yield from WHOLE


def as_text(value: Any) -> str:
    """A value as it can stand in an address."""
    return quote(str(value).encode(errors="surrogatepass"), safe="")


def operations() -> Iterator[Any]:
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            line = f"{method.upper()} {path}"
            if line not in NEVER_ENDING:
                yield pytest.param(line, operation, id=line)


def example_of(schema: dict[str, Any]) -> Any:
    return (resolved(schema).get("examples") or [{}])[0]


def requests(world: World, line: str, operation: dict[str, Any]) -> Iterator[tuple[str, str, bytes | None]]:
    method, path = line.split(" ")
    maker = NAMING.get(line) or CREATING.get(line)
    parts, right = maker(world) if maker else ({}, None)
    parameters = operation.get("parameters", [])
    for each in parameters:
        if each["in"] == "path":
            parts.setdefault(each["name"], "1")
    there = path.format(**parts)
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        schema = content["application/json"]["schema"]
        for body in bodies(schema, right or example_of(schema)):
            yield method, there, body
    for each in parameters:
        for value in bad(each.get("schema", {})):
            if each["in"] == "path":
                yield method, path.format(**parts | {each["name"]: as_text(value)[:3000]}), None
            elif each["in"] == "query":
                one = value[0] if isinstance(value, list) and value else value
                yield method, f"{there}?{each['name']}={as_text(one)[:6000]}", None


@pytest.mark.parametrize(("line", "operation"), list(operations()))
def test_no_input_is_an_internal_error(
    world: World, line: str, operation: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    def send(request: tuple[str, str, bytes | None]) -> Response:
        method, path, body = request
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return world.boss.client.request(method, path, content=body, headers=headers)

    made = list(requests(world, line, operation))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for request, answer in zip(made, pool.map(send, made), strict=True):
            assert answer.status_code < 500, (request, answer.text)
    assert "the database refuses" not in caplog.text  # the last net, not the first; it names the value


@pytest.mark.parametrize("line", sorted(LISTING))
def test_every_list_can_still_be_read(world: World, line: str) -> None:
    """After all of the above: what was taken does no harm where it is shown."""
    path = line.split(" ")[1]
    answer = world.boss.get(path, params=whole(path))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("line", sorted(LISTING))
def test_a_parameter_that_no_list_knows_is_refused(world: World, line: str) -> None:
    """A filter typed wrong would show what it should have left out."""
    answer = world.boss.get(line.split(" ")[1], params={"compny": "1", "Sort": "id"})
    assert answer.status_code == 422, answer.text
    told = {each["path"]: each["code"] for each in answer.json()["fields"]}
    assert told == {"compny": "unknown_parameter", "Sort": "unknown_parameter"}


def is_read_as_it_is(path: str, operations: dict[str, Any]) -> bool:
    """Nothing has to be named for it; the stream never ends."""
    named = [each["name"] for each in operations.get("get", {}).get("parameters", ()) if each.get("required")]
    return path.startswith("/api/") and "get" in operations and not named and path != "/api/stream"


@pytest.mark.parametrize(
    "path", sorted(path for path, of in API["paths"].items() if is_read_as_it_is(path, of))
)
def test_whatever_is_read_can_be_asked_for_with_a_company(world: World, path: str) -> None:
    """The web app sends it with all that it reads."""
    assert world.boss.get(path, params={"company": str(world.boss.company)}).status_code == 200


@pytest.mark.parametrize("path", ["/api/session", "/api/password-reset"])
def test_a_stranger_is_told_what_is_wrong(api: Served, path: str) -> None:
    answer = api.visitor().call("POST", path, {"email": "a\0@b.c", "password": "x"})
    assert answer.status_code == 422
    fields = {each["path"]: each["code"] for each in answer.json()["fields"]}
    assert fields["email"] == "control_characters"


@pytest.mark.parametrize("address", ["unknown", "10.0.0.1:4711", "fe80::1%eth0", "\u00e9"])
def test_an_address_may_be_anything(api: Served, address: str) -> None:
    stranger: Person = api.visitor()
    headers = {"X-Forwarded-For": address.encode()}
    assert stranger.get("/metrics", headers=headers).status_code in {200, 404}
    body = {"email": "nobody@example.org", "password": "wrong"}
    refused = stranger.client.post("/api/session", json=body, headers=headers)
    assert refused.status_code == 401
