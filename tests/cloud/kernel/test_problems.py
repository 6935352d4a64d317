"""What people read when something is refused."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from cloud.kernel.errors import NotAllowed
from cloud.kernel.language import Language
from cloud.kernel.lists import Words
from cloud.kernel.permissions import PERMISSION_NAMES, Permission
from cloud.kernel.problems import field_error
from protocols.phones import parse_phone


class Typed(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=5)] = "Нил"
    phones: list[Annotated[str, AfterValidator(parse_phone)]] = []
    email: Annotated[str, Field(pattern="@")] = "nil@example.org"
    search: Annotated[Words, Field(max_length=5)] = "x"
    words: Annotated[list[str], Field(min_length=1)] = ["x"]
    password: Annotated[str, Field(min_length=12)] = "x" * 12
    area: Annotated[Decimal, Field(gt=0, max_digits=5, decimal_places=2)] = Decimal(1)
    spoken: Language = Language.RU
    day: Annotated[date, Field(ge=date(2026, 1, 1))] = date(2026, 11, 29)
    token: Annotated[str, Field(min_length=20)] = "x" * 20


def told(language: Language, **values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Typed(**values)
    [error] = caught.value.errors()
    message = field_error(error).told(language)["message"]
    assert isinstance(message, str)
    return message


@pytest.mark.parametrize(
    ("values", "russian", "english"),
    [
        ({"name": ""}, "Заполните поле.", "Fill this in."),
        ({"name": None}, "Заполните поле.", "Fill this in."),
        ({"words": []}, "Заполните поле.", "Fill this in."),
        (
            {"search": "Вольдемар"},
            "Слишком длинно: можно не больше 5 знаков.",
            "Too long: at most 5 characters.",
        ),
        (
            {"name": "Вольдемар"},
            "Слишком длинно: можно не больше 5 знаков.",
            "Too long: at most 5 characters.",
        ),
        (
            {"password": "x"},
            "Слишком коротко: нужно не меньше 12 знаков.",
            "Too short: at least 12 characters.",
        ),
        ({"spoken": "de"}, "Выберите одно из: ru, en.", "Choose one of: ru, en."),
        ({"area": 0}, "Должно быть больше 0.", "Must be greater than 0."),
        ({"area": "1.234"}, "Не больше 2 знаков после запятой.", "At most 2 decimal places."),
        ({"area": "много"}, "Введите число, например 12,5.", "Enter a number, such as 12.5."),
        ({"day": "2020-01-01"}, "Не меньше 2026-01-01.", "At least 2026-01-01."),
        (
            {"phones": ["мой"]},
            "Номер телефона, например +7 999 123-45-67.",
            "A telephone number, such as +7 999 123-45-67.",
        ),
        (
            {"email": "nil"},
            "Адрес почты, например ivan@example.ru.",
            "An e-mail address, such as ivan@example.org.",
        ),
        (
            {"token": "bogus"},
            "Ссылка неполная. Скопируйте её целиком.",
            "The link is not complete. Copy all of it.",
        ),
    ],
)
def test_a_refused_field_says_what_is_expected(values: dict[str, Any], russian: str, english: str) -> None:
    assert told(Language.RU, **values) == russian
    assert told(Language.EN, **values) == english


def test_what_is_wrong_in_an_address_is_no_field_that_somebody_filled_in() -> None:
    error = field_error({"type": "uuid_parsing", "loc": ("path", "pass_id"), "ctx": {}})
    assert (error.path, error.text.ru) == ("pass_id", "В адресе страницы ошибка.")


def test_a_lacking_permission_is_named_in_words() -> None:
    problem = NotAllowed(permission=Permission.PASSES_READ.value).problem(Language.RU)
    assert problem["title"].startswith("У вас нет права «Видеть пропуска».")
    assert problem["data"] == {"permission": "passes.read"}


def test_every_permission_has_words() -> None:
    assert PERMISSION_NAMES.keys() == set(Permission)
