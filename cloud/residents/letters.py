"""The letter that tells of a passage."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cloud.access.events import PassUsed
from cloud.kernel.language import Language, Text
from protocols.records import Outcome

_SUBJECT = {
    Outcome.GRANTED: Text("Прошли по вашему пропуску: {who}", "Your pass was used: {who}"),
    Outcome.DENIED: Text("По вашему пропуску не пустили: {who}", "Your pass was refused: {who}"),
}
_BODY = Text(
    "Пропуск: {who}\nГде: {point}\nКогда: {at}\n\nВы просили сообщать о проходах по этому пропуску."
    " Отключить письма можно в приложении жителя.\n",
    "Pass: {who}\nWhere: {point}\nWhen: {at}\n\nYou asked to be told of passages by this pass."
    " Letters can be turned off in the residents' app.\n",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads."""

    subject: str
    body: str


def of_use(who: str, point: str, event: PassUsed, *, zone: ZoneInfo, language: Language) -> Letter:
    """A pass was used, or refused, at a time by the site's clock."""
    told = {"who": who, "point": point, "at": event.at.astimezone(zone).strftime("%d.%m.%Y %H:%M")}
    return Letter(
        _SUBJECT[Outcome(event.outcome)].in_language(language, **told), _BODY.in_language(language, **told)
    )
