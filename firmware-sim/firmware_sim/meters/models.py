"""Register images of the meters, written from the makers' tables; addresses from 0, as on the wire. Pure.

An image is made for one moment: {function: {address: register}}.
"""

import math
import struct
from collections.abc import Callable, Sequence

from firmware_sim.meters.consumption import Use

Image = dict[int, dict[int, int]]
Uses = Sequence[Use]  # one for each channel of the meter
PHASE_V = 230.0
POWER_FACTOR = 0.97


def sdm120(uses: Uses) -> Image:
    """Eastron SDM120: function 4, float32, big-endian words. One channel."""
    energy, kw = uses[0]
    volts, hertz = _mains(energy)
    values = {
        0x0000: volts,
        0x0006: kw * 1000 / volts / POWER_FACTOR,
        0x000C: kw * 1000,
        0x0012: kw * 1000 / POWER_FACTOR,
        0x0018: kw * 1000 * math.tan(math.acos(POWER_FACTOR)),
        0x001E: POWER_FACTOR,
        0x0046: hertz,
        0x0048: energy,
        0x004A: 0.0,
        0x0156: energy,
    }
    return {4: _floats(values, 0x0000, 0x0158)}


def sdm630(uses: Uses) -> Image:
    """Eastron SDM630: three phases that share one channel's use evenly."""
    energy, kw = uses[0]
    volts, hertz = _mains(energy)
    watts = kw * 1000 / 3
    values = {0x0034: kw * 1000, 0x0046: hertz, 0x0048: energy, 0x004A: 0.0, 0x0156: energy, 0x0158: 0.0}
    for phase in range(3):
        values |= {
            0x0000 + 2 * phase: volts,
            0x0006 + 2 * phase: watts / volts / POWER_FACTOR,
            0x000C + 2 * phase: watts,
            0x0012 + 2 * phase: watts / POWER_FACTOR,
            0x0018 + 2 * phase: watts * math.tan(math.acos(POWER_FACTOR)),
            0x001E + 2 * phase: POWER_FACTOR,
        }
    return {4: _floats(values, 0x0000, 0x015A)}


def wb_map12e(uses: Uses) -> Image:
    """WB-MAP12E, firmware 2: four three-phase channels 0x1000 apart; energies u64 with the low word first."""
    registers: dict[int, int] = {}
    for channel, (energy, kw) in enumerate(uses[:4]):
        volts, _ = _mains(energy)
        base = channel * 0x1000
        watts = kw * 1000
        registers |= _words(base + 0x1200, round(energy * 1e5), 4, low_first=True)
        registers |= _words(base + 0x1204, round(energy * 1e5), 4, low_first=True)
        registers |= _words(base + 0x1300, round(watts / 0.00512), 2)
        registers |= _words(base + 0x1302, round(watts / 0.00512), 2)
        registers |= _words(base + 0x1410, round(volts / 1.52588e-7), 2)
        registers |= _words(base + 0x1416, round(watts / volts / POWER_FACTOR / 2.44141e-7), 2)
        registers |= _words(base + 0x10BD, round(POWER_FACTOR * 1000), 1)
    return {4: registers}


def wb_mcm8(uses: Uses, pulse: float = 0.01) -> Image:
    """WB-MCM8: eight pulse counters u32 from register 60; `pulse` is what one pulse weighs (10 l by default)."""
    registers: dict[int, int] = {}
    for channel in range(8):
        use = uses[channel] if channel < len(uses) else Use(0.0, 0.0)
        registers |= _words(60 + 2 * channel, int(use.total / pulse + 1e-9), 2)
        registers |= _words(40 + 2 * channel, round(use.per_hour / 3600 / pulse / 1.52588e-5), 2)
    return {2: dict.fromkeys(range(8), 0), 4: registers, 3: {20 + channel: 50 for channel in range(8)}}


MODELS: dict[str, Callable[[Uses], Image]] = {
    "sdm120": sdm120,
    "sdm630": sdm630,
    "wb_map12e": wb_map12e,
    "wb_mcm8": wb_mcm8,
}


def _mains(energy: float) -> tuple[float, float]:
    """Volts and hertz that wander a little, by the energy used, so that equal moments give equal values."""
    return PHASE_V + 3.0 * math.sin(energy * 7.0), 50.0 + 0.02 * math.sin(energy * 11.0)


def _floats(values: dict[int, float], first: int, end: int) -> dict[int, int]:
    """Registers from `first` to `end`, zero where the meter has no value."""
    registers = dict.fromkeys(range(first, end), 0)
    for address, value in values.items():
        registers[address], registers[address + 1] = struct.unpack(">HH", struct.pack(">f", value))
    return registers


def _words(address: int, value: int, count: int, *, low_first: bool = False) -> dict[int, int]:
    words = struct.unpack(f">{count}H", (value % (1 << 16 * count)).to_bytes(2 * count, "big"))
    return {address + index: word for index, word in enumerate(reversed(words) if low_first else words)}
