"""`python -m protocols.guard_schema` writes docs/guard-api.json; `--check` fails when the file differs."""

import json
import re
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from protocols import guard_api
from protocols.guard_api import OPERATIONS, ROOT, Operation
from protocols.guard_views import Live, Problem, View

FILE = Path("docs/guard-api.json")
_REFERENCE = "#/components/schemas/{name}"


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(ROOT + operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Domovoy: the guard's API", "version": "1", "description": guard_api.__doc__},
        "paths": paths,
        "components": {"schemas": _components()},
    }


def text() -> str:
    """The document as JSON."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def _components() -> dict[str, Any]:
    types = [Problem, Live]
    for operation in OPERATIONS:
        types += [each for each in (operation.answers, operation.asks) if each not in {None, bytes}]
    found = msgspec.json.schema_components(dict.fromkeys(types), ref_template=_REFERENCE)[1]
    for view in View.__subclasses__():  # an answer has all its fields
        if view.__name__ in found:
            found[view.__name__]["required"] = list(found[view.__name__]["properties"])
    return found


def _described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": operation.name, "parameters": _parameters(operation)}
    if operation.asks is bytes:
        binary = {"schema": {"type": "string", "format": "binary"}}
        found["requestBody"] = {"required": True, "content": {"image/jpeg": binary}}
    elif operation.asks is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": _schema(operation.asks)}}
    done = {"description": "Done"}
    if operation.answers is None:
        found["responses"] = {"204": done}
    else:
        binary = {"schema": {"type": "string", "format": "binary"}}
        content = binary if operation.answers is bytes else _schema(operation.answers)
        found["responses"] = {"200": {**done, "content": {operation.media: content}}}
    found["responses"]["default"] = {
        "description": "A problem",
        "content": {"application/problem+json": _schema(Problem)},
    }
    if not operation.public:
        found["security"] = [{"session": []}]
    return found


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.query is not None:
        _, components = msgspec.json.schema_components([operation.query], ref_template=_REFERENCE)
        for name, schema in components[operation.query.__name__]["properties"].items():
            named.append(
                {"name": name, "in": "query", "required": False, "schema": _flat(schema, components)}
            )
    return named


def _flat(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return dict(components[schema["$ref"].rsplit("/", 1)[-1]])
    return schema


def _schema(kind: Any) -> dict[str, Any]:
    if get_args(kind):
        return {"schema": {"anyOf": [_schema(each)["schema"] for each in get_args(kind)]}}
    return {"schema": {"$ref": _REFERENCE.format(name=kind.__name__)}}


def main() -> int:
    """Write, or with `--check` compare."""
    if "--check" in sys.argv[1:]:
        if FILE.read_text(encoding="utf-8") == text():
            return 0
        sys.stderr.write(
            f"{FILE} differs from protocols/guard_api.py: run python -m protocols.guard_schema\n"
        )
        return 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
