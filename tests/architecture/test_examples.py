"""Every example of the API's description is one that its schema allows."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

API = json.loads(Path("docs/openapi.json").read_text())
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
READ: dict[str, Any] = {"uuid": UUID, "date-time": datetime.fromisoformat, "date": date.fromisoformat}
Faults = Iterator[str]
Look = Callable[[dict[str, Any], Any, str], Faults]


def faults(schema: dict[str, Any], value: Any, place: str) -> Faults:
    """What of a value a schema does not allow; the keywords that our description has, and no others."""
    if "$ref" in schema:
        schema = API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("anyOf", schema.get("oneOf"))
    if kinds and not any(not list(faults(kind, value, place)) for kind in kinds):
        yield f"{place}: {value!r} is none of its kinds"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{place}: {value!r} is no {kind}"
        return
    if value not in schema.get("enum", [schema.get("const", value)]):
        yield f"{place}: {value!r} is none of its words"
    looks: dict[Any, Look] = {str: _faults_of_text, list: _faults_of_list, dict: _faults_of_object}
    yield from looks.get(type(value), _faults_of_number)(schema, value, place)


def _faults_of_number(schema: dict[str, Any], value: Any, place: str) -> Faults:
    if value is not None and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{place}: {value!r} is out of bounds"


def _faults_of_list(schema: dict[str, Any], value: list[Any], place: str) -> Faults:
    for each in value:
        yield from faults(schema.get("items", {}), each, place)


def _faults_of_text(schema: dict[str, Any], value: str, place: str) -> Faults:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{place}: {value!r} is too short or too long"
    if not re.search(schema.get("pattern", ""), value):
        yield f"{place}: {value!r} is written otherwise"
    try:
        READ.get(schema.get("format", ""), str)(value)
    except ValueError:
        yield f"{place}: {value!r} is no {schema['format']}"


def _faults_of_object(schema: dict[str, Any], value: dict[str, Any], place: str) -> Faults:
    known = schema.get("properties", {})
    yield from (f"{place}: no {name}" for name in schema.get("required", ()) if name not in value)
    for name, each in value.items():
        inner = known.get(name, schema.get("additionalProperties", {}))
        if inner is False:
            yield f"{place}: an unknown {name}"
        elif isinstance(inner, dict):
            yield from faults(inner, each, f"{place}.{name}")


def examples(node: Any, place: str) -> Iterator[tuple[dict[str, Any], Any, str]]:
    """(schema, value, place) of all examples under a node of the description."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from examples(each, f"{place}[{number}]")
    if not isinstance(node, dict):
        return
    schema, shown = node.get("schema", node), node.get("examples", [])
    if isinstance(shown, list):
        yield from ((schema, value, place) for value in shown)
    elif "schema" in node:
        yield from ((schema, each["value"], f"{place}/{name}") for name, each in shown.items())
    if "example" in node and "schema" in node:
        yield schema, node["example"], place
    for name, each in node.items():
        if name not in {"example", "examples"}:
            yield from examples(each, f"{place}/{name}")


def test_every_example_fits_its_schema() -> None:
    shown = list(examples(API, ""))
    assert len(shown) > 500
    assert [fault for schema, value, place in shown for fault in faults(schema, value, place)] == []


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, "online"),
        ({"type": "integer"}, True),
        ({"type": "string", "maxLength": 3}, "long"),
        ({"type": "string", "format": "uuid"}, "x"),
        ({"type": "string", "pattern": "^a"}, "b"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1),
        ({"type": "array", "items": {"type": "string"}}, [1]),
        ({"type": "object", "required": ["a"]}, {}),
        ({"enum": ["a"]}, "b"),
        ({"type": "number", "maximum": 1}, 2),
    ],
)
def test_the_look_finds_what_it_looks_for(schema: dict[str, Any], value: Any) -> None:
    assert list(faults(schema, value, "here"))
