"""What can go wrong with sites, boxes and enrolment, named for what the caller can do."""

from cloud.kernel.errors import Conflict, FixInput, Gone, NotAllowed, NotThere, TooMany
from cloud.kernel.language import Text


class SiteNotFound(NotThere):
    """No such site, or none that the caller may see."""

    code = "site_not_found"
    text = Text("Объект не найден.", "No such site.")


class BoxNotFound(NotThere):
    """No such box, or none that the caller may see."""

    code = "box_not_found"
    text = Text("Контроллер не найден.", "No such box.")


class PageNameRefused(FixInput):
    """A box asks for a certificate under a name that is not one of its own network."""

    code = "name_refused"
    text = Text(
        "«{name}» — не имя локальной сети: сертификат контроллеру выдаётся только на такие.",
        "{name} is no name of a local network: a box gets a certificate for such alone.",
    )
    example = {"name": "example.com"}


class PageNotServed(Conflict):
    """The box tells of no guard's page that it serves by HTTPS."""

    code = "page_not_served"
    text = Text(
        "Контроллер не сообщает, что показывает страницу охраны по HTTPS: он ещё не выходил на связь,"
        " страница выключена в его настройках (edge.toml, [guardhouse]) или его программа старая.",
        "The box tells of no guard's page that it serves by HTTPS: it was not connected yet,"
        " the page is switched off in its settings (edge.toml, [guardhouse]), or its software is old.",
    )


class NoPageCertificate(NotThere):
    """Nothing was uploaded, or it was taken away already."""

    code = "no_page_certificate"
    text = Text("Загруженного сертификата нет.", "No certificate is uploaded.")


class PointNotFound(NotThere):
    """No such point, or none that the caller may see."""

    code = "point_not_found"
    text = Text("Точка прохода не найдена.", "No such point.")


class ZoneNotFound(NotThere):
    """No such zone, or none that the caller may see."""

    code = "zone_not_found"
    text = Text("Зона не найдена.", "No such zone.")


class DeviceNotFound(NotThere):
    """No such device, or none that the caller may see."""

    code = "device_not_found"
    text = Text("Устройство не найдено.", "No such device.")


class BoxRevoked(Gone):
    """The box's certificate was revoked; enrol it anew with a new code."""

    code = "box_revoked"
    text = Text(
        "Сертификат контроллера отозван. Подключите его заново с новым кодом.",
        "The box is revoked. Enrol it again with a new code.",
    )


class BoxEnrolled(Conflict):
    """The box is enrolled already: revoke it first."""

    code = "box_enrolled"
    text = Text(
        "Контроллер уже подключён. Сначала отзовите его сертификат.",
        "The box is enrolled already. Revoke it first.",
    )


class BoxNotEnrolled(Conflict):
    """The box has never been enrolled."""

    code = "box_not_enrolled"
    text = Text("Контроллер ещё не подключён.", "The box is not enrolled yet.")


class CodeUnknown(NotAllowed):
    """No such enrolment code."""

    code = "code_unknown"
    text = Text("Код подключения не найден.", "Unknown enrolment code.")


class CodeExpired(Gone):
    """The enrolment code's day is over, or it was cancelled by a newer one."""

    code = "code_expired"
    text = Text(
        "Срок кода подключения истёк. Выпустите новый.", "The enrolment code has expired. Issue a new one."
    )


class CodeUsed(Conflict):
    """The enrolment code was used, for another key."""

    code = "code_used"
    text = Text(
        "Код подключения уже использован. Выпустите новый.",
        "The enrolment code has been used. Issue a new one.",
    )


class RequestInvalid(FixInput):
    """The certificate request, the journal key or a proof does not hold."""

    code = "csr_invalid"
    text = Text("Запрос сертификата неверен: {reason}", "The certificate request is wrong: {reason}")
    example = {"reason": "the request's own signature does not hold"}


class NotInside(NotThere):
    """Whoever is to be marked as left is not inside (any more)."""

    code = "not_inside"
    text = Text(
        "На территории его уже нет: обновите список.", "They are not inside any more: reload the list."
    )


class NobodyCounts(Conflict):
    """No point leads into the zone any more, so that no box could be told."""

    code = "nobody_counts"
    text = Text(
        "В эту зону больше не ведёт ни одна точка: отметить выезд некому.",
        "No point leads into this zone any more: there is no box to mark that they left.",
    )


class InUse(Conflict):
    """Others refer to it."""

    code = "in_use"
    text = Text("Используется: {by}. Сначала уберите оттуда.", "Still used by {by}. Remove it there first.")
    example = {"by": "Въезд 1"}


class HasRecords(Conflict):
    """Records of the house name it: what happened there stays, and so does it."""

    code = "has_records"
    text = Text(
        "За «{name}» числятся пропуска, дома или показания: удалить нельзя.",
        "Passes, buildings or readings belong to “{name}”: it cannot be removed.",
    )
    example = {"name": "к/п Афины"}


class RateLimited(TooMany):
    """Too many enrolments are tried from one address."""

    code = "rate_limited"


class BoxUnknown(NotAllowed):
    """The client certificate is missing, or not of a box that may speak."""

    code = "box_unknown"
    text = Text("Нужен действующий сертификат контроллера.", "A valid certificate of a box is needed.")


class CommandNotFound(NotThere):
    """No such command, or none that the caller may see."""

    code = "command_not_found"
    text = Text("Команда не найдена.", "No such command.")


class AlarmNotFound(NotThere):
    """No such alarm, or none that the caller may see."""

    code = "alarm_not_found"
    text = Text("Тревога не найдена.", "No such alarm.")
