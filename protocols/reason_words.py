"""Why a gate refused, and a guard opened or refused, in a few words: for reports on paper and in tables."""

from protocols.acts import ManualReason
from protocols.records import Reason

SHORT: dict[str, tuple[str, str]] = {
    Reason.BLACKLISTED: ("чёрный список", "blacklisted"),
    Reason.UNKNOWN_CREDENTIAL: ("незнакомая карта или код", "unknown card or code"),
    Reason.UNKNOWN_PLATE: ("незнакомый номер", "unknown plate"),
    Reason.NOT_YET_VALID: ("срок ещё не начался", "not valid yet"),
    Reason.EXPIRED: ("пропуск истёк", "expired"),
    Reason.OUTSIDE_SCHEDULE: ("вне расписания", "outside its schedule"),
    Reason.WRONG_POINT: ("не та точка прохода", "not at this point"),
    Reason.NO_ENTRIES_LEFT: ("проходы исчерпаны", "no entries left"),
    Reason.REVOKED: ("аннулирован", "revoked"),
    Reason.CLOCK_UNKNOWN: ("время контроллера неизвестно", "the box's time is unknown"),
    Reason.AMBIGUOUS: ("карту нельзя различить", "an ambiguous card"),
    Reason.UNREADABLE: ("не прочитано", "unreadable"),
    Reason.GUARD_CONFIRMATION: ("на решение охранника", "left to the guard"),
    Reason.POINT_NOT_READY: ("точка не готова", "the point was not ready"),
    Reason.ANTI_PASSBACK: ("повторный проход", "anti-passback"),
    Reason.ZONE_FULL: ("мест нет", "no room"),
    Reason.TOO_MANY_VEHICLES: ("слишком много машин", "too many vehicles"),
    Reason.STALE_LIST: ("список устарел", "a stale list"),
    Reason.CODE_FORGED: ("поддельный код", "a forged code"),
    Reason.TOO_MANY_TRIES: ("слишком много попыток", "too many tries"),
    Reason.EXIT_BUTTON: ("кнопка выхода", "the exit button"),
    Reason.CODE_KEY_UNKNOWN: ("ключ кода неизвестен", "the code's key is unknown"),
}

MANUAL: dict[str, tuple[str, str]] = {
    ManualReason.PASS_SHOWN.value: ("пропуск показан", "the pass was shown"),
    ManualReason.NEAR_PLATE.value: ("номер прочитан с ошибкой", "the plate was misread"),
    ManualReason.HOST_CONFIRMED.value: ("принимающая сторона подтвердила", "the host confirmed"),
    ManualReason.AMBULANCE.value: ("скорая помощь", "ambulance"),
    ManualReason.FIRE_SERVICE.value: ("пожарная служба", "fire service"),
    ManualReason.POLICE.value: ("полиция", "police"),
    ManualReason.UTILITY_EMERGENCY.value: ("аварийная служба", "utility emergency"),
    ManualReason.ORDERED.value: ("по распоряжению", "by order"),
    ManualReason.FAULT.value: ("неисправность", "a fault"),
    ManualReason.LET_OUT.value: ("выпущен", "let out"),
    ManualReason.HOST_REFUSED.value: ("принимающая сторона отказала", "the host refused"),
    ManualReason.NO_ANSWER.value: ("принимающая сторона не отвечает", "the host does not answer"),
    ManualReason.NOT_THE_PERSON.value: ("не тот человек", "not the person of the pass"),
    ManualReason.BEHAVIOUR.value: ("поведение", "behaviour"),
    ManualReason.OTHER.value: ("другое", "other"),
}


def short_reason(code: str, language: str) -> str:
    """The words; a code that only a newer box knows is shown as it is."""
    words = SHORT.get(code)
    return code if words is None else words[language == "en"]


def manual_reason(code: str, language: str) -> str | None:
    """The words of a guard's reason; None: it is none."""
    words = MANUAL.get(code)
    return None if words is None else words[language == "en"]
