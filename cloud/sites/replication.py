"""The replication log: what a site's boxes hold, versioned without gaps in the order of commits.

A version is taken from the site's row under its lock, so whoever commits later has the higher one. The digest is
Σ SHA-256(canonical bytes) mod 2²⁵⁶ over the held items, and is kept by adding and subtracting.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Row, Uuid, any_, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from cloud.kernel import database, realtime
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.sites import facts
from cloud.sites.errors import SiteNotFound
from cloud.sites.models import HeldChange as HeldChangeRow
from cloud.sites.models import HeldItem, Site
from cloud.sites.types import (
    NOTIFY_CHANNEL,
    Changes,
    Difference,
    HeldChange,
    HeldState,
    NotifyKind,
    Snapshot,
    SnapshotNeeded,
    UpToDate,
)
from protocols.chain import DIGEST_MODULUS, item_digest
from protocols.held import AnyItem, ItemKind, decode_item, encode_item

MOST_CHANGES = 1000
MOST_CHANGE_BYTES = 512 * 1024
_LOG_IS_WORTH_IT = 5000  # further behind than that, a snapshot is cheaper
_PLACE_IN_ITEM = re.compile(r"at `\$\.(\w+)")
_ASKED_AS = {"keys": "cards"}  # by what name people know a field of an item
_NOT_FOR_BOXES = Text(
    "Столько или такого контроллер на объекте не примет. Сократите или исправьте.",
    "A box at the site would not take so much, or such. Shorten or mend it.",
)
_KINDS = {name: ItemKind(name) for name in ItemKind}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A change asked for: the item's new bytes, or None to remove it."""

    kind: str
    item_id: UUID
    body: bytes | None


def append_item(session: Session, site_id: UUID, item: AnyItem) -> int:
    """Put an item into what the site's boxes hold; the site's version after it.

    The same bytes again change nothing. Raises SiteNotFound, and FixInput for what no box could read.
    To touch several sites, `lock_sites` first.
    """
    return append_items(session, site_id, [item])


def append_items(session: Session, site_id: UUID, items: Iterable[AnyItem]) -> int:
    """Several items at once, each a version of its own, in the order given; of repeated ones the last counts."""
    wanted = [_Wanted(_kind(item), item.id, _readable(item)) for item in items]
    return _apply(session, site_id, wanted)


def remove_item(session: Session, site_id: UUID, kind: ItemKind, item_id: UUID) -> int:
    """Take an item out; the site's version after it. What is not held changes nothing."""
    return _apply(session, site_id, [_Wanted(kind.value, item_id, None)])


def lock_sites(session: Session, site_ids: Collection[UUID]) -> None:
    """Lock several sites in the one order that cannot deadlock, before changing more than one of them."""
    query = select(Site.id).where(Site.id.in_(site_ids)).order_by(Site.id).with_for_update(key_share=True)
    found = set(session.scalars(query))
    for missing in sorted(set(site_ids) - found):
        raise SiteNotFound(site=str(missing))


def is_held(session: Session, site_id: UUID, kind: ItemKind, item_id: UUID) -> bool:
    """Whether the site's boxes should hold this item."""
    mine = (HeldItem.site_id == site_id, HeldItem.kind == kind.value, HeldItem.item_id == item_id)
    return session.scalar(select(HeldItem.version).where(*mine)) is not None


def start_epoch(session: Session, site_id: UUID) -> UUID:
    """Begin a new epoch, as after a restore from a backup: every box takes a snapshot."""
    epoch = database.new_id(session)
    session.execute(delete(HeldChangeRow).where(HeldChangeRow.site_id == site_id))
    session.execute(update(Site).where(Site.id == site_id).values(pass_epoch=epoch))
    notify(session, NotifyKind.HELD, site_id)
    return epoch


def difference(
    session: Session, site_id: UUID, *, epoch: UUID | None, version: int, digest: bytes | None
) -> Difference:
    """What a box that holds `version` of `epoch` lacks. `digest` None: not known, taken to be right."""
    state = held_state(session, site_id)
    if epoch != state.epoch:
        return SnapshotNeeded(state, "nothing held" if epoch is None else "another epoch")
    if version > state.version:
        return SnapshotNeeded(state, "ahead of the cloud")
    if version == state.version:
        same = digest is None or digest == state.digest
        return UpToDate(state) if same else SnapshotNeeded(state, "another digest")
    if state.version - version > _LOG_IS_WORTH_IT:
        return SnapshotNeeded(state, "far behind")
    if digest is not None and digest != _digest_at(session, site_id, version):
        return SnapshotNeeded(state, "another digest")
    return _changes(session, site_id, state, version)


def snapshot(session: Session, site_id: UUID) -> Snapshot:
    """The whole held set at one version: one statement, hence one moment."""
    items = (
        select(func.array_agg(HeldItem.body))
        .where(HeldItem.site_id == site_id)
        .correlate(None)
        .scalar_subquery()
    )
    row = session.execute(
        select(Site.pass_epoch, Site.pass_version, Site.pass_digest, items).where(Site.id == site_id)
    ).one_or_none()
    if row is None:
        raise SiteNotFound(site=str(site_id))
    state = HeldState(row[0], row[1], row[2])
    return Snapshot(
        state, list(row[3] or []), facts.uses_of(session, site_id), facts.places_of(session, site_id)
    )


def held_state(session: Session, site_id: UUID) -> HeldState:
    """The newest version of what the site's boxes should hold. Raises SiteNotFound."""
    query = select(Site.pass_epoch, Site.pass_version, Site.pass_digest).where(Site.id == site_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise SiteNotFound(site=str(site_id))
    return HeldState(*row)


def notify(session: Session, kind: NotifyKind, object_id: UUID) -> None:
    """Tell the downlink processes, at commit; equal notices of one transaction are one."""
    realtime.signal(session, NOTIFY_CHANNEL, database.current_organisation(session), kind, object_id)


def _apply(session: Session, site_id: UUID, wanted: Sequence[_Wanted]) -> int:
    state = _locked(session, site_id)
    held = _held_bodies(session, site_id, wanted)
    version, total = state.version, int.from_bytes(state.digest, "big")
    log: list[dict[str, Any]] = []
    for change in wanted:
        key = (change.kind, change.item_id)
        before = held.get(key)
        if before == change.body:
            continue
        total += (item_digest(change.body) if change.body else 0) - (item_digest(before) if before else 0)
        version += 1
        held[key] = change.body
        log.append(_log_row(session, site_id, version, change, total % DIGEST_MODULUS))
    if log:
        _store(session, site_id, log)
        notify(session, NotifyKind.HELD, site_id)
    return version


def _log_row(session: Session, site_id: UUID, version: int, change: _Wanted, total: int) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "version": version,
        "organisation_id": database.current_organisation(session),
        "kind": change.kind,
        "item_id": change.item_id,
        "body": change.body,
        "digest": total.to_bytes(32, "big"),
        "at": database.now(session),
    }


def _store(session: Session, site_id: UUID, log: Sequence[dict[str, Any]]) -> None:
    """The log's rows, the items as they are after it, the site's new version."""
    session.execute(insert(HeldChangeRow), log)
    last = {(row["kind"], row["item_id"]): row for row in log}.values()
    gone = [(row["kind"], row["item_id"]) for row in last if row["body"] is None]
    columns = ("site_id", "kind", "item_id", "organisation_id", "version", "body")
    put = [{name: row[name] for name in columns} for row in last if row["body"] is not None]
    if gone:
        mine = tuple_(HeldItem.kind, HeldItem.item_id).in_(gone)
        session.execute(delete(HeldItem).where(HeldItem.site_id == site_id, mine))
    if put:
        statement = upsert(HeldItem)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["site_id", "kind", "item_id"],
                set_={"version": statement.excluded.version, "body": statement.excluded.body},
            ),
            put,
        )
    newest = {"pass_version": log[-1]["version"], "pass_digest": log[-1]["digest"]}
    session.execute(update(Site).where(Site.id == site_id).values(newest))
    _forget_old(session, site_id, log)


def _forget_old(session: Session, site_id: UUID, log: Sequence[dict[str, Any]]) -> None:
    """Drop versions that no box is sent any more; they hold personal data. Looked at every hundred versions."""
    first, last = log[0]["version"], log[-1]["version"]
    if last // 100 > (first - 1) // 100:
        old = (HeldChangeRow.site_id == site_id, HeldChangeRow.version <= last - 2 * _LOG_IS_WORTH_IT)
        session.execute(delete(HeldChangeRow).where(*old))


def _locked(session: Session, site_id: UUID) -> HeldState:
    query = select(Site.pass_epoch, Site.pass_version, Site.pass_digest).where(Site.id == site_id)
    row = session.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise SiteNotFound(site=str(site_id))
    return HeldState(*row)


def _held_bodies(
    session: Session, site_id: UUID, wanted: Sequence[_Wanted]
) -> dict[tuple[str, UUID], bytes | None]:
    """Looked up by id alone: UUIDs of two kinds do not meet, and one array beats a list of pairs."""
    ids = any_(literal([change.item_id for change in wanted], ARRAY(Uuid())))
    query = select(HeldItem.kind, HeldItem.item_id, HeldItem.body).where(
        HeldItem.site_id == site_id, HeldItem.item_id == ids
    )
    return {(row.kind, row.item_id): row.body for row in session.execute(query)}


def _digest_at(session: Session, site_id: UUID, version: int) -> bytes | None:
    """The set's digest at a version that the log still knows."""
    if version == 0:
        return bytes(32)
    query = select(HeldChangeRow.digest).where(
        HeldChangeRow.site_id == site_id, HeldChangeRow.version == version
    )
    return session.scalar(query)


def _changes(session: Session, site_id: UUID, state: HeldState, version: int) -> Difference:
    row = HeldChangeRow
    query = (
        select(row.version, row.kind, row.item_id, row.body, row.digest)
        .where(row.site_id == site_id, row.version > version)
        .order_by(row.version)
        .limit(MOST_CHANGES)
    )
    changes = _within_bytes(session.execute(query))
    if not changes or changes[0].version != version + 1:
        return SnapshotNeeded(state, "the log does not reach back")
    reached = HeldState(state.epoch, changes[-1].version, changes[-1].digest)
    return Changes(version, reached, changes)


def _within_bytes(rows: Iterable[Row[Any]]) -> list[HeldChange]:
    changes: list[HeldChange] = []
    size = 0
    for row in rows:
        size += len(row.body or b"")
        if changes and size > MOST_CHANGE_BYTES:
            break
        changes.append(HeldChange(row.version, _KINDS[row.kind], row.item_id, row.body, row.digest))
    return changes


def _readable(item: AnyItem) -> bytes:
    """The item's bytes. Raises FixInput where a box, which reads them by the same type, would ignore the item."""
    body = encode_item(item)
    try:
        decode_item(body)
    except msgspec.ValidationError as error:
        where = _PLACE_IN_ITEM.search(str(error))
        field = where[1] if where else ""
        raise FixInput.at(_ASKED_AS.get(field, field), "not_for_boxes", _NOT_FOR_BOXES) from error
    return body


def _kind(item: AnyItem) -> str:
    return str(type(item).__struct_config__.tag)
