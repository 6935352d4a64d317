"""Files from boxes over real TLS: whole, in pieces, again, and wrong."""

from hashlib import sha256

import httpx
import pytest

from cloud.edge_api.uploads import MOST_FILE_BYTES, ContentRangeInvalid, read_range
from cloud.kernel.http import TooLarge
from cloud.kernel.tables import StoredFile
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
