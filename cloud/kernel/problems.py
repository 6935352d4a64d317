"""Errors as answers: application/problem+json (RFC 9457), and their shapes in the API's description."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from cloud.kernel.errors import (
    BadRequest,
    Conflict,
    DomovoyError,
    FieldError,
    FixInput,
    NotAllowed,
    NotThere,
    RetryLater,
    SignIn,
)
from cloud.kernel.faults import is_unavailable, is_unstorable
from cloud.kernel.language import Language, Text, preferred_language
from protocols.phones import PhoneError

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 3
_log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    path: str = Field(description="dotted, as sent", examples=["vehicle.plate"])
    code: str = Field(examples=["missing"])
    message: str = Field(examples=["Заполните поле."])
    data: dict[str, Any] = {}


class Problem(BaseModel):
    """The body of every error answer (RFC 9457)."""

    type: str = Field(examples=["urn:domovoy:error:not_found"])
    title: str = Field(description="for people, in the language of Accept-Language")
    status: int = Field(examples=[404])
    code: str = Field(description="for programs; stable", examples=["not_found"])
    data: dict[str, Any] = {}
    fields: list[FieldProblem] | None = Field(default=None, description="with code `invalid` and its kin")


class MethodNotAllowed(DomovoyError):
    """The path exists, not with this method."""

    status = 405
    code = "method_not_allowed"
    text = Text("Метод здесь не поддерживается.", "The method is not supported here.")


class NotJson(BadRequest):
    """The body cannot be read; `position` is the character at which that shows."""

    code = "not_json"
    text = Text(
        "Тело запроса — не JSON: ошибка у знака {position}.",
        "The body is not JSON: it breaks at character {position}.",
    )
    example = {"position": 17}


class NotForm(BadRequest):
    """The body is no form: what stands between its parts, or at their heads, cannot be read."""

    code = "not_form"
    text = Text(
        "Тело запроса — не multipart/form-data: границы или заголовки частей не читаются.",
        "The body is not multipart/form-data: its boundaries or the heads of its parts cannot be read.",
    )


class WrongMediaType(DomovoyError):
    """The body is of another kind than the endpoint takes."""

    status = 415
    code = "wrong_media_type"
    text = Text(
        "Здесь принимают JSON: Content-Type: application/json.",
        "JSON is taken here: Content-Type: application/json.",
    )


class DatabaseAway(RetryLater):
    """The database does not answer now."""

    code = "database_unavailable"
    example = {"retry_after_s": _RETRY_AFTER_S}


def install(app: FastAPI) -> None:
    """Answer every error of this app as a problem."""
    app.add_exception_handler(DomovoyError, _domovoy_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(PoolTimeoutError, _database_error)
    app.add_exception_handler(UnicodeEncodeError, _unstorable)
    app.add_exception_handler(Exception, _unforeseen)


def answer(error: DomovoyError, language: Language) -> JSONResponse:
    """The response that tells this error."""
    headers = {"Content-Language": language.value}
    if isinstance(error, RetryLater):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, SignIn):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error.problem(language), error.status, headers, MEDIA_TYPE)


def language_of(request: Request) -> Language:
    """The language that the caller reads."""
    return preferred_language(request.headers.get("accept-language"))


async def _domovoy_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomovoyError)  # noqa: S101  # registered for this type
    return answer(error, language_of(request))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this type
    if isinstance(error.__cause__, DomovoyError):  # FastAPI wraps what happens while a body is read
        return answer(error.__cause__, language_of(request))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refusal = answer(MethodNotAllowed(), language_of(request))
        refusal.headers["Allow"] = ", ".join(_methods_at(request))
        return refusal
    told = NotThere() if error.status_code == HTTPStatus.NOT_FOUND else _unreadable(request, error.__cause__)
    return answer(told, language_of(request))


def _unreadable(request: Request, why: BaseException | None) -> DomovoyError:
    """What is wrong with a body that could not be read, beside `JSONDecodeError`."""
    if isinstance(why, UnicodeDecodeError):
        return NotJson(position=len(why.object[: why.start].decode(why.encoding, errors="replace")))
    if isinstance(why, RecursionError):
        return FixInput(FieldError("", "object_too_large", _FIELD_TEXTS["object_too_large"]))
    if isinstance(why, ValueError):  # a whole number of more than 4300 digits: `sys.set_int_max_str_digits`
        return FixInput(FieldError("", "number_out_of_range", _FIELD_TEXTS["number_out_of_range"]))
    is_form = request.headers.get("content-type", "").startswith("multipart/")
    return NotForm() if is_form else BadRequest()


def _methods_at(request: Request) -> list[str]:
    """What the path takes: each method has a route of its own, and knows nothing of the others."""
    routes = iter_route_contexts(request.app.routes)
    at_path = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in at_path for method in route.methods or ()})


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    if is_unstorable(error):
        return await _unstorable(request, error)
    if not is_unavailable(error):
        return await _unforeseen(request, error)
    _log.error("the database does not answer, or takes nothing", exc_info=error)
    return answer(DatabaseAway(retry_after_s=_RETRY_AFTER_S), language_of(request))


async def _unstorable(request: Request, error: Exception) -> JSONResponse:
    """The last net: the schemas should have refused it, so it is logged as an error."""
    _log.error("the database refuses a value", exc_info=error)
    return answer(FixInput(), language_of(request))


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("unforeseen", exc_info=error)
    return answer(DomovoyError(), language_of(request))


_NO_ADDRESS = Text("В адресе страницы ошибка.", "The page's address is wrong.")
_FILL_IN = Text("Заполните поле.", "Fill this in.")
_MOMENT = Text(
    "Укажите дату и время, например 22.11.2026 19:05.", "Give a date and time, such as 22.11.2026 19:05."
)
_DAY = Text("Укажите дату, например 22.11.2026.", "Give a date, such as 22.11.2026.")
_NUMBER = Text("Введите число, например 12,5.", "Enter a number, such as 12.5.")
_FIELD_TEXTS: dict[str, Text] = {
    "missing": _FILL_IN,
    "string_too_short": Text(
        "Слишком коротко: нужно не меньше {min_length} знаков.",
        "Too short: at least {min_length} characters.",
    ),
    "string_too_long": Text(
        "Слишком длинно: можно не больше {max_length} знаков.", "Too long: at most {max_length} characters."
    ),
    "too_short": Text("Укажите хотя бы {min_length}.", "Give at least {min_length}."),
    "too_long": Text("Можно не больше {max_length}.", "At most {max_length} are possible."),
    "greater_than": Text("Должно быть больше {gt}.", "Must be greater than {gt}."),
    "greater_than_equal": Text("Не меньше {ge}.", "At least {ge}."),
    "less_than": Text("Должно быть меньше {lt}.", "Must be less than {lt}."),
    "less_than_equal": Text("Не больше {le}.", "At most {le}."),
    "enum": Text("Выберите одно из: {expected}.", "Choose one of: {expected}."),
    "literal_error": Text("Выберите одно из: {expected}.", "Choose one of: {expected}."),
    "extra_forbidden": Text("Такого поля здесь нет.", "There is no such field here."),
    "string_type": Text("Введите текст.", "Enter a text."),
    "int_type": Text("Введите целое число, например 12.", "Enter a whole number, such as 12."),
    "int_parsing": Text("Введите целое число, например 12.", "Enter a whole number, such as 12."),
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_max_digits": Text("Не больше {max_digits} цифр.", "At most {max_digits} digits."),
    "decimal_max_places": Text(
        "Не больше {decimal_places} знаков после запятой.", "At most {decimal_places} decimal places."
    ),
    "decimal_whole_digits": Text(
        "Не больше {whole_digits} цифр до запятой.", "At most {whole_digits} digits before the point."
    ),
    "model_attributes_type": Text("Здесь нужен объект JSON.", "A JSON object is needed here."),
    "json_invalid": Text("Это не JSON.", "This is not JSON."),
    "bool_parsing": Text("Выберите «да» или «нет».", "Choose yes or no."),
    "uuid_parsing": Text("Выберите из списка.", "Choose from the list."),
    "datetime_from_date_parsing": _MOMENT,
    "datetime_parsing": _MOMENT,
    "timezone_aware": Text(
        "К времени нужен часовой пояс, например +03:00.", "The time needs a zone, such as +03:00."
    ),
    "date_from_datetime_parsing": _DAY,
    "date_parsing": _DAY,
    "string_pattern_mismatch": Text(
        "Записано не так, как здесь принято. Проверьте знаки.",
        "Not written as it is here. Check the characters.",
    ),
    "string_unicode": Text("В тексте недопустимые символы.", "The text holds characters that do not exist."),
    "control_characters": Text("В тексте есть управляющие символы.", "The text holds control characters."),
    "instant_out_of_range": Text(
        "Время — между {first} и {last} годом.", "Between the years {first} and {last}."
    ),
    "day_out_of_range": Text("Дата — между {first} и {last} годом.", "Between the years {first} and {last}."),
    "object_too_large": Text("Слишком много или слишком глубоко.", "Too much or too deep."),
    "number_out_of_range": Text("Слишком большое число.", "The number is too large."),
}
_OTHER = Text("Это значение не подходит. Проверьте его.", "This value does not fit. Check it.")
_PHONE = Text("Номер телефона, например +7 999 123-45-67.", "A telephone number, such as +7 999 123-45-67.")
_OF_FIELD: dict[tuple[str, str], Text] = {
    ("string_pattern_mismatch", "email"): Text(
        "Адрес почты, например ivan@example.ru.", "An e-mail address, such as ivan@example.org."
    ),
    ("string_too_short", "token"): Text(
        "Ссылка неполная. Скопируйте её целиком.", "The link is not complete. Copy all of it."
    ),
    ("value_error", "time_zone"): Text(
        "Часовой пояс из списка, например Europe/Moscow.", "A time zone of the list, such as Europe/Moscow."
    ),
}
"""What is expected of fields by their names, by the code of the error."""


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors in the house's words; `ctx` of a ValueError is not told."""
    location = [str(part).encode(errors="backslashreplace").decode() for part in error["loc"]]
    path = ".".join(location[1:] if location[:1] in (["body"], ["query"], ["path"], ["header"]) else location)
    context = {k: told for k, v in error.get("ctx", {}).items() if (told := _told(v)) is not None}
    if isinstance(expected := context.get("expected"), str):  # "'a', 'b' or 'c'": English in every language
        context["expected"] = expected.replace("'", "").replace(" or ", ", ")
    return FieldError(path, error["type"], _field_text(error, location), context)


def _told(value: object) -> str | int | float | None:
    """A bound as JSON and a sentence can hold it; None: nothing for the caller, such as an exception."""
    if isinstance(value, Decimal | date | time | timedelta):
        return str(value)
    return value if isinstance(value, str | int | float) else None


def _field_text(error: Mapping[str, Any], location: Sequence[str]) -> Text:
    code, context = error["type"], error.get("ctx", {})
    if location[:1] == ["path"]:
        return _NO_ADDRESS  # nobody typed it into a field
    if isinstance(context.get("error"), PhoneError):
        return _PHONE
    is_too_short = code in {"string_too_short", "too_short"} and context.get("min_length") == 1
    if is_too_short or (code.endswith("_type") and error.get("input") is None):
        return _FILL_IN
    if code == "too_long" and isinstance(error.get("input"), str):  # a text that was looked at before
        code = "string_too_long"
    names = (part for part in reversed(location) if not part.isdigit())
    of_field = _OF_FIELD.get((code, next(names, "")))
    return of_field or _FIELD_TEXTS.get(code, _OTHER)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this type
    if isinstance(error.body, bytes):  # FastAPI leaves a body alone that does not call itself JSON
        return answer(WrongMediaType(), language_of(request))
    for each in error.errors():
        if each["type"] == "json_invalid":
            position = each["loc"][-1] if each["loc"][0] == "body" and len(each["loc"]) == 2 else None
            if isinstance(
                position, int
            ):  # else it is JSON within a form's field, which is told as that field's fault
                return answer(NotJson(position=position), language_of(request))
    return answer(FixInput(*(field_error(each) for each in error.errors())), language_of(request))


_EVERYWHERE: tuple[type[DomovoyError], ...] = (SignIn, NotAllowed, FixInput, RetryLater)
_OF_ONE_THING: tuple[type[DomovoyError], ...] = (NotThere, Conflict)


def answers(
    *errors: type[DomovoyError], one: bool = False, anyone: bool = False
) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint: those that every endpoint has, and its own.

    one: the endpoint names one thing, which may not be there or may have changed.
    anyone: it needs no sign-in.
    """
    general = [e for e in _EVERYWHERE if not (anyone and e in {SignIn, NotAllowed})]
    responses: dict[int | str, dict[str, Any]] = {}
    for error in (*general, *(_OF_ONE_THING if one else ()), *errors):
        add_answer(responses, error)
    return responses


def add_answer(responses: dict[int | str, dict[str, Any]], error: type[DomovoyError]) -> None:
    """One more error among described responses."""
    description = (error.__doc__ or error.code).strip().splitlines()[0]
    response = responses.setdefault(str(error.status), {"description": description})
    schema = {"$ref": "#/components/schemas/Problem"}
    told = response.setdefault("content", {}).setdefault(MEDIA_TYPE, {"schema": schema, "examples": {}})
    told["examples"][error.code] = {"value": _example(error)}


def _example(error: type[DomovoyError]) -> dict[str, Any]:
    if error is FixInput:
        return FixInput(FieldError("name", "missing", _FIELD_TEXTS["missing"])).problem(Language.RU)
    return error(**error.example).problem(Language.RU)
