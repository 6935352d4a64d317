"""Query parameters: those of nobody's are refused, and only those that were sent are looked at.

FastAPI looks at every declared parameter of every request, at 8 µs each; a list declares a dozen and is sent two. The
declaration stays FastAPI's own, and so do the judging of what was sent and the API's description.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Annotated, Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.utils import get_dependant, get_flat_params, request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends, Query

from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text

_UNKNOWN = Text("Такого параметра здесь нет; есть: {known}.", "No such parameter here; there are: {known}.")
_NONE = Text("Параметров здесь нет.", "There are no parameters here.")
COMPANY = "company"
"""Narrows what is read to some companies; our web app sends it with all that it reads, also of one's own account."""


def query_names(path: str, endpoint: Callable[..., Any]) -> frozenset[str]:
    """What the endpoint and its dependencies declare."""
    declared = get_flat_params(get_dependant(path=path, call=endpoint))
    return frozenset(field.alias for field in declared if isinstance(field.field_info, Query))


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """A filter typed wrong would find everything. Raises FixInput for query parameters that are not known here."""
    if not request.scope["query_string"]:
        return
    wrong = [name for name in request.query_params if name not in known and name != COMPANY]
    if wrong:
        text, told = (_UNKNOWN, {"known": ", ".join(sorted(known))}) if known else (_NONE, {})
        raise FixInput(*(FieldError(name, "unknown_parameter", text, told) for name in wrong))


def asked_in(request: Request, known: Collection[str]) -> dict[str, str]:
    """What was asked for: parameters that are not known ask for nothing."""
    query = {name: value for name, value in request.query_params.items() if name in known}
    return query | {name: str(value) for name, value in request.path_params.items()}


def with_query_at_once(endpoint: Callable[..., Any]) -> inspect.Signature | None:
    """The endpoint's signature with its dependencies on the query read at once; None if it has none of them."""
    signature = inspect.signature(endpoint, eval_str=True)
    parameters = [
        parameter.replace(annotation=_at_once(parameter.annotation))
        for parameter in signature.parameters.values()
    ]
    quick = signature.replace(parameters=parameters)
    return None if quick == signature else quick


def _at_once(annotation: Any) -> Any:
    if get_origin(annotation) is not Annotated:
        return annotation
    kind, *notes = get_args(annotation)
    functions = [note.dependency for note in notes if isinstance(note, Depends) and note.dependency]
    read = _reader(functions[0]) if len(functions) == 1 else None
    return annotation if read is None else Annotated[kind, Depends(read)]


def _reader(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """For an async function of query parameters, and the request, with defaults all; None for any other."""
    declared = get_dependant(path="", call=function)
    fields = declared.query_params
    names = {field.name for field in fields} | {declared.request_param_name}
    takes = inspect.signature(function).parameters
    if not fields or set(takes) - names or any(field.field_info.is_required() for field in fields):
        return None
    given_request = declared.request_param_name

    async def read(request: Request) -> Any:
        query = request.query_params
        sent = [field for field in fields if field.alias in query]
        values, errors = request_params_to_args(sent, query)
        if errors:
            raise RequestValidationError(errors)
        if given_request:
            values[given_request] = request
        return await function(**values)

    return read
