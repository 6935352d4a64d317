"""The live stream over a real HTTP connection, NOTIFY and all."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import text

from cloud.kernel import realtime
from cloud.kernel.database import Scope
from cloud.kernel.permissions import Permission
from cloud.kernel.stream import Hub, Sees
from cloud.kernel.tenancy import Role
from deploy.demo.servers.processes import wait_until
from tests.cloud.serving import Person, Served, served
from tests.support.postgres import Database


@dataclass
class Message:
    id: int
    name: str
    data: dict[str, Any]


class Stream:
    """Reads server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def next(self) -> Message:
        """The next message; beats are skipped."""
        while (fields := self.next_fields())["event"] == "beat":
            pass
        return Message(int(fields["id"]), fields["event"], json.loads(fields["data"]))

    def next_change(self) -> Message:
        """The next change. A hub that has not heard of it yet says `ready` before: nothing later is known to it."""
        message = self.next()
        return self.next() if message.name == "ready" else message

    def next_fields(self) -> dict[str, str]:
        """The next message as it came, beats included."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                return fields
        raise EOFError


@contextmanager
def watching(person: Person, after: int | None = None, **query: str) -> Iterator[Stream]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with person.client.stream("GET", "/api/stream", headers=headers, params=query) as response:
        assert response.status_code == 200
        yield Stream(response)


def tell(
    api: Served, company: UUID | None, permission: Permission = Permission.STAFF_READ, *ids: UUID
) -> None:
    assert company is not None
    with api.house.database.transaction(Scope.organisation(company)) as session:
        for each in ids:
            realtime.publish(session, company, "passage", each, permission)


def test_what_changes_arrives_with_its_company_kind_and_id(api: Served) -> None:
    boss, first, second = api.operator(), uuid4(), uuid4()
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        tell(api, boss.company, Permission.STAFF_READ, first, second, first)
        one, two = stream.next(), stream.next()
    assert one.data == {"company": str(boss.company), "kind": "passage", "id": str(first)}
    assert two.data["id"] == str(second)
    assert two.id > one.id


def test_nobody_hears_of_other_companies_or_of_what_they_may_not_see(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    sparta = UUID(boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"])
    seen = uuid4()
    with watching(guard) as stream:
        assert stream.next().name == "ready"
        tell(api, sparta, Permission.PASSAGES_READ, uuid4())
        tell(api, boss.company, Permission.STAFF_READ, uuid4())
        tell(api, boss.company, Permission.PASSAGES_READ, seen)
        assert stream.next().data["id"] == str(seen)


def test_a_stream_is_narrowed_to_a_company(api: Served) -> None:
    boss, seen = api.operator(), uuid4()
    sparta = UUID(boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"])
    with watching(boss, company=str(sparta)) as stream:
        assert stream.next().name == "ready"
        tell(api, boss.company, Permission.STAFF_READ, uuid4())
        tell(api, sparta, Permission.STAFF_READ, seen)
        assert stream.next().data["id"] == str(seen)


def test_a_stream_resumes_after_the_last_event_seen(api: Served) -> None:
    boss, missed = api.operator(), [uuid4() for _ in range(3)]
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        tell(api, boss.company, Permission.STAFF_READ, uuid4())
        last = stream.next().id
    tell(api, boss.company, Permission.STAFF_READ, *missed)
    with watching(boss, after=last) as stream:
        told = [stream.next() for _ in range(len(missed) + 1)]
    assert [each.data["id"] for each in told if each.name == "change"] == [str(each) for each in missed]
    assert [each.name for each in told].count("ready") == 1


def test_a_first_connection_goes_on_where_another_ended(api: Served) -> None:
    """A browser cannot send headers with a new connection; when it reconnects by itself, the header is the newer."""
    boss, missed = api.operator(), [uuid4(), uuid4()]
    with watching(boss) as stream:
        start = stream.next().id
    tell(api, boss.company, Permission.STAFF_READ, *missed)
    by_query = {"params": {"after": start}}
    with boss.client.stream("GET", "/api/stream", **by_query) as response:
        stream = Stream(response)
        first, second = stream.next_change(), stream.next_change()
        assert [first.data["id"], second.data["id"]] == [str(each) for each in missed]
    with boss.client.stream(
        "GET", "/api/stream", headers={"Last-Event-ID": str(first.id)}, **by_query
    ) as response:
        assert Stream(response).next_change().data["id"] == str(missed[1])


def test_what_is_no_longer_kept_must_be_reloaded(api: Served) -> None:
    boss = api.operator()
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        for _ in range(3):
            tell(api, boss.company, Permission.STAFF_READ, uuid4())
            assert stream.next().name == "change"
    with api.worker.transaction() as session:
        session.execute(text("SELECT realtime_purge('infinity')"))
    with watching(boss, after=1) as stream:
        assert stream.next().name == "reload"
    with watching(boss, after=10**9) as stream:  # of a database that was restored since
        assert stream.next().name == "reload"


def test_a_kind_that_nobody_listens_for_is_not_told(api: Served) -> None:
    boss = api.operator()
    assert boss.company is not None
    with (
        pytest.raises(ValueError, match="blacklist"),
        api.house.database.transaction(Scope.organisation(boss.company)) as session,
    ):
        realtime.publish(session, boss.company, "blacklist", uuid4(), Permission.STAFF_READ)


def test_a_rolled_back_change_is_not_told(api: Served) -> None:
    boss, kept = api.operator(), uuid4()
    assert boss.company is not None

    def fail() -> None:
        assert boss.company is not None
        with api.house.database.transaction(Scope.organisation(boss.company)) as session:
            realtime.publish(session, boss.company, "passage", uuid4(), Permission.STAFF_READ)
            raise RuntimeError

    with watching(boss) as stream:
        assert stream.next().name == "ready"
        with pytest.raises(RuntimeError):
            fail()
        tell(api, boss.company, Permission.STAFF_READ, kept)
        assert stream.next().data["id"] == str(kept)


def test_a_lost_listener_takes_up_where_it_was_lost(api: Served, database: Database) -> None:
    boss, told = api.operator(), uuid4()
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        with psycopg.connect(database.admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'domovoy listen' AND datname = %s",
                [database.name],
            )
        tell(api, boss.company, Permission.STAFF_READ, told)
        assert stream.next().data["id"] == str(told)


def test_a_restored_database_makes_everybody_reload(api: Served, database: Database) -> None:
    boss, first, second = api.operator(), uuid4(), uuid4()
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        tell(api, boss.company, Permission.STAFF_READ, first)
        assert stream.next().data["id"] == str(first)
        with psycopg.connect(database.admin_url, autocommit=True) as admin:
            admin.execute("TRUNCATE realtime_event RESTART IDENTITY")  # as it was, a while ago
            end_listener(admin)
        told = stream.next()
        assert (told.name, told.id) == ("reload", 0)
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        tell(api, boss.company, Permission.STAFF_READ, second)
        assert stream.next().data["id"] == str(second)


def end_listener(admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'domovoy listen' AND datname = current_database()"
    )


def test_not_many_ask_at_once_what_they_missed(api: Served, database: Database) -> None:
    boss = api.operator()
    tell(api, boss.company, Permission.STAFF_READ, uuid4(), uuid4())
    asking = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'domovoy resume'"

    def resume(_number: int) -> str:
        with watching(boss, after=1) as stream:
            return [stream.next().name for _ in range(2)][-1]

    with (
        ThreadPoolExecutor(12) as pool,
        psycopg.connect(database.admin_url, autocommit=True) as admin,
        psycopg.connect(database.admin_url) as blocking,
    ):
        blocking.execute("LOCK TABLE realtime_event IN ACCESS EXCLUSIVE MODE")
        resumed = [pool.submit(resume, number) for number in range(12)]
        assert wait_until(lambda: admin.execute(asking).fetchone() == (4,), 10)
        assert not wait_until(lambda: admin.execute(asking).fetchone() != (4,), 1)
        blocking.rollback()
        assert {each.result(timeout=20) for each in resumed} <= {"ready", "change"}


def test_ids_grow_in_commit_order_under_concurrency(api: Served) -> None:
    boss = api.operator()
    writers, each = 4, 10

    def write() -> None:
        for _ in range(each):
            tell(api, boss.company, Permission.STAFF_READ, uuid4())

    with watching(boss) as stream:
        assert stream.next().name == "ready"
        threads = [threading.Thread(target=write) for _ in range(writers)]
        for thread in threads:
            thread.start()
        ids = [stream.next().id for _ in range(writers * each)]
        for thread in threads:
            thread.join()
    assert ids == sorted(set(ids))


def test_a_stranger_gets_no_stream(api: Served) -> None:
    assert api.visitor().get("/api/stream").status_code == 401


def test_a_stream_ends_soon_after_its_session(database: Database, tmp_path: Path) -> None:
    hub = Hub(database.url(Role.API), recheck_s=0.2)
    with served(database, tmp_path, hub=hub) as api:
        boss = api.operator()
        other = api.visitor()
        other.sign_in("boss@example.org")
        with watching(other) as stream:
            assert stream.next().name == "ready"
            assert boss.call("DELETE", "/api/account/sessions").status_code == 204
            assert stream.next().name == "signed_out"


def test_a_quiet_stream_beats_and_says_nothing_to_resume_after(database: Database, tmp_path: Path) -> None:
    hub = Hub(database.url(Role.API), recheck_s=0.2)
    with served(database, tmp_path, hub=hub) as api, watching(api.operator()) as stream:
        assert stream.next().name == "ready"
        assert stream.next_fields() == {"event": "beat", "data": "{}"}
        assert stream.next_fields()["event"] == "beat"


def hears(api: Served, person: Person, stream: Stream, company: UUID) -> bool:
    """Whether a passage of the company is told to the watcher, who is told of their own company's in any case."""
    tell(api, company, Permission.PASSAGES_READ, other := uuid4())
    tell(api, person.company, Permission.PASSAGES_READ, own := uuid4())
    heard = stream.next().data["id"]
    if heard == str(other):
        assert stream.next().data["id"] == str(own)
        return True
    assert heard == str(own)
    return False


def test_a_watcher_sees_no_more_once_its_right_is_gone(database: Database, tmp_path: Path) -> None:
    hub = Hub(database.url(Role.API), recheck_s=0.2)
    with served(database, tmp_path, hub=hub) as api:
        boss = api.operator()
        guard = api.colleague(boss, "guard@example.org", ["guard"])
        sparta = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
        api.colleague(boss.work_in(sparta), "guard@example.org", ["guard"])
        member = boss.get("/api/staff", params={"q": "guard", "company": sparta}).json()["items"][0]["id"]
        with watching(guard) as stream:
            assert stream.next().name == "ready"
            tell(api, UUID(sparta), Permission.PASSAGES_READ, first := uuid4())
            assert stream.next().data["id"] == str(first)
            assert boss.call("DELETE", f"/api/staff/{member}").status_code == 204
            assert wait_until(lambda: not hears(api, guard, stream, UUID(sparta)), timeout_s=10)


async def always() -> Sees | None:
    return lambda _: True


async def test_a_watcher_that_falls_behind_must_reload(api: Served, database: Database) -> None:
    boss = api.operator()
    hub = Hub(database.url(Role.API), queue_length=2)
    listening = asyncio.create_task(hub.run())
    stream = hub.watch(lambda _: True, always, None)
    assert "event: ready" in await anext(stream)
    for _ in range(4):
        await asyncio.to_thread(tell, api, boss.company, Permission.STAFF_READ, uuid4(), uuid4())
    [watcher] = hub._watchers  # it does not read meanwhile
    assert await asyncio.to_thread(wait_until, lambda: watcher.lost, 10)
    told = [await anext(stream) for _ in range(3)]
    assert ["event: reload" in each for each in told] == [False, False, True]
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_what_another_process_told_is_not_told_again(api: Served, database: Database) -> None:
    boss, seen, unseen = api.operator(), uuid4(), uuid4()
    late = Hub(database.url(Role.API))
    listening = asyncio.create_task(late.run())
    await anext(late.watch(lambda _: True, always, None))
    listening.cancel()  # hears of nothing for a while
    await asyncio.gather(listening, return_exceptions=True)
    with watching(boss) as stream:
        assert stream.next().name == "ready"
        await asyncio.to_thread(tell, api, boss.company, Permission.STAFF_READ, seen, unseen)
        resume_after = stream.next().id
    resumed = late.watch(lambda _: True, always, resume_after)
    assert (await anext(resumed)).startswith(f"id: {resume_after}\nevent: ready\n")
    listening = asyncio.create_task(late.run())
    assert str(unseen) in await anext(resumed)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
