"""Whether the readings in the database are what the meter's register was at those moments, bit for bit."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from deploy.demo.api import Api
from deploy.demo.drive.timeline import StepFailed
from deploy.demo.simulators import Simulators

_TOTAL_ENERGY = 0x0156  # Eastron SDM120, function 4, float32 over two registers, high word first
_WANTED_VALUES = 5
_WAIT_S = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLY_MS = 2  # the box tells whole milliseconds
_LATE_MS = 1500  # less than a poll; from the meter's answer to the box's look at its clock, on a busy machine
_MOST_UNREAD = 0.1  # of the answers; such a one came too late for the box


class Sample(NamedTuple):
    """The register's 32 bits at a moment (Unix ms)."""

    at_ms: int
    raw: int


def differences(rows: Sequence[Sample], answers: Sequence[Sample]) -> str | None:
    """What is wrong with the readings, given what the meter answered; None when each is one answer. Pure.

    Both in the order of their times.
    """
    place, matched = 0, []
    for row in rows:
        while place < len(answers) and answers[place].at_ms < row.at_ms - _LATE_MS:
            place += 1
        if place == len(answers) or answers[place].at_ms > row.at_ms + _EARLY_MS:
            near = [answer.at_ms - row.at_ms for answer in answers[max(0, place - 2) : place + 1]]
            return f"no answer of the meter belongs to {row}; the nearest came {near} ms after it"
        if answers[place].raw != row.raw:
            return f"{row}, but the register was {answers[place]}"
        matched.append(place)
        place += 1
    unread = matched[-1] - matched[0] + 1 - len(matched)
    if unread > _MOST_UNREAD * len(matched):
        return f"{unread} answers between the first and the last reading became no reading"
    return None


class Comparison:
    """One meter's total energy: the simulator's log of what was read against the cloud's raw readings."""

    def __init__(self, api: Api, simulators: Simulators, meter: str) -> None:
        self._api = api
        self._simulators = simulators
        self._meter = meter

    def run(self, unit: int) -> str:
        """Compare what has arrived. Raises StepFailed at the first difference."""
        rows = self._wait_for_rows()
        difference = differences(rows, self._answers(unit))
        if difference:
            raise StepFailed(difference)
        return (
            f"{len(rows)} readings, {len({row.raw for row in rows})} values: each the register at its moment"
        )

    def _wait_for_rows(self) -> list[Sample]:
        series = self._series()
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            rows = self._rows(series)
            if len({row.raw for row in rows}) >= _WANTED_VALUES:
                return rows
            time.sleep(0.5)
        raise StepFailed(f"fewer than {_WANTED_VALUES} different readings within {_WAIT_S} s")

    def _series(self) -> int:
        listed = self._api.all("/api/telemetry/series", meter_id=self._meter)
        found = [row for row in listed if row["channel"] == "total_energy"]
        if len(found) != 1:
            raise StepFailed(f"the meter has {len(found)} series of total energy")
        return int(found[0]["id"])

    def _rows(self, series: int) -> list[Sample]:
        answer = self._api.get(f"/api/telemetry/series/{series}/points", resolution="raw")
        return sorted(
            Sample(_unix_ms(row["at"]), int(row["raw"])) for row in answer["points"] if row["raw"] is not None
        )

    def _answers(self, unit: int) -> list[Sample]:
        return [
            Sample(entry["wall_ns"] // 1_000_000, raw)
            for entry in self._simulators.log(0, "read")
            if entry["unit"] == unit and (raw := _register(entry)) is not None
        ]


def _register(entry: dict[str, Any]) -> int | None:
    offset = _TOTAL_ENERGY - entry["address"]
    if entry["function"] != 4 or not 0 <= offset < len(entry["registers"]):
        return None
    high, low = entry["registers"][offset : offset + 2]
    return int(high) << 16 | int(low)


def _unix_ms(moment: str) -> int:
    return (datetime.fromisoformat(moment) - _EPOCH) // timedelta(milliseconds=1)
