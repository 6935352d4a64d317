"""Files from boxes over real TLS: whole, in pieces, again, and wrong."""

from hashlib import sha256

import httpx
import pytest
from sqlalchemy import func, select

from cloud.edge_api.uploads import MOST_FILE_BYTES, ContentRangeInvalid, read_range
from cloud.kernel.claims import MEGABYTE
from cloud.kernel.database import Scope
from cloud.kernel.http import TooLarge
from cloud.kernel.tables import DomainEventRow, FileUsage, StoredFile
from cloud.kernel.tenancy import Role
from tests.cloud.pki.serving import EdgeServer, FakeBox, new_code
from tests.cloud.sites.building import House

STILL = bytes(range(256)) * 3000
NAME = sha256(STILL).hexdigest()
URL = f"/edge/files/{NAME}"


@pytest.fixture
def box(house: House, server: EdgeServer) -> FakeBox:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    return box


def put(client: httpx.Client, first: int, until: int) -> httpx.Response:
    headers = {"Content-Range": f"bytes {first}-{until - 1}/{len(STILL)}", "Content-Type": "image/jpeg"}
    return client.put(URL, content=STILL[first:until], headers=headers)


def test_whole_and_again(house: House, server: EdgeServer, box: FakeBox) -> None:
    with box.client() as client:
        first = client.put(URL, content=STILL, headers={"Content-Type": "image/jpeg"})
        again = client.put(URL, content=STILL)
        head = client.head(URL)
    assert [answer.status_code for answer in (first, again, head)] == [201, 201, 200]
    assert head.headers["Upload-Complete"] == "?1"
    assert server.house.files.path(NAME).read_bytes() == STILL
    with house.work() as session:
        stored = session.query(StoredFile).one()
        assert (stored.sha256, stored.size, stored.media_type) == (NAME, len(STILL), "image/jpeg")


def test_in_pieces_and_after_a_break(server: EdgeServer, box: FakeBox) -> None:
    with box.client() as client:
        assert client.head(URL).headers["Upload-Offset"] == "0"
        assert put(client, 0, 300_000).status_code == 202
        astray = put(client, 500_000, 600_000)
        assert (astray.status_code, astray.headers["Upload-Offset"]) == (409, "300000")
        assert client.head(URL).headers["Upload-Offset"] == "300000"
        assert put(client, 300_000, len(STILL)).status_code == 201
    assert server.house.files.path(NAME).read_bytes() == STILL


def test_what_does_not_match_its_name_is_dropped(server: EdgeServer, box: FakeBox) -> None:
    with box.client() as client:
        refused = client.put(URL, content=b"another picture")
        assert refused.json()["code"] == "file_hash_mismatch"
        assert client.head(URL).headers["Upload-Offset"] == "0"
        assert client.put(URL, content=STILL).status_code == 201


def test_strangers_and_bad_names(server: EdgeServer, box: FakeBox) -> None:
    with box.client(shows_certificate=False) as client:
        assert client.put(URL, content=STILL).json()["code"] == "box_unknown"
    with box.client() as client:
        assert client.put("/edge/files/..%2f..%2fetc", content=b"x").status_code in {404, 422}
        assert client.put("/edge/files/ABC", content=b"x").json()["code"] == "invalid"


def test_another_companys_copy_is_not_told(house: House, server: EdgeServer, box: FakeBox) -> None:
    with box.client() as client:
        client.put(URL, content=STILL).raise_for_status()
    house.company = house.make_company("Спарта")
    other = FakeBox(server)
    other.enrol(new_code(house, server)).raise_for_status()
    with other.client() as client:
        assert client.head(URL).headers["Upload-Complete"] == "?0"
        assert client.put(URL, content=STILL).status_code == 201
        assert client.head(URL).headers["Upload-Complete"] == "?1"


@pytest.mark.parametrize(
    "text", ["bytes 5-4/10", "bytes 0-10/10", "bytes */10", "items 0-1/2", "bytes 0-1/*", "bytes -1-2/5"]
)
def test_a_wrong_range(text: str) -> None:
    with pytest.raises(ContentRangeInvalid):
        read_range(text, None)


def test_neither_range_nor_length() -> None:
    with pytest.raises(ContentRangeInvalid):
        read_range(None, None)


def test_too_large_a_file() -> None:
    with pytest.raises(TooLarge):
        read_range(f"bytes 0-9/{MOST_FILE_BYTES + 1}", None)


def test_a_full_company_refuses_before_the_bytes_come_and_says_when_to_come_back(
    house: House, server: EdgeServer, box: FakeBox
) -> None:
    company = Scope.organisation(house.company)
    room = server.house.settings.files_quota_mb * MEGABYTE
    with house.database().transaction(company) as session:
        session.add(FileUsage(organisation_id=house.company, bytes=room - len(STILL) + 1))
    with box.client() as client:
        answers = [client.put(URL, content=STILL) for _ in range(3)]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(507, "no_room")}
        assert answers[0].headers["Retry-After"] == "600"
        assert client.head(URL).headers["Upload-Offset"] == "0"
        with house.database().transaction(company) as session:
            session.get_one(FileUsage, house.company).bytes -= 1
        assert client.put(URL, content=STILL).status_code == 201
    assert told_of_no_room(house) == [(str(box.id), 10240)]


def test_what_came_in_full_without_room_is_finished_later_and_not_sent_again(
    house: House, server: EdgeServer, box: FakeBox
) -> None:
    """Two boxes may take the last room at once: the claim at the end has the last word."""
    assert box.id is not None
    store = server.house.files
    store.append(NAME, box.id, 0, STILL)
    with box.client() as client:
        assert client.head(URL).headers["Upload-Offset"] == str(len(STILL))
        assert put(client, len(STILL) - 1, len(STILL)).status_code == 201
        assert client.head(URL).headers["Upload-Complete"] == "?1"
    assert (store.path(NAME).read_bytes(), store.received(NAME, box.id)) == (STILL, 0)


def test_a_violation_is_told_from_a_still(house: House, server: EdgeServer, box: FakeBox) -> None:
    violation = b"no helmet"
    with box.client() as client:
        client.put(URL, content=STILL).raise_for_status()
        path = f"/edge/files/{sha256(violation).hexdigest()}"
        client.put(path, content=violation, headers={"File-Kind": "violation"}).raise_for_status()
    with house.work() as session:
        kinds = session.execute(select(StoredFile.size, StoredFile.kind)).all()
    assert {tuple(row) for row in kinds} == {(len(STILL), "still"), (len(violation), "violation")}


def test_a_file_that_is_not_what_it_says_is_not_claimed(
    house: House, server: EdgeServer, box: FakeBox
) -> None:
    with box.client() as client:
        assert client.put(URL, content=b"another picture").status_code == 400
    with house.work() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
        assert session.scalar(select(func.coalesce(func.sum(FileUsage.bytes), 0))) == 0


def told_of_no_room(house: House) -> list[tuple[str, int]]:
    with house.work(Role.WORKER) as session:
        told = select(DomainEventRow.payload).where(DomainEventRow.name == "sites.no_room_for_files")
        return [(payload["box_id"], payload["quota_mb"]) for payload in session.scalars(told)]
