"""Whom the checkpoint knows: residents and guests, a cleaner, a craftsman, one who must not come in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from protocols.held import BlockItem, PassItem, PassKind, Window
from tests.edge.world import uid

HOST, PHONE = "Иванова Мария Петровна", "+79123456701"
CARD = "0001202659"


def a_pass(number: int, /, **changes: Any) -> PassItem:
    """A guest of today, unless told otherwise."""
    now = datetime.now(UTC).replace(microsecond=0)
    fields: dict[str, Any] = {
        "id": uid(9600 + number),
        "number": f"2026-{number:06}",
        "kind": PassKind.GUEST,
        "host": HOST,
        "phone": PHONE,
        "address": "к/п Афины, ул. Кифису, д. А2",
        "service": "Гостевой пропуск",
        "valid_from": now - timedelta(hours=2),
        "valid_until": now + timedelta(hours=6),
        "changed_at": now - timedelta(minutes=40),
    }
    return PassItem(**(fields | changes))


def held() -> tuple[PassItem | BlockItem, ...]:
    """The cloud's list."""
    now = datetime.now(UTC).replace(microsecond=0)
    year = {"valid_from": now - timedelta(days=200), "valid_until": now + timedelta(days=165)}
    return (
        a_pass(1, holder="Бакланов Игорь", vehicle="KIA Rio, белая", plates=["X711TT90"], ticket="2022"),
        a_pass(2, holder="Семёнова Анна", vehicle="Škoda Octavia", plates=["A123BC72"], host="Орлов Денис"),
        a_pass(
            3,
            kind=PassKind.RESIDENT,
            holder="Орлов Денис Сергеевич",
            vehicle="Toyota Camry, чёрная",
            plates=["T254MK72"],
            keys=["EM:00BC614E"],
            service="",
            host="",
            address="к/п Афины, ул. Кифису, д. А7",
            **year,
        ),
        a_pass(
            4,
            kind=PassKind.RECURRING,
            holder="Петрова Нина, уборка",
            service="Уборка дома",
            schedule=[Window(days=[1, 2, 3, 4, 5, 6, 7], from_minute=0, until_minute=1440)],
            **year,
        ),
        a_pass(
            5,
            kind=PassKind.CONTRACTOR,
            holder="ООО «Кровля», бригада",
            vehicle="ГАЗель, белая",
            plates=["O552HE72"],
            service="Ремонт кровли",
            ticket="2107",
            address="к/п Афины, ул. Ахиллеса, д. Б4",
            host="Управляющая компания",
            entries=10,
        ),
        a_pass(6, holder="Власов Роман", plates=["K008KK72"], host="Орлов Денис Сергеевич"),
        BlockItem(id=uid(9690), plates=["K008KK72"], name="Власов Роман", reason="Драка 12.11.2026"),
    )
