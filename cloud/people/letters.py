"""The letter that the slice sends."""

from dataclasses import dataclass

from cloud.kernel.language import Language, Text

_SUBJECT = Text("Доступ жителя: «{company}»", "A resident's access: {company}")
_BODY = Text(
    "Здравствуйте, {name}!\n\n«{company}» приглашает вас в приложение жителя: заказывать пропуска, открывать свои двери"
    " и отвечать на звонки в домофон.\nОткройте ссылку (действует семь дней):\n{url}\n\n"
    "Если вы здесь не живёте, ничего делать не нужно.\n",
    "Hello {name},\n\n{company} invites you to the residents' app: to order passes, open your own doors and answer the"
    " intercom.\nOpen this link (valid for seven days):\n{url}\n\nIf you do not live there, there is nothing to do.\n",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads."""

    subject: str
    body: str


def invitation(language: Language, *, name: str, company: str, url: str) -> Letter:
    """The link lies behind #, so that it is in nobody's access log."""
    return Letter(
        _SUBJECT.in_language(language, company=company),
        _BODY.in_language(language, name=name, company=company, url=url),
    )
