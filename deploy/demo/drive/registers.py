"""Whether the readings in the database are the meter's registers, bit for bit."""

import time
from typing import Any

from deploy.demo.api import Api
from deploy.demo.drive.timeline import StepFailed
from deploy.demo.simulators import Simulators

_TOTAL_ENERGY = 0x0156  # Eastron SDM120, function 4, float32 over two registers, high word first
_WANTED_READINGS = 5
_WAIT_S = 60


class Comparison:
    """One meter's total energy: the simulator's log of what was read against the cloud's raw readings."""

    def __init__(self, api: Api, simulators: Simulators, meter: str) -> None:
        self._api = api
        self._simulators = simulators
        self._meter = meter

    def run(self, unit: int) -> str:
        """Compare what has arrived. Raises StepFailed at the first difference."""
        rows = self._wait_for_rows()
        read = self._registers(unit)
        missing = [row for row in rows if row["raw"] not in read]
        if missing:
            raise StepFailed(f"{len(missing)} of {len(rows)} readings were never in the meter: {missing[:3]}")
        order = [read.index(row["raw"]) for row in rows]
        if order != sorted(order):
            raise StepFailed("the readings are in another order than the registers were")
        return f"{len(rows)} readings equal the registers"

    def _wait_for_rows(self) -> list[dict[str, Any]]:
        series = self._series()
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            rows = self._rows(series)
            if len(rows) >= _WANTED_READINGS:
                return rows
            time.sleep(0.5)
        raise StepFailed(f"fewer than {_WANTED_READINGS} readings within {_WAIT_S} s")

    def _series(self) -> int:
        listed = self._api.all("/api/telemetry/series", meter_id=self._meter)
        found = [row for row in listed if row["channel"] == "total_energy"]
        if len(found) != 1:
            raise StepFailed(f"the meter has {len(found)} series of total energy")
        return int(found[0]["id"])

    def _rows(self, series: int) -> list[dict[str, Any]]:
        answer = self._api.get(f"/api/telemetry/series/{series}/points", resolution="raw")
        return [{**row, "raw": int(row["raw"])} for row in answer["points"] if row["raw"] is not None]

    def _registers(self, unit: int) -> list[int]:
        found = []
        for entry in self._simulators.log(0, "read"):
            offset = _TOTAL_ENERGY - entry["address"]
            if entry["unit"] == unit and entry["function"] == 4 and 0 <= offset < len(entry["registers"]):
                high, low = entry["registers"][offset : offset + 2]
                found.append(high << 16 | low)
        return found
