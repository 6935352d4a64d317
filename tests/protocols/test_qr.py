"""Guests' codes: what was written is read, whatever the scanner's layout; nothing else is."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from protocols import qr
from protocols.fields import Direction
from protocols.qr import QrError, Token

_SITE, _OTHER_SITE = UUID(int=7), UUID(int=8)
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PUBLIC = _KEY.public_key()
_TAG = qr.key_tag(_PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw))
_NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
_RUSSIAN_KEYS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить", strict=True))

_TOKENS = st.builds(
    Token,
    key=st.just(_TAG),
    pass_id=st.uuids(),
    begins=st.integers(0, 2**31).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    minutes=st.integers(1, 1440),
    uses=st.integers(1, 255),
    direction=st.sampled_from([None, *Direction]),
    zones=st.frozensets(st.integers(0, 47)),
    persons=st.lists(st.binary(min_size=6, max_size=6), max_size=2).map(tuple),
    plate=st.text("ABEKMHOPCTYX0123456789", max_size=10),
    nonce=st.integers(0, 65_535),
)


def _token(**changes: object) -> Token:
    plain: dict[str, object] = {"key": _TAG, "pass_id": UUID(int=5), "begins": _NOON, "minutes": 600}
    return Token(**(plain | changes))  # type: ignore[arg-type]


@given(_TOKENS)
def test_what_was_written_is_read(token: Token) -> None:
    text = qr.write(token, _SITE, _KEY.sign)
    signed = qr.read(text)
    assert signed.token == token
    _PUBLIC.verify(signed.signature, qr.signed_bytes(_SITE, signed.payload))
    assert qr.looks_like(text)


def test_the_longest_fits() -> None:
    longest = _token(
        zones=frozenset({0, 47}), persons=(b"abcdef", b"ghijkl"), plate="A" * 10, uses=255, nonce=65_535
    )
    text = qr.write(longest, _SITE, _KEY.sign)
    assert len(text) == 199 <= qr.MOST_CHARACTERS
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_a_known_code_is_read_for_ever() -> None:
    """A golden sample: prints that are out there must be read by every later version."""
    text = (
        "AEWCAVSHLKTQAAAAAAAAAAAAAAAAAAAAAAAAKABXOKYAEWACAAAAGYLCMNSGKZSYG4YTCVCUHEYJTG3UPQCLUKGYMF65WFCIZILC5C3TO7CE4PZ3AIL4"
        "NPBMTOBMGLCHTTRHJSNYMPEMMZOTDHZQVVB2KNCHXY6FW4A4EFHJRIOOQBZLBE"
    )
    token = _token(
        uses=2, direction=Direction.IN, zones=frozenset({0, 1}), persons=(b"abcdef",), plate="X711TT90"
    )
    assert qr.read(text).token == token
    assert qr.write(token, _SITE, _KEY.sign) == text


def test_a_scanner_under_a_russian_layout_is_read() -> None:
    text = qr.write(_token(plate="X711TT90"), _SITE, _KEY.sign)
    typed = "".join(_RUSSIAN_KEYS.get(character, character) for character in text.lower())
    assert typed != text.lower()
    assert qr.read(f" {typed}\r\n") == qr.read(typed.upper()) == qr.read(text)


def test_a_code_of_another_site_does_not_verify() -> None:
    signed = qr.read(qr.write(_token(), _SITE, _KEY.sign))
    with pytest.raises(InvalidSignature):
        _PUBLIC.verify(signed.signature, qr.signed_bytes(_OTHER_SITE, signed.payload))


@given(_TOKENS, st.data())
def test_no_changed_character_goes_unnoticed(token: Token, data: st.DataObject) -> None:
    text = qr.write(token, _SITE, _KEY.sign)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if c != text[place]]))
    try:
        signed = qr.read(text[:place] + other + text[place + 1 :])
    except QrError:
        return
    with pytest.raises(InvalidSignature):
        _PUBLIC.verify(signed.signature, qr.signed_bytes(_SITE, signed.payload))


@given(st.one_of(st.text(max_size=300), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=210)))
def test_whatever_is_scanned_is_read_or_refused(text: str) -> None:
    try:
        signed = qr.read(text)
    except QrError:
        return
    assert qr.write(signed.token, _SITE, lambda _: signed.signature) == qr.folded(text)


@given(st.binary(max_size=140))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        signed = qr.read(base64.b32encode(b"\x01" + data).decode().rstrip("="))
    except QrError:
        return
    assert qr.read(qr.write(signed.token, _SITE, _KEY.sign)).token == signed.token


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"minutes": 1441},
        {"uses": 0},
        {"uses": 256},
        {"zones": frozenset({48})},
        {"persons": (b"short",)},
        {"persons": (b"abcdef",) * 3},
        {"plate": "Х711ТТ90"},  # Cyrillic: not canonical
        {"plate": "A" * 11},
    ],
)
def test_what_no_code_can_say_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(QrError):
        _token(**wrong)


def test_seconds_are_refused_rather_than_lost() -> None:
    with pytest.raises(QrError, match="not at a minute"):
        qr.write(_token(begins=_NOON + timedelta(seconds=1)), _SITE, _KEY.sign)


def test_it_ends_when_its_minutes_are_over() -> None:
    assert _token(minutes=90).ends == _NOON + timedelta(minutes=90)
