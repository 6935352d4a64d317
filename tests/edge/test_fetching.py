"""A box asks a real edge-api for the faces of its site, and is given nothing else."""

from datetime import date
from functools import partial
from hashlib import sha256
from uuid import UUID

import pytest

from cloud.access import service as access
from cloud.access.face_texts import CURRENT
from cloud.access.types import ConsentHow, PassDraft
from cloud.kernel.claims import MEGABYTE
from cloud.people import service as people
from cloud.people.types import PersonDraft
from cloud.sites import service as sites
from edge.identity import Files
from edge.link.enrolment import client_context, enrol
from edge.link.fetching import Fetcher, FetchError, GoneError
from protocols.held import PassKind
from tests.cloud.pki.serving import EdgeServer
from tests.cloud.sites.building import House
from tests.contract.world import portrait
from tests.edge.test_enrolment import code_of, files, house, server

__all__ = ["files", "house", "server"]  # the fixtures of the enrolment's test


def faced(house: House, server: EdgeServer, site_id: UUID, name: str) -> tuple[UUID, UUID, str]:
    """Somebody with a face and a pass of a site: the person, the pass, the picture's name."""
    with house.work() as session:
        person = people.create_person(session, house.actor, PersonDraft(name=name)).id
        draft = PassDraft(site_id=site_id, kind=PassKind.RESIDENT, holder=name, host_id=person)
        made = access.issue_pass(session, house.actor, draft).id
        access.give_consent(
            session,
            house.actor,
            person,
            ConsentHow.PAPER,
            given_on=date(2026, 11, 2),
            note="папка 12",
            version=CURRENT,
        )
        face = access.put_picture(
            session,
            house.actor,
            server.house.files,
            person,
            portrait(),
            salt=name,
            quota_bytes=MEGABYTE,
        )
        return person, made, face.sha256


async def test_a_box_is_given_the_faces_of_its_site_for_as_long_as_there_is_a_right_to_them(
    house: House, server: EdgeServer, files: Files
) -> None:
    membership = await enrol(server.url, await code_of(house, server), files)
    with house.work() as session:
        owner = sites.owner_of(session, membership.answer.box)
    assert owner is not None
    person, pass_id, mine = faced(house, server, owner.site_id, "Мария Ёлкина")
    _, _, elsewhere = faced(house, server, house.make_site("Спарта").id, "Пётр Иванов")

    tls = partial(client_context, str(files.ca), str(files.certificate), str(files.tls_key))
    fetcher = Fetcher(membership.answer.files_url, tls=tls)
    assert sha256(await fetcher.picture(mine)).hexdigest() == mine
    for name in (elsewhere, "0" * 64):
        with pytest.raises(GoneError):
            await fetcher.picture(name)
    with house.work() as session:
        access.revoke_passes(session, house.actor, [pass_id], "переезд")
    with pytest.raises(GoneError):
        await fetcher.picture(mine)
    with house.work() as session:
        access.withdraw_consent(session, house.actor, server.house.files, person, ConsentHow.PAPER)
    assert server.house.files.size(mine) is None
    stranger = Fetcher(membership.answer.files_url, tls=None)
    with pytest.raises(FetchError):
        await stranger.picture(mine)
