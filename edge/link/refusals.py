"""Why a box could not enrol or renew, for the installer in both languages and for the log in English."""

from collections.abc import Mapping
from typing import NamedTuple

import httpx
import msgspec


class _Words(NamedTuple):
    russian: str
    english: str


_BY_CODE: Mapping[str, _Words] = {
    "code_unknown": _Words(
        "код подключения облаку неизвестен: перепишите его ещё раз со страницы контроллера",
        "the cloud does not know this enrolment code: copy it once more from the box's page",
    ),
    "code_expired": _Words(
        "срок кода подключения истёк, или выпущен новый: выпустите новый на странице контроллера",
        "the enrolment code has expired, or there is a newer one: issue a new one on the box's page",
    ),
    "code_used": _Words(
        "код подключения уже использован: выпустите новый на странице контроллера",
        "the enrolment code has been used: issue a new one on the box's page",
    ),
    "box_revoked": _Words(
        "сертификат контроллера отозван: подключите его заново с новым кодом",
        "the box's certificate was revoked: enrol it anew with a new code",
    ),
    "too_many_requests": _Words(
        "слишком много попыток с этого адреса: подождите и повторите",
        "too many attempts from this address: wait and try again",
    ),
}


class EnrolmentError(Exception):
    """The box could not enrol or renew. `code`: the cloud's machine-readable reason, when it was the cloud's."""

    def __init__(self, english: str, russian: str = "", code: str | None = None) -> None:
        super().__init__(english)
        self.russian = russian or english
        self.code = code


class _Problem(msgspec.Struct):
    """What matters of problem+json."""

    code: str = "unknown"
    title: str = ""


def refusal(url: str, response: httpx.Response) -> EnrolmentError:
    """What the cloud answered instead of a certificate."""
    try:
        problem = msgspec.json.decode(response.content, type=_Problem)
    except msgspec.DecodeError:
        problem = _Problem(title=response.reason_phrase)
    words = _BY_CODE.get(problem.code, _Words(problem.title, problem.title))
    answered = f"{url}: {response.status_code} {problem.code}"
    return EnrolmentError(f"{answered}: {words.english}", f"{answered}: {words.russian}", problem.code)
