"""Which plate a car has, by votes over the frames in which a camera read it; each car is told once. Pure.

Frames are of one car when the camera says so (a track), when their plates are the same, or, with votes, when they
follow each other and their plates differ by one character: that is how a plate is misread.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

CARS_MAX = 32


class Frame(NamedTuple):
    """`plate`: canonical; None: a vehicle whose plate could not be read. `track`: the camera's name for the car."""

    at_ns: int
    plate: str | None
    track: str = ""


@dataclass
class _Car:
    seen_ns: int
    track: str = ""
    votes: list[tuple[int, str]] = field(default_factory=list)
    told: str | None = None

    def plates(self) -> Counter[str]:
        return Counter(plate for _, plate in self.votes)


class Ballot:
    """`within_ns`: votes count together, and frames follow each other, for so long.

    `repeat_ns`: a car that was told of and is seen again within this is still there. With one vote every frame decides,
    and no two plates are taken for one.
    """

    def __init__(self, *, min_votes: int, within_ns: int, repeat_ns: int) -> None:
        self._min_votes = min_votes
        self._within_ns = within_ns
        self._repeat_ns = repeat_ns
        self._cars: list[_Car] = []

    def see(self, frame: Frame) -> bool:
        """Whether the frame's plate is to be told now: it has its votes, and its car was not told of yet."""
        car = self._car_of(frame)
        car.seen_ns, car.track = frame.at_ns, frame.track or car.track
        if frame.plate is None or car.told is not None:
            return False
        since_ns = frame.at_ns - self._within_ns
        car.votes = [vote for vote in car.votes if vote[0] > since_ns] + [(frame.at_ns, frame.plate)]
        if car.plates()[frame.plate] < self._min_votes:
            return False
        car.told = frame.plate
        return True

    def gone(self, now_ns: int) -> list[str]:
        """Cars that are not seen any more: of each that was never told, what it was taken for most; empty: nothing."""
        here = [car for car in self._cars if now_ns - car.seen_ns < self._lasts_ns(car)]
        untold = [car for car in self._cars if car not in here and car.told is None]
        self._cars = here
        return [max(car.plates().items(), key=lambda item: item[1], default=("", 0))[0] for car in untold]

    def _lasts_ns(self, car: _Car) -> int:
        return max(self._within_ns, self._repeat_ns) if car.told is not None else self._within_ns

    def _car_of(self, frame: Frame) -> _Car:
        cars = self._cars[::-1]
        for is_its_own in (
            self._is_told_of,
            self._is_of,
        ):  # a misread one may be nearer in time, and is not told again
            for car in cars:
                if is_its_own(frame, car):
                    return car
        car = _Car(frame.at_ns)
        self._cars = [*self._cars[1 - CARS_MAX :], car]
        return car

    def _is_told_of(self, frame: Frame, car: _Car) -> bool:
        """By this plate, and it may be there still."""
        is_there = frame.at_ns - car.seen_ns < self._repeat_ns
        return frame.plate is not None and frame.plate == car.told and is_there

    def _is_of(self, frame: Frame, car: _Car) -> bool:
        since_ns = frame.at_ns - car.seen_ns
        if self._min_votes == 1 or since_ns >= self._within_ns:
            return False
        if frame.track and car.track:
            return frame.track == car.track
        plates = {plate for _, plate in car.votes}
        return frame.plate is None or not plates or any(is_near(frame.plate, plate) for plate in plates)


def is_near(one: str, other: str) -> bool:
    """The same but for one character that is another, missing or too many."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 1
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
