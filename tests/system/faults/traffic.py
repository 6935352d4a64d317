"""Cars and cards at several points, by a seed, each text used once, so that a passage can be told from any other."""

import itertools
import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import httpx
from firmware_sim.wiegand import h10301

from tests.system.faults.house import House
from tests.system.faults.site import CAMERAS, READER

_LETTERS = "ABEKMHOPCTYX"
_PLATES, _CARDS = 20, 10
FACILITY = 77
_PAUSE_S = (0.05, 0.35)
_numbers = itertools.count(1)
_cards = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody came. `text`: what the box writes as read; `accepted`: the device said that the box took it."""

    text: str
    device: str
    welcome: bool
    came_ns: int
    answered_ns: int
    accepted: bool


@dataclass
class Welcome:
    """Plates and cards that may pass, each used once."""

    plates: list[str]
    cards: list[int]


def plate() -> str:
    """A plate that nobody has shown yet."""
    number = next(_numbers)
    series, digits = divmod(number, 1000)
    first, rest = divmod(series, 144)
    letters = _LETTERS[first % 12] + _LETTERS[rest // 12] + _LETTERS[rest % 12]
    return f"{letters[0]}{digits:03d}{letters[1:]}72"


def welcome(house: House, passes: int) -> Welcome:
    """Issue passes through the API and wait until the box holds them."""
    house.wait_held()  # the api may just be coming up again
    made = [draw_up_pass(house) for _ in range(passes)]
    house.wait_held()
    return Welcome(
        [text for each in made for text in each.plates], [number for each in made for number in each.cards]
    )


def draw_up_pass(house: House) -> Welcome:
    """Issue one pass; the box will hold it some time."""
    plates = [plate() for _ in range(_PLATES)]
    cards = [next(_cards) for _ in range(_CARDS)]
    draft = {
        "site_id": house.site.site,
        "kind": "resident",
        "holder": "Житель",
        "plates": plates,
        "cards": [{"text": f"{FACILITY:03d},{number:05d}"} for number in cards],
        "valid_until": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
    }
    house.api.post("/api/access/passes", draft)
    return Welcome(plates, cards)


class Traffic:
    """People come in a thread of its own from `__enter__` to `__exit__`; `visits` is where they are noted."""

    def __init__(self, house: House, allowed: Welcome, rng: random.Random, visits: list[Visit]) -> None:
        self.visits = visits
        self.cards = threading.Event()
        self.cards.set()
        """Cleared: only cars come."""
        self._house = house
        self._allowed = allowed
        self._rng = rng
        self._stop = threading.Event()
        self._control = f"http://127.0.0.1:{house.files.port('control')}"
        self._thread = threading.Thread(target=self._run, name="traffic")
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def wait(self, more: int, timeout_s: float = 60.0) -> None:
        """Until so many more visits were taken by the box."""
        wanted = self._taken() + more
        deadline = time.monotonic() + timeout_s
        while self._taken() < wanted:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise TimeoutError(f"{self._taken()} visits of {wanted} within {timeout_s:g} s")
            time.sleep(0.02)

    def _taken(self) -> int:
        return sum(visit.accepted for visit in self.visits)

    def _run(self) -> None:
        try:
            with httpx.Client(base_url=self._control, timeout=30, trust_env=False) as client:
                while not self._stop.wait(self._rng.uniform(*_PAUSE_S)):
                    self.visits.append(self._visit(client))
        except Exception as error:  # noqa: BLE001  # told where the block ends
            self._error = error

    def _visit(self, client: httpx.Client) -> Visit:
        is_welcome, is_card = self._rng.random() < 0.7, self._rng.random() < 0.25
        if is_card and self.cards.is_set() and (not is_welcome or self._allowed.cards):
            number = self._allowed.cards.pop() if is_welcome else 60_000 - next(_cards)
            body: dict[str, object] = {"facility": FACILITY, "number": number}
            return self._ask(
                client, f"/readers/{READER}/card", body, READER, h10301(FACILITY, number), is_welcome
            )
        is_welcome = is_welcome and bool(self._allowed.plates)
        text = self._allowed.plates.pop() if is_welcome else plate()
        camera = self._rng.choice(CAMERAS)
        return self._ask(client, f"/cameras/{camera}/car", {"plate": text}, camera, text, is_welcome)

    def _ask(
        self,
        client: httpx.Client,
        path: str,
        body: dict[str, object],
        device: str,
        text: str,
        is_welcome: bool,
    ) -> Visit:
        came_ns = time.time_ns()
        answer = client.post(path, json=body)
        if answer.status_code not in {200, 502, 503}:
            answer.raise_for_status()
        return Visit(
            text=text,
            device=device,
            welcome=is_welcome,
            came_ns=came_ns,
            answered_ns=time.time_ns(),
            accepted=answer.status_code == 200,
        )
