"""What happens at the gate in the contract's tests, and how it is waited for."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from protocols.held import PassItem, PassKind
from tests.contract.guard.server import Browser
from tests.edge.world import uid

PLATE = "X711TT90"


def a_pass(**changes: Any) -> PassItem:
    now = datetime.now(UTC)
    fields: dict[str, Any] = {
        "id": uid(),
        "number": "2026000123",
        "kind": PassKind.GUEST,
        "holder": "Семёнова Анна",
        "host": "Иванова Мария Петровна",
        "phone": "+79123456701",
        "address": "ул. Кифису, д. А2",
        "vehicle": "KIA Rio, белая",
        "plates": [PLATE],
        "service": "Гостевой пропуск",
        "ticket": "Заявка 77801",
        "valid_from": now - timedelta(hours=1),
        "valid_until": now + timedelta(hours=5),
    }
    return PassItem(**(fields | changes))


def photo(width: int = 2400, height: int = 1200) -> bytes:
    """As a telephone sends one: large, with the place where it was taken."""
    picture = Image.new("RGB", (width, height), (20, 120, 60))
    exif = Image.Exif()
    exif[0x010E] = "A description"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()


async def newest(page: Browser, **wanted: object) -> dict[str, Any]:
    """The newest passage, once the server shows it, and it is as wanted."""
    async with asyncio.timeout(60):
        while True:
            items: list[dict[str, Any]] = (await page.get("/passages", point=str(page.server.lane)))["items"]
            if items and items[0].items() >= wanted.items():
                return items[0]
            await asyncio.sleep(0.05)


async def row_of(page: Browser, pass_id: str, **wanted: object) -> dict[str, Any]:
    """A pass, once the server shows it as wanted."""
    async with asyncio.timeout(60):
        while True:
            row: dict[str, Any] = (await page.get(f"/passes/{pass_id}"))["row"]
            if row.items() >= wanted.items():
                return row
            await asyncio.sleep(0.05)


async def upload(page: Browser, data: bytes) -> Any:
    answer = await page.client.post("/photos", content=data, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 200, answer.text
    return answer.json()
