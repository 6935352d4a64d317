"""The letters that the slice sends."""

from dataclasses import dataclass

from cloud.kernel.language import Language, Text

_RESET_SUBJECT = Text("Домовой: новый пароль", "Domovoy: a new password")
_RESET_BODY = Text(
    "Здравствуйте!\n\nЧтобы задать новый пароль, откройте ссылку (действует два часа):\n{url}\n\n"
    "Если вы этого не просили, ничего делать не нужно.\n",
    "Hello,\n\nTo set a new password, open this link (valid for two hours):\n{url}\n\n"
    "If you did not ask for this, there is nothing to do.\n",
)
_INVITE_SUBJECT = Text("Приглашение в «{company}»", "Invitation to {company}")
_INVITE_BODY = Text(
    "Здравствуйте, {name}!\n\n{inviter} приглашает вас работать в компании «{company}».\n"
    "Откройте ссылку (действует семь дней):\n{url}\n",
    "Hello {name},\n\n{inviter} invites you to work at {company}.\nOpen this link (valid for seven days):\n{url}\n",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads."""

    subject: str
    body: str


def password_reset(language: Language, url: str) -> Letter:
    """The link lies behind #, so that it is in nobody's access log."""
    return Letter(_RESET_SUBJECT.in_language(language), _RESET_BODY.in_language(language, url=url))


def invitation(language: Language, *, name: str, inviter: str, company: str, url: str) -> Letter:
    return Letter(
        _INVITE_SUBJECT.in_language(language, company=company),
        _INVITE_BODY.in_language(language, name=name, inviter=inviter, company=company, url=url),
    )
