"""Guests' codes at the gate with no network: genuine, replayed, forged, of a lost key, revoked; PINs and tries."""

from base64 import b32decode, b32encode, b64encode
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.access import codes, judging
from edge.store import Store
from protocols import qr
from protocols.config import Zone
from protocols.fields import Direction
from protocols.held import KeyItem, KeyPurpose
from protocols.qr import Token
from tests.edge.test_presence import Lane, hard, passages
from tests.edge.world import NOON, SITE, holding, make_block, make_pass, uid

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PASS = uid(70)
HELD_KEY = KeyItem(
    id=uid(71),
    purpose=KeyPurpose.QR,
    public_key=b64encode(PUBLIC).decode(),
    valid_from=NOON - timedelta(days=30),
    valid_until=NOON + timedelta(days=30),
)


def code(site: UUID = SITE, signer: Ed25519PrivateKey = KEY, **changes: object) -> str:
    fields: dict[str, object] = {"key": qr.key_tag(PUBLIC), "pass_id": PASS, "begins": NOON, "minutes": 600}
    return qr.write(Token(**(fields | changes)), site, signer.sign)  # type: ignore[arg-type]


def scan(text: str) -> dict[str, object]:
    return {"plate": None, "raw": text, "code": text}


async def reasons(store: Store) -> list[str]:
    return [record["reason"] for record in await passages(store)]


async def test_a_pass_that_the_box_never_heard_of_is_let_in_by_its_code_once_each_way(store: Store) -> None:
    lane = Lane(store, holding(HELD_KEY), zones=[hard()])
    shown = code(nonce=41)
    await lane.go(Direction.IN, **scan(shown))
    await lane.go(Direction.IN, **scan(code(nonce=42)))  # another print of the same pass
    await lane.go(Direction.OUT, **scan(shown))
    await lane.go(Direction.OUT, **scan(shown))
    told = await passages(store)
    assert [record["reason"] for record in told] == [
        "granted",
        "no_entries_left",
        "granted",
        "no_entries_left",
    ]
    assert (told[0]["pass_id"], told[0]["use"], told[0]["nonce"]) == (str(PASS), 1, 41)
    assert told[0]["flags"] == ["code"]
    assert shown not in told[0]["read"]  # who reads the journal cannot print it again


async def test_two_uses_are_counted_over_prints(store: Store) -> None:
    lane = Lane(store, holding(HELD_KEY))
    for nonce in range(3):
        await lane.go(Direction.IN, **scan(code(uses=2, nonce=nonce)))
    assert await reasons(store) == ["granted", "granted", "no_entries_left"]


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (code(signer=Ed25519PrivateKey.from_private_bytes(bytes(32))), "code_forged"),
        (code(site=uid(999)), "code_forged"),
        (code()[:-1] + ("A" if code()[-1] != "A" else "B"), None),
        (code(begins=NOON + timedelta(hours=1)), "not_yet_valid"),
        (code(begins=NOON - timedelta(hours=11)), "expired"),
        (code(direction=Direction.OUT), "wrong_point"),
        (code(zones=frozenset({5})), "wrong_point"),
        ("A" * 199, "unreadable"),
    ],
)
async def test_what_a_code_is_refused_for(store: Store, shown: str, reason: str | None) -> None:
    lane = Lane(store, holding(HELD_KEY), zones=[Zone(id=uid(50), number=3, name="Территория")])
    await lane.go(Direction.IN, **scan(shown))
    [told] = await reasons(store)
    assert told == reason if reason else told in {"code_forged", "unreadable"}
    assert lane.bench.relay.pulses == []


def test_a_code_with_any_bit_flipped_is_none() -> None:
    """Every bit of every byte: version, key, pass, window, uses, zones, person, plate, signature."""
    held = holding(HELD_KEY).passes
    whole = code(zones=frozenset({3}), persons=(b"abcdef",), plate="X711TT90", uses=2)
    data = bytearray(b32decode(whole + "=" * (-len(whole) % 8)))
    for place in range(len(data) * 8):
        data[place // 8] ^= 1 << place % 8
        forged = b32encode(data).decode().rstrip("=")
        data[place // 8] ^= 1 << place % 8
        typed = codes.look_at(forged, SITE, lambda tag: held.code_key(tag, NOON))
        assert typed.token is None, f"bit {place}"
        assert typed.reason is not None or not typed.asked, f"bit {place} opens something else"
    assert codes.look_at(whole, SITE, lambda tag: held.code_key(tag, NOON)).token is not None


async def test_a_code_is_good_in_its_zones(store: Store) -> None:
    lane = Lane(store, holding(HELD_KEY), zones=[Zone(id=uid(50), number=3, name="Территория")])
    await lane.go(Direction.IN, **scan(code(zones=frozenset({3, 5}))))
    assert await reasons(store) == ["granted"]


async def test_a_code_that_names_nowhere_is_good_where_the_pass_is_held(store: Store) -> None:
    held = holding(HELD_KEY, make_pass(id=PASS, plates=[]))
    lane = Lane(store, held, zones=[Zone(id=uid(50), number=3, name="Территория")])
    await lane.go(Direction.IN, **scan(code(zones=frozenset({qr.NOWHERE}))))
    await lane.go(Direction.IN, **scan(code(zones=frozenset({qr.NOWHERE}), pass_id=uid(75))))
    assert await reasons(store) == ["granted", "wrong_point"]


async def test_a_code_of_a_key_that_is_not_held_or_no_longer_valid(store: Store) -> None:
    lane = Lane(store, holding())
    await lane.go(Direction.IN, **scan(code()))
    lane.bench.held.passes = holding(
        KeyItem(
            id=uid(71),
            purpose=KeyPurpose.QR,
            public_key=HELD_KEY.public_key,
            valid_from=NOON - timedelta(days=2),
            valid_until=NOON,
        )
    ).passes
    await lane.go(Direction.IN, **scan(code()))
    assert await reasons(store) == ["code_key_unknown", "code_key_unknown"]


async def test_two_keys_are_valid_at_once(store: Store) -> None:
    newer = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    public = newer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    encoded = b64encode(public).decode()
    item = KeyItem(id=uid(72), purpose=KeyPurpose.QR, public_key=encoded, valid_from=NOON)
    lane = Lane(store, holding(HELD_KEY, item))
    await lane.go(Direction.IN, **scan(code()))
    await lane.go(Direction.IN, **scan(code(signer=newer, key=qr.key_tag(public), pass_id=uid(73))))
    assert await reasons(store) == ["granted", "granted"]


async def test_a_key_for_commands_verifies_no_code(store: Store) -> None:
    item = KeyItem(id=uid(71), purpose=KeyPurpose.COMMAND, public_key=HELD_KEY.public_key, valid_from=NOON)
    lane = Lane(store, holding(item))
    await lane.go(Direction.IN, **scan(code()))
    assert await reasons(store) == ["code_key_unknown"]


async def test_what_is_held_of_the_pass_is_newer_than_its_code(store: Store) -> None:
    revoked = make_pass(id=PASS, revoked=True)
    lane = Lane(store, holding(HELD_KEY, revoked))
    await lane.go(Direction.IN, **scan(code()))
    assert await reasons(store) == ["revoked"]


@pytest.mark.parametrize(
    "block",
    [{"persons": ["616263646566"]}, {"plates": ["X711TT90"]}, {"passes": [PASS]}],
    ids=["person", "plate", "pass"],
)
async def test_the_blacklist_precedes_a_code(store: Store, block: dict) -> None:
    lane = Lane(store, holding(HELD_KEY, make_block(**block)))
    await lane.go(Direction.IN, **scan(code(persons=(b"abcdef",), plate="X711TT90")))
    await lane.go(Direction.IN, **scan(code(pass_id=uid(74), persons=(b"ghijkl",), plate="A001AA77")))
    assert await reasons(store) == ["blacklisted", "granted"]


@pytest.mark.parametrize(
    ("key", "typed"),
    [("PIN:407193", "407193"), ("CODE:ACDEFHJK", "acde-fhjk"), ("CODE:ACDEFHJK", "ФСВУАРОЛ")],
)
async def test_a_pin_and_a_code_are_looked_up_and_not_written_down(
    store: Store, key: str, typed: str
) -> None:
    lane = Lane(store, holding(make_pass(plates=[], keys=[key])))
    await lane.go(Direction.IN, **scan(typed))
    (passage,) = await passages(store)
    assert passage["reason"] == "granted"
    secret = key.partition(":")[2]
    assert secret not in str(passage)
    assert passage["credential"].endswith(secret[-2:])


async def test_a_card_s_printed_number_from_a_scanner_is_the_card(store: Store) -> None:
    lane = Lane(store, holding(make_pass(plates=[], keys=["EM:00BC614E"])))
    await lane.go(Direction.IN, **scan("0012345678"))
    await lane.go(Direction.IN, **scan("что-то"))
    assert await reasons(store) == ["granted", "unreadable"]


async def test_who_tries_out_pins_is_stopped_for_a_while(store: Store) -> None:
    lane = Lane(store, holding(make_pass(plates=[], keys=["PIN:407193"])))
    for number in range(judging.WRONG_TRIES):
        await lane.bench.present(**scan(f"40720{number}"))
        lane.bench.clock.pass_s(2)
    await lane.bench.present(**scan("407193"))
    lane.bench.clock.pass_s(200)
    await lane.bench.present(**scan("407193"))
    told = await reasons(store)
    assert told == ["unknown_credential"] * judging.WRONG_TRIES + ["too_many_tries", "granted"]
