"""The kernel's plain parts: ids, languages, secrets, files, errors, settings, chores."""

import hashlib
import json
import logging
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from pydantic import ValidationError

from cloud.kernel.clock import FixedClock
from cloud.kernel.errors import FixInput
from cloud.kernel.files import FileStore, HashMismatch, OffsetMismatch
from cloud.kernel.ids import Uuid7Ids, compose
from cloud.kernel.language import Language, Text, preferred_language
from cloud.kernel.permissions import DEFAULT_ROLES, ROLE_NAMES, Permission, RoleCode, roles_in_language
from cloud.kernel.secrets import SecretBox, SecretUnreadable, write_new_key
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import Role
from protocols.logs import JsonFormatter
from tests.cloud.serving import PASSWORD
from tests.support.postgres import Cluster, Database, with_database
from tests.support.processes import installed

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_ids_have_the_layout_of_rfc_9562() -> None:
    # The example of RFC 9562, A.6: 2022-02-22 14:22:22.00 GMT-5
    assert compose(0x017F22E279B0, 0xCC3, 0x18C4DC0C0C07398F) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@given(st.lists(st.integers(min_value=-5000, max_value=5000), min_size=2, max_size=50))
def test_ids_grow_whatever_the_clock_does(steps_ms: list[int]) -> None:
    clock = FixedClock(NOON)
    ids, made = Uuid7Ids(clock), []
    for step in steps_ms:
        made.append(ids.new())
        clock.advance(timedelta(milliseconds=step))
    assert made == sorted(set(made))


def test_thousands_of_ids_in_one_millisecond_differ_and_grow() -> None:
    ids = Uuid7Ids(FixedClock(NOON))
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(set(made))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.RU),
        ("", Language.RU),
        ("en", Language.EN),
        ("en-GB,en;q=0.9,ru;q=0.8", Language.EN),
        ("de,ru;q=0.5,en;q=0.7", Language.EN),
        ("de-DE,fr;q=0.5", Language.RU),
        ("en;q=high,ru", Language.RU),
    ],
)
def test_the_language_is_the_one_preferred(header: str | None, language: Language) -> None:
    assert preferred_language(header) is language


def test_every_default_role_is_named_and_within_the_list() -> None:
    assert DEFAULT_ROLES.keys() == ROLE_NAMES.keys() == set(RoleCode)
    assert DEFAULT_ROLES[RoleCode.ADMINISTRATOR] == frozenset(Permission)
    assert Permission.GATES_OPEN in DEFAULT_ROLES[RoleCode.GUARD]
    assert Permission.PASSES_ISSUE not in DEFAULT_ROLES[RoleCode.GUARD]


@pytest.mark.parametrize(
    ("kept", "language", "told"),
    [
        ("Администратор", Language.EN, "Administrator"),
        ("Dispatcher, Мастер участка", Language.RU, "Диспетчер, Мастер участка"),
        ("", Language.EN, ""),
    ],
)
def test_kept_roles_are_told_in_the_readers_language(kept: str, language: Language, told: str) -> None:
    assert roles_in_language(kept, language) == told


def test_a_secret_opens_in_its_place_alone() -> None:
    box = SecretBox(bytes(range(32)))
    sealed = box.seal("пароль".encode(), "device/1/password")
    assert "пароль".encode() not in sealed
    assert box.open(sealed, "device/1/password").decode() == "пароль"
    assert sealed != box.seal("пароль".encode(), "device/1/password")
    for spoilt in (sealed[:-1] + b"\0", b"\x02" + sealed[1:], b""):
        with pytest.raises(SecretUnreadable):
            box.open(spoilt, "device/1/password")
    with pytest.raises(SecretUnreadable):
        box.open(sealed, "device/2/password")
    with pytest.raises(SecretUnreadable):
        SecretBox(bytes(32)).open(sealed, "device/1/password")


def test_a_key_file_is_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "secrets.key"
    write_new_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    SecretBox.from_file(path)
    with pytest.raises(FileExistsError):
        write_new_key(path)
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match=r"secrets\.key: 5 bytes"):
        SecretBox.from_file(path)


def test_a_file_is_received_in_pieces_and_appears_whole(tmp_path: Path) -> None:
    store, sender, content = FileStore(tmp_path), uuid4(), b"abc" * 1000
    name = hashlib.sha256(content).hexdigest()
    assert store.append(name, sender, 0, content[:1000]) == 1000
    with pytest.raises(OffsetMismatch) as refused:
        store.append(name, sender, 0, content)
    assert refused.value.data == {"offset": 1000}
    assert store.size(name) is None
    store.append(name, sender, store.received(name, sender), content[1000:])
    assert store.finish(name, sender) == 3000
    assert b"".join(store.read(name)) == content
    assert store.received(name, sender) == 0


def test_a_file_that_is_not_what_its_name_says_is_dropped(tmp_path: Path) -> None:
    store, sender, name = FileStore(tmp_path), uuid4(), hashlib.sha256(b"right").hexdigest()
    store.append(name, sender, 0, b"wrong")
    with pytest.raises(HashMismatch):
        store.finish(name, sender)
    assert (store.received(name, sender), store.size(name)) == (0, None)
    with pytest.raises(HashMismatch):
        store.keep(name, BytesIO(b"wrong"))
    assert list((tmp_path / "incoming").iterdir()) == []
    with pytest.raises(FixInput):
        store.path("../../etc/passwd")


def test_an_error_tells_its_fields_in_both_languages() -> None:
    error = FixInput.at("plate", "unknown_plate", Text("Номер {plate}?", "Plate {plate}?"), plate="X1")
    assert error.problem(Language.EN)["fields"] == [
        {"path": "plate", "code": "unknown_plate", "message": "Plate X1?", "data": {"plate": "X1"}}
    ]
    assert error.problem(Language.RU)["fields"][0]["message"] == "Номер X1?"


def test_settings_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMOVOY_PUBLIC_URL", "https://house.example.org/")
    with pytest.raises(ValidationError, match="DOMOVOY_PUBLIC_URL must not end with a slash"):
        Settings()


@pytest.mark.timeout(600)  # seven times a whole process starts
def test_an_installation_is_made_by_commands(
    postgres: Cluster, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name, passwords = f"made_{uuid4().hex[:8]}", tmp_path / "passwords.json"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    request.addfinalizer(lambda: postgres.execute(drop))
    known = Database(name, with_database(postgres.admin_url, name), postgres._described(name).password)
    passwords.write_text(
        json.dumps({role.value: known.password for role in Role} | {"domovoy_owner": known.password})
    )
    env = {
        "DOMOVOY_OWNER_DATABASE_URL": known.owner_url,
        "DOMOVOY_DATABASE_URL": known.url(Role.API),
        "DOMOVOY_ADMIN_PASSWORD": PASSWORD,
    }

    def domovoy(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(installed("domovoy")), *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=150, check=False)

    for _ in range(2):  # both may be repeated
        arguments = (
            "--admin-url",
            postgres.admin_url,
            "--database",
            name,
            "--passwords-file",
            str(passwords),
        )
        assert domovoy("bootstrap", *arguments).returncode == 0
        assert domovoy("migrate").returncode == 0
    admin = ("create-admin", "--email", "boss@example.org", "--name", "Анна", "--company", "Афины")
    made = domovoy(*admin)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout).keys() == {"account", "company"}
    again = domovoy(*admin)
    assert again.returncode == 1
    assert "first_run_over" in again.stderr
    assert domovoy("fly").returncode == 2


def test_a_log_line_shows_no_password_of_a_url() -> None:
    error = ValueError('no answer from "http://cam/s?pwd=S3cret"\nnor http://a:S3cret@cam/')
    record = logging.makeLogRecord(
        {
            "msg": "GET %s failed",
            "args": ("http://cam/s.cgi?user=a&pwd=S3cret",),
            "exc_info": (type(error), error, None),
            "error": error,
            "asked": {"url": "http://cam/?token=S3cret"},
        }
    )
    line = json.loads(JsonFormatter("api").format(record))
    assert "S3cret" not in str(line)
    assert line["message"] == "GET http://cam/s.cgi?*** failed"
    assert line["asked"] == {"url": "http://cam/?***"}
