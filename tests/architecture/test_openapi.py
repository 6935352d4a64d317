"""The API's description is complete: every endpoint says what it takes, gives and refuses, with examples."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.app import described
from cloud.kernel.errors import DomovoyError
from cloud.kernel.settings import Settings

ROOT = Path(__file__).parents[2]
API: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
WITHOUT_SIGN_IN = {
    "/api/session",
    "/api/password-reset",
    "/api/password-reset/confirm",
    "/api/invitation",
    "/api/invitation/accept",
    "/api/resident/invitation",
    "/api/resident/invitation/accept",
    "/api/first-run",
    "/api/health",
    "/api/ready",
}

OF_BOXES = "edge-api answers it to boxes"
NOT_TOLD = {
    "box_unknown": OF_BOXES,
    "code_expired": OF_BOXES,
    "code_unknown": OF_BOXES,
    "code_used": OF_BOXES,
    "csr_invalid": OF_BOXES,
    "name_refused": OF_BOXES,
    "file_hash_mismatch": OF_BOXES,
    "file_offset_mismatch": OF_BOXES,
    "rate_limited": OF_BOXES,
    "gone": "a base: only its kinds are raised",
}
"""Codes that no endpoint of the API for people answers, each with its reason."""

CODES_OF_THE_APP = """
import json, cloud.app
from cloud.kernel.errors import DomovoyError
def below(error):
    return {error.code}.union(*map(below, error.__subclasses__()))
print(json.dumps(sorted(below(DomovoyError))))
"""
"""In a process of its own: here others may have loaded what the api never does."""


def operations() -> Iterator[Any]:
    for path, methods in API["paths"].items():
        for method, operation in methods.items():
            yield pytest.param(path, operation, id=f"{method.upper()} {path}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def answered(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation's responses, those that many share among them."""
    shared = API["components"]["responses"]
    return {
        status: shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
        for status, response in operation["responses"].items()
    }


def has_example(schema: dict[str, Any], depth: int = 10) -> bool:
    """The schema shows an example, or all its properties (items, alternatives) do or speak for themselves."""
    schema = resolved(schema)
    if {"examples", "example", "const", "enum", "default"} & schema.keys():
        return True
    if depth == 0:
        return False
    if isinstance(schema.get("additionalProperties"), dict):
        return has_example(schema["additionalProperties"], depth - 1)
    if "items" in schema:
        return has_example(schema["items"], depth - 1)
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return any(has_example(each, depth - 1) for each in schema[union])
    if "properties" in schema:
        return all(has_example(each, depth - 1) for each in schema["properties"].values())
    anything = "type" not in schema
    return anything or schema["type"] in {"integer", "number", "boolean", "null"} or "format" in schema


def test_it_is_the_committed_one() -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert json.loads(described(settings)) == API, "run `domovoy openapi`"


def test_it_is_openapi_3_1() -> None:
    assert API["openapi"].startswith("3.1")


@pytest.mark.parametrize(("path", "operation"), list(operations()))
def test_an_operation_says_what_it_does(path: str, operation: dict[str, Any]) -> None:
    assert operation.get("description"), f"{path}: a docstring"
    assert operation.get("tags"), path


@pytest.mark.parametrize(("path", "operation"), list(operations()))
def test_an_operation_shows_what_it_takes_and_gives(path: str, operation: dict[str, Any]) -> None:
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
    contents += [
        response["content"]
        for status, response in operation["responses"].items()
        if status.startswith("2") and "content" in response
    ]
    for content in contents:
        for media_type, media in content.items():
            shown = "example" in media or "examples" in media or has_example(media.get("schema", {}))
            assert shown or media_type == "multipart/form-data", (
                f"{path}: an example of {media.get('schema')}"
            )


@pytest.mark.parametrize(("path", "operation"), list(operations()))
def test_an_operation_tells_how_it_refuses(path: str, operation: dict[str, Any]) -> None:
    refusals = {status: each for status, each in answered(operation).items() if status >= "4"}
    needed = {"422", "500", "503"} | (set() if path in WITHOUT_SIGN_IN else {"401", "403"})
    assert needed <= refusals.keys(), path
    if "{" in path:
        assert {"404", "409"} & refusals.keys(), path
    for status, response in refusals.items():
        content = response["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert content["examples"], f"{path} {status}"
        for name, example in content["examples"].items():
            assert example["value"]["code"] == name
            assert example["value"]["status"] == int(status)


@pytest.mark.parametrize(("path", "operation"), list(operations()))
def test_an_operation_says_who_may_call_it(path: str, operation: dict[str, Any]) -> None:
    assert operation.get("security") or path in WITHOUT_SIGN_IN


def codes_in(responses: dict[str, Any]) -> set[str]:
    problems = [
        response.get("content", {}).get("application/problem+json", {}) for response in responses.values()
    ]
    return {code for problem in problems for code in problem.get("examples", {})}


@pytest.mark.parametrize(("path", "operation"), list(operations()))
def test_an_operation_tells_what_all_of_its_kind_refuse(
    path: str, operation: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    takes = {each["name"] for each in operation.get("parameters", ())}
    content = operation.get("requestBody", {}).get("content", {})
    changes = not request.node.callspec.id.startswith("GET ")
    needed = {"internal", "database_unavailable"}
    needed |= {"organisation_required"} if "X-Organisation" in takes else set()
    needed |= {"totp_must_be_set_up"} if takes & {"X-Organisation", "company"} else set()
    needed |= {"cross_site"} if changes and operation.get("security") else set()
    needed |= {"bad_request", "too_large"} if content else set()
    needed |= {"not_json", "wrong_media_type"} if "application/json" in content else set()
    needed |= {"not_form"} if "multipart/form-data" in content else set()
    assert needed - codes_in(answered(operation)) == set()


def test_every_code_that_people_are_told_is_described() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", CODES_OF_THE_APP], cwd=ROOT, capture_output=True, check=True, timeout=50
    )
    told = set(json.loads(asked.stdout)) - NOT_TOLD.keys()
    described_ones = codes_in(API["components"]["responses"]).union(
        *(codes_in(answered(param.values[1])) for param in operations())
    )
    assert told - described_ones == set(), "add it to the endpoint's answers()"
    assert described_ones - told == set()


def test_every_refused_text_is_in_both_languages() -> None:
    def below(error: type[DomovoyError]) -> Iterator[type[DomovoyError]]:
        for each in error.__subclasses__():
            yield each
            yield from below(each)

    errors = list(below(DomovoyError))
    assert len(errors) > 30
    codes: dict[str, type[DomovoyError]] = {}
    for error in errors:
        for sentence in (error.text.ru, error.text.en):
            assert sentence
            assert sentence[-1] in ".?!»”}", error
        assert any("а" <= char.lower() <= "я" for char in error.text.ru), error
        if error.code in codes and "code" in vars(error):
            assert issubclass(error, codes[error.code]), f"{error} and {codes[error.code]} share {error.code}"
        codes.setdefault(error.code, error)
