"""What drivers and their settings are called before people. Every setting of `protocols.drivers` has words here."""

from cloud.kernel.language import Text
from cloud.sites import entrance_words
from cloud.sites.setting_words import (
    AUTH,
    BAUD,
    BEEP_EXPECTED,
    BEEP_HELP,
    HOST,
    LISTEN,
    REVERSE,
    SERIAL_PORT,
    TCP_PORT,
    TIMEOUT,
    TOKEN,
    Words,
)

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
    "wiegand_mqtt": Words(
        Text("Контроллер Wiegand по MQTT", "Wiegand controller by MQTT"),
        Text(
            "Контроллер считывателей Wiegand сообщает карты брокеру MQTT на объекте: укажите здесь брокер и тему.",
            "The controller of Wiegand readers tells cards to an MQTT broker on site: give the broker and the topic.",
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
SETTINGS: dict[str, Words] = {
    "modbus_tcp.host": HOST,
    "modbus_tcp.port": TCP_PORT,
    "modbus_tcp.timeout_ms": TIMEOUT,
    "modbus_tcp.rtu_framing": Words(
        Text("Прозрачный преобразователь", "Transparent serial server"),
        Text("Кадры RTU внутри TCP, без пересчёта в Modbus TCP", "RTU frames inside TCP, not translated"),
    ),
    "modbus_rtu.port": SERIAL_PORT,
    "modbus_rtu.baud": BAUD,
    "modbus_rtu.parity": Words(Text("Чётность", "Parity")),
    "modbus_rtu.stop_bits": Words(Text("Стоповых битов", "Stop bits")),
    "modbus_rtu.timeout_ms": TIMEOUT,
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
    "osdp_reader.tcp.host": HOST,
    "osdp_reader.tcp.port": TCP_PORT,
    "osdp_reader.serial": Words(Text("Через последовательный порт", "By a serial port")),
    "osdp_reader.serial.port": SERIAL_PORT,
    "osdp_reader.serial.baud": BAUD,
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
    "osdp_reader.reverse": REVERSE,
    "osdp_reader.install": Words(
        Text("Записать ключ в новый считыватель", "Put the key into a new reader"),
        Text(
            "Считыватель с заводским ключом получит этот. Включайте на время установки: заводской ключ знают все",
            "A reader with the factory's key gets this one. Only while installing: everybody knows the factory's key",
        ),
    ),
    "line_scanner.tcp": Words(Text("По сети", "Over the network")),
    "line_scanner.tcp.host": HOST,
    "line_scanner.tcp.port": TCP_PORT,
    "line_scanner.serial": Words(Text("Через последовательный порт", "By a serial port")),
    "line_scanner.serial.port": SERIAL_PORT,
    "line_scanner.serial.baud": BAUD,
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
        Text("Сигнал: пропущен", "Signal: let in"), BEEP_HELP, BEEP_EXPECTED, "07"
    ),
    "line_scanner.beep_denied": Words(
        Text("Сигнал: отказано", "Signal: refused"), BEEP_HELP, BEEP_EXPECTED, "0707"
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
    "nfc_reader.reverse": REVERSE,
    "pcsc_reader.reader": Words(
        Text("Название считывателя", "The reader's name"),
        Text(
            "Как оно начинается (показывает pcsc_scan). Пусто: любой, какой подключён",
            "How it begins (pcsc_scan shows it). Empty: whichever is plugged in",
        ),
        example="ACS ACR122U",
    ),
    "pcsc_reader.reverse": REVERSE,
    "wiegand_http.host": LISTEN,
    "wiegand_http.port": TCP_PORT,
    "wiegand_http.token": TOKEN,
    "wiegand_http.reverse": REVERSE,
    "wiegand_http.repeat_ms": Words(
        Text("Та же карта ещё раз", "The same card again"),
        Text(
            "В течение этого времени карту не убирали. 0: каждая присылка — новое предъявление",
            "Within this time it was not taken away. 0: each push is a presentation",
        ),
    ),
    "wiegand_mqtt.host": HOST._replace(
        help=Text("Имя или IP-адрес брокера", "The broker's name or IP address")
    ),
    "wiegand_mqtt.port": TCP_PORT,
    "wiegand_mqtt.topic": Words(
        Text("Тема", "Topic"),
        Text(
            "Одна на считыватель: по ней узнают, у какого проезда карта",
            "One for each reader: it tells at which lane the card is",
        ),
        Text(
            "Тема без пробелов, + и #, не с $ в начале, например gate/in/card.",
            "A topic without blanks, + and #, not beginning with $, such as gate/in/card.",
        ),
        "gate/in/card",
    ),
    "wiegand_mqtt.user": Words(
        Text("Имя для входа", "User name"), Text("Пусто: брокер не спрашивает", "Empty: the broker asks none")
    ),
    "wiegand_mqtt.password": Words(Text("Пароль", "Password")),
    "wiegand_mqtt.reverse": REVERSE,
    "wiegand_mqtt.repeat_ms": Words(
        Text("Та же карта ещё раз", "The same card again"),
        Text(
            "В течение этого времени карту не убирали. 0: каждое сообщение — новое предъявление",
            "Within this time it was not taken away. 0: each message is a presentation",
        ),
    ),
} | entrance_words.SETTINGS
"""By driver and path."""

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
    "plate_http.auth": AUTH,
    "http_camera.auth": AUTH,
    "http_panel.auth": AUTH,
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
    "record_needs_stream": Text(
        "Чтобы записывать видео, укажите адрес потока.",
        "To record video, the stream's address is needed.",
    ),
    "key_or_insecure": Text(
        "Нужен ключ; без него отметьте «Без ключа, открыто».",
        "A key is needed; without one, tick “Without a key, in the clear”.",
    ),
}
"""Of what settings together must hold, by the code of the SettingError."""
