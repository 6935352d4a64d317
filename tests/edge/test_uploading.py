"""Pictures of a box on their way to a real edge-api that has no room for a while."""

import asyncio
from functools import partial
from hashlib import sha256
from pathlib import Path

from cloud.kernel.claims import MEGABYTE
from cloud.kernel.database import Scope
from cloud.kernel.tables import FileUsage, StoredFile
from edge.drivers.base import Still
from edge.identity import Files
from edge.link.enrolment import client_context, enrol
from edge.link.files import STILL, VIOLATION, Pictures, Uploader
from edge.store import Store
from tests.cloud.pki.serving import EdgeServer
from tests.cloud.sites.building import House
from tests.edge.test_enrolment import code_of, files, house, server
from tests.edge.world import HandClock

__all__ = ["files", "house", "server"]  # the fixtures of the enrolment's test


class Waits:
    """Instead of sleeping: notes for how long, and lets the test do something meanwhile."""

    def __init__(self, house: House) -> None:
        self.house, self.told_s = house, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.told_s.append(seconds)
        if len(self.told_s) == 2:
            await asyncio.to_thread(self._make_room)

    def _make_room(self) -> None:
        with self.house.database().transaction(Scope.organisation(self.house.company)) as session:
            session.get_one(FileUsage, self.house.company).bytes = 0


async def test_a_box_keeps_its_pictures_and_waits_while_the_cloud_is_full(
    house: House, server: EdgeServer, files: Files, store: Store, tmp_path: Path
) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    quota = server.house.settings.files_quota_mb * MEGABYTE
    with house.work() as session:
        session.add(FileUsage(organisation_id=house.company, bytes=quota))
    pictures, connected, waits = (
        Pictures(tmp_path / "stills", store, HandClock()),
        asyncio.Event(),
        Waits(house),
    )
    connected.set()
    uploader = Uploader(
        pictures,
        membership.answer.files_url,
        tls=partial(client_context, str(files.ca), str(files.certificate), str(files.tls_key)),
        turn=_at_once,
        connected=connected,
        random=lambda: 0.5,
        sleep=waits.sleep,
    )
    kinds = {b"somebody": STILL, b"somebody in a hurry": VIOLATION}
    for data, kind in kinds.items():
        await pictures.keep(Still(data), sha256(data).hexdigest(), kind)
    sending = asyncio.create_task(uploader.run())
    async with asyncio.timeout(60):
        while await pictures.next() is not None:
            assert not sending.done()
            await asyncio.sleep(0.05)
    sending.cancel()
    assert waits.told_s == [750.0, 750.0]  # the ten minutes that the cloud told, and up to a half more
    assert uploader.counts == {"sent": 2, "failed": 2, "given_up": 0}
    with house.work() as session:
        stored = {row.sha256: row.kind for row in session.query(StoredFile)}
    assert stored == {sha256(data).hexdigest(): kind for data, kind in kinds.items()}


async def _at_once() -> None:
    """Events are not waiting for the line."""
