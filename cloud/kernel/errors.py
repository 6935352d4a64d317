"""Errors named for what the caller can do, told as problem+json (RFC 9457) in the caller's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from cloud.kernel.language import Language, Text
from cloud.kernel.permissions import PERMISSION_NAMES, Permission


class DomovoyError(Exception):
    """Base of all errors that a caller is told about. A subclass sets the class attributes; `data` fills its text."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"  # machine-readable, stable
    text: ClassVar[Text] = Text("Внутренняя ошибка. Она записана.", "Internal error. It has been recorded.")
    example: ClassVar[dict[str, Any]] = {}  # data for the documentation

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code, data)
        self.data = data

    def __str__(self) -> str:
        return f"{self.code}: {self.text.in_language(Language.EN, **self.data)}"

    def told(self, language: Language) -> dict[str, Any]:  # noqa: ARG002  # a subclass puts a code into words
        """What fills the text."""
        return self.data

    def problem(self, language: Language) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "type": f"urn:domovoy:error:{self.code}",
            "title": self.text.in_language(language, **self.told(language)),
            "status": self.status,
            "code": self.code,
            "data": self.data,
        }


class SignIn(DomovoyError):
    """The caller must sign in (again)."""

    status = 401
    code = "sign_in"
    text = Text("Войдите в систему.", "Sign in.")


_ANOTHERS_COMPANY = Text("Работать в этой компании", "Work in this company")


class NotAllowed(DomovoyError):
    """The caller is known and may not do this."""

    status = 403
    code = "not_allowed"
    text = Text(
        "У вас нет права «{permission}». Его может дать администратор компании.",
        "You do not have the permission “{permission}”. A company administrator can grant it.",
    )
    example = {"permission": "passes.issue"}

    def told(self, language: Language) -> dict[str, Any]:
        """The permission in words; `data` keeps its code."""
        code = self.data.get("permission")
        name = PERMISSION_NAMES[Permission(code)] if code in set(Permission) else _ANOTHERS_COMPANY
        return {"permission": name.in_language(language)}


class CrossSite(NotAllowed):
    """A change came with the session's cookie, but without the proof that our page sent it."""

    code = "cross_site"
    text = Text("Запрос пришёл не со страницы приложения.", "The request did not come from the app's page.")
    example = {}


class NotThere(DomovoyError):
    """No such thing, or none that the caller may see."""

    status = 404
    code = "not_found"
    text = Text("Не найдено.", "Not found.")


class Conflict(DomovoyError):
    """The state does not allow it: reload, look, decide anew."""

    status = 409
    code = "conflict"
    text = Text(
        "Данные изменились. Обновите страницу и повторите.", "The data has changed. Reload and try again."
    )


class ChangedMeanwhile(Conflict):
    """The change began from a version that stands no more: nothing of it was kept. `at`: on the site's clock."""

    code = "changed_meanwhile"
    text = Text(
        "Пока вы правили, это изменили: {by}, {at}. Посмотрите, что там теперь, и сохраните снова.",
        "While you were at it, this was changed: {by}, {at}. See what stands there now, and save again.",
    )
    example = {"by": "Сидорова Анна", "at": "2026-11-29T23:10:00+05:00"}

    def told(self, language: Language) -> dict[str, Any]:  # noqa: ARG002  # a moment is written alike in both
        """The moment as people write it; `data` keeps it for programs."""
        return self.data | {"at": f"{datetime.fromisoformat(self.data['at']):%d.%m.%Y %H:%M}"}


class IdTaken(Conflict):
    """The caller made up an id that something has already, perhaps not theirs: another one is needed."""

    code = "id_taken"
    text = Text("Этот id уже занят. Придумайте другой.", "This id is taken already. Make up another one.")


class Gone(DomovoyError):
    """It was there and will not come back."""

    status = 410
    code = "gone"
    text = Text("Больше не доступно.", "No longer available.")


class RetryLater(DomovoyError):
    """The same request may succeed after `retry_after_s` seconds."""

    status = 503
    code = "retry_later"
    text = Text(
        "Служба временно недоступна. Повторите через {retry_after_s} с.",
        "Temporarily unavailable. Try again in {retry_after_s} s.",
    )
    example = {"retry_after_s": 5}

    def __init__(self, *, retry_after_s: int, **data: Any) -> None:
        super().__init__(retry_after_s=retry_after_s, **data)
        self.retry_after_s = retry_after_s


class TooMany(RetryLater):
    """Asked too often."""

    status = 429
    code = "too_many_requests"
    text = Text(
        "Слишком много попыток. Повторите через {retry_after_s} с.",
        "Too many attempts. Try again in {retry_after_s} s.",
    )


class BadRequest(DomovoyError):
    """The request itself is wrong, not one of its fields."""

    status = 400
    code = "bad_request"
    text = Text("Запрос составлен неверно.", "The request is malformed.")


class OrganisationRequired(BadRequest):
    """A person of several companies must say in which one to write."""

    code = "organisation_required"
    text = Text("Укажите компанию (заголовок X-Organisation).", "Name the company (header X-Organisation).")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; `path` is dotted, as the caller sent it ("vehicle.plates.0")."""

    path: str
    code: str
    text: Text
    data: dict[str, Any] | None = None

    def told(self, language: Language) -> dict[str, Any]:
        data = self.data or {}
        message = self.text.in_language(language, **data)
        return {"path": self.path, "code": self.code, "message": message, "data": data}


class FixInput(DomovoyError):
    """Some fields are wrong; each says what and why, so that a form shows it beside the field."""

    status = 422
    code = "invalid"
    text = Text("Проверьте выделенные поля.", "Check the marked fields.")

    def __init__(self, *fields: FieldError, **data: Any) -> None:
        super().__init__(**data)
        self.fields: Sequence[FieldError] = fields

    @classmethod
    def at(cls, path: str, code: str, text: Text, **data: Any) -> "FixInput":
        """One wrong field."""
        return cls(FieldError(path, code, text, data))

    def problem(self, language: Language) -> dict[str, Any]:
        return super().problem(language) | {"fields": [field.told(language) for field in self.fields]}
