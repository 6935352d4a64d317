"""A guest's code on the box: from the scanner's characters to a token that is believed; against the bare signature."""

import random
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter_ns
from typing import NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bench.held import plate
from bench.measure import Plan, figure, in_turn, percentile, ratios, timer_cost_ns
from bench.report import Bound, Goal, Result
from edge.access import codes
from edge.access.passes import Passes, Row, kind_of
from protocols import qr
from protocols.held import KeyItem, KeyPurpose, encode_item
from protocols.qr import Token

_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_SITE = UUID(int=1)
_TOKENS = 500


class _Code(NamedTuple):
    text: str
    signature: bytes
    signed: bytes


def run(plan: Plan) -> Result:
    """Genuine codes in random order, none of which the box has seen before; each must be believed."""
    samples = plan.size(5_000, 500)
    cost_ns, chance = timer_cost_ns(), random.Random(1)
    private = [Ed25519PrivateKey.generate() for _ in range(2)]  # two are valid at once
    passes = Passes()
    for version, key in enumerate(private, 1):
        item = _item(version, key.public_key())
        passes.put(Row(kind_of(item), item.id, version, encode_item(item)))
    made = [_code(number, private[1]) for number in range(_TOKENS)]
    public = private[1].public_key()

    def believe(code: _Code) -> bool:
        typed = codes.look_at(code.text, _SITE, lambda tag: passes.code_key(tag, _NOW))
        return typed.token is not None

    def read(code: _Code) -> bool:
        return qr.read(code.text).signature == code.signature

    def verify(code: _Code) -> bool:
        public.verify(code.signature, code.signed)
        return True

    contenders = {"believe": believe, "read": read, "verify": verify}
    found = in_turn(
        {name: _timed(ask, made, samples, chance, cost_ns) for name, ask in contenders.items()}, plan.rounds
    )
    return Result(
        bench="codes",
        title="Guests' codes",
        how=(
            f"A code of {len(made[0].text)} characters as a scanner tells it (plate, a person's hash, zones): folded, "
            f"read, its key found among those held, its signature verified; {samples:,} of {_TOKENS} codes in random "
            "order a round, p50. The floor is the verification of the same signature over the same bytes by "
            "`cryptography` alone. The clock's own cost is taken off both."
        ),
        figures=[
            figure("code, from characters to a token, p50", "µs", found["believe"]),
            figure("of it the reading, p50", "µs", found["read"]),
            figure("Ed25519 verification, p50", "µs", found["verify"]),
        ],
        goals=[
            Goal.of(
                "a code against the bare Ed25519 verification",
                ratios(found["believe"], found["verify"]),
                bound=Bound.AT_MOST,
                limit=2,
            )
        ],
    )


def _item(version: int, key: Ed25519PublicKey) -> KeyItem:
    return KeyItem(
        id=UUID(int=version),
        purpose=KeyPurpose.QR,
        public_key=b64encode(key.public_bytes_raw()).decode(),
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    )


def _code(number: int, key: Ed25519PrivateKey) -> _Code:
    token = Token(
        key=qr.key_tag(key.public_key().public_bytes_raw()),
        pass_id=UUID(int=number),
        begins=_NOW,
        minutes=1440,
        zones=frozenset({1, 12}),
        persons=(number.to_bytes(6, "big"),),
        plate=plate(number),
        nonce=number,
    )
    text = qr.write(token, _SITE, key.sign)
    signed = qr.read(text)
    return _Code(text, signed.signature, qr.signed_bytes(_SITE, signed.payload))


def _timed(
    ask: Callable[[_Code], bool], made: Sequence[_Code], samples: int, chance: random.Random, cost_ns: float
) -> Callable[[], float]:
    def measure() -> float:
        took = []
        for code in chance.choices(made, k=samples):
            begun = perf_counter_ns()
            is_right = ask(code)
            took.append(perf_counter_ns() - begun)
            if not is_right:
                raise AssertionError(f"{code.text} was not believed")
        return (percentile(took, 50) - cost_ns) / 1000

    return measure
