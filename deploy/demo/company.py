"""The demo's company in plain words: what it manages, who lives there, who works there."""

from dataclasses import dataclass

COMPANY = "Управляющая компания «Афины»"
TIME_ZONE = "Asia/Yekaterinburg"
SETTLEMENT = "к/п Афины"
TOWER = "ЖК «Афины Парк»"

SETTLEMENT_ADDRESS = "Тюменская область, к/п Афины"
STREETS = {"ул. Кифису": ("А1", "А2", "А3", "А4", "А5"), "ул. Пирейская": ("Б1", "Б2", "Б3", "Б4")}
TOWER_ADDRESS = "Тюмень, ул. Афинская, 7"
TOWER_FLOORS, FLATS_ON_FLOOR = 10, 4
GROUNDS, PARKING = "Территория", "Паркинг"


@dataclass(frozen=True)
class User:
    """Who signs in; the login is an address that leads nowhere."""

    role: str
    name: str
    login: str


STAFF = (
    User("manager", "Соколова Елена Викторовна", "manager@afiny.example"),
    User("dispatcher", "Баклушина Анна Сергеевна", "dispatcher@afiny.example"),
    User("accountant", "Крылова Ольга Ивановна", "accountant@afiny.example"),
    User("engineer", "Тихонов Павел Андреевич", "engineer@afiny.example"),
    User("contractor", "Гринёв Олег Петрович", "contractor@afiny.example"),
    User("guard", "Мартынов Сергей Юрьевич", "guard@afiny.example"),
    User("guard", "Хасанов Ринат Маратович", "guard2@afiny.example"),
)
APP_RESIDENT = User("resident", "Лебедев Игорь Николаевич", "resident@afiny.example")
"""Of the residents, the one who uses the app."""
GUARD_CARDS = {"guard@afiny.example": "018,30001"}
ADMINISTRATOR = User("administrator", "Воронов Алексей Дмитриевич", "admin@afiny.example")
ROLES_RU = {
    "administrator": "администратор",
    "manager": "управляющий",
    "dispatcher": "диспетчер",
    "accountant": "бухгалтер",
    "engineer": "инженер",
    "contractor": "подрядчик",
    "guard": "охранник",
    "resident": "житель",
}


@dataclass(frozen=True)
class Resident:
    """Who lives where: a house of the settlement or a flat of the tower."""

    name: str
    phone: str
    home: str
    role: str = "owner"
    plate: str = ""
    vehicle: str = ""


RESIDENTS = (
    Resident(
        "Иванова Мария Петровна",
        "+7 912 345-67-01",
        "А2",
        plate="Т 254 МК 72",
        vehicle="Škoda Octavia, серая",
    ),
    Resident("Иванов Пётр Олегович", "+7 912 345-67-02", "А2", role="resident"),
    Resident(
        "Лебедев Игорь Николаевич",
        "+7 912 345-67-03",
        "А1",
        plate="В 917 ОР 72",
        vehicle="Haval Jolion, белый",
    ),
    Resident(
        "Сёмина Татьяна Львовна",
        "+7 912 345-67-04",
        "А3",
        plate="К 031 ЕН 172",
        vehicle="KIA Sportage, синий",
    ),
    Resident("Захаров Дмитрий Ильич", "+7 912 345-67-05", "А4"),
    Resident("Ёлкина Софья Андреевна", "+7 912 345-67-06", "А5", role="tenant"),
    Resident(
        "Мельников Артём Павлович",
        "+7 912 345-67-07",
        "Б1",
        plate="М 408 АУ 72",
        vehicle="Geely Monjaro, чёрный",
    ),
    Resident("Попова Вера Михайловна", "+7 912 345-67-08", "Б2"),
    Resident(
        "Орлов Кирилл Евгеньевич",
        "+7 912 345-67-09",
        "Б3",
        plate="Е 665 ХС 72",
        vehicle="Lada Vesta, красная",
    ),
    Resident("Фёдорова Ксения Юрьевна", "+7 912 345-67-10", "Б4"),
    Resident("Зайцев Роман Игоревич", "+7 912 345-67-11", "1"),
    Resident("Белова Наталья Фёдоровна", "+7 912 345-67-12", "4"),
    Resident("Кузьмин Степан Аркадьевич", "+7 912 345-67-13", "9", role="tenant"),
    Resident("Гусева Лидия Романовна", "+7 912 345-67-14", "17"),
    Resident("Тарасов Глеб Максимович", "+7 912 345-67-15", "23"),
    Resident("Щербакова Инна Олеговна", "+7 912 345-67-16", "40"),
)


@dataclass(frozen=True)
class Guest:
    """A pass to be issued: a plate or a card as people type it."""

    holder: str
    host: str
    service: str
    plate: str = ""
    vehicle: str = ""
    card: str = ""
    kind: str = "guest"
    entries: int | None = None
    days: int = 1


GUESTS = (
    Guest(
        "Баклушин Иван", "Иванова Мария Петровна", "Гостевой пропуск", plate="Х 711 ТТ 90", vehicle="KIA RIO"
    ),
    Guest(
        "Доставка воды",
        "Лебедев Игорь Николаевич",
        "Доставка",
        plate="О 318 ВТ 72",
        vehicle="ГАЗель",
        entries=1,
    ),
    Guest(
        "Клининг «Чистый дом»",
        "Сёмина Татьяна Львовна",
        "Подрядчик",
        card="018,23011",
        kind="contractor",
        days=30,
    ),
    Guest(
        "Садовник Ахметов Р.",
        "Орлов Кирилл Евгеньевич",
        "Подрядчик",
        plate="Р 540 СЕ 72",
        kind="recurring",
        days=90,
    ),
    Guest(
        "Няня Миронова О.",
        "Ёлкина Софья Андреевна",
        "Постоянный пропуск",
        card="021,40512",
        kind="recurring",
        days=180,
    ),
)
RESIDENT_CARDS = {
    "Иванова Мария Петровна": "018,11027",
    "Лебедев Игорь Николаевич": "018,11028",
    "Зайцев Роман Игоревич": "021,50101",
    "Белова Наталья Фёдоровна": "021,50102",
    "Гусева Лидия Романовна": "021,50103",
}
FIRST_CARS = ("T254MK72", "X711TT90", "A123BC72", "O777OO77")
"""Who comes to the gate when the demo is new, so that its board is not empty: two pass, two are refused."""
BLACKLISTED_PLATE, BLACKLIST_REASON = "А 123 ВС 72", "Повреждение шлагбаума"
