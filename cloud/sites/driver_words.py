"""What drivers and their settings are called before people. Every setting of `protocols.drivers` has words here."""

from typing import NamedTuple

from cloud.kernel.language import Text


class Words(NamedTuple):
    """`help`: what it is for. `expected`: what fits, where the type alone does not say it. `example`: to imitate."""

    title: Text
    help: Text | None = None
    expected: Text | None = None
    example: str | None = None


DRIVERS: dict[str, Words] = {
    "modbus_tcp": Words(
        Text("Линия Modbus TCP", "Modbus TCP line"),
        Text(
            "Устройство или шлюз Modbus в сети. На линии стоят модули реле и счётчики.",
            "A Modbus device or gateway on the network. Relay modules and meters hang on it.",
        ),
    ),
    "modbus_rtu": Words(
        Text("Линия Modbus RTU", "Modbus RTU line"),
        Text(
            "Последовательный порт контроллера (RS-485). На линии стоят модули реле и счётчики.",
            "A serial port of the box (RS-485). Relay modules and meters hang on it.",
        ),
    ),
    "modbus_relay": Words(
        Text("Модуль реле", "Relay module"),
        Text(
            "Выходами открывает шлагбаумы и двери. Сначала добавьте линию Modbus, на которой он стоит.",
            "Its outputs open barriers and doors. Add the Modbus line on which it hangs first.",
        ),
    ),
    "osdp_reader": Words(
        Text("Считыватель OSDP", "OSDP reader"),
        Text("Считыватель карт с защищённым каналом.", "A card reader with a secure channel."),
    ),
    "line_scanner": Words(
        Text("Сканер кодов", "Code scanner"),
        Text(
            "Сканер QR- и штрихкодов: код гостя с экрана или с бумаги.",
            "A scanner of QR and bar codes: a guest's code from a screen or from paper.",
        ),
    ),
    "nfc_reader": Words(
        Text("Считыватель NFC", "NFC reader"),
        Text(
            "Считыватель NFC в порту USB или на последовательном порту контроллера.",
            "An NFC reader at the box's USB or a serial port.",
        ),
    ),
    "pcsc_reader": Words(
        Text("Настольный считыватель", "Desk reader"),
        Text("Считыватель PC/SC в порту USB контроллера.", "A PC/SC reader at the box's USB port."),
    ),
    "plate_http": Words(
        Text("Распознавание номеров", "Plate recognition"),
        Text(
            "Камера сама присылает контроллеру номера: в ней укажите адрес "
            "http://<контроллер>:<порт>/plates/<секрет>.",
            "The camera sends plates to the box by itself: set it to http://<box>:<port>/plates/<secret>.",
        ),
    ),
    "wiegand_http": Words(
        Text("Контроллер Wiegand", "Wiegand controller"),
        Text(
            "Контроллер считывателей Wiegand сам присылает карты: в нём укажите адрес "
            "http://<контроллер>:<порт>/cards/<секрет>.",
            "The controller of Wiegand readers sends cards by itself: set it to http://<box>:<port>/cards/<secret>.",
        ),
    ),
    "http_camera": Words(
        Text("Камера", "Camera"),
        Text("Контроллер сам берёт у неё снимки проездов.", "The box takes pictures of passages from it."),
    ),
    "onvif_camera": Words(
        Text("Камера ONVIF", "ONVIF camera"),
        Text(
            "Контроллер сам узнаёт у камеры, где её снимок, и берёт снимки проездов.",
            "The box asks the camera itself where its picture is, and takes pictures of passages.",
        ),
    ),
    "onvif_door": Words(
        Text("Контроллер дверей ONVIF", "ONVIF door controller"),
        Text(
            "Открывает двери сам, когда контроллер объекта попросит: как долго, настроено в нём.",
            "It opens doors when the box asks; for how long is set in it.",
        ),
    ),
    "http_panel": Words(
        Text("Домофон", "Intercom panel"),
        Text(
            "Вызывная панель: открывает дверь, сообщает о звонках и сама помнит жильцов. Вызовы присылает на "
            "http://<контроллер>:<порт>/panels/<секрет>.",
            "It opens its door, tells of calls and remembers residents by itself. It sends calls to "
            "http://<box>:<port>/panels/<secret>.",
        ),
    ),
    "sip_panel": Words(
        Text("Домофон SIP", "SIP intercom"),
        Text(
            "Вызывная панель, которая звонит контроллеру по SIP. Открывается тональным набором во время звонка.",
            "A panel that calls the box by SIP. It opens by keys pressed during the call.",
        ),
    ),
}
_HOST = Words(
    Text("Адрес в сети", "Network address"),
    Text("Имя или IP-адрес устройства", "The device's name or IP address"),
    Text(
        "Имя или IP-адрес без порта, пробелов и «http://», например 192.168.1.10.",
        "A name or an IP address without port, blanks or “http://”, such as 192.168.1.10.",
    ),
    "192.168.1.10",
)
_BEEP_HELP = Text(
    "Что послать сканеру, чтобы он пискнул, байтами в шестнадцатеричном виде. Пусто: ничего",
    "What to send for the scanner to beep, bytes in hexadecimal. Empty: nothing",
)
_BEEP_EXPECTED = Text(
    "Пары шестнадцатеричных знаков без пробелов, не больше 64 пар, например 07.",
    "Pairs of hexadecimal digits without blanks, at most 64 pairs, such as 07.",
)
_LISTEN = _HOST._replace(
    title=Text("Где слушать", "Where to listen"),
    help=Text(
        "Адрес контроллера в сети объекта. 127.0.0.1: только с самого контроллера",
        "The box's address in the site's network. 127.0.0.1: from the box itself only",
    ),
)
_TOKEN = Words(
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
_TCP_PORT = Words(Text("Порт", "Port"))
_SERIAL_PORT = Words(
    Text("Порт контроллера", "The box's port"),
    Text("Как он называется на контроллере", "What it is called on the box"),
    Text("Имя порта, например /dev/ttyRS485-1.", "A port's name, such as /dev/ttyRS485-1."),
    "/dev/ttyRS485-1",
)
_BAUD = Words(
    Text("Скорость", "Speed"), Text("Такая же, как у устройств линии", "The same as its devices have")
)
_TIMEOUT = Words(Text("Ждать ответа", "Wait for an answer"))
_REVERSE = Words(
    Text("Байты номера карты в обратном порядке", "The card number's bytes come last first"),
    Text(
        "Включите, если номер карты не совпадает с напечатанным",
        "Turn on when a card's number differs from the printed one",
    ),
)
_PROBE = Words(
    Text("Проверять камеру каждые", "Check the camera every"),
    Text("Так замечают, что она пропала", "So that it is noticed when it is gone"),
)
SETTINGS: dict[str, Words] = {
    "modbus_tcp.host": _HOST,
    "modbus_tcp.port": _TCP_PORT,
    "modbus_tcp.timeout_ms": _TIMEOUT,
    "modbus_tcp.rtu_framing": Words(
        Text("Прозрачный преобразователь", "Transparent serial server"),
        Text("Кадры RTU внутри TCP, без пересчёта в Modbus TCP", "RTU frames inside TCP, not translated"),
    ),
    "modbus_rtu.port": _SERIAL_PORT,
    "modbus_rtu.baud": _BAUD,
    "modbus_rtu.parity": Words(Text("Чётность", "Parity")),
    "modbus_rtu.stop_bits": Words(Text("Стоповых битов", "Stop bits")),
    "modbus_rtu.timeout_ms": _TIMEOUT,
    "modbus_rtu.gap_ms": Words(
        Text("Тишина перед запросом", "Silence before a request"),
        Text("Не меньше 3,5 знака: на 9600 это 4 мс", "At least 3.5 characters: 4 ms at 9600"),
    ),
    "modbus_relay.bus": Words(
        Text("Линия", "Line"),
        Text("Линия Modbus, на которой стоит модуль", "The Modbus line on which the module hangs"),
    ),
    "modbus_relay.unit": Words(
        Text("Адрес на линии", "Address on the line"),
        Text("Установлен на самом модуле, от 1 до 247", "Set on the module itself, 1 to 247"),
    ),
    "modbus_relay.profile": Words(Text("Модель", "Model")),
    "modbus_relay.poll_s": Words(
        Text("Проверять состояние каждые", "Check its state every"),
        Text(
            "Как часто читать настоящее положение выходов", "How often the outputs' real states are read back"
        ),
    ),
    "modbus_relay.silence_s": Words(
        Text("Отпустить после молчания", "Let go after silence"),
        Text(
            "Модуль сам выключит выходы, если столько его не спрашивали",
            "The module itself turns its outputs off when nobody asked it for so long",
        ),
    ),
    "modbus_relay.module_timer_ms": Words(
        Text("Предел импульса в модуле", "The module's own pulse limit"),
        Text(
            "Модуль сам закончит импульс, даже если оборвётся связь. Дольше самого длинного импульса; "
            "не у всех моделей. Пусто: без предела",
            "The module ends a pulse by itself even if the line breaks. Longer than the longest pulse; not every "
            "model has it. Empty: none",
        ),
    ),
    "modbus_relay.held_outputs": Words(
        Text("Выходы не для дверей", "Outputs that are no doors"),
        Text(
            "Номера выходов через запятую, считая с нуля: контроллер их не тронет",
            "Numbers of outputs, counted from zero: the box leaves them alone",
        ),
        Text("Целые числа, не больше 64, например 4, 5.", "Whole numbers, at most 64 of them, such as 4, 5."),
        "4, 5",
    ),
    "osdp_reader.tcp": Words(Text("По сети", "Over the network")),
    "osdp_reader.tcp.host": _HOST,
    "osdp_reader.tcp.port": _TCP_PORT,
    "osdp_reader.serial": Words(Text("Через последовательный порт", "By a serial port")),
    "osdp_reader.serial.port": _SERIAL_PORT,
    "osdp_reader.serial.baud": _BAUD,
    "osdp_reader.address": Words(
        Text("Адрес на линии", "Address on the line"), Text("От 0 до 126", "0 to 126")
    ),
    "osdp_reader.key": Words(
        Text("Ключ защищённого канала", "Secure channel key"),
        Text(
            "SCBK этого считывателя: 32 шестнадцатеричных знака",
            "This reader's own SCBK: 32 hexadecimal digits",
        ),
        Text(
            "32 шестнадцатеричных знака: 0–9 и A–F, без пробелов.",
            "32 hexadecimal digits, 0–9 and A–F, no blanks.",
        ),
    ),
    "osdp_reader.insecure": Words(
        Text("Без ключа, открыто", "Without a key, in the clear"),
        Text(
            "Номера карт пойдут по проводу незашифрованными: их можно подслушать и подделать",
            "Card numbers cross the wire unencrypted: they can be overheard and forged",
        ),
    ),
    "osdp_reader.reverse": _REVERSE,
    "osdp_reader.install": Words(
        Text("Записать ключ в новый считыватель", "Put the key into a new reader"),
        Text(
            "Считыватель с заводским ключом получит этот. Включайте на время установки: заводской ключ знают все",
            "A reader with the factory's key gets this one. Only while installing: everybody knows the factory's key",
        ),
    ),
    "line_scanner.tcp": Words(Text("По сети", "Over the network")),
    "line_scanner.tcp.host": _HOST,
    "line_scanner.tcp.port": _TCP_PORT,
    "line_scanner.serial": Words(Text("Через последовательный порт", "By a serial port")),
    "line_scanner.serial.port": _SERIAL_PORT,
    "line_scanner.serial.baud": _BAUD,
    "line_scanner.hid": Words(Text("Как клавиатура USB", "As a USB keyboard")),
    "line_scanner.hid.path": Words(
        Text("Устройство ввода", "Input device"),
        Text("Как сканер называется на контроллере", "What the scanner is called on the box"),
        Text(
            "Полный путь, например /dev/input/by-id/usb-Scanner-event-kbd.",
            "A full path, such as /dev/input/by-id/usb-Scanner-event-kbd.",
        ),
        "/dev/input/by-id/usb-Scanner-event-kbd",
    ),
    "line_scanner.silence_ms": Words(
        Text("Тишина вместо конца строки", "Silence instead of a line's end"),
        Text(
            "Если сканер не шлёт конца строки, код считается целым после этой тишины",
            "If the scanner sends no end of line, a code is whole after this silence",
        ),
    ),
    "line_scanner.beep_granted": Words(
        Text("Сигнал: пропущен", "Signal: let in"), _BEEP_HELP, _BEEP_EXPECTED, "07"
    ),
    "line_scanner.beep_denied": Words(
        Text("Сигнал: отказано", "Signal: refused"), _BEEP_HELP, _BEEP_EXPECTED, "0707"
    ),
    "nfc_reader.path": Words(
        Text("Где он подключён", "Where it is plugged in"),
        Text(
            "usb: первый найденный; usb:072f:2200: по изготовителю и модели; tty:USB0:pn532: порт и микросхема",
            "usb: the first found; usb:072f:2200: by maker and model; tty:USB0:pn532: port and chip",
        ),
        Text(
            "usb, usb:072f:2200 или tty:USB0:pn532.",
            "usb, usb:072f:2200 or tty:USB0:pn532.",
        ),
        "usb",
    ),
    "nfc_reader.reverse": _REVERSE,
    "pcsc_reader.reader": Words(
        Text("Название считывателя", "The reader's name"),
        Text(
            "Как оно начинается (показывает pcsc_scan). Пусто: любой, какой подключён",
            "How it begins (pcsc_scan shows it). Empty: whichever is plugged in",
        ),
        example="ACS ACR122U",
    ),
    "pcsc_reader.reverse": _REVERSE,
    "plate_http.host": _LISTEN,
    "plate_http.port": _TCP_PORT,
    "plate_http.token": _TOKEN,
    "plate_http.shape": Words(
        Text("Чем распознаёт", "What reads the plates"),
        Text("От этого зависит, в каком виде приходит номер", "It decides in which form a plate comes"),
    ),
    "plate_http.user": Words(
        Text("Имя для входа", "User name"),
        Text(
            "Если камера умеет входить с именем и паролем. Пусто: хватит секрета в адресе",
            "When the camera can sign in. Empty: the secret in the address will do",
        ),
    ),
    "plate_http.password": Words(Text("Пароль", "Password")),
    "plate_http.auth": Words(Text("Как входит камера", "How the camera signs in")),
    "plate_http.min_votes": Words(
        Text("Сколько кадров должны сойтись", "How many frames must agree"),
        Text(
            "1: решает каждый кадр. Больше: ошибка в одном кадре ничего не откроет",
            "1: each frame decides. More: a misread frame opens nothing",
        ),
    ),
    "plate_http.votes_ms": Words(
        Text("За какое время", "Within what time"),
        Text("Кадры одной машины идут не реже этого", "Frames of one car follow each other this closely"),
    ),
    "plate_http.min_confidence": Words(
        Text("Наименьшая уверенность", "Least confidence"),
        Text(
            "От 0 до 1. Номер, в котором камера уверена меньше, считается нечитаемым",
            "0 to 1. A plate of which the camera is less sure counts as unreadable",
        ),
    ),
    "plate_http.repeat_ms": Words(
        Text("Тот же номер ещё раз", "The same plate again"),
        Text(
            "В течение этого времени это та же машина. 0: каждая присылка считается проездом",
            "Within this time it is the same car. 0: each push is a visit",
        ),
    ),
    "wiegand_http.host": _LISTEN,
    "wiegand_http.port": _TCP_PORT,
    "wiegand_http.token": _TOKEN,
    "wiegand_http.reverse": _REVERSE,
    "wiegand_http.repeat_ms": Words(
        Text("Та же карта ещё раз", "The same card again"),
        Text(
            "В течение этого времени карту не убирали. 0: каждая присылка — новое предъявление",
            "Within this time it was not taken away. 0: each push is a presentation",
        ),
    ),
    "http_camera.url": Words(
        Text("Адрес снимка", "Picture's address"),
        Text("По нему камера отдаёт JPEG", "Where the camera gives a JPEG"),
        Text(
            "Адрес, который начинается с http:// или https:// и ведёт к снимку, например "
            "http://192.168.1.30/snapshot.jpg.",
            "An address that begins with http:// or https:// and leads to a picture, such as "
            "http://192.168.1.30/snapshot.jpg.",
        ),
        "http://192.168.1.30/snapshot.jpg",
    ),
    "http_camera.user": Words(
        Text("Имя для входа", "User name"), Text("Пусто: камера не спрашивает", "Empty: the camera asks none")
    ),
    "http_camera.password": Words(Text("Пароль", "Password")),
    "http_camera.auth": Words(Text("Как входить", "How to sign in")),
    "http_camera.timeout_ms": Words(
        Text("Ждать снимка", "Wait for a picture"), Text("Снимок целиком", "The whole picture")
    ),
    "onvif_camera.host": _HOST,
    "onvif_camera.port": Words(Text("Порт", "Port"), Text("Обычно 80 или 8000", "Usually 80 or 8000")),
    "onvif_camera.user": Words(
        Text("Имя для входа", "User name"),
        Text(
            "Пользователь ONVIF: у некоторых камер его заводят отдельно",
            "A user for ONVIF: some cameras keep these apart",
        ),
    ),
    "onvif_camera.password": Words(Text("Пароль", "Password")),
    "onvif_camera.profile": Words(
        Text("Профиль", "Profile"),
        Text("Название или токен. Пусто: первый", "Its name or token. Empty: the first"),
    ),
    "onvif_camera.timeout_ms": Words(
        Text("Ждать ответа", "Wait for an answer"), Text("На каждый запрос", "To each request")
    ),
    "onvif_camera.probe_s": _PROBE,
    "http_camera.probe_s": _PROBE,
    "onvif_door.host": _HOST,
    "onvif_door.port": Words(Text("Порт", "Port"), Text("Обычно 80", "Usually 80")),
    "onvif_door.user": Words(
        Text("Имя для входа", "User name"), Text("Пользователь ONVIF", "A user for ONVIF")
    ),
    "onvif_door.password": Words(Text("Пароль", "Password")),
    "onvif_door.doors": Words(
        Text("Токены дверей", "Tokens of its doors"),
        Text(
            "Через запятую: выход 0 у точки — первая дверь",
            "Apart by commas: a point's output 0 is the first",
        ),
        Text(
            "Токены через запятую, например door_1, door_2.",
            "Tokens apart by commas, such as door_1, door_2.",
        ),
        "door_1",
    ),
    "onvif_door.timeout_ms": _TIMEOUT,
    "onvif_door.probe_s": Words(
        Text("Проверять каждые", "Check it every"),
        Text("Так замечают, что он пропал", "So that it is noticed when it is gone"),
    ),
    "sip_panel.panel": Words(
        Text("IP-адрес панели", "The panel's IP address"),
        Text(
            "Или адрес SIP-сервера, через который она звонит. Звонки с других адресов не принимаются",
            "Or that of the SIP server through which it calls. Calls from elsewhere are not heard",
        ),
        Text("IP-адрес, например 192.168.1.41.", "An IP address, such as 192.168.1.41."),
        "192.168.1.41",
    ),
    "sip_panel.panel_port": Words(Text("Порт SIP панели", "The panel's SIP port")),
    "sip_panel.host": _LISTEN._replace(
        expected=Text("IP-адрес, например 192.168.1.10.", "An IP address, such as 192.168.1.10.")
    ),
    "sip_panel.port": Words(Text("Порт SIP контроллера", "The box's SIP port")),
    "sip_panel.rtp_port": Words(
        Text("Порт RTP контроллера", "The box's RTP port"), Text("0: любой свободный", "0: any free one")
    ),
    "sip_panel.open_with": Words(
        Text("Чем открывается", "What opens it"),
        Text(
            "Клавиши, как в настройках панели. Несколько дверей — через запятую: выход 0 у точки — первая",
            "Keys, as set in the panel. Several doors apart by commas: a point's output 0 is the first",
        ),
        Text("Клавиши 0–9, A–D, * и #, например #.", "Keys 0–9, A–D, * and #, such as #."),
        "#",
    ),
    "sip_panel.dtmf": Words(Text("Как передать клавиши", "How the keys are sent")),
    "sip_panel.answer": Words(
        Text("Снимать трубку сразу", "Take the call at once"),
        Text("Тогда код можно набрать во время звонка", "Then a code can be typed in it"),
    ),
    "sip_panel.ring_s": Words(Text("Положить трубку через", "Hang up after")),
    "sip_panel.timeout_ms": _TIMEOUT,
    "sip_panel.probe_s": Words(
        Text("Проверять панель каждые", "Check the panel every"),
        Text("Так замечают, что она пропала", "So that it is noticed when it is gone"),
    ),
    "http_panel.url": Words(
        Text("Адрес панели", "The panel's address"),
        Text("Куда контроллер обращается, чтобы открыть", "Where the box asks it to open"),
        Text(
            "Адрес, который начинается с http:// или https://, например http://192.168.1.40/api.",
            "An address that begins with http:// or https://, such as http://192.168.1.40/api.",
        ),
        "http://192.168.1.40/api",
    ),
    "http_panel.user": Words(
        Text("Имя для входа", "User name"), Text("Пусто: панель не спрашивает", "Empty: the panel asks none")
    ),
    "http_panel.password": Words(Text("Пароль", "Password")),
    "http_panel.auth": Words(Text("Как входить", "How to sign in")),
    "http_panel.doors": Words(
        Text("Сколько дверей открывает", "How many doors it opens"),
        Text("Выход 0 у точки — первая", "A point's output 0 is the first"),
    ),
    "http_panel.host": _LISTEN,
    "http_panel.port": _TCP_PORT,
    "http_panel.token": _TOKEN,
    "http_panel.reverse": _REVERSE,
    "http_panel.timeout_ms": _TIMEOUT,
    "http_panel.probe_s": Words(
        Text("Проверять панель каждые", "Check the panel every"),
        Text("Так замечают, что она пропала", "So that it is noticed when it is gone"),
    ),
}
"""By driver and path."""

_AUTH = {"digest": Text("digest (обычно)", "digest (usual)"), "basic": Text("basic", "basic")}
CHOICES: dict[str, dict[str, Text]] = {
    "modbus_rtu.parity": {
        "N": Text("нет", "none"),
        "E": Text("чётная", "even"),
        "O": Text("нечётная", "odd"),
    },
    "plate_http.shape": {
        "generic": Text("другая программа или камера", "another program or camera"),
        "hikvision": Text("камера Hikvision (ISAPI)", "a Hikvision camera (ISAPI)"),
        "dahua": Text("камера Dahua (ITSAPI)", "a Dahua camera (ITSAPI)"),
    },
    "plate_http.auth": _AUTH,
    "http_camera.auth": _AUTH,
    "http_panel.auth": _AUTH,
    "sip_panel.dtmf": {
        "info": Text("SIP INFO (обычно)", "SIP INFO (usual)"),
        "rtp": Text("в голосе (RFC 4733)", "in the voice (RFC 4733)"),
    },
}
"""Of choices that do not speak for themselves."""

ALTERNATIVES: dict[str, Text] = {
    "line_scanner.line": Text("Подключение", "Connection"),
    "osdp_reader.line": Text("Подключение", "Connection"),
}
UNITS: dict[str, Text] = {"ms": Text("мс", "ms"), "s": Text("с", "s"), "baud": Text("бит/с", "bit/s")}
RULES: dict[str, Text] = {
    "one_line": Text("Выберите одно подключение.", "Choose one connection."),
    "mute_line": Text(
        "Сканеру, который печатает как клавиатура, послать ничего нельзя.",
        "Nothing can be sent to a scanner that types as a keyboard.",
    ),
    "user_and_password": Text(
        "Укажите и имя, и пароль — или ни того, ни другого.", "Give both user name and password, or neither."
    ),
    "install_needs_key": Text(
        "Чтобы записать ключ в считыватель, укажите его.", "To put a key into the reader, give one."
    ),
    "key_or_insecure": Text(
        "Нужен ключ; без него отметьте «Без ключа, открыто».",
        "A key is needed; without one, tick “Without a key, in the clear”.",
    ),
}
"""Of what settings together must hold, by the code of the SettingError."""
