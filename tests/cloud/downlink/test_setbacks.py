"""What fails for one box's own sake fails for that box, and for that part of its work, alone."""

import logging
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from cloud.downlink.setbacks import LOG_AGAIN_AFTER_S, Setbacks
from cloud.kernel.secrets import SecretBox
from cloud.sites import service
from cloud.sites.models import BoxState
from deploy.demo.servers.mosquitto import MosquittoServer
from protocols import config
from protocols.topics import Channel, topic
from tests.cloud.downlink.boxes import connected_box
from tests.cloud.downlink.conftest import Gate, Run
from tests.cloud.downlink.test_downlink import eventually
from tests.cloud.sites.building import make_pass


def failed(part: str) -> float:
    return REGISTRY.get_sample_value("domovoy_downlink_setbacks_total", {"part": part}) or 0


def stored_state(gate: Gate) -> BoxState | None:
    with gate.work() as session:
        return session.get(BoxState, gate.box.id)


async def test_a_state_that_is_no_message_changes_nothing(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    running = await run_downlink()
    neighbour = gate.make_enrolled_box()
    async with (
        connected_box(broker, gate.box.id, gate.public_key) as bad,
        connected_box(broker, neighbour.id, gate.public_key) as good,
    ):
        poison = b'{"type":"state","online":true,"software":"a\\u0000b"}'
        await bad.client.publish(topic(bad.id, Channel.UP_STATE), poison, qos=1, retain=True)
        await good.pull()
        await good.until(lambda: good.snapshots == 1)
        await bad.report()
        await eventually(lambda: (state := stored_state(gate)) is not None and state.online)
    assert not running.done()


async def test_a_state_that_the_database_refuses_stops_neither_the_box_nor_its_neighbours(
    gate: Gate, broker: MosquittoServer, run_downlink: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = service.record_state

    def refuse(session, owner, state):  # what a wrong declaration of the wire would let by
        if state.software == "0.1":
            state = type(state)(online=True, software="a\0b")
        return record(session, owner, state)

    monkeypatch.setattr(service, "record_state", refuse)
    before = failed("state")
    with gate.work() as session:
        service.append_item(session, gate.site.id, make_pass())
    running = await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.version == 1)
        await box.report()
        await eventually(lambda: failed("state") > before)
        with gate.work() as session:
            service.append_item(session, gate.site.id, make_pass("2"))
        await box.until(lambda: box.version == 2)  # pushed: it is known to be there
    assert not running.done()


async def test_a_box_whose_configuration_cannot_be_read_gets_its_passes(
    gate: Gate, broker: MosquittoServer, run_downlink: Run
) -> None:
    wanted = config.Configuration(site=gate.site.id, site_name="к/п Афины", time_zone="Europe/Moscow")
    with gate.work() as session:
        other = SecretBox(b"another key than downlink's here")
        service.set_desired_config(session, gate.actor, other, gate.box.id, wanted)
    before = failed("configuration")
    running = await run_downlink()
    async with connected_box(broker, gate.box.id, gate.public_key) as box:
        await box.pull()
        await box.until(lambda: box.snapshots == 1)
        await box.report()
        await eventually(lambda: (state := stored_state(gate)) is not None and state.online)
        await eventually(lambda: failed("configuration") > before)
        with gate.work() as session:
            service.append_item(session, gate.site.id, make_pass())
        await box.until(lambda: box.version == 1)
    assert not running.done()


async def test_the_same_setback_is_logged_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    time = [0.0]
    setbacks, box = Setbacks(lambda: time[0]), uuid4()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            setbacks.note(box, "state", ValueError("NUL"))
        assert len(caplog.records) == 1
        setbacks.note(box, "state", ValueError("another"))
        setbacks.note(uuid4(), "state", ValueError("NUL"))
        assert len(caplog.records) == 3
        time[0] = LOG_AGAIN_AFTER_S
        setbacks.note(box, "state", ValueError("NUL"))
    assert len(caplog.records) == 4
