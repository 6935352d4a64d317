"""The body behind a relay module's outputs and inputs: a boom, gate or door with its motor, switches, car and hand."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

from firmware_sim.journal import Journal

Contact = Literal["opened", "closed", "photocell", "loop", "passed", "exit_button"]
PASSING_S = 0.4  # how long a turnstile's contact tells of one person
PRESS_S = 0.3  # how long a finger rests on an exit button


class Barrier:
    """Moves between 0 (closed) and 1 (open). Its own controller closes it after a while, unless `close` is wired.

    `states` in the log: opening, open, closing, closed, stopped (half way), and `crushed` when it comes down on a car.
    """

    def __init__(
        self, name: str, journal: Journal, *, move_ms: int, stay_ms: int, is_driven: bool = False
    ) -> None:
        self.name = name
        self.state = "closed"
        self.openings = 0
        self.is_occupied = False
        self.is_blocked = False
        self.is_jammed = False
        self.changed: Callable[[], None] = lambda: None
        self.light: Callable[[], str] | None = None
        self.stands_open = asyncio.Event()
        self._journal = journal
        self._move_s = move_ms / 1000
        self._stay_s = stay_ms / 1000
        self._is_driven = is_driven
        self._at = 0.0
        self._since_s = 0.0
        self._is_held = False
        self._is_passing = False
        self._is_pressed = False
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> dict[str, Any]:
        """What an onlooker would see. `place`: 0 closed, 1 open; `light`: None where there is none."""
        return {
            "state": self.state,
            "openings": self.openings,
            "place": round(self.place, 3),
            "occupied": self.is_occupied,
            "blocked": self.is_blocked,
            "jammed": self.is_jammed,
            "light": self.light() if self.light is not None else None,
        }

    def drive(self, side: Literal["open", "close", "stop"], *, on: bool) -> None:
        """A contact of the controller was closed or opened."""
        if side == "open":
            self._is_held = on
            if on:
                self.trigger()
            elif self.state == "open":
                self._opened()
        elif on and side == "close":
            self._close()
        elif on:
            self._stop()

    def trigger(self) -> None:
        """The opening contact was closed."""
        self.openings += 1
        if self.state == "open":
            self._opened()
        else:
            self._start("opening", (1 - self.place) * self._move_s, self._opened)

    def occupy(self, *, is_occupied: bool) -> None:
        """A car came to stand on the loop and in the light of the photocell, or left."""
        self.is_occupied = is_occupied
        self._come_into_the_way(is_there=is_occupied)

    def block(self, *, is_blocked: bool) -> None:
        """Something that no loop notices came into the light of the photocell, or left."""
        self.is_blocked = is_blocked
        self._come_into_the_way(is_there=is_blocked)

    def crank(self, place: float) -> None:
        """A hand puts it somewhere; the motor is off."""
        self._cancel()
        self._at = place
        self._note({0.0: "closed", 1.0: "open"}.get(place, "stopped"))

    def jam(self, *, is_jammed: bool) -> None:
        """The motor turns and nothing moves; freed, it stays where it is."""
        self.is_jammed = is_jammed
        if is_jammed:
            self._stop()

    def go_through(self) -> None:
        """One person turns the turnstile."""
        self._is_passing = True
        asyncio.get_running_loop().call_later(PASSING_S, self._gone_through)
        self.changed()

    def press(self) -> None:
        """Somebody inside presses the exit button."""
        self._is_pressed = True
        asyncio.get_running_loop().call_later(PRESS_S, self._let_go)
        self.changed()

    def contact(self, which: Contact) -> bool:
        """Whether what this contact tells of is so."""
        match which:
            case "opened":
                return self.state == "open"
            case "closed":
                return self.state == "closed"
            case "passed":
                return self._is_passing
            case "exit_button":
                return self._is_pressed
            case "photocell":
                return self.is_occupied or self.is_blocked
            case "loop":
                return self.is_occupied

    @property
    def place(self) -> float:
        """Where it is now: 0 closed, 1 open."""
        way = {"opening": 1, "closing": -1}.get(self.state, 0)
        if not way or not self._move_s:
            return self._at
        moved = (asyncio.get_running_loop().time() - self._since_s) / self._move_s
        return min(1.0, max(0.0, self._at + way * moved))

    def _come_into_the_way(self, *, is_there: bool) -> None:
        if is_there and self.state == "closing":
            self._crush_or_reopen()
        self.changed()

    def _gone_through(self) -> None:
        self._is_passing = False
        self.changed()

    def _let_go(self) -> None:
        self._is_pressed = False
        self.changed()

    def _opened(self) -> None:
        self._cancel()
        self._at = 1.0
        self._note("open")
        if not self._is_driven and not self._is_held:
            self._timer = asyncio.get_running_loop().call_later(self._stay_s, self._close)

    def _close(self) -> None:
        if self.state == "closed":
            return
        self._start("closing", self.place * self._move_s, self._closed)
        if self.contact("photocell"):
            self._crush_or_reopen()

    def _crush_or_reopen(self) -> None:
        """A controller of its own looks; one that is driven does what it is told."""
        if self._is_driven:
            self._journal.write("arm", barrier=self.name, state="crushed")
        else:
            self._start("opening", (1 - self.place) * self._move_s, self._opened)

    def _closed(self) -> None:
        self._cancel()
        self._at = 0.0
        self._note("closed")

    def _stop(self) -> None:
        if self.state in ("opening", "closing"):
            self._at = self.place
            self._cancel()
            self._note("stopped")

    def _start(self, state: str, for_s: float, then: Callable[[], None]) -> None:
        if self.is_jammed:
            return
        self._at = self.place
        self._cancel()
        self._since_s = asyncio.get_running_loop().time()
        self._note(state)
        self._timer = asyncio.get_running_loop().call_later(for_s, then)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _note(self, state: str) -> None:
        if state != self.state:
            self.state = state
            if state == "open":
                self.stands_open.set()
            else:
                self.stands_open.clear()
            self._journal.write("arm", barrier=self.name, state=state)
            self.changed()
