"""What the guard's page sends, read by the contract's types, and what it gets."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cloud.gate.problems import Trouble, invalid
from protocols import decoding
from protocols.guard_api import PHOTO_MAX_BYTES, Operation


def query_of(operation: Operation, request: Request) -> Any:
    """Of the operation's type; `?site=` is not its own. Raises Trouble."""
    if operation.query is None:
        return None
    given = {name: value for name, value in request.query_params.items() if name != "site"}
    return _converted(lambda: msgspec.convert(given, operation.query, strict=False))


async def body_of(operation: Operation, request: Request) -> Any:
    """Of the operation's type. Raises Trouble."""
    if operation.asks is None:
        return None
    if operation.asks is not bytes:
        data = await request.body()
        try:
            return _converted(lambda: decoding.decode_typed(operation.asks, data))
        except msgspec.DecodeError as error:
            raise _unreadable(error, data) from error
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > PHOTO_MAX_BYTES:
        raise Trouble(413, "too_large")
    return await request.body()


def _converted(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except msgspec.ValidationError as error:
        place = (
            str(error).partition("`$.")[2].partition("`")[0]
            or str(error).partition("field `")[2].partition("`")[0]
        )
        field = place.partition(".")[0].partition("[")[0] or "body"
        raise invalid(field, "missing" if decoding.is_missing(error) else "wrong", str(error)) from error


def _unreadable(error: msgspec.DecodeError, data: bytes) -> Trouble:
    position = decoding.breaks_at(error, data)
    return invalid("body") if position is None else Trouble(400, "not_json", str(position))


def response_of(view: Any) -> Response:
    """JSON that no cache keeps; 204 for nothing; a response stays what it is."""
    if isinstance(view, Response):
        return view
    if view is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return Response(
        msgspec.json.encode(view), media_type="application/json", headers={"Cache-Control": "no-store"}
    )
