"""Whatever shows data of persons says so: the ledger of looks forgets no endpoint, and retention no record."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloud.app import described
from cloud.kernel.api import PERSONAL
from cloud.kernel.settings import Settings
from protocols import guard_api, records
from protocols.privacy import KINDS_OF_RECORDS, LookKind

API: dict[str, Any] = json.loads(described(Settings(_env_file=None)))  # type: ignore[call-arg]
SCHEMAS = API["components"]["schemas"]
NAMING_PERSONS = {
    "actor", "cards", "carrier", "credential", "document", "email", "guard", "holder", "host", "host_phone", "person",
    "phone", "phones", "photos", "plate", "plates", "read", "still", "vehicle", "who",
}  # fmt: skip
"""Fields by which an answer tells of somebody."""

NOT_MARKED = {
    "/api/session": "the caller's own",
    "/api/boxes/{box_id}/configuration": "who of the staff sent it; the audit trail tells the same",
    "/api/points": "who of the staff has one held open; the audit trail tells the same",
    "/api/points/{point_id}": "likewise",
    "/api/resident/calls": "the caller's own, as all that is the resident's",
    "/api/resident/calls/{call_id}": "the caller's own",
    "/api/resident/notices": "the caller's own",
    "/api/resident/passes": "the caller's own",
    "/api/resident/passes/{pass_id}": "the caller's own",
    "/api/resident/passes/{pass_id}/passages": "the caller's own",
}
"""Operations with such a field that need no mark, each with its reason."""

WITHOUT_PERSONS = {
    "actuation", "alarm", "barrier_state", "device_state", "retention_applied", "shortage", "still", "still_missed",
    "stream_opened",
}  # fmt: skip
"""Records that name nobody; every other kind must be known to retention."""


NAMED_BY_THE_HANDLER = {
    "/api/access/passes/{pass_id}/link",
    "/api/files/{sha256}",
    "/api/journal/boxes/{box_id}",
    "/api/journal/boxes/{box_id}/pdf",
    "/api/people/{person_id}/account",
    "/api/people/{person_id}/face/picture",
    "/api/people/{person_id}/residencies",
    "/api/watch/passes/{pass_id}",
    "/api/watch/shifts/{shift_id}",
}
"""Marked, and the answer's rows do not say whose they are: `call.about` does (`tests/cloud/privacy/test_looks.py`)."""

OF_ALL_COMPANIES = {"/api/looks.xlsx"}
"""A table for all companies that were looked into: each learns that somebody took it, without the words."""


def fields(schema: dict[str, Any], seen: set[str]) -> Iterator[str]:
    """The names of all fields of a schema, however deep."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in seen:
            return
        seen.add(name)
        schema = SCHEMAS[name]
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from fields(inner, seen)
    extra = schema.get("additionalProperties")
    parts = [schema.get("items"), extra if isinstance(extra, dict) else None]
    for union in ("anyOf", "oneOf", "allOf"):
        parts += schema.get(union, ())
    for part in filter(None, parts):
        yield from fields(part, seen)


def shown(operation: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for media in response.get("content", {}).values():
                found |= set(fields(media.get("schema", {}), set()))
    return found


READING = [
    pytest.param(path, methods["get"], id=path) for path, methods in API["paths"].items() if "get" in methods
]


@pytest.mark.parametrize(("path", "operation"), READING)
def test_what_names_persons_is_marked(path: str, operation: dict[str, Any]) -> None:
    named = shown(operation) & NAMING_PERSONS
    if named and path not in NOT_MARKED:
        assert operation.get(PERSONAL) in set(LookKind), f"{path} shows {sorted(named)}: `looks_at`"


def test_whatever_is_marked_says_whose_it_is() -> None:
    unsaid = {
        path
        for path, methods in API["paths"].items()
        if PERSONAL in methods.get("get", {}) and "organisation_id" not in of_its_rows(methods["get"])
    }
    assert unsaid == NAMED_BY_THE_HANDLER | OF_ALL_COMPANIES


def of_its_rows(operation: dict[str, Any]) -> set[str]:
    """The names of the fields of what an operation answers, or of each row of its page."""
    found: set[str] = set()
    for media in operation["responses"]["200"].get("content", {}).values():
        schema = resolved(media.get("schema", {}))
        rows = schema.get("properties", {}).get("items") or schema
        found |= resolved(rows.get("items", rows)).get("properties", {}).keys()
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def test_the_reasons_are_all_needed() -> None:
    for path in NOT_MARKED:
        operation = API["paths"][path]["get"]
        assert PERSONAL not in operation
        assert shown(operation) & NAMING_PERSONS


def test_files_and_extracts_are_marked_though_their_answers_have_no_fields() -> None:
    for path in ("/api/files/{sha256}", "/api/journal/boxes/{box_id}", "/api/journal/boxes/{box_id}/pdf"):
        assert PERSONAL in API["paths"][path]["get"], path


def test_every_operation_of_the_guards_page_that_shows_something_is_marked() -> None:
    of_no_person = {"me", "live", "authority"}  # one's own; ids alone; a certificate
    of_no_person |= {"video_playlist", "video_segment"}  # noted when the token was asked for
    reading = {each.name: each.looks for each in guard_api.OPERATIONS if each.method == "GET"}
    assert {name for name, looks in reading.items() if looks is None} == of_no_person


def test_retention_knows_every_record_that_names_somebody() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in events()}
    assert tags - WITHOUT_PERSONS == set(KINDS_OF_RECORDS)


def events() -> Iterator[Any]:
    return (each.cls for each in msgspec.inspect.type_info(records.AnyEvent).types)  # type: ignore[attr-defined]


def test_the_committed_description_bears_the_marks() -> None:
    committed = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
    marked = [path for path, methods in committed["paths"].items() if PERSONAL in methods.get("get", {})]
    assert len(marked) > 20
