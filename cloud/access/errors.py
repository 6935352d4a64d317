"""What can go wrong in the access slice."""

from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Text


class PassNotThere(NotThere):
    """No such pass, or not of this company."""

    code = "pass_not_found"
    text = Text("Пропуск не найден.", "No such pass.")


class CardNotThere(NotThere):
    """No such card, or not of this company."""

    code = "card_not_found"
    text = Text("Карта не найдена.", "No such card.")


class CardIsElsewhere(Conflict):
    """The card is not where it would have to be for this: given already, lost, or in stock."""

    code = "card_elsewhere"
    text = Text(
        "Карта {card} уже в другом состоянии. Обновите страницу и посмотрите, где она.",
        "Card {card} is in another state already. Reload the page and see where it is.",
    )
    example = {"card": "018,23011"}


class BlockNotThere(NotThere):
    """No such blacklist entry, or not of this company."""

    code = "block_not_found"
    text = Text("Запись чёрного списка не найдена.", "No such blacklist entry.")


class CodeKeyNotThere(NotThere):
    """No such key of guests' codes, or not of this company."""

    code = "code_key_not_found"
    text = Text("Ключ гостевых кодов не найден.", "No such key of guests' codes.")


class PassageNotThere(NotThere):
    """No such passage, or not of this company."""

    code = "passage_not_found"
    text = Text("Проезд не найден.", "No such passage.")


class ConsentNotThere(NotThere):
    """The person has agreed to nothing, or has taken it back."""

    code = "face_consent_not_found"
    text = Text("Согласия этого человека нет.", "This person has given no consent.")


class ConsentThere(Conflict):
    """The person has agreed already."""

    code = "face_consent_given"
    text = Text("Согласие уже дано.", "The consent is given already.")


class ConsentNeeded(Conflict):
    """No picture without the person's consent."""

    code = "face_needs_consent"
    text = Text(
        "Снимок лица хранится только с согласия человека: сначала запишите согласие.",
        "A face is kept with the person's consent alone: record the consent first.",
    )


class FaceNotThere(NotThere):
    """There is no picture of this person's face."""

    code = "face_not_found"
    text = Text("Снимка лица нет.", "There is no picture of the face.")


class PassIsFinal(Conflict):
    """A pass that was revoked or refused, or whose holder is forgotten, is changed no more; issue another."""

    code = "pass_is_final"
    text = Text(
        "Пропуск № {number} уже аннулирован, отклонён или забыт по сроку хранения. Выдайте новый.",
        "Pass {number} has been revoked or refused, or its data was kept long enough and erased. Issue a new one.",
    )
    example = {"number": 1042}


class PassIssuedAlready(Conflict):
    """A pass was issued under this id, and it is not what is asked for now."""

    code = "pass_issued_already"
    text = Text(
        "По этой форме уже выдан пропуск № {number}, и он другой. Откройте его и измените.",
        "Pass {number} was issued from this form already, and it is another one. Open it and change it.",
    )
    example = {"number": 1042}


class PassNeedsApproval(Conflict):
    """The company lets a manager approve such passes: one that stands is not changed past the manager."""

    code = "pass_needs_approval"
    text = Text(
        "Пропуск № {number} согласован. Изменить его может только тот, кто согласует такие пропуска.",
        "Pass {number} has been approved. Only who may approve such passes can change it.",
    )
    example = {"number": 1042}


class PassNotRequested(Conflict):
    """Only a pass that waits for approval is approved or refused."""

    code = "pass_not_requested"
    text = Text(
        "Пропуск № {number} не ждёт согласования.",
        "Pass {number} does not wait for approval.",
    )
    example = {"number": 1042}


class AlreadyImported(Conflict):
    """The same table was issued before."""

    code = "already_imported"
    text = Text(
        "Эта таблица уже загружена. Найдите её пропуска в списке по названию группы.",
        "This table has been imported already. Find its passes in the list by the group's name.",
    )


class OnBlacklist(Conflict):
    """The guest, the car or the card is on the site's blacklist."""

    code = "blacklisted"
    text = Text(
        "В чёрном списке: {subject}. Причина: {reason}",
        "On the blacklist: {subject}. Reason: {reason}",
    )
    example = {"subject": "A123BC72", "reason": "Драка 12.10.2026"}
