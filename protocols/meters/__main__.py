"""`python -m protocols.meters` writes all profiles out, as the reviewed copy in tests/protocols/meters holds them."""

import json
import sys
from collections.abc import Iterator

import msgspec

from protocols.meters.profile import METERS, RELAYS, load_meter, load_relay


def expanded() -> str:
    """Every profile with its channels written out, one a line."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for profile_id in METERS:
        profile = load_meter(profile_id)
        yield f"# {profile.maker} {profile.model} ({profile_id}), {profile.limits.span} in one request"
        for channel in profile.channels:
            orders = f"{channel.byte_order}/{channel.word_order}"
            yield (
                f"{profile_id} {channel.name}: {channel.area} 0x{channel.address:04X} {channel.type} {orders}"
                f" x{channel.scale} {channel.unit or '-'} {channel.kind}"
            )
    for profile_id in RELAYS:
        relay = load_relay(profile_id)
        yield f"# {relay.maker} {relay.model} ({profile_id})"
        for part in ("outputs", "real_state", "pulse_timer", "safe_state", "inputs"):
            value = msgspec.to_builtins(getattr(relay, part))
            yield f"{profile_id} {part}: {json.dumps(value, ensure_ascii=False)}"


if __name__ == "__main__":
    sys.stdout.write(expanded())
