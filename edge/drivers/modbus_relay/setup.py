"""What a relay module is told at every connect, so that it lets go by itself when nobody speaks to it. Pure."""

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from edge.drivers.modbus_relay.config import Settings
from protocols.meters import ProfileError, RelayProfile

MOST_READ = 64  # registers that one question asks for


class Write(NamedTuple):
    """A holding register and what to put there."""

    address: int
    value: int


def setup_writes(profile: RelayProfile, settings: Settings, watched: Set[int] = frozenset()) -> list[Write]:
    """In order. `watched`: inputs that are read. Raises ProfileError for what the model has not."""
    outputs = [output for output in range(profile.outputs.count) if output not in settings.held_outputs]
    return [
        *_safe_state(profile, settings, outputs),
        *_timer(profile, settings, outputs),
        *_inputs(profile, watched),
    ]


def runs(writes: Sequence[Write]) -> list[range]:
    """The addresses, ascending, those that follow each other in one range of at most `MOST_READ`."""
    found: list[range] = []
    for address in sorted({write.address for write in writes}):
        if found and address == found[-1].stop and len(found[-1]) < MOST_READ:
            found[-1] = range(found[-1].start, address + 1)
        else:
            found.append(range(address, address + 1))
    return found


def _safe_state(profile: RelayProfile, settings: Settings, outputs: list[int]) -> Iterator[Write]:
    safe = profile.safe_state
    if safe is None:
        return
    for output in outputs:
        yield Write(safe.address + output, safe.off)
        if safe.behaviour_address is not None:
            yield Write(safe.behaviour_address + output, safe.apply)
    if safe.timeout_address is not None:
        yield Write(safe.timeout_address, max(1, settings.silence_s * 1000 // safe.timeout_unit_ms))


def _timer(profile: RelayProfile, settings: Settings, outputs: list[int]) -> Iterator[Write]:
    if settings.module_timer_ms is None:
        return
    timer = profile.pulse_timer
    if timer is None:
        raise ProfileError(f"{profile.id} has no pulse timer, so module_timer_ms cannot be set")
    for output in outputs:
        yield Write(timer.mode_address + output, timer.mode)
        yield Write(timer.time_address + output, -(-settings.module_timer_ms // timer.time_unit_ms))


def _inputs(profile: RelayProfile, watched: Set[int]) -> Iterator[Write]:
    """Or a car on the loop would switch an output."""
    inputs = profile.inputs
    if inputs is None or inputs.mode_address is None:
        return
    for number in sorted(watched):
        yield Write(inputs.mode_address + number, inputs.mode)
