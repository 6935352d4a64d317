"""No company sees or touches another's: every endpoint is called as the owner, and as a rival with the same request.

The rival calls first and again last; the owner's success in between proves that the request was a right one and that
the rival had changed nothing. The table of calls must cover the API's description: a new endpoint needs a line.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.kernel.database import Database
from cloud.kernel.tenancy import Role
from cloud.sites import authority
from tests.cloud.serving import Person, Served, served
from tests.contract.world import PAPER, ZONE, Made, Make, World, portrait, whole
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

DENIED = {403, 404}

# Asked by anyone, or about the caller's own account alone: there is no other company's thing to name.
OF_NO_COMPANY = {
    "GET /api/health",
    "GET /api/ready",
    "GET /api/first-run",
    "POST /api/first-run",
    "GET /api/session",
    "POST /api/session",
    "DELETE /api/session",
    "POST /api/invitation",
    "POST /api/invitation/accept",
    "POST /api/password-reset",
    "POST /api/password-reset/confirm",
    "PATCH /api/account",
    "POST /api/account/password",
    "POST /api/account/totp",
    "POST /api/account/totp/confirm",
    "POST /api/account/totp/remove",
    "GET /api/account/sessions",
    "DELETE /api/account/sessions",
    "DELETE /api/account/sessions/{session_id}",  # covered by the organisations' own tests
    "DELETE /api/account/companies/{organisation_id}",  # likewise
    "GET /api/account/preferences",  # likewise
    "PUT /api/account/preferences/{key}",
    "DELETE /api/account/preferences/{key}",
    "POST /api/companies",  # the operator's alone
    "GET /api/meters/profiles",  # the house's data
    "GET /api/device-drivers",  # likewise
    "POST /api/access/recognise",  # says what a text is; reads no row
    "GET /api/stream",  # below, on its own
}
# About the caller's own home; the wall around that is tried in tests/cloud/residents.
AT_HOME = {
    "DELETE /api/resident/passes/{pass_id}/keys/{key}/watch",
    "DELETE /api/resident/passes/{pass_id}/watch",
    "GET /api/resident/calls",
    "GET /api/resident/calls/{call_id}",
    "GET /api/resident/calls/{call_id}/still",
    "GET /api/resident/doors",
    "DELETE /api/resident/faces/{company_id}/consent",
    "DELETE /api/resident/faces/{company_id}/picture",
    "GET /api/resident/faces",
    "GET /api/resident/faces/{company_id}/picture",
    "POST /api/resident/faces/{company_id}/consent",
    "PUT /api/resident/faces/{company_id}/picture",
    "GET /api/resident/kinds",
    "GET /api/resident/notices",
    "GET /api/resident/orders/{order_id}",
    "GET /api/resident/passes",
    "GET /api/resident/passes/{pass_id}",
    "GET /api/resident/passes/{pass_id}/link",
    "GET /api/resident/passes/{pass_id}/passages",
    "GET /api/resident/premises",
    "POST /api/resident/calls/{call_id}/answer",
    "POST /api/resident/doors/{point_id}/open",
    "POST /api/resident/invitation",
    "POST /api/resident/invitation/accept",
    "POST /api/resident/notices/read",
    "POST /api/resident/passes",
    "POST /api/resident/passes/{pass_id}/revoke",
    "PUT /api/resident/passes/{pass_id}/keys/{key}/watch",
    "PUT /api/resident/passes/{pass_id}/watch",
    "PUT /api/resident/passes/{pass_id}/window",
}


def named(parameter: str, maker: Callable[[World], Any], body: Callable[[World], Any] | None = None) -> Make:
    """One thing in the path, whose maker gives its id or several parts of the path."""

    def make(world: World) -> Made:
        made = maker(world)
        parts = made if isinstance(made, dict) else {parameter: made}
        return parts, body(world) if body else None

    return make


def bare(body: Callable[[World], Any] | None = None) -> Make:
    return lambda world: ({}, body(world) if body else None)


def plainly(**body: Any) -> Callable[[World], Any]:
    return lambda world: body | ({"name": world.name()} if body.get("name") == "" else {})


def device_change(world: World) -> Made:
    made = world.device()
    return made, world.device_body(made["box_id"])


def point_change(world: World) -> Made:
    made = world.point()
    return made, {"box_id": made["box_id"], "name": world.name()}


W = World
NAMING: dict[str, Make] = {
    # a thing is named, in the path or in the body: the rival is told that there is none
    "GET /api/housing/complexes/{complex_id}": named("complex_id", W.complex),
    "PUT /api/housing/complexes/{complex_id}": named(
        "complex_id", W.complex, plainly(name="", kind="apartments")
    ),
    "GET /api/housing/buildings/{building_id}": named("building_id", W.building),
    "PUT /api/housing/buildings/{building_id}": named("building_id", W.building, W.building_body),
    "GET /api/housing/buildings/{building_id}/entrances": named("building_id", W.building),
    "POST /api/housing/buildings": bare(W.building_body),
    "POST /api/housing/entrances": bare(lambda w: {"building_id": w.building(), "name": "1"}),
    "POST /api/housing/premises": bare(W.premises_body),
    "GET /api/housing/premises/{premises_id}": named("premises_id", W.premises),
    "PUT /api/housing/premises/{premises_id}": named("premises_id", W.premises, W.premises_body),
    "GET /api/people/{person_id}": named("person_id", W.person),
    "PUT /api/people/{person_id}": named("person_id", W.person, plainly(name="")),
    "GET /api/people/{person_id}/residencies": named("person_id", W.person),
    "GET /api/people/{person_id}/account": named("person_id", W.resident),
    "POST /api/people/{person_id}/account": named(
        "person_id", W.person, lambda w: {"email": f"r{next(w.numbers)}@example.org"}
    ),
    "DELETE /api/people/{person_id}/account": named("person_id", W.resident),
    "GET /api/people/{person_id}/face": named("person_id", W.faced),
    "POST /api/people/{person_id}/face/consent": named("person_id", W.person, plainly(**PAPER)),
    "DELETE /api/people/{person_id}/face/consent": named("person_id", W.faced),
    "GET /api/people/{person_id}/face/picture": named("person_id", W.faced),
    "DELETE /api/people/{person_id}/face/picture": named("person_id", W.faced),
    "POST /api/people/{person_id}/residencies": named(
        "person_id", W.person, lambda w: {"premises_id": w.premises(), "role": "owner"}
    ),
    "DELETE /api/people/{person_id}/residencies/{residency_id}": named("", W.residency),
    "GET /api/sites/{site_id}": named("site_id", W.site),
    "PUT /api/sites/{site_id}": named("site_id", W.site, plainly(name="", time_zone=ZONE)),
    "DELETE /api/sites/{site_id}": named("site_id", W.site),
    "GET /api/sites/{site_id}/zones": named("site_id", W.site),
    "PUT /api/zones/{zone_id}": named("zone_id", W.zone, plainly(name="")),
    "DELETE /api/zones/{zone_id}": named("zone_id", W.zone),
    "POST /api/sites/{site_id}/zones": named("site_id", W.site, plainly(name="")),
    "POST /api/boxes": bare(lambda w: {"site_id": w.site(), "name": w.name()}),
    "GET /api/boxes/{box_id}": named("box_id", W.box),
    "PUT /api/boxes/{box_id}": named("box_id", W.box, plainly(name="")),
    "DELETE /api/boxes/{box_id}": named("box_id", W.box),
    "GET /api/boxes/{box_id}/fire": named("box_id", W.box),
    "PUT /api/boxes/{box_id}/fire": named("box_id", W.box, plainly(inputs=[])),
    "PUT /api/boxes/{box_id}/page-certificate": named("box_id", W.box_with_page, W.page_body),
    "DELETE /api/boxes/{box_id}/page-certificate": named("box_id", W.box_with_certificate),
    "POST /api/boxes/{box_id}/code": named("box_id", W.box),
    "POST /api/boxes/{box_id}/commands": named(
        "box_id", W.enrolled_box, plainly(kind="restart", reason="завис")
    ),
    "GET /api/boxes/{box_id}/configuration": named("box_id", W.box),
    "POST /api/boxes/{box_id}/configuration": named("box_id", W.box),
    "GET /api/boxes/{box_id}/configuration/preview": named("box_id", W.box),
    "POST /api/boxes/{box_id}/replacement": named("box_id", W.revoked_box),
    "POST /api/boxes/{box_id}/revoke": named("box_id", W.enrolled_box, plainly(reason="украден")),
    "GET /api/commands/{command_id}": named("command_id", W.command),
    "POST /api/devices": bare(W.device_body),
    "GET /api/devices/{device_id}": named("", W.device),
    "PUT /api/devices/{device_id}": device_change,
    "DELETE /api/devices/{device_id}": named("", W.device),
    "POST /api/points": bare(lambda w: {"box_id": w.box(), "name": w.name()}),
    "GET /api/points/{point_id}": named("", W.point),
    "PUT /api/points/{point_id}": point_change,
    "DELETE /api/points/{point_id}": named("", W.point),
    "PUT /api/access/point-policies/{point_id}": named("point_id", W.point_policy, plainly(approval=True)),
    "POST /api/points/{point_id}/open": named("", W.point, plainly(reason="скорая")),
    "POST /api/points/{point_id}/close": named("", W.point, plainly(reason="скорая")),
    "POST /api/points/{point_id}/stop": named("", W.point, plainly(reason="скорая")),
    "POST /api/points/{point_id}/hold": named(
        "", W.point, plainly(reason="переезд", until=(NOON + timedelta(hours=3)).isoformat())
    ),
    "POST /api/points/{point_id}/release": named("", W.point, plainly(reason="скорая")),
    "POST /api/access/passes": bare(W.pass_body),
    "GET /api/journal/boxes/{box_id}": named("box_id", W.box),
    "GET /api/journal/boxes/{box_id}/keys": named("box_id", W.box),
    "GET /api/journal/boxes/{box_id}/pdf": named("box_id", W.box),
    "GET /api/access/passes/{pass_id}": named("pass_id", W.pass_),
    "GET /api/access/passes/{pass_id}/link": named("pass_id", W.pass_),
    "PUT /api/access/passes/{pass_id}": named("pass_id", W.pass_, W.pass_body),
    "POST /api/access/passes/revoke": bare(lambda w: {"ids": [w.pass_()], "reason": "не приедет"}),
    "POST /api/access/inside/left": bare(W.leaving),
    "POST /api/access/passes/change": bare(
        lambda w: {"ids": [w.pass_()], "valid_until": (NOON + timedelta(days=2)).isoformat()}
    ),
    "POST /api/access/passes/approve": bare(lambda w: {"ids": [w.requested()]}),
    "POST /api/access/passes/refuse": bare(lambda w: {"ids": [w.requested()], "reason": "нет мест"}),
    "GET /api/access/cards/{card_id}": named("card_id", W.card),
    "PUT /api/access/cards/{card_id}": named("card_id", W.card, plainly(label="Брелок 17")),
    "POST /api/access/cards/{card_id}/give": named("card_id", W.card, lambda w: {"pass_id": w.pass_()}),
    "POST /api/access/cards/{card_id}/move": named("card_id", W.given_card, plainly(state="stock")),
    "POST /api/access/blacklist": bare(
        lambda w: {"site_id": w.site(), "person": w.name(), "reason": "драка"}
    ),
    "DELETE /api/access/blacklist/{block_id}": named("block_id", W.blocked),
    "GET /api/access/sites/{site_id}/code-keys": named("site_id", W.site),
    "POST /api/access/code-keys/{key_id}/revoke": named("key_id", W.code_key, plainly(reason="ключ утёк")),
    "GET /api/access/passages/{passage_id}": named("passage_id", W.passage),
    "GET /api/calls/{call_id}": named("call_id", W.call),
    "GET /api/alarms/{alarm_id}": named("alarm_id", W.alarm),
    "POST /api/alarms/{alarm_id}/acknowledge": named("alarm_id", W.alarm),
    "POST /api/meters": bare(W.meter_body),
    "GET /api/meters/{meter_id}": named("meter_id", W.meter),
    "DELETE /api/meters/{meter_id}": named("meter_id", W.meter),
    "GET /api/telemetry/series/{series_id}": named("series_id", W.series),
    "GET /api/telemetry/series/{series_id}/points": named("series_id", W.series),
    "PUT /api/roles/{role_id}": named("role_id", W.role, W.role_body),
    "DELETE /api/roles/{role_id}": named("role_id", W.role),
    "GET /api/staff/{membership_id}": named("membership_id", W.staff),
    "PATCH /api/staff/{membership_id}": named("membership_id", W.staff, lambda w: {"role_ids": [w.role()]}),
    "DELETE /api/staff/{membership_id}": named("membership_id", W.staff),
    "GET /api/watch/passes/{pass_id}": named("pass_id", W.gate_pass),
    "GET /api/watch/shifts/{shift_id}": named("shift_id", W.shift),
    "POST /api/watch/passes/{pass_id}/settle": named("pass_id", W.conflict, plainly()),
    "POST /api/watch/visits/{visit_id}/settle": named("visit_id", W.listed_visit, plainly()),
    "GET /api/violations/{violation_id}": named("violation_id", W.violation),
    "POST /api/violations/{violation_id}/step": named("violation_id", W.violation, plainly(state="notified")),
    "GET /api/sites/{site_id}/gate-posts": named("site_id", W.site),
    "POST /api/sites/{site_id}/gate-posts": named("site_id", W.site, plainly(name="КПП")),
    "POST /api/gate-posts/{post_id}/code": named("post_id", W.gate_post),
    "DELETE /api/gate-posts/{post_id}": named("post_id", W.gate_post),
    "GET /api/guards/{guard_id}": named("guard_id", W.guard),
    "PUT /api/guards/{guard_id}": named("guard_id", W.guard, plainly(enabled=True)),
    "POST /api/guards/{guard_id}/pin": named("guard_id", W.guard, plainly()),
    "POST /api/guards/{guard_id}/cards": named("guard_id", W.guard, plainly(text="018,23011")),
    "DELETE /api/guards/{guard_id}/cards/{card_id}": named("", W.guard_card),
    "GET /api/files/{sha256}": named("sha256", W.file),
    "DELETE /api/files/{sha256}": named("sha256", W.file),
    "PUT /api/companies/{company_id}": lambda w: ({"company_id": str(w.boss.company)}, {"name": w.name()}),
}
CREATING: dict[str, Make] = {
    # nothing is named but the company written to: the rival may not write there
    "POST /api/housing/complexes": bare(plainly(name="", kind="settlement")),
    "POST /api/people": bare(plainly(name="")),
    "POST /api/access/cards": bare(lambda w: {"card": {"text": w.card_text()}}),
    "POST /api/access/cards/import": bare(lambda w: {"cards": [{"text": w.card_text()}]}),
    "POST /api/sites": bare(plainly(name="", time_zone=ZONE)),
    "PUT /api/retention": bare(lambda _: {"days": {"visitors": 7}}),
    "PUT /api/access/policies": bare(lambda _: {"kind": "guest", "longest_days": 7}),
    "POST /api/roles": bare(W.role_body),
    "POST /api/staff": bare(W.invite_body),
}
LISTING: dict[str, Callable[[World], Any]] = {
    # the rival's own list shows nothing of the owner's; asking for the owner's company is refused
    "GET /api/housing/complexes": W.complex,
    "GET /api/housing/buildings": W.building,
    "GET /api/housing/premises": W.premises,
    "GET /api/people": W.person,
    "GET /api/sites": W.site,
    "GET /api/boxes": W.box,
    "GET /api/commands": W.command,
    "GET /api/devices": lambda w: w.device()["device_id"],
    "GET /api/points": lambda w: w.point()["point_id"],
    "GET /api/access/passes": W.pass_,
    "GET /api/access/cards": W.card,
    "GET /api/access/blacklist": W.blocked,
    "GET /api/access/policies": W.policy,
    "GET /api/access/point-policies": W.point_policy,
    "GET /api/access/passages": W.passage,
    "GET /api/calls": W.call,
    "GET /api/access/inside": W.inside,
    "GET /api/access/occupancy": W.zone,
    "GET /api/access/lanes": lambda w: w.point()["point_id"],
    "GET /api/site-names": W.site,
    "GET /api/alarms": W.alarm,
    "GET /api/quarantine": W.quarantined,
    "GET /api/quarantine/types": W.unknown_type,
    "GET /api/meters": W.meter,
    "GET /api/telemetry/series": W.meter,
    "GET /api/roles": W.role,
    "GET /api/staff": W.staff,
    "GET /api/watch/decisions": W.decision,
    "GET /api/watch/visits": W.visit,
    "GET /api/watch/shifts": W.shift,
    "GET /api/watch/passes": W.gate_pass,
    "GET /api/violations": W.violation,
    "GET /api/guards": W.guard_with_pin,
    "GET /api/audit": W.complex,
    "GET /api/looks": W.look,
    "GET /api/retention": W.rule,
    "GET /api/companies": lambda w: str(w.boss.company),
}
COUNTING = {"GET /api/access/passes/counts": W.pass_, "GET /api/access/cards/counts": W.card}
STATISTICS = {"GET /api/access/statistics", "GET /api/access/statistics.xlsx"}
TAKING = {"GET /api/looks.xlsx"}
UPLOADING = {
    "POST /api/files",
    "POST /api/access/passes/import",
    "PUT /api/people/{person_id}/face/picture",
}


@pytest.fixture(scope="module")
def api(module_database: RealDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("house")
    ca = authority.make_authority("Test", ec.generate_private_key(ec.SECP256R1()), NOON)
    (folder / "ca.pem").write_bytes(authority.to_pem(ca.certificate))
    with served(module_database, folder, mqtt_ca=folder / "ca.pem") as running:
        yield running


@pytest.fixture(scope="module")
def world(api: Served, module_database: RealDatabase) -> Iterator[World]:
    ports = api.house.database.ports
    ingest = Database(module_database.url(Role.INGEST), ports=ports, pool_size=1)
    served_as = Database(module_database.url(Role.API), ports=ports, pool_size=1)
    boss = api.operator(company="Афины")
    assert boss.company is not None
    owner = api.colleague(boss, "owner@example.org", ["administrator"])
    yield World(owner, ingest, served_as, api.worker)
    ingest.close()
    served_as.close()


@pytest.fixture(scope="module")
def rival(api: Served, world: World) -> Person:
    """The administrator of another company, who may do everything there."""
    operator = api.visitor()
    assert operator.sign_in("boss@example.org").status_code == 200
    made = operator.call("POST", "/api/companies", {"name": "Спарта"})
    assert made.status_code == 201, made.text
    return api.colleague(operator.work_in(made.json()["id"]), "rival@example.org", ["administrator"])


def ask(person: Person, line: str, made: Made) -> Any:
    method, path = line.split(" ")
    parts, body = made
    return person.call(method, path.format(**parts), body)


def test_every_endpoint_has_its_line(api: Served) -> None:
    described = api.visitor().get("/api/openapi.json").json()["paths"]
    lines = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    tables = [
        set(NAMING),
        set(CREATING),
        set(LISTING),
        set(COUNTING),
        STATISTICS,
        TAKING,
        UPLOADING,
        OF_NO_COMPANY,
        AT_HOME,
    ]
    known = set().union(*tables)
    assert lines - known == set(), "a new endpoint: say here how the owner calls it"
    assert known - lines == set(), "an endpoint is gone"
    assert sum(map(len, tables)) == len(known)


@pytest.mark.parametrize("line", sorted(TAKING))
def test_what_is_taken_away_is_ones_own(world: World, rival: Person, line: str) -> None:
    path, of_owner = line.removeprefix("GET "), {"company": str(world.boss.company)}
    assert rival.get(path, params=of_owner).status_code in DENIED
    assert world.boss.get(path, params=of_owner).status_code == 200


@pytest.mark.parametrize("line", sorted(STATISTICS))
def test_what_is_counted_is_ones_own(world: World, rival: Person, line: str) -> None:
    site = UUID(world.site())
    period = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", "site_id": str(site)}
    path = line.removeprefix("GET ")
    for person, status in ((rival, 404), (world.boss, 200), (rival, 404)):
        assert person.client.get(path, params=period).status_code == status


def test_a_table_is_issued_at_ones_own_sites_alone(world: World, rival: Person) -> None:
    site, table = world.site(), ("guests.csv", "ФИО\nПетров Пётр\n".encode())
    for person, status in ((rival, 404), (world.boss, 200), (rival, 404)):
        draft = {"id": str(uuid4()), "site_id": site, "valid_until": (NOON + timedelta(hours=9)).isoformat()}
        form = {"draft": json.dumps(draft)}
        answer = person.client.post("/api/access/passes/import", files={"file": table}, data=form)
        assert answer.status_code == status, answer.text


def test_a_face_is_of_one_s_own_company(world: World, rival: Person) -> None:
    path = f"/api/people/{world.faced()}/face/picture"
    for person, status in ((rival, 404), (world.boss, 200), (rival, 404)):
        answer = person.client.put(path, files={"file": ("face.jpg", portrait(), "image/jpeg")})
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("line", sorted(NAMING))
def test_a_thing_of_another_company_is_not_there(world: World, rival: Person, line: str) -> None:
    made = NAMING[line](world)
    before = ask(rival, line, made)
    assert before.status_code in DENIED, before.text
    mine = ask(world.boss, line, made)
    assert mine.is_success, mine.text
    after = ask(rival, line, made)
    assert after.status_code in DENIED, after.text
    assert world.boss.company is not None
    trespassing = rival.client.request(
        line.split(" ", maxsplit=1)[0],
        line.split(" ")[1].format(**made[0]),
        json=made[1],
        headers={"X-Organisation": str(world.boss.company)},
    )
    assert trespassing.status_code in DENIED, trespassing.text


@pytest.mark.parametrize("line", sorted(CREATING))
def test_nobody_writes_into_another_company(world: World, rival: Person, line: str) -> None:
    method, path = line.split(" ")
    _, body = CREATING[line](world)
    headers = {"X-Organisation": str(world.boss.company)}
    answer = rival.client.request(method, path, json=body, headers=headers)
    assert answer.status_code == 403, answer.text
    assert world.boss.call(method, path, body).status_code in {200, 201}


@pytest.mark.parametrize("line", sorted(LISTING))
def test_a_list_shows_only_one_s_own(world: World, rival: Person, line: str) -> None:
    path, marker = line.split(" ")[1], str(LISTING[line](world))
    all_of_it = whole(path)
    assert marker in world.boss.get(path, params=all_of_it).text
    theirs = rival.get(path, params=all_of_it)
    assert theirs.status_code == 200
    assert marker not in theirs.text
    assert str(world.boss.company) not in theirs.text
    asked = rival.get(path, params={"company": str(world.boss.company)} | all_of_it)
    assert asked.status_code == 403 or (asked.status_code == 200 and marker not in asked.text)


@pytest.mark.parametrize("line", sorted(COUNTING))
def test_counts_count_only_one_s_own(world: World, rival: Person, line: str) -> None:
    COUNTING[line](world)
    _, path = line.split()
    assert sum(world.boss.get(path).json().values()) > 0
    assert sum(rival.get(path).json().values()) == 0


def test_a_file_goes_into_one_s_own_company(world: World, rival: Person) -> None:
    file = {"file": ("a.txt", b"secret", "text/plain")}
    headers = {"X-Organisation": str(world.boss.company)}
    assert rival.client.post("/api/files", files=file, headers=headers).status_code == 403
    mine = world.boss.client.post("/api/files", files=file)
    assert mine.status_code == 201
    assert rival.get(f"/api/files/{mine.json()['sha256']}").status_code == 404


def test_the_live_stream_tells_only_of_one_s_own(world: World, rival: Person) -> None:
    with (
        rival.client.stream("GET", "/api/stream") as theirs,
        world.boss.client.stream("GET", "/api/stream") as ours,
    ):
        assert theirs.status_code == ours.status_code == 200
        marker = world.pass_()
        own = rival.call("POST", "/api/sites", {"name": "Свой", "time_zone": ZONE}).json()["id"]
        assert read_until(ours, marker)
        told = read_until(theirs, own)
        assert marker not in told


def read_until(stream: Any, marker: str) -> str:
    """What came up to the line that holds the marker; the client's own timeout ends a silence."""
    told = ""
    for line in stream.iter_lines():
        told += line + "\n"
        if marker in line:
            return told
    raise AssertionError(f"the stream ended without {marker}: {told}")
