"""`domovoy restored`: after a database came back from a backup, no box may take the past for the present."""

from pathlib import Path
from uuid import UUID

import pytest

from cloud.cli import main
from cloud.kernel.secrets import SecretBox, write_new_key
from cloud.kernel.tenancy import Role
from cloud.sites import service
from cloud.sites.models import Box, Site
from cloud.sites.types import SnapshotNeeded
from tests.cloud.sites.building import House, make_pass


def standing(house: House, site_id: UUID) -> tuple[UUID, int, bytes]:
    with house.work() as session:
        held = service.held_state(session, site_id)
        return held.epoch, held.version, held.digest


def make_gate(house: House, vault: SecretBox, *, revoked: bool = False) -> Box:
    """A box that was configured once, at a site that holds a pass."""
    box = house.make_box()
    with house.work() as session:
        service.append_item(session, box.site_id, make_pass())
        service.apply_configuration(session, house.actor, vault, box.id)
        if revoked:
            session.get_one(Box, box.id).revoked_at = session.get_one(Site, box.site_id).created_at
    return box


def test_every_company_s_sites_and_boxes_begin_anew(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_new_key(tmp_path / "secrets.key")
    vault = SecretBox.from_file(tmp_path / "secrets.key")
    gates = [(house.company, make_gate(house, vault)), (house.company, make_gate(house, vault, revoked=True))]
    house.company = house.make_company("Спарта")
    gates.append((house.company, make_gate(house, vault)))
    before = []
    for company, box in gates:
        house.company = company
        before.append(standing(house, box.site_id))
    monkeypatch.setenv("DOMOVOY_DATABASE_URL", house.real.url(Role.API))
    monkeypatch.setenv("DOMOVOY_OWNER_DATABASE_URL", house.real.owner_url)
    monkeypatch.setenv("DOMOVOY_SECRETS_KEY_FILE", str(tmp_path / "secrets.key"))
    monkeypatch.setattr("cloud.cli.logs.configure", lambda *_: None)  # it would last beyond this test
    assert main(["restored"]) == 0
    assert capsys.readouterr().out.startswith("3 sites")
    sent = []
    for (company, box), (epoch, version, digest) in zip(gates, before, strict=True):
        house.company = company
        now = standing(house, box.site_id)
        assert now[0] != epoch
        assert now[1:] == (version, digest)
        with house.work(Role.DOWNLINK) as session:
            asked = service.difference(session, box.site_id, epoch=epoch, version=version, digest=digest)
            assert isinstance(asked, SnapshotNeeded)
            desired = service.desired_config(session, vault, box.id)
            assert desired is not None
            sent.append((desired.version, desired.body.count(str(box.site_id).encode())))
    assert sent == [(1001, 1), (1, 1), (1001, 1)]  # a revoked box is told nothing
