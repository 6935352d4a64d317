"""The whole agent with an ONVIF camera: what of it does not work goes to the cloud as its state, and the box stops."""

from pathlib import Path

import pytest
from firmware_sim import picture
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.onvif import OnvifDevice

from deploy.demo.servers.mosquitto import MosquittoServer
from edge.drivers.onvif import pull_point
from protocols import config, records
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.boxes import Box, device_id, serving
from tests.edge.world import uid

CAMERA = device_id(0)


def configuration(camera: OnvifDevice) -> config.Configuration:
    settings = {"host": "127.0.0.1", "port": camera.port, "user": "admin", "password": "k9"}
    device = config.Device(id=CAMERA, driver="onvif_camera", name="Обзорная", settings=settings)
    return config.Configuration(site=uid(), site_name="КПП", time_zone="Europe/Moscow", devices=[device])


async def test_events_that_cannot_be_had_go_to_the_cloud_and_an_open_poll_keeps_no_box(
    tmp_path: Path, broker: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_point, "WAIT_S", 3600)
    jpeg = picture.take(camera="lane", plate="", caption="")
    journal = Journal(tmp_path / "devices.jsonl", SystemClock())
    camera = OnvifDevice("lane", journal=journal, take=lambda: jpeg, has_events=True)
    assert camera.events is not None
    camera.events.refuses = "ter:NotAuthorized"
    await camera.start()
    box = Box(tmp_path / "box", "127.0.0.1", broker.port)
    async with serving(box.peer(), box.host, box.port) as cloud:
        async with box.agent() as agent:
            await cloud.configure(configuration(camera))
            unheard = (DeviceStatus.ONLINE, DeviceReason.NO_EVENTS)
            await cloud.until(
                lambda: (
                    [(each.status, each.reason) for each in cloud.of(records.DeviceState)][-1:] == [unheard]
                )
            )
            assert (await agent.report())["lacks"] == {str(CAMERA): "no_events"}
            camera.events.refuses = ""
            await cloud.until(lambda: cloud.of(records.DeviceState)[-1].reason == "")
            assert cloud.of(records.DeviceState)[-1].status is DeviceStatus.ONLINE
            assert (await agent.report())["lacks"] == {}
            await cloud.until(lambda: "PullMessages" in operations(journal))
        await cloud.until(lambda: "Unsubscribe" in operations(journal))
    await camera.stop()
    journal.close()


def operations(journal: Journal) -> list[str]:
    return [entry["operation"] for entry in journal.after(0, frozenset({"onvif"}))]
