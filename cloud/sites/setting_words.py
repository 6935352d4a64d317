"""Words of settings that several drivers have alike."""

from typing import NamedTuple

from cloud.kernel.language import Text


class Words(NamedTuple):
    """`help`: what it is for. `expected`: what fits, where the type alone does not say it. `example`: to imitate."""

    title: Text
    help: Text | None = None
    expected: Text | None = None
    example: str | None = None


HOST = Words(
    Text("Адрес в сети", "Network address"),
    Text("Имя или IP-адрес устройства", "The device's name or IP address"),
    Text(
        "Имя или IP-адрес без порта, пробелов и «http://», например 192.168.1.10.",
        "A name or an IP address without port, blanks or “http://”, such as 192.168.1.10.",
    ),
    "192.168.1.10",
)
BEEP_HELP = Text(
    "Что послать сканеру, чтобы он пискнул, байтами в шестнадцатеричном виде. Пусто: ничего",
    "What to send for the scanner to beep, bytes in hexadecimal. Empty: nothing",
)
BEEP_EXPECTED = Text(
    "Пары шестнадцатеричных знаков без пробелов, не больше 64 пар, например 07.",
    "Pairs of hexadecimal digits without blanks, at most 64 pairs, such as 07.",
)
LISTEN = HOST._replace(
    title=Text("Где слушать", "Where to listen"),
    help=Text(
        "Адрес контроллера в сети объекта. 127.0.0.1: только с самого контроллера",
        "The box's address in the site's network. 127.0.0.1: from the box itself only",
    ),
)
TOKEN = Words(
    Text("Секрет в адресе", "Secret in the address"),
    Text(
        "От 16 до 128 знаков: латинские буквы, цифры, «_» и «-»",
        "16 to 128 of Latin letters, digits, “_” and “-”",
    ),
    Text(
        "От 16 до 128 знаков: латинские буквы, цифры, «_» и «-».",
        "16 to 128 characters: Latin letters, digits, “_” and “-”.",
    ),
)
TCP_PORT = Words(Text("Порт", "Port"))
SERIAL_PORT = Words(
    Text("Порт контроллера", "The box's port"),
    Text("Как он называется на контроллере", "What it is called on the box"),
    Text("Имя порта, например /dev/ttyRS485-1.", "A port's name, such as /dev/ttyRS485-1."),
    "/dev/ttyRS485-1",
)
BAUD = Words(
    Text("Скорость", "Speed"), Text("Такая же, как у устройств линии", "The same as its devices have")
)
TIMEOUT = Words(Text("Ждать ответа", "Wait for an answer"))
REVERSE = Words(
    Text("Байты номера карты в обратном порядке", "The card number's bytes come last first"),
    Text(
        "Включите, если номер карты не совпадает с напечатанным",
        "Turn on when a card's number differs from the printed one",
    ),
)
PROBE = Words(
    Text("Проверять камеру каждые", "Check the camera every"),
    Text("Так замечают, что она пропала", "So that it is noticed when it is gone"),
)
AUTH = {"digest": Text("digest (обычно)", "digest (usual)"), "basic": Text("basic", "basic")}
RECORD = Words(
    Text("Записывать видео", "Record video"),
    Text(
        "Контроллер хранит запись у себя, сколько позволяет его квота",
        "The box keeps the video itself, as far as its quota allows",
    ),
)
