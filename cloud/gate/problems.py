"""What the guard's page is refused, as `protocols.guard_views.Problem`."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from cloud.access.errors import OnBlacklist
from cloud.kernel.errors import DomovoyError, FixInput, NotThere, SignIn
from cloud.kernel.language import Language, Text
from protocols.guard_views import FieldFault, Problem

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[str, Text] = {
    "not_signed_in": Text("Войдите.", "Sign in."),
    "by_account": Text(
        "Этот компьютер не пост: войдите по учётной записи или введите код поста.",
        "This computer is no post: sign in by an account, or enter the post's code.",
    ),
    "unknown_code": Text(
        "Код не подходит. Он действует полчаса и один раз: попросите у администратора новый.",
        "The code does not fit. It is good for half an hour and once: ask the administrator for another.",
    ),
    "wrong_pin": Text("Неверный ПИН.", "Wrong PIN."),
    "unknown_card": Text("Это не карта охранника.", "This is no guard's card."),
    "locked": Text("Слишком много неверных ПИНов, подождите.", "Too many wrong PINs, wait."),
    "disabled": Text("Вход для вас закрыт.", "Your sign-in is disabled."),
    "not_allowed": Text("У вас нет права работать на посту.", "You may not keep watch."),
    "no_site": Text("Выберите объект.", "Choose a site."),
    "not_on_duty": Text("Сначала начните смену.", "Begin a shift first."),
    "wrong_origin": Text("Запрос пришёл с чужой страницы.", "The request came from another page."),
    "not_found": Text("Не найдено.", "Not found."),
    "not_json": Text(
        "Тело запроса — не JSON: ошибка у байта {detail}.",
        "The body is not JSON: it breaks at byte {detail}.",
    ),
    "invalid": Text("Проверьте поля.", "Check the fields."),
    "already_decided": Text("Это уже решено.", "This was decided already."),
    "late": Text("Проезд слишком давний, чтобы его подтверждать.", "The passage is too old to be confirmed."),
    "not_confirmable": Text(
        "Сейчас подтвердить нельзя: откройте вручную, назвав причину.",
        "This cannot be confirmed now: open by hand, with a reason.",
    ),
    "blacklisted": Text("В чёрном списке.", "It is on the blacklist."),
    "conflict": Text("Компания не разрешает такой пропуск.", "The company does not allow such a pass."),
    "not_drafted_here": Text(
        "Аннулировать здесь можно только пропуск, выданный на посту.",
        "Only a pass made at the gate can be withdrawn here.",
    ),
    "not_marked": Text(
        "Выезд не отмечен: контроллер не на связи, не знает времени или его программу пора обновить.",
        "Not marked: the box is away, does not know the time, or has to be upgraded.",
    ),
    "card_taken": Text("Эта карта уже у кого-то.", "Somebody has this card already."),
    "id_taken": Text("Под этим номером уже есть другое.", "This id belongs to something else already."),
    "not_your_shift": Text("Это смена другого охранника.", "This is another guard's shift."),
    "shift_ended": Text("Эта смена уже закончена.", "This shift has ended already."),
    "no_video": Text("Видео хранит и показывает только контроллер.", "Only a box keeps and shows video."),
    "no_camera": Text("Свежий снимок показывает только контроллер.", "Only a box shows a fresh picture."),
    "no_picture": Text("Это не снимок.", "This is no picture."),
    "too_large": Text("Слишком большой снимок.", "The picture is too large."),
    "missing": Text("Заполните поле.", "Fill this in."),
    "ambiguous": Text(
        "Номер можно прочесть по-разному. Впишите вместо него одну из этих записей: {detail}.",
        "The number can be read in several ways. Type one of these instead: {detail}.",
    ),
    "wrong": Text("Неверное значение.", "This cannot be right."),
}


class Trouble(Exception):
    """A refusal. `code`: one of `TITLES`; `extra`: the fields of `Problem` that go with it."""

    def __init__(self, status: int, code: str, detail: str = "", **extra: Any) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.status, self.code, self.detail, self.extra = status, code, detail, extra


def invalid(field: str, code: str = "wrong", detail: str = "") -> Trouble:
    """One field of the body is wrong."""
    return Trouble(422, "invalid", detail, errors=[(field, code)])


def not_found() -> Trouble:
    """There is no such thing here."""
    return Trouble(404, "not_found")


def conflict(code: str, detail: str = "", **extra: Any) -> Trouble:
    """It stands otherwise than the page thinks."""
    return Trouble(409, code, detail, **extra)


def answer(trouble: Trouble, language: Language) -> Response:
    """The refusal as a response."""
    extra = dict(trouble.extra)
    faults = [
        fault if isinstance(fault, FieldFault) else _fault(fault[0], fault[1], trouble.detail, language)
        for fault in extra.pop("errors", [])
    ]
    return _response(
        Problem(
            title=TITLES[trouble.code].in_language(language, detail=trouble.detail),
            status=trouble.status,
            code=trouble.code,
            detail=trouble.detail,
            errors=faults,
            **extra,
        )
    )


def of_the_house(error: DomovoyError, language: Language) -> Response:
    """What a slice refused, as the guard's page expects it."""
    if isinstance(error, SignIn):
        return answer(Trouble(401, "not_signed_in"), language)
    if isinstance(error, NotThere):
        return answer(not_found(), language)
    if isinstance(error, OnBlacklist):
        return answer(conflict("blacklisted", str(error.data["reason"])), language)
    if isinstance(error, FixInput):
        told = [field.told(language) for field in error.fields]
        faults = [
            FieldFault(field=str(each["path"]).partition(".")[0], code=each["code"], message=each["message"])
            for each in told
        ]
        return answer(Trouble(422, "invalid", errors=faults), language)
    title = error.text.in_language(language, **error.told(language))
    return _response(Problem(title=title, status=error.status, code=error.code))


def _fault(field: str, code: str, detail: str, language: Language) -> FieldFault:
    return FieldFault(field=field, code=code, message=TITLES[code].in_language(language, detail=detail))


def _response(problem: Problem) -> Response:
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE)
