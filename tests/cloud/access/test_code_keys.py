"""Keys of guests' codes: which one signs, and one that has leaked is revoked."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from cloud.access import service
from cloud.access.code_keys import CodeKeyState, SeenKey, list_code_keys, revoke_code_key
from cloud.access.errors import CodeKeyNotThere
from cloud.access.guest_codes import KEY_LASTS, NEXT_KEY_BEFORE_END
from cloud.access.models import CodeKey
from cloud.kernel.tables import AuditEntry
from cloud.sites import service as sites
from cloud.sites.types import Changes
from edge.access.passes import Passes, Row
from protocols import qr
from protocols.records import Reason
from tests.cloud.access.test_access import Gate, gate
from tests.cloud.access.test_guest_codes import VAULT, code_of, read_by
from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database

__all__ = ["gate"]


def keys(gate: Gate) -> list[SeenKey]:
    with gate.company.work() as (session, _):
        return list_code_keys(session, VAULT, gate.site_id)


def revoke(gate: Gate, key: UUID) -> list[SeenKey]:
    with gate.company.work() as (session, actor):
        return revoke_code_key(session, actor, VAULT, key, "ключ утёк")


def following(gate: Gate) -> Passes:
    """What a box that follows the log holds by now."""
    held = Passes()
    with gate.company.work() as (session, _):
        state = sites.held_state(session, gate.site_id)
        found = sites.difference(session, gate.site_id, epoch=state.epoch, version=0, digest=None)
    assert isinstance(found, Changes)
    for change in found.changes:
        if change.body is None:
            held.remove(change.kind, change.item_id)
        else:
            held.put(Row(change.kind, change.item_id, change.version, change.body))
    assert held.digest % 2**256 == int.from_bytes(found.state.digest)
    return held


def states(found: list[SeenKey]) -> list[CodeKeyState]:
    return [key.state for key in found]


def test_a_revoked_key_s_codes_are_refused_and_the_guest_s_page_shows_another(gate: Gate) -> None:
    made = gate.issue()
    leaked = code_of(gate, made)
    [key] = keys(gate)
    assert (key.state, key.valid_until) == (CodeKeyState.SIGNS, NOON + KEY_LASTS)
    assert leaked is not None
    assert qr.read(leaked.text).token.key.hex() == key.tag
    assert read_by(following(gate), gate, leaked).token is not None
    found = revoke(gate, key.id)
    assert sorted(states(found)) == [CodeKeyState.REVOKED, CodeKeyState.SIGNS]
    held = following(gate)
    assert read_by(held, gate, leaked).reason is Reason.CODE_KEY_UNKNOWN
    with gate.company.work() as (session, _):
        another = service.guest_code(session, VAULT, service.get_pass(session, made.id))
    assert another is not None
    assert read_by(held, gate, another).token is not None


def test_a_guard_s_page_finds_a_pass_by_a_code_that_is_genuine_alone(gate: Gate) -> None:
    made = gate.issue()
    shown = code_of(gate, made)
    assert shown is not None
    signed = qr.read(shown.text)
    forged = qr.write(
        signed.token, gate.site_id, lambda _: bytes([signed.signature[0] ^ 1]) + signed.signature[1:]
    )
    elsewhere = qr.write(signed.token, uuid4(), lambda _: signed.signature)

    def found(text: str) -> UUID | None:
        with gate.company.work() as (session, _):
            return service.pass_of_code(session, gate.site_id, text)

    assert [found(text) for text in (shown.text, forged, "ЖЖЖ", shown.text[:-4])] == [
        made.id,
        None,
        None,
        None,
    ]
    assert elsewhere == shown.text  # the site is in what is signed alone
    with gate.company.work() as (session, _):
        assert service.pass_of_code(session, uuid4(), shown.text) is None
    [key] = keys(gate)
    revoke(gate, key.id)
    assert found(shown.text) is None


def test_its_private_half_is_destroyed_and_who_did_it_is_on_record(gate: Gate) -> None:
    code_of(gate, gate.issue())
    [key] = keys(gate)
    revoke(gate, key.id)
    with gate.company.work() as (session, actor):
        row = session.get_one(CodeKey, key.id)
        assert (row.sealed, row.revoked_at) == (b"", NOON)
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.code_key.revoke"))
        assert (entry.actor, entry.changes["reason"], entry.changes["tag"]) == (
            actor.name,
            "ключ утёк",
            key.tag,
        )


def test_the_next_key_signs_when_there_is_one_and_no_third_is_made(gate: Gate) -> None:
    made = gate.issue(valid_until=None, kind="resident")
    code_of(gate, made)
    with gate.company.work() as (session, _):
        soon = NOON + NEXT_KEY_BEFORE_END - timedelta(days=1)
        session.execute(update(CodeKey).values(valid_until=soon))
    code_of(gate, made)
    by_state = {key.state: key for key in keys(gate)}
    assert set(by_state) == {CodeKeyState.SIGNS, CodeKeyState.ACCEPTED}
    found = revoke(gate, by_state[CodeKeyState.SIGNS].id)
    assert {key.state: key.id for key in found} == {
        CodeKeyState.REVOKED: by_state[CodeKeyState.SIGNS].id,
        CodeKeyState.SIGNS: by_state[CodeKeyState.ACCEPTED].id,
    }


def test_revoked_twice_it_stays_as_it_was(gate: Gate) -> None:
    code_of(gate, gate.issue())
    [key] = keys(gate)
    first = revoke(gate, key.id)
    gate.company.clock.advance(timedelta(minutes=1))
    assert revoke(gate, key.id) == first
    with gate.company.work() as (session, _):
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "code_key")).all()) == 1


def test_no_such_key(gate: Gate) -> None:
    with pytest.raises(CodeKeyNotThere):
        revoke(gate, uuid4())


def test_over_http(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Europe/Moscow"}).json()["id"]
        path = f"/api/access/sites/{site}/code-keys"
        assert boss.get(path).json() == []
        until = (NOON + timedelta(hours=2)).isoformat()
        draft = {"site_id": site, "holder": "Семёнова Анна", "valid_until": until, "plates": ["А123ВС72"]}
        assert boss.call("POST", "/api/access/passes", draft).is_success
        [key] = boss.get(path).json()
        assert key["state"] == "signs"
        assert not {"sealed", "public_key"} & set(key)
        revoking = f"/api/access/code-keys/{key['id']}/revoke"
        refused = boss.call("POST", revoking, {"reason": "  "})
        assert refused.status_code == 422
        dispatcher = running.colleague(boss, "desk@example.org", ["dispatcher"])
        assert dispatcher.call("POST", revoking, {"reason": "ключ утёк"}).status_code == 403
        told = boss.call("POST", revoking, {"reason": "ключ утёк"})
        assert sorted(each["state"] for each in told.json()) == ["revoked", "signs"]
        assert (
            boss.call("POST", f"/api/access/code-keys/{uuid4()}/revoke", {"reason": "x"}).status_code == 404
        )
