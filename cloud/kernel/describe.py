"""The API's description (OpenAPI 3.1)."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from cloud.kernel.api import SECURITY_SCHEMES
from cloud.kernel.errors import BadRequest, CrossSite, DomovoyError, OrganisationRequired
from cloud.kernel.http import TooLarge
from cloud.kernel.problems import (
    DatabaseAway,
    FieldProblem,
    MethodNotAllowed,
    NotForm,
    NotJson,
    Problem,
    WrongMediaType,
    add_answer,
)
from cloud.kernel.realtime import LiveKind

_EXAMPLES: dict[str, Any] = {
    "actor": "Анна Ёлкина",
    "address": "к/п Афины, ул. Лесная, 12",
    "body": {"devices": []},
    "box": "КПП-1",
    "box_name": "КПП-1",
    "card": "0012345678",
    "clock": "trusted",
    "created_by": "Анна Ёлкина",
    "credential": "em:0000BC614E",
    "data": {"plates": [["А123ВС77"], ["А124ВС77"]]},
    "detail": "нет ответа от контроллера",
    "driver": "modbus_relay",
    "email": "anna@example.org",
    "errors": ["порт занят"],
    "fault": "реле не ответило",
    "file": "отчёт.pdf",
    "holder": "Петров Пётр",
    "host": "Ёлкина Анна",
    "kind": "open",
    "name": "Въезд 1",
    "note": "звонить после 18:00",
    "outcome": "done",
    "outcome_reason": "не ответил за 5 с",
    "person": "Анна Ёлкина",
    "phone": "+79991234567",
    "phones": ["+79991234567"],
    "plate": "Х711ТТ90",
    "plates": ["Х711ТТ90"],
    "read": "Х711ТТ90",
    "reason": "по просьбе жителя",
    "removed_by": "Анна Ёлкина",
    "roles": ["dispatcher"],
    "secret_names": ["password"],
    "serial": "21034567",
    "settings": {"host": "192.0.2.10", "unit": 3},
    "site": "к/п Афины",
    "site_name": "к/п Афины",
    "software": "0.1.0",
    "status": "online",
    "status_detail": "нет ответа 12 с",
    "still": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ticket_kind": "request",
    "time_zone": "Europe/Moscow",
    "title": "Не найдено.",
    "uid_hex": "04A1B2C3D4E580",
    "warnings": ["похоже на латинскую O"],
}
"""What a field of this name looks like where its type lets it; a field's or model's own example goes before it."""

_ALONE: dict[type[DomovoyError], str] = {
    DomovoyError: "Internal",
    TooLarge: "TooLarge",
    WrongMediaType: "WrongMediaType",
}
"""Errors whose status nothing else has, mostly; described once, by these names."""

ErrorKinds = Sequence[type[DomovoyError]]


def install(app: FastAPI, *, of_company: ErrorKinds = ()) -> None:
    """Describe the app with the error shapes; made once, at the first request for it.

    of_company: what a slice may answer to whoever asks for a company's things, whatever the things.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app, of_company)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _describe(app: FastAPI, of_company: ErrorKinds) -> dict[str, Any]:
    described = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = described.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    schemas = components.setdefault("schemas", {})
    reference = "#/components/schemas/{model}"
    schemas["Problem"] = Problem.model_json_schema(ref_template=reference)
    schemas["Problem"].pop("$defs", None)
    schemas["FieldProblem"] = FieldProblem.model_json_schema(ref_template=reference)
    schemas["LiveKind"] = {
        "title": "LiveKind",
        "type": "string",
        "enum": [kind.value for kind in LiveKind],
        "description": "`kind` in the data of the live stream's `change`",
    }
    for schema in schemas.values():
        _show_examples(schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _tell_refusals(described, of_company)
    return described


def _tell_refusals(described: dict[str, Any], of_company: ErrorKinds) -> None:
    """Beside what each endpoint says of itself, what is answered to all of its kind."""
    for methods in described["paths"].values():
        for method, operation in methods.items():
            responses = operation["responses"]
            for error in _refusals(method, operation, of_company):
                if error in _ALONE and str(error.status) not in responses:
                    responses[str(error.status)] = {"$ref": f"#/components/responses/{_ALONE[error]}"}
                else:
                    add_answer(responses, error)
    named: dict[type[DomovoyError], str] = _ALONE | {MethodNotAllowed: "MethodNotAllowed"}
    shared = described["components"]["responses"] = {}
    for error, name in named.items():
        alone: dict[int | str, dict[str, Any]] = {}
        add_answer(alone, error)
        [shared[name]] = alone.values()


def _refusals(method: str, operation: dict[str, Any], of_company: ErrorKinds) -> Iterator[type[DomovoyError]]:
    takes = {(each["in"], each["name"]) for each in operation.get("parameters", ())}
    content = operation.get("requestBody", {}).get("content", {})
    writes = ("header", "X-Organisation") in takes
    if writes:
        yield OrganisationRequired
    if writes or ("query", "company") in takes:
        yield from of_company
    if operation.get("security") and method != "get":
        yield CrossSite
    if content:
        yield from (BadRequest, TooLarge)
    if "application/json" in content:
        yield from (NotJson, WrongMediaType)
    if "multipart/form-data" in content:
        yield NotForm
    yield from (DatabaseAway, DomovoyError)


def _show_examples(schema: dict[str, Any]) -> None:
    for example in schema.get("examples", ()):
        if isinstance(example, dict):  # FastAPI leaves nulls out
            example.update(dict.fromkeys(set(schema.get("required", ())) - example.keys()))
    [own, *_] = schema.get("examples") or [{}]
    for name, field in schema.get("properties", {}).items():
        if {"examples", "example", "enum", "const", "default", "$ref"} & field.keys():
            continue
        if own.get(name) is not None:
            field["examples"] = [own[name]]
        elif name in _EXAMPLES and _may_be(field, _EXAMPLES[name]):
            field["examples"] = [_EXAMPLES[name]]


def _may_be(field: dict[str, Any], value: Any) -> bool:
    """Whether a field may hold the value, as far as its type says; models and lists of words are not asked."""
    kinds = field.get("anyOf", [field])
    if isinstance(value, list):
        return any(kind.get("type") == "array" and _may_be(kind["items"], value[0]) for kind in kinds)
    type_ = "object" if isinstance(value, dict) else "string"
    return any(kind.get("type") == type_ for kind in kinds)
