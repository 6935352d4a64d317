"""What the settings of cameras and intercoms are called before people; see `driver_words`."""

from cloud.kernel.language import Text
from cloud.sites.setting_words import HOST, LISTEN, PROBE, RECORD, REVERSE, TCP_PORT, TIMEOUT, TOKEN, Words

SETTINGS: dict[str, Words] = {
    "plate_http.host": LISTEN,
    "plate_http.port": TCP_PORT,
    "plate_http.token": TOKEN,
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
    "http_camera.stream": Words(
        Text("Адрес потока", "Stream's address"),
        Text(
            "RTSP, с тем же входом. Пусто: видео нет", "RTSP, with the same sign-in. Empty: there is no video"
        ),
        Text(
            "Адрес, который начинается с rtsp://, например rtsp://192.168.1.30/main.",
            "An address that begins with rtsp://, such as rtsp://192.168.1.30/main.",
        ),
    ),
    "http_camera.record": RECORD,
    "onvif_camera.record": RECORD,
    "http_camera.timeout_ms": Words(
        Text("Ждать снимка", "Wait for a picture"), Text("Снимок целиком", "The whole picture")
    ),
    "onvif_camera.host": HOST,
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
    "onvif_camera.probe_s": PROBE,
    "onvif_camera.events": Words(
        Text("Слушать события камеры", "Listen to the camera's events"),
        Text(
            "Тревога, когда камеру закрыли, отвернули или у неё нет сигнала",
            "An alarm when it is covered, turned away or has no signal",
        ),
    ),
    "http_camera.probe_s": PROBE,
    "onvif_door.host": HOST,
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
    "onvif_door.timeout_ms": TIMEOUT,
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
    "sip_panel.host": LISTEN._replace(
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
    "sip_panel.timeout_ms": TIMEOUT,
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
    "http_panel.host": LISTEN,
    "http_panel.port": TCP_PORT,
    "http_panel.token": TOKEN,
    "http_panel.reverse": REVERSE,
    "http_panel.recognises": Words(
        Text("Узнаёт по лицу", "Knows faces"),
        Text(
            "Контроллер держит на панели лица тех, кто дал согласие; впускает по-прежнему он сам",
            "The box keeps there the faces of those who agreed; it is still the box that lets in",
        ),
    ),
    "http_panel.timeout_ms": TIMEOUT,
    "http_panel.probe_s": Words(
        Text("Проверять панель каждые", "Check the panel every"),
        Text("Так замечают, что она пропала", "So that it is noticed when it is gone"),
    ),
}
