"""One request is one transaction, committed before its response."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import psycopg
import pytest
from sqlalchemy import text

from cloud.kernel.api import Call, Router, writing
from cloud.kernel.permissions import Permission
from deploy.demo.servers.processes import wait_until
from tests.cloud.serving import Served, served
from tests.support.postgres import Database

router = Router()


@router.post("/api/trial/{value}", status_code=201)
def insert(call: Annotated[Call, writing(Permission.STAFF_MANAGE)], value: int) -> dict[str, bool]:
    """Breaks a constraint that is looked at only by the commit, when the value is there already."""
    call.session.execute(text("INSERT INTO trial VALUES (:value)"), {"value": value})
    return {"inserted": True}


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE trial (value int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        owner.execute("GRANT INSERT ON trial TO domovoy_api")
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
        ended = admin.execute(
            "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'domovoy_api' AND datname = current_database()"
        ).fetchall()
        pids = [pid for pid, _ in ended]
        left = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)"
        assert wait_until(lambda: admin.execute(left, [pids]).fetchone() == (0,), 10)
    assert pids
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
