"""Numbers of documents, however they are typed, and the hashes by which boxes know listed ones."""

import pytest

from protocols.documents import document_hash, document_number, salt_of

SALT = "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize(
    "typed",
    [
        "4508123456",
        "45 08 123456",
        "45 08 № 123456",
        "паспорт 4508 123456",
        "Паспорт РФ: серия 4508, номер 123456",
        "4508-123456",
        "4508 123456, выдан ОВД Марьино 12.03.2010",
        "4508 123456 от 12.03.2010",
    ],
)
def test_a_passport_is_one_number_however_it_is_typed(typed: str) -> None:
    assert document_number(typed) == "4508123456"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("МР 1234567", "MP1234567"),  # Cyrillic
        ("mp1234567", "MP1234567"),
        ("II-МЮ № 123456", "IIMЮ123456"),
        ("ВУ 99 12 123456", "9912123456"),
        ("72 НК 123456", "72HK123456"),
        ("C01X00T47", "C01X00T47"),
    ],
)
def test_series_of_letters_are_read_in_either_alphabet(typed: str, number: str) -> None:
    assert document_number(typed) == number


@pytest.mark.parametrize("typed", ["", "нет", "паспорт", "без документа", "№ 12", "1" * 40])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert document_number(typed) is None


def test_a_hash_is_of_one_number_and_one_salt() -> None:
    named = document_hash("4508123456", SALT)
    assert named == f"{SALT}.{named.rpartition('.')[2]}"
    assert salt_of(named) == SALT
    assert named == document_hash("4508123456", SALT)
    others = {document_hash("4508123457", SALT), document_hash("4508123456", SALT[::-1])}
    assert named.rpartition(".")[2] not in {other.rpartition(".")[2] for other in others}


def test_the_hash_is_what_it_was() -> None:
    """Boxes compare what they compute with what the cloud computed, perhaps years before."""
    assert document_hash("4508123456", SALT) == f"{SALT}.fbbea6a970aa"
