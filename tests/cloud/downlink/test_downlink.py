"""downlink on a real PostgreSQL and a real mosquitto, with a box that speaks the wire."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from cloud.downlink.answers import Outgoing
from cloud.downlink.mqtt import BrokerClient, RefusedError
from cloud.kernel.tenancy import Role
from cloud.sites import keyfiles, service
from cloud.sites.models import BoxState, Command
from cloud.telemetry.models import Quarantine, UnknownType
from deploy.demo.servers.mosquitto import MosquittoServer
from protocols import config
from protocols.fields import Direction
from protocols.held import ItemKind, encode_item
from protocols.messages import CommandKind, PullConfig, State
from protocols.records import CommandOutcome, CommandResult, ConfigApplied
from protocols.topics import Channel
from tests.cloud.downlink.boxes import WAIT_S, connected_box
from tests.cloud.downlink.conftest import Gate, Run
from tests.cloud.pki.certificates import MOSQUITTO_CONF, client_context, write_broker_folder
from tests.cloud.sites.building import make_pass
from tests.support.broker import StartBroker
from tests.support.tasks import end_tasks


async def eventually(condition) -> None:
    """Poll the database until the condition holds."""
    async with asyncio.timeout(WAIT_S):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110  # another process's row
            await asyncio.sleep(0.05)


def stored_state(gate: Gate) -> BoxState | None:
    with gate.work() as session:
        return session.get(BoxState, gate.box.id)


async def test_a_new_box_takes_a_snapshot_and_then_changes(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    items = [make_pass(str(number)) for number in range(3)]
    with gate.work() as session:
        service.append_items(session, gate.site.id, items)
    with gate.work(Role.INGEST) as session:
        service.record_uses(session, gate.site.id, items[0].id, Direction.IN, 1)
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.report()
        await box.until(lambda: box.version == 3)
        assert (box.snapshots, box.uses) == (1, {items[0].id: 1})
        await box.report()
        fourth = make_pass("4")
        with gate.work() as session:
            service.append_item(session, gate.site.id, fourth)
            service.remove_item(session, gate.site.id, ItemKind.PASS, items[1].id)
        await box.until(lambda: box.version == 5)
        assert box.held == {item.id: encode_item(item) for item in (items[0], items[2], fourth)}
        assert box.snapshots == 1


async def test_a_box_that_was_away_gets_what_it_missed(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.snapshots == 1)
        await box.report()
        await eventually(lambda: (state := stored_state(gate)) is not None and state.online)
    with gate.work() as session:
        service.append_item(session, gate.site.id, make_pass())
    async with connected_box(broker, gate.box.id, gate.public_key, box) as back:
        await back.report()
        await back.until(lambda: back.version == 1)
        assert back.snapshots == 0


async def test_a_box_that_differs_or_runs_ahead_takes_a_snapshot(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    item = make_pass()
    with gate.work() as session:
        service.append_item(session, gate.site.id, item)
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.version == 1)
        stranger = make_pass("99")
        box.held[stranger.id] = encode_item(stranger)
        await box.pull()
        await box.until(lambda: box.snapshots == 2)
        assert list(box.held) == [item.id]
        box.version = 7
        await box.pull()
        await box.until(lambda: box.snapshots == 3)
        assert box.version == 1
        await box.report()
        await eventually(lambda: (state := stored_state(gate)) is not None and state.online)
        with gate.work() as session:
            epoch = service.start_epoch(session, gate.site.id)
        await box.until(lambda: box.epoch == epoch)


async def test_a_large_set_comes_piece_by_piece(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    items = [make_pass(str(number)) for number in range(4500)]
    with gate.work() as session:
        service.append_items(session, gate.site.id, items)
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.version == 4500)
        assert len(box.held) == 4500


async def test_state_lands_in_the_box_row_and_the_will_says_gone(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.report(config_version=0)
        await eventually(lambda: (state := stored_state(gate)) is not None and state.online)
        await box.say(Channel.UP_STATE, State(online=False), retain=True)
        await eventually(lambda: (state := stored_state(gate)) is not None and not state.online)
        state = stored_state(gate)
        assert state is not None
        assert state.software == "0.1"  # a will says nothing else, so nothing else is forgotten


async def test_configuration_is_signed_and_sent_once(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.report()
        await eventually(lambda: stored_state(gate) is not None)
        wanted = config.Configuration(site=gate.site.id, site_name="к/п Афины", time_zone="Europe/Moscow")
        with gate.work() as session:
            version = service.set_desired_config(session, gate.actor, gate.vault, gate.box.id, wanted)
        await box.until(lambda: box.desired)
        assert (box.desired[0].box, box.desired[0].version) == (gate.box.id, version)
        assert config.decode_configuration(box.desired[0].body) == wanted
        assert (box.desired[0].person, box.desired[0].person_id) == (gate.actor.name, gate.actor.account_id)
        for _ in range(5):  # a box that refused it says so with its old version: no storm may follow
            await box.report(config_version=0)
        await box.report(config_version=version)
        await eventually(
            lambda: (state := stored_state(gate)) is not None and state.config_version == version
        )
        assert len(box.desired) == 1


async def test_a_refused_configuration_is_not_sent_again_until_it_is_ordered_again(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    def order(name: str) -> int:
        wanted = config.Configuration(site=gate.site.id, site_name=name, time_zone="Europe/Moscow")
        with gate.work() as session:
            return service.set_desired_config(session, gate.actor, gate.vault, gate.box.id, wanted)

    def answer(version: int, *, applied: bool) -> None:
        event = ConfigApplied(id=uuid4(), at=datetime.now(UTC), version=version, applied=applied, errors=[])
        with gate.work(Role.INGEST) as session:
            service.record_config_applied(session, gate.box.id, event)

    answer(good := order("к/п Афины"), applied=True)
    answer(bad := order("к/п Спарта"), applied=False)
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.report(config_version=good)
        await box.say(Channel.UP_REQUESTS, PullConfig(version=good))
        await box.say(Channel.UP_REQUESTS, PullConfig(version=0))  # as after its store was lost
        await box.until(lambda: box.desired)
        assert [each.version for each in box.desired] == [good]
        again = order("к/п Спарта")
        assert again == bad + 1
        await box.until(lambda: len(box.desired) == 2)
        assert box.desired[1].version == again


async def test_a_command_reaches_a_box_and_gets_one_answer(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.report()
        await eventually(lambda: stored_state(gate) is not None)
        with gate.work() as session:
            ordered = service.order_command(
                session, gate.actor, gate.box.id, CommandKind.RESTART, reason="обновление"
            )
        await box.until(lambda: box.commands)
        command = box.commands[0]
        assert (command.id, command.box, command.person) == (ordered.id, gate.box.id, "Анна Петрова")
        assert (command.person_id, command.person_kind) == (gate.actor.account_id, "dispatcher")
        assert command.expires_at == ordered.expires_at

        def row() -> Command:
            with gate.work() as session:
                return session.scalars(select(Command)).one()

        await eventually(lambda: row().sent_at is not None)
        for outcome in (CommandOutcome.DONE, CommandOutcome.FAILED):
            result = CommandResult(id=gate.site.id, at=datetime.now(UTC), command=ordered.id, outcome=outcome)
            with gate.work(Role.INGEST) as session:
                service.record_command_result(session, gate.box.id, result)
        assert row().outcome == "done"


async def test_a_command_waits_for_a_box_only_while_it_may(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    with gate.work() as session:
        kept = service.order_command(session, gate.actor, gate.box.id, CommandKind.READ_NOW)
        late = service.order_command(session, gate.actor, gate.box.id, CommandKind.RESTART)
    with gate.work() as session:
        over = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(Command).where(Command.id == late.id).values(expires_at=over))
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.report()
        await box.until(lambda: box.commands)
        await asyncio.sleep(0.3)
        assert {command.id for command in box.commands} == {kept.id}


async def test_a_revoked_box_is_told_nothing(gate: Gate, broker: MosquittoServer, run_downlink: Run) -> None:
    await run_downlink()
    other = gate.make_enrolled_box()
    async with (
        connected_box(broker, gate.box.id, gate.public_key) as box,
        connected_box(broker, other.id, gate.public_key) as witness,
    ):
        for each in (box, witness):
            await each.pull()
            await each.until(lambda each=each: each.snapshots == 1)
            await each.report()
        with gate.work() as session:
            service.revoke_box(session, gate.actor, gate.box.id, "украден")
            service.append_item(session, gate.site.id, make_pass())
        await box.pull()
        await witness.until(lambda: witness.version == 1)
        assert (box.version, box.snapshots) == (0, 1)


async def test_malformed_and_unknown_messages_stop_nothing(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        for payload in (b"", b"{", b'{"type":"from_the_future"}', b"\xff\xfe", b"[" * 5000):
            for channel in ("up/requests", "up/state"):
                await box.client.publish(f"domovoy/1/{gate.box.id}/{channel}", payload, qos=1)
        await box.client.publish("domovoy/1/nobody/up/state", b"{}", qos=1)
        await box.pull()
        await box.until(lambda: box.snapshots == 1)

    def seen() -> tuple[set[tuple[str, int, str]], set[str]]:
        with gate.work() as session:
            aside = session.execute(select(Quarantine.channel, Quarantine.size, Quarantine.reason)).all()
            unknown = session.scalars(select(UnknownType.channel)).all()
        return {(row.channel, row.size, row.reason) for row in aside}, set(unknown)

    channels = {"up/requests", "up/state"}
    malformed = {(channel, size, "malformed") for channel in channels for size in (0, 1, 2, 5000)}
    await eventually(lambda: seen() == (malformed, channels))


async def test_downlink_outlives_its_connections(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.snapshots == 1)
        await box.report()
        await eventually(lambda: (state := stored_state(gate)) is not None and state.online)
        await asyncio.to_thread(cut_database_connections, gate)
        with gate.work() as session:
            service.append_item(session, gate.site.id, make_pass())
        await box.until(lambda: box.version == 1)


def cut_database_connections(gate: Gate) -> None:
    import psycopg

    with psycopg.connect(gate.real.admin_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'domovoy%%' AND usename = 'domovoy_downlink'"
            " AND datname = current_database()"
        )


async def test_a_second_process_takes_over(gate: Gate, broker: MosquittoServer, run_downlink: Run) -> None:
    first, _second = await run_downlink(), await run_downlink()
    boxes = [gate.make_enrolled_box() for _ in range(3)]
    async with connected_box(broker, boxes[0].id, gate.public_key) as box:
        await box.pull()
        async with asyncio.timeout(WAIT_S):
            while box.snapshots == 0:
                await asyncio.sleep(0.2)
                await box.pull()
        await box.report()
        await end_tasks([first])
        with gate.work() as session:
            service.append_item(session, gate.site.id, make_pass())
        await box.until(lambda: box.version == 1)


async def test_downlink_outlives_the_broker(gate: Gate, broker: MosquittoServer, run_downlink: Run) -> None:
    await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.snapshots == 1)
    broker.kill()
    with gate.work() as session:
        service.append_item(session, gate.site.id, make_pass())
    broker.start()
    async with connected_box(broker, gate.box.id, gate.public_key, box) as back:
        await back.report()
        await back.until(lambda: back.version == 1)


async def test_a_command_that_nobody_answers_is_told_so(gate: Gate, run_downlink: Run, monkeypatch) -> None:
    monkeypatch.setattr("cloud.downlink.process.SWEEP_S", 0.2)
    await run_downlink()
    with gate.work() as session:
        service.order_command(session, gate.actor, gate.box.id, CommandKind.RESTART)
        session.flush()
        session.execute(update(Command).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    def lapsed() -> bool:
        with gate.work() as session:
            row = session.scalars(select(Command)).one()
            return row.lapsed_at is not None and row.sent_at is None

    await eventually(lapsed)


async def test_a_further_command_key_reaches_every_site_once(gate: Gate) -> None:
    from cloud.edge_api.pki import announce_key
    from protocols.held import KeyItem, KeyPurpose

    gate.make_site("Башня")
    item = KeyItem(id=gate.box.id, purpose=KeyPurpose.COMMAND, public_key="", valid_from=datetime.now(UTC))
    for _ in range(2):
        assert announce_key(gate.database(Role.WORKER), item) == 2
    with gate.work() as session:
        states = [service.held_state(session, site.site_id) for site in service.site_places(session)]
    assert [state.version for state in states] == [1, 1]


async def test_a_refused_publish_is_an_error(gate: Gate, start_broker: StartBroker, tmp_path: Path) -> None:
    """A refusal is seen (aiomqtt alone would not tell) and nothing is taken for sent."""
    now = datetime.now(UTC)
    ca = keyfiles.create_authority(tmp_path, "test house", now)
    write_broker_folder(ca, tmp_path, now, services=["downlink-1"])
    acl = (tmp_path / "acl").read_text().replace("topic write domovoy/1/+/down/commands\n", "")
    (tmp_path / "acl").write_text(acl)
    server = start_broker(MOSQUITTO_CONF.read_text(), folder=tmp_path)
    client = BrokerClient("127.0.0.1", server.port, client_context(tmp_path, "downlink-1"))
    async with client:
        assert await client.send(gate.box.id, Outgoing(Channel.DOWN_PASSES, b"x")) is False  # nobody listens
        with pytest.raises(RefusedError):
            await client.send(gate.box.id, Outgoing(Channel.DOWN_COMMANDS, b"x", expires_in_s=5))
