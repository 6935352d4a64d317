"""The letters that tell of a passage, and of what was decided of a pass."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cloud.access.events import PassUsed
from cloud.kernel.language import Language, Text
from cloud.residents.types import NoticeKind
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

_ENDED = {
    NoticeKind.REFUSED: Text("Вам отказали в пропуске: {who}", "Your pass was not approved: {who}"),
    NoticeKind.REVOKED: Text("Ваш пропуск аннулирован: {who}", "Your pass was revoked: {who}"),
}
_OF_END = Text(
    "Пропуск: {who}\nКто решил: {company}\nКогда: {at}\n{why}\nПо этому пропуску не пустят. Если гость всё же приедет,"
    " закажите новый или обратитесь в компанию.\n",
    "Pass: {who}\nDecided by: {company}\nWhen: {at}\n{why}\nNobody is let in by this pass. If your guest still comes,"
    " order a new one or ask the company.\n",
)
_WHY = Text("Причина: {why}\n", "Reason: {why}\n")


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


def of_end(who: str, kind: NoticeKind, why: str, *, at: datetime, company: str, language: Language) -> Letter:
    """A pass was refused or revoked. `at`: by the site's clock; `why`: empty: nobody said."""
    reason = _WHY.in_language(language, why=why) if why else ""
    body = _OF_END.in_language(language, who=who, company=company, at=f"{at:%d.%m.%Y %H:%M}", why=reason)
    return Letter(_ENDED[kind].in_language(language, who=who), body)
