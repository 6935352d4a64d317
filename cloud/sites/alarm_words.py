"""What an alarm is called before people, so that it is found by these words: as the web app shows it."""

from sqlalchemy import ColumnElement, case, func

from cloud.kernel.language import Language, Text
from cloud.kernel.text import search_text
from cloud.sites.models import Alarm
from cloud.sites.types import AlarmKind

KINDS = {
    "stream_forked": Text("Контроллер восстановлен из копии", "A box was restored from a copy"),
    "stream_gap": Text("Пробел в записях контроллера", "A gap in a box's records"),
    "record_quarantined": Text("Запись контроллера отложена", "A box's record was set aside"),
    "held_item_unreadable": Text("Контроллер не смог прочесть пропуск", "A box could not read a pass"),
    "reader_unassigned": Text("Считыватель не привязан к точке", "A reader stands at no point"),
    "no_room_for_files": Text("Снимкам не хватает места", "No room for pictures"),
    "shortage": Text("На контроллере кончается место", "A box is running out of disk"),
    "decisions_unwritten": Text(
        "Отказы не записаны: диск был полон", "Refusals were not recorded: the disk was full"
    ),
    "fire": Text("Пожарная тревога", "Fire alarm"),
    "barrier_forced": Text("Открыто без решения", "Opened without a decision"),
    "barrier_held_open": Text("Слишком долго открыто", "Open for too long"),
    "barrier_stuck": Text("Преграда не дошла до края", "A barrier did not reach its end"),
    "reader_tamper": Text("Считыватель вскрыт", "A reader was opened"),
    "camera_tamper": Text("Камера не видит", "A camera sees nothing"),
    "camera_signal": Text("У камеры нет сигнала", "A camera has no signal"),
    "camera_recording": Text("Видео камеры не записывается", "The video of a camera is not recorded"),
    "faces_unwritten": Text("Лица не записаны на панель", "Faces are not written to a panel"),
    "exit_button_stuck": Text("Кнопка выхода неисправна", "An exit button is faulty"),
}
GIVEN_UP = {  # what a full disk cost, by the first word of the detail
    "decisions_unwritten": Text("Отказов без записи: {count}.", "Refusals without a record: {count}."),
    "stills_dropped": Text("Удалено снимков: {count}.", "Stills deleted: {count}."),
    "video_dropped": Text("Удалено отрезков видео: {count}.", "Pieces of video deleted: {count}."),
    "readings_thinned": Text("Из показаний сохраняется каждое {count}-е.", "One reading in {count} is kept."),
    "readings_dropped": Text("Потеряно записей показаний: {count}.", "Records of readings lost: {count}."),
}
_OF_A_DISK = (AlarmKind.SHORTAGE.value, AlarmKind.DECISIONS_UNWRITTEN.value)


def alarm_title(kind: str, language: Language) -> str | None:
    """What an alarm of the kind is called; None: only a newer box knows it."""
    return KINDS[kind].in_language(language) if kind in KINDS else None


def shown() -> ColumnElement[str]:
    """The words of an alarm's kind and detail in every language, made as by `text.search_text`."""
    given_up = case(_searched(GIVEN_UP), value=func.split_part(Alarm.detail, " ", 1), else_="")
    of_a_disk = case((Alarm.kind.in_(_OF_A_DISK), given_up), else_="")
    return func.concat_ws(" ", case(_searched(KINDS), value=Alarm.kind, else_=""), of_a_disk)


def _searched(words: dict[str, Text]) -> dict[str, str]:
    return {
        name: search_text(text.ru.format(count=""), text.en.format(count="")) for name, text in words.items()
    }
