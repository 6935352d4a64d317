"""A face is kept with a consent alone: on paper or in the app; it goes everywhere with it, and each look is known."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command
from PIL import Image
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from cloud.access import jobs
from cloud.access import service as access
from cloud.access.face_models import Face, FaceConsent
from cloud.access.face_texts import CURRENT
from cloud.access.types import PassDraft
from cloud.kernel.actor import Actor
from cloud.kernel.jobs import Tools
from cloud.kernel.migrating import alembic_config
from cloud.kernel.tables import FileUsage, StoredFile
from cloud.sites.models import HeldItem
from deploy.demo.servers.processes import wait_until
from protocols.held import PassItem, PassKind, decode_item
from protocols.privacy import KeptKind
from tests.cloud.residents.conftest import Tower
from tests.cloud.serving import Person
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

PAPER = {"given_on": "2026-11-02", "note": "папка 12, л. 4", "text_version": CURRENT}


def portrait(shade: int = 90, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """As a telephone takes it: large, and it says where it stood."""
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "Берег, кв. 17"
    Image.new("RGB", size, (shade, 80, 70)).save(made, "JPEG", exif=exif)
    return made.getvalue()


def send(person: Person, path: str, data: bytes) -> Any:
    return person.client.put(path, files={"file": ("face.jpg", data, "image/jpeg")})


@pytest.fixture
def maria(tower: Tower) -> Person:
    return tower.resident("Мария Ёлкина", "17", "maria@example.org")


class Faces:
    """Maria's face, as the company sees it; her pass, as boxes do."""

    def __init__(self, tower: Tower) -> None:
        self.tower, self.person = tower, tower.persons["Мария Ёлкина"]
        self.path = f"/api/people/{self.person}/face"
        self.pass_id = self.issue(holder="мария елкина")

    def issue(self, **more: Any) -> str:
        body = {"site_id": self.tower.site, "kind": "resident", "premises_id": self.tower.flats["17"], **more}
        return str(self.tower.post("/api/access/passes", body)["id"])

    def boss(self, method: str, path: str = "", body: Any = None) -> Any:
        return self.tower.boss.call(method, self.path + path, body)

    def store(self, data: bytes = b"") -> Any:
        return send(self.tower.boss, f"{self.path}/picture", data or portrait())

    def held(self, pass_id: str = "") -> list[str]:
        """The keys of faces that boxes have for a pass."""
        with self.tower.api.house.database.transaction(self.tower.scope) as session:
            chosen = HeldItem.item_id == UUID(pass_id or self.pass_id)
            item = decode_item(session.scalars(select(HeldItem.body).where(chosen)).one())
        assert isinstance(item, PassItem)
        return [key for key in item.keys if key.startswith("FACE:")]

    def names(self) -> list[str]:
        with self.tower.api.house.database.transaction(self.tower.scope) as session:
            return list(session.scalars(select(Face.sha256)))

    def files(self) -> list[str]:
        """All that lies in the store."""
        return [path.name for path in self.tower.api.house.files.folder.rglob("*") if path.is_file()]

    def used(self) -> int:
        with self.tower.api.house.database.transaction(self.tower.scope) as session:
            return session.scalar(select(FileUsage.bytes)) or 0


@pytest.fixture
def faces(tower: Tower, maria: Person) -> Faces:
    return Faces(tower)


def test_no_picture_without_a_consent(faces: Faces) -> None:
    assert faces.boss("GET").json()["consents"] == []
    assert faces.store().json()["code"] == "face_needs_consent"
    assert (faces.files(), faces.names()) == ([], [])


def test_a_paper_consent_says_its_date_and_where_it_is(faces: Faces) -> None:
    for wrong, field in (
        ({"given_on": "2099-01-01"}, "given_on"),
        ({"note": " "}, "note"),
        ({"text_version": "2019-01"}, "text_version"),
    ):
        refused = faces.boss("POST", "/consent", PAPER | wrong)
        assert (refused.status_code, refused.json()["fields"][0]["path"]) == (422, field)
    made = faces.boss("POST", "/consent", PAPER)
    assert made.status_code == 201, made.text
    assert faces.boss("POST", "/consent", PAPER).json()["code"] == "face_consent_given"
    [consent] = faces.boss("GET").json()["consents"]
    assert consent | PAPER == consent
    assert (consent["how"], consent["recorded_by"], consent["withdrawn_at"]) == ("paper", "Анна Ёлкина", None)


def test_a_picture_is_kept_without_where_it_was_taken_and_the_pass_names_it(faces: Faces) -> None:
    faces.boss("POST", "/consent", PAPER)
    assert faces.store().status_code == 200
    [name] = faces.names()
    assert faces.files() == [name]
    assert faces.held() == [f"FACE:{name}"]
    told = faces.boss("GET").json()
    assert (told["passes"], told["picture"]["stored_by"]) == (1, "Анна Ёлкина")
    shown = faces.boss("GET", "/picture")
    assert (shown.headers["content-type"], shown.headers["cache-control"]) == ("image/jpeg", "no-store")
    picture = Image.open(io.BytesIO(shown.content))
    assert (picture.size, dict(picture.getexif())) == ((1080, 810), {})
    assert faces.used() == len(shown.content)


def test_the_same_picture_is_another_file_each_time_and_replaces_the_one_before(faces: Faces) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store(portrait())
    [before] = faces.names()
    faces.store(portrait())
    [after] = faces.names()
    assert before != after
    assert faces.files() == [after]
    assert faces.held() == [f"FACE:{after}"]
    assert faces.boss("DELETE", "/picture").status_code == 204
    assert faces.boss("DELETE", "/picture").status_code == 404
    assert faces.boss("GET").json()["consents"][0]["withdrawn_at"] is None
    assert (faces.files(), faces.held(), faces.used()) == ([], [], 0)


def test_withdrawing_takes_the_picture_everywhere(faces: Faces) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    [name] = faces.names()
    assert faces.boss("DELETE", "/consent").status_code == 204
    assert (faces.names(), faces.files(), faces.held(), faces.used()) == ([], [], [], 0)
    assert faces.boss("GET", "/picture").status_code == 404
    assert faces.boss("DELETE", "/consent").json()["code"] == "face_consent_not_found"
    assert faces.store().json()["code"] == "face_needs_consent"
    assert faces.boss("POST", "/consent", PAPER).status_code == 201
    told = faces.boss("GET").json()
    assert [each["withdrawn_at"] is None for each in told["consents"]] == [True, False]
    assert told["consents"][1]["withdrawn_by"] == "Анна Ёлкина"
    assert told["picture"] is None
    assert name not in str(told)


def test_no_pass_comes_to_hold_a_face_that_is_being_taken_away(
    faces: Faces, tower: Tower, database: RealDatabase
) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    [name] = faces.names()
    draft = PassDraft(
        site_id=UUID(tower.post("/api/sites", {"name": "Спарта", "time_zone": "Europe/Moscow"})["id"]),
        kind=PassKind.RESIDENT,
        holder="Мария Ёлкина",
        host_id=UUID(faces.person),
    )
    assert tower.boss.company is not None
    with ThreadPoolExecutor(1) as pool:
        with tower.api.house.database.transaction(tower.scope) as session:
            made = access.issue_pass(session, Actor.system(tower.boss.company), draft)
            assert made.faces == [name]
            withdrawing = pool.submit(faces.boss, "DELETE", "/consent")
            assert wait_until(lambda: database.waiting_for_locks() == 1, 10)
        assert withdrawing.result().status_code == 204
    assert (faces.held(), faces.held(str(made.id))) == ([], [])


def test_the_database_takes_no_picture_without_a_consent_in_force(faces: Faces) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    changed = {"in_force": False, "withdrawn_at": NOON, "withdrawn_how": "app"}
    database = faces.tower.api.house.database
    with pytest.raises(IntegrityError), database.transaction(faces.tower.scope) as session:
        session.execute(update(FaceConsent).values(changed))
    with pytest.raises(IntegrityError), database.transaction(faces.tower.scope) as session:
        session.execute(update(FaceConsent).values(in_force=False))


def test_a_resident_agrees_shows_and_takes_back(faces: Faces, maria: Person) -> None:
    [mine] = maria.get("/api/resident/faces").json()
    path = f"/api/resident/faces/{mine['company_id']}"
    assert "Мария Ёлкина" in mine["to_agree"]["text"]
    assert "Афины" in mine["to_agree"]["text"]
    assert send(maria, f"{path}/picture", portrait()).json()["code"] == "face_needs_consent"
    stale = maria.call("POST", f"{path}/consent", {"text_version": "2019-01"})
    assert stale.json()["fields"][0]["code"] == "text_changed"
    agreed = maria.call("POST", f"{path}/consent", {"text_version": mine["to_agree"]["version"]})
    assert agreed.status_code == 201, agreed.text
    kept = send(maria, f"{path}/picture", portrait())
    assert kept.status_code == 200, kept.text
    assert kept.json()["consents"][0]["how"] == "app"
    assert len(faces.held()) == 1
    assert maria.get(f"{path}/picture").content == faces.boss("GET", "/picture").content
    [consent] = faces.boss("GET").json()["consents"]
    assert (consent["how"], consent["given_on"]) == ("app", NOON.date().isoformat())
    assert maria.call("DELETE", f"{path}/consent").status_code == 204
    assert (faces.held(), faces.files()) == ([], [])
    assert maria.get("/api/resident/faces").json()[0]["consents"][0]["withdrawn_at"] is not None


def test_a_neighbour_has_a_face_of_their_own(faces: Faces, maria: Person, tower: Tower) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    petr = tower.resident("Пётр", "17", "petr@example.org")
    [his] = petr.get("/api/resident/faces").json()
    assert (his["consents"], his["stored_at"]) == ([], None)
    assert petr.get(f"/api/resident/faces/{his['company_id']}/picture").status_code == 404
    stranger = "00000000-0000-0000-0000-000000000009"
    assert petr.get(f"/api/resident/faces/{stranger}/picture").json()["code"] == "not_at_home"
    assert petr.call("DELETE", f"/api/resident/faces/{his['company_id']}/consent").status_code == 404
    assert len(faces.held()) == 1


@pytest.mark.parametrize(
    ("more", "holds"),
    [
        ({"holder": "Мария  ЕЛКИНА"}, True),
        ({"holder": "Пётр"}, False),
        ({"holder": ""}, False),
        ({"holder": "Мария Ёлкина", "kind": "guest"}, False),
        ({"holder": "Мария Ёлкина", "kind": "staff"}, True),
        ({"holder": "Мария Ёлкина", "premises_id": None}, False),
        ({"holder": "", "host": True}, True),
        ({"holder": "Пётр", "host": True}, False),
    ],
)
def test_whose_a_pass_is(faces: Faces, more: dict[str, Any], holds: bool) -> None:
    faces.boss("POST", "/consent", PAPER)
    if more.pop("host", False):
        more["host_id"] = faces.person
    more |= {} if more["holder"] else {"plates": ["Х711ТТ90"]}
    before = faces.issue(**more, valid_until=(NOON + timedelta(days=2)).isoformat())
    faces.store()
    after = faces.issue(**more, valid_until=(NOON + timedelta(days=2)).isoformat())
    assert [bool(faces.held(each)) for each in (before, after)] == [holds, holds]


def test_who_moves_away_is_not_known_at_the_door(faces: Faces, work: Callable[[Any], None]) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    rows = faces.tower.boss.get(f"/api/people/{faces.person}/residencies").json()
    [residency] = rows["items"] if isinstance(rows, dict) else rows
    gone = faces.tower.boss.call("DELETE", f"/api/people/{faces.person}/residencies/{residency['id']}")
    assert gone.status_code == 204
    work(jobs.match_faces)
    assert faces.held() == []
    body = {"premises_id": faces.tower.flats["17"], "role": "owner"}
    faces.tower.post(f"/api/people/{faces.person}/residencies", body)
    work(jobs.match_faces)
    assert len(faces.held()) == 1


@pytest.fixture
def work(tower: Tower) -> Callable[[Any], None]:
    tools = Tools(tower.api.worker, tower.api.house.settings)
    return lambda job: job(tools)


def erase(tower: Tower, kind: KeptKind, days: int) -> tuple[int, int, list[str]]:
    """What the worker erases when so many days have passed."""
    company = tower.boss.company
    assert company is not None
    before = NOON + timedelta(days=days)
    with tower.api.worker.transaction(tower.scope) as session:
        parts = [part for part in access.KEPT if part.kind is kind]
        overdue = sum(part.overdue(session, company, before) for part in parts)
        gone = [part.erase(session, company, before, 100) for part in parts]
        assert not any(part.overdue(session, company, before) for part in parts)
        return overdue, sum(each.rows for each in gone), [name for each in gone for name in each.files]


def test_a_picture_that_no_pass_needs_goes_when_its_time_is_over(faces: Faces, tower: Tower) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    [name] = faces.names()
    assert erase(tower, KeptKind.FACES, 400) == (0, 0, [])  # the pass has no end
    revoked = {"ids": [faces.pass_id], "reason": "переезд"}
    assert tower.boss.call("POST", "/api/access/passes/revoke", revoked).status_code == 200
    assert erase(tower, KeptKind.FACES, -1) == (0, 0, [])
    assert erase(tower, KeptKind.FACES, 1) == (1, 1, [name])
    assert (faces.names(), faces.held()) == ([], [])
    told = faces.boss("GET").json()
    assert (told["picture"], len(told["consents"])) == (None, 1)
    assert faces.used() == 0


def test_a_withdrawn_consent_is_forgotten_when_nobody_may_ask_any_more(faces: Faces, tower: Tower) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.boss("DELETE", "/consent")
    faces.boss("POST", "/consent", PAPER)
    assert erase(tower, KeptKind.CONSENTS, 1) == (1, 1, [])
    assert [each["withdrawn_at"] for each in faces.boss("GET").json()["consents"]] == [None]


def test_each_look_stands_in_the_ledger_and_no_other_door_shows_it(faces: Faces, tower: Tower) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    [name] = faces.names()
    faces.boss("GET", "/picture")
    tower.api.house.ledger.flush()
    looks = tower.boss.get("/api/looks", params={"kind": "faces"}).json()["items"]
    assert [(each["operation"], each["subjects"]) for each in looks] == [
        ("get_picture", [f"person:{faces.person}"])
    ]
    assert tower.boss.get(f"/api/files/{name}").status_code == 404
    assert tower.boss.call("DELETE", f"/api/files/{name}").status_code == 404
    accountant = tower.api.colleague(tower.boss, "money@example.org", ["accountant"])
    assert accountant.get(faces.path).status_code == 200
    assert accountant.get(f"{faces.path}/picture").status_code == 403


@pytest.mark.parametrize("data", [b"", b"GIF89a", portrait()[:300], b"\xff\xd8" + bytes(100)])
def test_what_is_no_picture_is_refused_and_the_one_before_stays(faces: Faces, data: bytes) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    names = faces.names()
    refused = send(faces.tower.boss, f"{faces.path}/picture", data)
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (422, "file")
    assert faces.names() == names


def test_without_the_tables_nothing_of_faces_stays(faces: Faces, database: RealDatabase) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    config = alembic_config(database.owner_url)
    command.downgrade(config, "0050")
    with psycopg.connect(database.admin_url) as connection:
        assert connection.execute("SELECT count(*) FROM stored_file WHERE kind = 'face'").fetchone() == (0,)
    command.upgrade(config, "head")
    assert faces.boss("GET").json()["consents"] == []
    assert faces.issue(holder="Мария Ёлкина")


def test_everybody_reads_the_text_that_is_agreed_to(faces: Faces) -> None:
    for language, word in (("ru", "согласие"), ("en", "agree")):
        told = faces.tower.boss.get(faces.path, headers={"Accept-Language": language}).json()["to_agree"]
        assert word in told["text"]
        assert told["version"] == CURRENT


def test_a_claim_to_a_face_is_nobodys_document(faces: Faces) -> None:
    faces.boss("POST", "/consent", PAPER)
    faces.store()
    with faces.tower.api.house.database.transaction(faces.tower.scope) as session:
        assert session.scalars(select(StoredFile.kind)).all() == ["face"]
        session.execute(delete(Face))
    assert date.fromisoformat(PAPER["given_on"]) < NOON.date()
