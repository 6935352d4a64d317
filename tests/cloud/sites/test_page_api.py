"""A guard's page's certificate by the API: uploaded, refused at its field, sent, taken away; no word of its key."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from cloud.kernel.database import Scope
from cloud.sites import service
from protocols.config import decode_configuration
from protocols.messages import ServedPage, State
from tests.cloud.serving import Person, Served, served
from tests.cloud.sites.test_api import make_box
from tests.support.certificates import Made, make_ca, make_certificate
from tests.support.postgres import Database

BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
ROOT = make_ca(begins=BEGINS)
OWN = make_certificate(
    ["gate.example.com"], begins=BEGINS, ends=ENDS, by=make_ca("Between", by=ROOT, begins=BEGINS)
)
SERVED = ServedPage(
    source="authority",
    names=["kpp.local"],
    own_names=["kpp.local"],
    issuer="Domovoy CA",
    fingerprint="ab" * 32,
    begins=BEGINS,
    ends=ENDS,
)


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def boss(api: Served) -> Person:
    return api.operator()


@pytest.fixture
def box(api: Served, boss: Person) -> Any:
    made = make_box(boss)
    tell(api, boss, made, SERVED)
    return made


def tell(api: Served, person: Person, box: Any, page: ServedPage | None) -> None:
    """As downlink takes what a box says of itself."""
    assert person.company is not None
    with api.house.database.transaction(Scope.organisation(person.company)) as session:
        owner = service.owner_of(session, UUID(box["id"]))
        assert owner is not None
        service.record_state(session, owner, State(online=True, page=page))


def path(box: Any) -> str:
    return f"/api/boxes/{box['id']}/page-certificate"


def upload(person: Person, box: Any, made: Made = OWN, **more: Any) -> httpx.Response:
    body = {"certificate": made.pem, "key": made.key_pem, "other_names": True}
    return person.call("PUT", path(box), body | more)


def card(person: Person, box: Any) -> Any:
    return person.get(f"/api/boxes/{box['id']}").json()


def sent(api: Served, person: Person, box: Any) -> Any:
    """What the box is sent of its page."""
    answer = person.call("POST", f"/api/boxes/{box['id']}/configuration")
    assert answer.status_code == 200, answer.text
    assert person.company is not None
    with api.house.database.transaction(Scope.organisation(person.company)) as session:
        desired = service.desired_config(session, api.house.secrets, UUID(box["id"]))
    assert desired is not None
    return decode_configuration(desired.body).page


def test_it_is_uploaded_sent_and_taken_away(api: Served, boss: Person, box: Any) -> None:
    assert sent(api, boss, box) is None
    answer = upload(boss, box)
    assert answer.status_code == 200, answer.text
    told = card(boss, box)
    assert told["unsent"] is True
    assert told["page_uploaded"]["names"] == ["gate.example.com"]
    assert told["page_uploaded"]["issuer"] == "Between"
    assert told["page"]["source"] == "authority"
    page = sent(api, boss, box)
    assert (page.chain, page.key) == (OWN.pem, OWN.key_pem)
    assert upload(boss, box).status_code == 200
    assert card(boss, box)["unsent"] is False, "the same once more is nothing new"
    assert boss.call("DELETE", path(box)).status_code == 200
    told = card(boss, box)
    assert (told["page_uploaded"], told["unsent"]) == (None, True)
    assert sent(api, boss, box) is None
    assert boss.call("DELETE", path(box)).json()["code"] == "no_page_certificate"


def test_its_key_is_told_nowhere(api: Served, boss: Person, box: Any, database: Database) -> None:
    """Neither by an answer, refusals among them, nor in the audit trail, the preview or the database."""
    secret = OWN.key_pem.splitlines()[1]
    answers = [
        upload(boss, box),
        boss.get(f"/api/boxes/{box['id']}"),
        boss.get("/api/boxes"),
        boss.get(f"/api/boxes/{box['id']}/configuration/preview"),
        boss.call("POST", f"/api/boxes/{box['id']}/configuration"),
        boss.get(f"/api/boxes/{box['id']}/configuration"),
        boss.get("/api/audit"),
        upload(boss, box, make_certificate(begins=BEGINS, ends=ENDS), key=OWN.key_pem),
        upload(boss, box, key=OWN.key_pem + "-" * 9000),
        upload(boss, box, key=OWN.key_pem + "\x01"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 7 + [422] * 3
    assert all(secret not in answer.text for answer in answers)
    acts = [row for row in answers[6].json()["items"] if row["action"] == "sites.box.upload_certificate"]
    assert [row["changes"]["names"] for row in acts] == [["gate.example.com"]]
    assert len(acts[0]["changes"]["fingerprint"]) == 64
    preview = answers[3].json()
    lines = [line for each in preview["differences"] for line in each["lines"]]
    assert {"title": "Key of the guard's page", "before": None, "after": "set"} in lines
    assert preview["body"]["page"]["key"] == "•••"
    assert boss.company is not None
    with api.house.database.transaction(Scope.organisation(boss.company)) as session:
        rows = session.execute(text("SELECT to_jsonb(b)::text FROM box b")).scalars().all()
        rows += session.execute(text("SELECT to_jsonb(d)::text FROM desired_config d")).scalars().all()
    assert len(rows) == 2
    hexed = secret.encode().hex()
    assert all(secret not in row and hexed not in row for row in rows)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"certificate": "x"}, ("certificate", "not_certificate")),
        ({"key": "x"}, ("key", "not_key")),
        ({"key": make_certificate().key_pem}, ("key", "no_fit")),
        ({"certificate": ROOT.pem, "key": ROOT.key_pem}, ("certificate", "is_ca")),
        ({"certificate": OWN.pem + ROOT.pem}, ("certificate", "out_of_chain")),
        ({"other_names": False}, ("other_names", "other_names")),
    ],
)
def test_a_refusal_names_the_field(
    boss: Person, box: Any, body: dict[str, Any], expected: tuple[str, str]
) -> None:
    answer = upload(boss, box, **body)
    assert answer.status_code == 422
    assert [(field["path"], field["code"]) for field in answer.json()["fields"]] == [expected]
    assert card(boss, box)["page_uploaded"] is None


def test_sizes_are_limited(boss: Person, box: Any) -> None:
    for body in ({"certificate": OWN.pem * 200}, {"key": "k" * 8193}):
        answer = upload(boss, box, **body)
        assert answer.status_code == 422
        assert [field["path"] for field in answer.json()["fields"]] == list(body)


def test_names_of_the_box_need_no_confirmation(boss: Person, box: Any) -> None:
    local = make_certificate(["kpp.local"], begins=BEGINS, ends=ENDS)
    assert upload(boss, box, local, other_names=False).status_code == 200


def test_a_box_that_tells_of_no_page_gets_none(api: Served, boss: Person, box: Any) -> None:
    """An older one would refuse every further configuration for its sake."""
    tell(api, boss, box, None)
    assert card(boss, box)["page"] is None
    assert upload(boss, box).json()["code"] == "page_not_served"
    assert upload(boss, make_box(boss)).json()["code"] == "page_not_served"
    assert boss.call("POST", f"/api/boxes/{box['id']}/revoke", {"reason": "украден"}).status_code == 204
    assert upload(boss, box).json()["code"] == "box_revoked"


def test_who_may_only_look_uploads_nothing(api: Served, boss: Person, box: Any) -> None:
    guard = api.colleague(boss, "guard@example.org", ["dispatcher"])
    assert guard.get(f"/api/boxes/{box['id']}").status_code == 200
    assert upload(guard, box).status_code == 403
    assert guard.call("DELETE", path(box)).status_code == 403


def test_what_a_box_says_last_stands(api: Served, boss: Person, box: Any) -> None:
    ended = ServedPage(source="authority", own_names=["kpp.local"], fingerprint="cd" * 32, refused="expired")
    tell(api, boss, box, ended)
    told = card(boss, box)["page"]
    assert (told["fingerprint"], told["refused"], told["ends"]) == ("cd" * 32, "expired", None)
