"""However it is typed at the desk and read at the gate, a plate is one plate and a card one card.

Issued by the cloud's own service, sent by downlink, presented to the box by controllers and cameras on sockets. What
each text and each frame means stands in `tests/protocols/cards` and `tests/protocols/test_plates.py`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.wiegand import h10301, w34
from firmware_sim.wiegand_controller import Shape, WiegandController

from cloud.access import service as access
from deploy.demo.servers.processes import free_port
from edge.agent import Agent
from protocols.cards import to_wiegand
from protocols.cards.credential import from_uid
from protocols.fields import Direction
from tests.system.gate.field import TOKEN, Cameras, Field, Lane, cameras, lay_lanes, online
from tests.system.gate.settlement import Settlement

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
SHAPES: tuple[Shape, ...] = ("bits", "numbers", "uid", "em")
EM_NUMBER, UID_NUMBER = 0x001259E3, 0x04A1B2C3
Form = dict[str, str]


def em_forms(number: int) -> list[Form]:
    short = f"{number >> 16 & 0xFF:03},{number & 0xFFFF:05}"
    return [
        {"text": f"{number:010}"},
        {"text": short},
        {"text": f"{number:08X}", "key": f"EM:{number:08X}"},  # could be a UID: asked, and answered
        {"text": f"{number:010} {short}"},
    ]


def uid_forms(number: int) -> list[Form]:
    key = f"UID:{number:08X}"
    return [
        {"text": number.to_bytes(4, "big").hex(":").upper()},
        {"text": f"{number:08X}", "key": key},
        {"text": f"0x{number:08x}", "key": key},
        {"text": w34(number), "key": key},  # as a reader of 34 bits shows it
    ]


def em_read(number: int) -> list[tuple[Shape, str]]:
    """Ten digits, 26 bits, facility and number, 34 bits."""
    short = h10301(number >> 16 & 0xFF, number & 0xFFFF)
    return [("em", w34(number)), ("bits", short), ("numbers", short), ("bits", w34(number))]


def uid_read(number: int) -> list[tuple[Shape, str]]:
    """The UID, 26 bits of it, facility and number in decimal, 34 bits."""
    short = to_wiegand(from_uid(number.to_bytes(4, "big")), 26)
    return [("uid", w34(number)), ("bits", short), ("numbers", w34(number)), ("bits", w34(number))]


@dataclass
class Gate:
    """One lane with a camera and four controllers, each of which tells cards in its own way."""

    settlement: Settlement
    agent: Agent
    push: Cameras
    lane: Lane
    controllers: dict[Shape, WiegandController]

    async def opens(self) -> bool:
        """Whether what was just shown was let in."""
        await self.agent.gate.drain()
        rows = await self.agent.store.write(
            lambda store: store.execute(
                "SELECT json_extract(body, '$.outcome') FROM record"
                " WHERE json_extract(body, '$.type') = 'passage' ORDER BY n, sequence"
            ).fetchall()
        )
        return bool(rows[-1][0] == "granted")

    async def revoke(self, pass_id: object) -> None:
        with self.settlement.work() as session:
            access.revoke_passes(session, self.settlement.actor, [pass_id], "следующая запись")  # type: ignore[list-item]
        await self.settlement.held(self.agent)


@pytest.fixture
async def gate(settlement: Settlement, tmp_path: Path) -> AsyncIterator[Gate]:
    yard, [lane] = Field(tmp_path), lay_lanes(Direction.IN)
    journal = Journal(tmp_path / "controllers.jsonl", SystemClock())
    controllers, readers = {}, []
    for shape in SHAPES:
        port = free_port()
        readers.append(settlement.device("wiegand_http", shape, {"port": port}, {"token": TOKEN}))
        url = f"http://127.0.0.1:{port}/cards/{TOKEN}"
        controllers[shape] = WiegandController(shape, push_url=url, journal=journal, shape=shape)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(yard.at_work())
        modules = settlement.modules(yard)
        settlement.point(lane, modules[lane.unit], [settlement.camera(lane), *readers])
        settlement.configure()
        await stack.enter_async_context(settlement.cloud_at_work())
        agent = await stack.enter_async_context(settlement.box.agent())
        push = await stack.enter_async_context(cameras())
        await online(agent, settlement.devices)
        yield Gate(settlement, agent, push, lane, controllers)
    journal.close()


async def test_cyrillic_and_latin_plates_are_one(gate: Gate) -> None:
    """Issued in either alphabet, with spaces or in small letters, read in either."""
    typed = ["Х 711 ТТ 90", "X711TT90", "х711тт 90", "X 711 тt 90"]
    for text in typed:
        made = gate.settlement.issue(plates=[text])
        assert made.plates == ["X711TT90"]
        await gate.settlement.held(gate.agent)
        for shown in typed:
            await gate.push.see(gate.lane, shown)
            assert await gate.opens(), (text, shown)
        await gate.push.see(gate.lane, "Х 711 ТТ 91")
        assert not await gate.opens()
        await gate.revoke(made.id)
        await gate.push.see(gate.lane, text)
        assert not await gate.opens()


@pytest.mark.parametrize(
    ("number", "forms", "read"),
    [(EM_NUMBER, em_forms, em_read), (UID_NUMBER, uid_forms, uid_read)],
    ids=["EM-Marine", "Mifare"],
)
async def test_a_card_in_four_printed_forms_is_one_card(
    gate: Gate,
    number: int,
    forms: Callable[[int], list[Form]],
    read: Callable[[int], list[tuple[Shape, str]]],
) -> None:
    """Each form with a card of its own: a whole number's revoked pass outweighs a short form's, as it must."""
    for index in range(len(forms(number))):
        card = number + 0x0101 * index
        form = forms(card)[index]
        made = gate.settlement.issue(cards=[form])
        await gate.settlement.held(gate.agent)
        for shape, bits in read(card):
            await gate.controllers[shape].present(bits)
            assert await gate.opens(), (form, shape, bits)
        for shape, bits in read(card + 0x0100):  # another in the short form, too
            await gate.controllers[shape].present(bits)
            assert not await gate.opens(), (form, shape, bits)
        await gate.revoke(made.id)
        for shape, bits in read(card):
            await gate.controllers[shape].present(bits)
            assert not await gate.opens(), (form, shape, bits)
