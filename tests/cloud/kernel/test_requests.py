"""One request is one transaction, committed before its response."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import psycopg
import pytest
from fastapi import Body
from sqlalchemy import text

from cloud.kernel.api import Call, Router, writing
from cloud.kernel.database import ask
from cloud.kernel.permissions import Permission
from deploy.demo.servers.processes import wait_until
from protocols.logs import JsonFormatter
from tests.cloud.serving import Served, served
from tests.support.postgres import Database

router = Router()


@router.post("/api/trial/{value}", status_code=201)
def insert(call: Annotated[Call, writing(Permission.STAFF_MANAGE)], value: int) -> dict[str, bool]:
    """Breaks a constraint that is looked at only by the commit, when the value is there already."""
    call.session.execute(text("INSERT INTO trial VALUES (:value)"), {"value": value})
    return {"inserted": True}


SECRET = "n0body-shall-read-this"
FAILING = {
    "unique": "INSERT INTO secret (once) VALUES (:value)",
    "check": "INSERT INTO secret (number) VALUES (:value)",
    "type": "SELECT CAST(:value AS uuid)",
    "at_the_commit": "INSERT INTO secret (at_the_end) VALUES (:value)",
    "too_long": "INSERT INTO secret (short) VALUES (:value)",
}


@router.post("/api/secret/{how}", status_code=201)
def fail(
    call: Annotated[Call, writing(Permission.STAFF_MANAGE)], how: str, value: Annotated[str, Body(embed=True)]
) -> None:
    """Sends a value with a statement that fails, in one of the ways in which statements do."""
    if how == "straight":
        ask(call.session, "SELECT CAST(%(value)s AS uuid)", {"value": value})
    else:
        call.session.execute(text(FAILING[how]), {"value": value})


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE trial (value int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        owner.execute(
            "CREATE TABLE secret (once text UNIQUE, number text CHECK (number < 'a'), short varchar(3),"
            " at_the_end text UNIQUE DEFERRABLE INITIALLY DEFERRED)"
        )
        owner.execute("GRANT INSERT ON trial, secret TO domovoy_api")
    with served(database, tmp_path, extra=router) as running:
        yield running


def test_nobody_is_told_of_success_before_the_commit(api: Served, database: Database) -> None:
    boss = api.operator()
    assert boss.call("POST", "/api/trial/1").status_code == 201
    refused = boss.call("POST", "/api/trial/1")
    assert refused.status_code == 500
    assert refused.json()["code"] == "internal"
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT value FROM trial").fetchall() == [(1,)]


def test_a_stranger_is_sent_to_sign_in_before_the_input_is_judged(api: Served) -> None:
    boss = api.operator()
    wrong = "/api/trial/not-a-number"
    assert boss.call("POST", wrong).status_code == 422
    boss.client.cookies.clear()
    assert (boss.call("POST", wrong).status_code, boss.get("/api/session").status_code) == (401, 401)


def test_a_connection_that_broke_meanwhile_is_replaced_unseen(api: Served, database: Database) -> None:
    boss = api.operator()
    assert boss.get("/api/session").status_code == 200
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        end_connections(admin)
    assert boss.get("/api/session").status_code == 200


def test_a_database_that_is_away_is_told_as_such(api: Served, database: Database) -> None:
    boss = api.operator()
    with psycopg.connect(database.admin_url.replace(database.name, "postgres"), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{database.name}" WITH ALLOW_CONNECTIONS false')
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name]
        )
        answer = boss.get("/api/session")
        admin.execute(f'ALTER DATABASE "{database.name}" WITH ALLOW_CONNECTIONS true')
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "3"
    assert boss.get("/api/session").status_code == 200


def test_a_database_that_takes_nothing_is_told_as_such(api: Served, database: Database) -> None:
    """As a standby does in whose place nobody has been put yet, or one that is not migrated."""
    boss = api.operator()
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        read_only = f'ALTER DATABASE "{database.name}" SET default_transaction_read_only'
        admin.execute(f"{read_only} = on")  # type: ignore[arg-type]
        end_connections(admin)
        refused = boss.call("POST", "/api/trial/1")
        admin.execute(f'ALTER DATABASE "{database.name}" RESET default_transaction_read_only')  # type: ignore[arg-type]
        end_connections(admin)
        assert boss.call("POST", "/api/trial/1").status_code == 201
        admin.execute("SET default_transaction_read_only = off")
        admin.execute("ALTER TABLE trial RENAME TO trial_to_be")
        not_there = boss.call("POST", "/api/trial/2")
    for answer in (refused, not_there):
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable"), answer.text
        assert answer.headers["retry-after"] == "3"


def end_connections(admin: psycopg.Connection[Any]) -> None:
    """As when the server is another from now on."""
    ended = admin.execute(
        "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'domovoy_api' AND datname = current_database()"
    ).fetchall()
    left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)"
    assert ended
    assert wait_until(lambda: admin.execute(left, [[pid for pid, _ in ended]]).fetchone() == (0,), 10)


@pytest.mark.parametrize("how", ["unique", "check", "type", "at_the_commit", "too_long", "straight"])
def test_no_value_of_a_failing_statement_is_logged_or_answered(
    api: Served, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    boss = api.operator()
    assert boss.call("POST", f"/api/secret/{how}", {"value": SECRET}).status_code in {201, 422, 500}
    answer = boss.call("POST", f"/api/secret/{how}", {"value": SECRET})
    assert answer.status_code in {422, 500}
    assert SECRET not in answer.text
    logged = [JsonFormatter("api").format(record) for record in caplog.records]
    assert any("psycopg" in line for line in logged)
    assert not [line for line in logged if SECRET in line]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_does_not_call_itself_json_is_told_so(api: Served, kind: str | None) -> None:
    stranger = api.visitor()
    headers = {"Content-Type": kind} if kind else {}
    refused = stranger.client.post("/api/session", content=b'{"email": "a@b.c"}', headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (415, "wrong_media_type")
    assert "application/json" in refused.json()["title"]
    assert stranger.client.post("/api/session").json()["code"] == "invalid"  # there is none


@pytest.mark.parametrize(
    ("body", "position"),
    [
        (b'{"email": oops}', 10),
        (b'{"email": "\xff"}', 11),
        ('{"почта": "'.encode() + b"\xff", 11),
        (b'{"email": "a\x00"}', 12),
        (b"{} more", 3),
    ],
)
def test_a_body_that_is_no_json_is_told_where(api: Served, body: bytes, position: int) -> None:
    headers = {"Content-Type": "application/json", "Accept-Language": "ru"}
    refused = api.visitor().client.post("/api/session", content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "not_json")
    assert refused.json()["data"] == {"position": position}
    assert refused.json()["title"] == f"Тело запроса — не JSON: ошибка у знака {position}."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 100_000, "object_too_large"),
        (b'{"email": ' + b"1" * 5_000 + b"}", "number_out_of_range"),
        (b"[]", "model_attributes_type"),
    ],
)
def test_a_body_that_no_field_can_answer_for_is_told_why(api: Served, body: bytes, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    refused = api.visitor().client.post("/api/session", content=body, headers=headers)
    assert (refused.status_code, [each["code"] for each in refused.json()["fields"]]) == (422, [code])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"xx"),
        ("multipart/form-data; boundary=q", b"xx"),
        ("multipart/form-data; boundary=q", b"--q\r\nContent-Disposition: xx\r\n\r\nab\r\n--q--\r\n"),
    ],
)
def test_a_body_that_is_no_form_is_told_so(api: Served, kind: str, body: bytes) -> None:
    refused = api.visitor().client.post("/api/files", content=body, headers={"Content-Type": kind})
    assert (refused.status_code, refused.json()["code"]) == (400, "not_form")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/points", "GET, POST"),
        ("POST", "/api/points/0193514c-8a00-7000-8000-0000000000a1", "DELETE, GET, PUT"),
        ("GET", "/api/password-reset", "POST"),
        ("POST", "/api/health", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(api: Served, method: str, path: str, allowed: str) -> None:
    refused = api.visitor().call(method, path)
    assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")
    assert refused.headers["allow"] == allowed


def test_an_uploaded_file_can_be_removed(api: Served) -> None:
    boss = api.operator()
    plan = {"file": ("план.pdf", b"a plan", "application/pdf")}
    sha256 = boss.client.post("/api/files", files=plan).json()["sha256"]
    engineer = api.colleague(boss, "engineer@example.org", ["engineer"])
    assert engineer.call("DELETE", f"/api/files/{sha256}").status_code == 403
    assert boss.call("DELETE", f"/api/files/{sha256}").status_code == 204
    assert boss.get(f"/api/files/{sha256}").status_code == 404
    assert boss.call("DELETE", f"/api/files/{sha256}").status_code == 404
    assert boss.call("DELETE", "/api/files/nonsense").status_code == 404
    newest = boss.get("/api/audit").json()["items"][0]
    assert (newest["action"], newest["changes"]["name"]) == ("kernel.file.delete", "план.pdf")
    assert boss.client.post("/api/files", files=plan).status_code == 201
    assert boss.get(f"/api/files/{sha256}").content == b"a plan"


def test_an_uploaded_file_is_its_companys(api: Served) -> None:
    boss = api.operator()
    photo = b"\xff\xd8 a photo"
    sent = boss.client.post("/api/files", files={"file": ("photo.jpg", photo, "image/jpeg")})
    assert sent.status_code == 201, sent.text
    sha256 = sent.json()["sha256"]
    got = boss.get(f"/api/files/{sha256}")
    assert got.content == photo
    assert got.headers["content-type"] == "image/jpeg"
    assert "sandbox" in got.headers["content-security-policy"]
    page = boss.client.post("/api/files", files={"file": ("evil.html", b"<script>", "text/html")}).json()[
        "sha256"
    ]
    assert boss.get(f"/api/files/{page}").headers["content-disposition"] == "attachment"
    sparta = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
    spartan = api.colleague(boss.work_in(sparta), "leonid@example.org", ["administrator"])
    assert spartan.get(f"/api/files/{sha256}").status_code == 404
    assert spartan.get("/api/files/nonsense").status_code == 404
