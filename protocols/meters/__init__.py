"""Devices on Modbus as data: a TOML profile per model, the plan that reads it and the decoder of what came.

profile = load_meter("eastron_sdm120")
for request in plan(profile, ["voltage", "total_energy"]):
    registers = await bus.read(unit, request.function, request.address, request.count)
    for measured in decode(request, registers): ...
"""

from protocols.meters.decode import Measured, decode, exact
from protocols.meters.plan import Request, plan
from protocols.meters.profile import (
    METERS,
    RELAYS,
    Channel,
    Kind,
    MeterProfile,
    ProfileError,
    RelayProfile,
    load_meter,
    load_relay,
)

__all__ = [
    "METERS",
    "RELAYS",
    "Channel",
    "Kind",
    "Measured",
    "MeterProfile",
    "ProfileError",
    "RelayProfile",
    "Request",
    "decode",
    "exact",
    "load_meter",
    "load_relay",
    "plan",
]
