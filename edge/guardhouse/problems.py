"""What the guard's page is refused, as problem+json (RFC 9457), in Russian or English."""

from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from starlette.responses import Response

from protocols.guard_views import FieldFault, Problem

MEDIA_TYPE = "application/problem+json"


class Words(NamedTuple):
    """One sentence in each language."""

    ru: str
    en: str


class Trouble(Exception):
    """A refusal. `code`: one of `TITLES`; `extra`: the fields of `Problem` that go with it."""

    def __init__(self, status: HTTPStatus, code: str, detail: str = "", **extra: Any) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.status = status
        self.code = code
        self.detail = detail
        self.extra = extra


TITLES: dict[str, Words] = {
    "not_signed_in": Words("Войдите.", "Sign in."),
    "wrong_pin": Words("Неверный ПИН.", "Wrong PIN."),
    "unknown_card": Words("Это не карта охранника.", "This is no guard's card."),
    "locked": Words("Слишком много неверных ПИНов, подождите.", "Too many wrong PINs, wait."),
    "disabled": Words("Вход для вас закрыт.", "Your sign-in is disabled."),
    "is_post": Words("Эта страница и так пост охраны.", "This page is a guard's post already."),
    "too_many": Words("Слишком много запросов, подождите.", "Too many requests, wait."),
    "not_on_duty": Words("Сначала начните смену.", "Begin a shift first."),
    "wrong_host": Words("Сервер не знает себя под этим именем.", "The server is not known by this name."),
    "wrong_origin": Words("Запрос пришёл с чужой страницы.", "The request came from another page."),
    "not_found": Words("Не найдено.", "Not found."),
    "method_not_allowed": Words("Так сюда не обращаются.", "The method is not supported here."),
    "too_large": Words("Слишком большой запрос.", "The request is too large."),
    "too_slow": Words("Запрос шёл слишком долго.", "The request came too slowly."),
    "wrong_media_type": Words("Ожидался JSON.", "JSON was expected."),
    "not_json": Words(
        "Тело запроса — не JSON: ошибка у байта {detail}.",
        "The body is not JSON: it breaks at byte {detail}.",
    ),
    "invalid": Words("Проверьте поля.", "Check the fields."),
    "already_decided": Words("Это уже решено.", "This was decided already."),
    "late": Words(
        "Проезд слишком давний, чтобы его подтверждать.", "The passage is too old to be confirmed."
    ),
    "not_confirmable": Words(
        "Сейчас подтвердить нельзя: откройте вручную, назвав причину.",
        "This cannot be confirmed now: open by hand, with a reason.",
    ),
    "blacklisted": Words("В чёрном списке.", "It is on the blacklist."),
    "not_drafted_here": Words(
        "Аннулировать здесь можно только пропуск, выданный на посту.",
        "Only a pass made at the gate can be withdrawn here.",
    ),
    "card_taken": Words("Эта карта уже у кого-то.", "Somebody has this card already."),
    "id_taken": Words("Под этим номером уже есть другое.", "This id belongs to something else already."),
    "unreadable": Words("Эта запись повреждена и не читается.", "This record is damaged and cannot be read."),
    "not_your_shift": Words("Это смена другого охранника.", "This is another guard's shift."),
    "shift_ended": Words("Эта смена уже закончена.", "This shift has ended already."),
    "no_camera": Words("Камеры здесь нет.", "There is no camera here."),
    "no_video": Words("Видео этого времени нет.", "There is no video of that time."),
    "video_expired": Words(
        "Время просмотра вышло, откройте видео снова.", "Time is up, open the video again."
    ),
    "device": Words("Устройство не ответило.", "The device did not answer."),
    "no_picture": Words("Это не снимок.", "This is no picture."),
    "unavailable": Words("Контроллер сейчас не может это записать.", "The box cannot write this down now."),
    "no_face": Words("Страница поста не установлена.", "The guard's page is not installed."),
    "defect": Words("Ошибка контроллера, она записана в журнал.", "A fault of the box; it is in the log."),
}

FIELD_WORDS: dict[str, Words] = {
    "missing": Words("Заполните поле.", "Fill this in."),
    "wrong": Words("Неверное значение.", "This cannot be right."),
    "ambiguous": Words(
        "Номер можно прочесть по-разному. Впишите вместо него одну из этих записей: {detail}.",
        "The number can be read in several ways. Type one of these instead: {detail}.",
    ),
}


def invalid(field: str, code: str = "wrong", detail: str = "") -> Trouble:
    """One field of the body is wrong. The message is put in when the language is known."""
    return Trouble(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        detail,
        errors=[FieldFault(field=field, code=code, message="")],
    )


def not_found(what: str = "") -> Trouble:
    """There is no such thing here."""
    return Trouble(HTTPStatus.NOT_FOUND, "not_found", what)


def conflict(code: str, detail: str = "", **extra: Any) -> Trouble:
    """It stands otherwise than the page thinks."""
    return Trouble(HTTPStatus.CONFLICT, code, detail, **extra)


def language_of(accept_language: str | None) -> str:
    """`ru` or `en`, by the header's qualities (RFC 9110, 12.5.4); Russian unless English is preferred."""
    best, best_quality = "ru", 0.0
    for part in (accept_language or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        primary, quality = tag.partition("-")[0].lower(), _quality(parameter)
        if primary in {"ru", "en"} and quality > best_quality:
            best, best_quality = primary, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def found_id(text: str) -> UUID:
    """An id of a path. Raises Trouble: what is no id is nothing's."""
    try:
        return UUID(text)
    except ValueError as error:
        raise not_found(text[:100]) from error


def answer(trouble: Trouble, language: str) -> Response:
    """The refusal as a response."""
    extra = dict(trouble.extra)
    if "errors" in extra:
        extra["errors"] = [_worded(fault, trouble.detail, language) for fault in extra["errors"]]
    problem = Problem(
        title=_say(TITLES[trouble.code], language).format(detail=trouble.detail),
        status=int(trouble.status),
        code=trouble.code,
        detail=trouble.detail,
        **{name: value for name, value in extra.items() if name in Problem.__struct_fields__},
    )
    headers = {"Content-Language": language}
    if "retry_after_s" in extra:
        headers["Retry-After"] = str(extra["retry_after_s"])
    return Response(msgspec.json.encode(problem), trouble.status, headers, media_type=MEDIA_TYPE)


def _worded(fault: FieldFault, detail: str, language: str) -> FieldFault:
    words = FIELD_WORDS.get(fault.code, FIELD_WORDS["wrong"])
    return msgspec.structs.replace(fault, message=_say(words, language).format(detail=detail))


def _say(words: Words, language: str) -> str:
    return words.en if language == "en" else words.ru
