"""Settings of a relay module, and what is known of each model."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A relay module at a unit address of a bus."""

    bus: UUID
    unit: Annotated[int, Meta(ge=1, le=247)]
    model: Literal["wb_mr6c_v2", "owen_mu110"]
    poll_s: Annotated[float, Meta(ge=0.1, le=60)] = 2.0  # how often the real states are read back
    safety_timer_s: Annotated[int, Meta(ge=1, le=600)] = 10  # the module lets go after this silence
    held_outputs: Annotated[list[int], Meta(max_length=64)] = []  # not barriers: left as found at connect


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """Registers of a model, addresses from 0. `safe_state`: first of the outputs' holding registers."""

    outputs: int
    by_coil: bool  # outputs are coils (function 5); else holding registers (function 6)
    output: int
    on: int
    off: int
    state_function: Literal[1, 2, 3, 4]
    state: int
    safe_state: int
    safety_timer: int | None  # holding register, seconds of silence; None: set on the device by hand


# Wiren Board: templates of wb-mqtt-serial and the maker's register page. OWEN: docs.owen.ru, PWM fill 0..1000 in 0.1 %;
# the register of its network timeout differs between firmwares, so it is set with the maker's configurator.
MODELS: dict[str, Model] = {
    "wb_mr6c_v2": Model(
        outputs=6,
        by_coil=True,
        output=0,
        on=1,
        off=0,
        state_function=2,
        state=96,
        safe_state=930,
        safety_timer=8,
    ),
    "owen_mu110": Model(
        outputs=8,
        by_coil=False,
        output=0,
        on=1000,
        off=0,
        state_function=3,
        state=0,
        safe_state=16,
        safety_timer=None,
    ),
}
