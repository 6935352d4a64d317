"""What persons agree to when panels are to know their faces. A version is never edited: consents name it.

152-ФЗ asks for a consent in writing (art. 11) that says who is given it, for what, of which data, what is done with
them, until when, and how it is taken back (art. 9). What a company adds stands on its own paper.
"""

from typing import NamedTuple

from cloud.kernel.language import Language, Text

CURRENT = "2026-11"

_TEXTS = {
    "2026-11": Text(
        "Я, {person}, даю согласие компании «{company}» на обработку моих биометрических персональных данных —"
        " фотографии лица. Цель: чтобы панели у входов, на которые у меня есть пропуск, узнавали меня. Компания хранит"
        " фотографию, передаёт её панелям этих входов и удаляет; третьим лицам она не передаётся. Согласие действует,"
        " пока у меня есть пропуск, и его можно отозвать в любой момент — в приложении или письмом в компанию: тогда"
        " фотография удаляется сразу и со всех панелей. Без согласия вход остаётся по карте, коду или пропуску.",
        "I, {person}, agree that {company} processes biometric personal data of mine: a photograph of my face."
        " Purpose: that the panels at entrances to which I have a pass know me. The company keeps the photograph,"
        " passes it to the panels of these entrances, and erases it; nobody else is given it. The consent holds while"
        " I have a pass, and can be withdrawn at any time, in the app or by a letter to the company: then the"
        " photograph is erased at once and from all panels. Without it I come in by card, code or pass as before.",
    )
}


class ConsentText(NamedTuple):
    """As it is shown to a person before they agree."""

    version: str
    text: str


def current(language: Language, *, person: str, company: str) -> ConsentText:
    """What is to be agreed to now."""
    return ConsentText(CURRENT, _TEXTS[CURRENT].in_language(language, person=person, company=company))
