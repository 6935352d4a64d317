"""Serves one box at a time: reads what is due in one transaction, publishes, notes what was sent.

What a box was last sent is only remembered, never stored: a process that knows nothing asks the box's own state.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.downlink import answers
from cloud.downlink.answers import Outgoing, Signer
from cloud.downlink.desk import Work
from cloud.downlink.setbacks import Setbacks
from cloud.downlink.shelf import SnapshotShelf
from cloud.kernel.database import Database, Scope, now, savepoint
from cloud.kernel.faults import is_unavailable
from cloud.kernel.ids import Ids
from cloud.kernel.secrets import SecretBox
from cloud.sites import service
from cloud.sites.types import BoxOwner, Changes, SnapshotNeeded, UpToDate
from protocols.messages import PullPasses, PullSnapshot, State

_log = logging.getLogger(__name__)
SEND_AGAIN_AFTER = timedelta(seconds=20)

Send = Callable[[UUID, Outgoing], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Known:
    """What this process knows of a box: whether it is there, and what it holds or was sent."""

    online: bool = False
    epoch: UUID | None = None
    version: int = 0
    digest: bytes | None = None  # as reported; None once something was sent
    passes_at: datetime | None = None  # when passes were last sent
    config_version: int = 0
    config_at: datetime | None = None


@dataclass(slots=True)
class Result:
    """What to publish, what is then known, whether more is due at once, and which parts could not be done."""

    outgoing: list[Outgoing]
    known: Known
    more: bool = False
    failures: dict[str, Exception] = field(default_factory=dict)


class Attendant:
    """The database side of serving boxes, and what is known of each."""

    def __init__(
        self,
        database: Database,
        vault: SecretBox,
        signer: Signer,
        ids: Ids,
        send: Send,
        setbacks: Setbacks,
    ) -> None:
        self._database = database
        self._vault = vault
        self._signer = signer
        self._ids = ids
        self._send = send
        self._setbacks = setbacks
        self._snapshots = SnapshotShelf()
        self.known: dict[UUID, Known] = {}

    def forget(self, box_id: UUID) -> None:
        """Another process serves the box now."""
        self.known.pop(box_id, None)

    async def serve(self, owner: BoxOwner, work: Work) -> bool:
        """Do what is due for a box; True when more is due at once. Raises PublishError and database errors."""
        result = await asyncio.to_thread(self._look, owner, work)
        for part, error in result.failures.items():
            self._setbacks.note(owner.box_id, part, error)
        for outgoing in result.outgoing:
            heard = await self._send(owner.box_id, outgoing)
            if outgoing.command_id is not None and heard:
                await asyncio.to_thread(self._note_sent, owner, outgoing.command_id)
        self.known[owner.box_id] = result.known
        return result.more

    def _note_sent(self, owner: BoxOwner, command_id: UUID) -> None:
        with self._database.transaction(Scope.organisation(owner.organisation_id)) as session:
            service.record_sent(session, command_id)

    def _look(self, owner: BoxOwner, work: Work) -> Result:
        """All in one; part by part only when that fails for the box's own sake. Raises when even that fails."""
        try:
            return self._look_at(owner, work, _plainly)
        except Exception as error:
            if is_unavailable(error):
                raise
        return self._look_at(owner, work, _apart)

    def _look_at(self, owner: BoxOwner, work: Work, do: "Do") -> Result:
        known = self.known.get(owner.box_id, Known())
        with self._database.transaction(Scope.organisation(owner.organisation_id)) as session:
            fresh = service.owner_of(session, owner.box_id)
            if fresh is None or fresh.revoked_at is not None:
                return Result([], Known())
            result = Result([], known)
            came = work.state is not None and do(
                session, result, "state", partial(self._state, session, owner, work, result)
            )
            arguments = (session, owner, work, result)
            do(session, result, "passes", partial(self._passes, *arguments))
            do(session, result, "configuration", partial(self._config, *arguments, came=came))
            do(session, result, "commands", partial(self._commands, *arguments, came=came))
            return result

    def _state(self, session: Session, owner: BoxOwner, work: Work, result: Result) -> bool:
        """Whether the box came online with its state."""
        assert work.state is not None  # noqa: S101  # otherwise there is nothing to do
        known = replace(result.known, online=False) if work.came else result.known
        result.known = after_state(known, work.state, now(session))  # also when it cannot be stored
        stored = service.record_state(session, owner, work.state)
        return work.state.online and (stored or not known.online)

    def _passes(self, session: Session, owner: BoxOwner, work: Work, result: Result) -> None:
        if work.pull_snapshot is not None:
            result.outgoing.append(self._snapshot_piece(session, owner.site_id, work.pull_snapshot))
        if work.pull_passes is not None:
            self._answer_pull(session, owner, work.pull_passes, result)
        elif result.known.online and (work.push_passes or work.state is not None):
            self._push(session, owner, result)

    def _answer_pull(self, session: Session, owner: BoxOwner, pull: PullPasses, result: Result) -> None:
        found = service.difference(
            session, owner.site_id, epoch=pull.epoch, version=pull.version, digest=bytes.fromhex(pull.digest)
        )
        if isinstance(found, Changes):
            self._send_changes(session, owner, found, result)
        elif isinstance(found, UpToDate):
            result.outgoing.append(answers.up_to_date(found.state, now(session)))
            result.known = replace(result.known, epoch=pull.epoch, version=pull.version, digest=None)
        else:
            _log.info("snapshot", extra={"box": str(owner.box_id), "cause": found.cause})
            result.outgoing.append(self._snapshot_piece(session, owner.site_id, PullSnapshot()))

    def _push(self, session: Session, owner: BoxOwner, result: Result) -> None:
        """What the box lacks by what is known; a box that differs is only told where the log stands, and asks."""
        known = result.known
        found = service.difference(
            session, owner.site_id, epoch=known.epoch, version=known.version, digest=known.digest
        )
        if isinstance(found, Changes):
            self._send_changes(session, owner, found, result)
        elif isinstance(found, SnapshotNeeded) and _is_due(known.passes_at, now(session)):
            result.outgoing.append(answers.up_to_date(found.state, now(session)))
            result.known = replace(known, passes_at=now(session))

    def _send_changes(self, session: Session, owner: BoxOwner, found: Changes, result: Result) -> None:
        result.outgoing.append(answers.changes(found, now(session)))
        reached = found.state
        result.known = replace(
            result.known,
            epoch=reached.epoch,
            version=reached.version,
            digest=None,
            passes_at=now(session),
        )
        result.more = reached.version < service.held_state(session, owner.site_id).version

    def _snapshot_piece(self, session: Session, site_id: UUID, pull: PullSnapshot) -> Outgoing:
        """The piece that is asked for; of a new snapshot when that is unknown, too old, or none is named."""
        moment = now(session)
        cut = self._snapshots.find(site_id, pull.snapshot, moment)
        if cut is None:
            state = service.held_state(session, site_id)
            cut = self._snapshots.shared(site_id, state, moment)
        if cut is None:
            cut = answers.cut(service.snapshot(session, site_id), self._ids.new())
            self._snapshots.keep(site_id, cut, moment)
        return cut.message(pull.piece if pull.snapshot == cut.id else 0, moment)

    def _config(self, session: Session, owner: BoxOwner, work: Work, result: Result, *, came: bool) -> None:
        known = result.known
        pulled = work.pull_config is not None
        told = work.state is not None and (came or _is_due(known.config_at, now(session)))
        if not (pulled or (known.online and (work.push_config or told))):
            return
        holds = work.pull_config.version if work.pull_config is not None else known.config_version
        wanted = service.desired_config(session, self._vault, owner.box_id, refused_too=False)
        if wanted is None or wanted.version <= holds:
            return
        result.outgoing.append(answers.desired(self._signer, owner.box_id, wanted))
        result.known = replace(known, config_at=now(session))

    def _commands(self, session: Session, owner: BoxOwner, work: Work, result: Result, *, came: bool) -> None:
        if not (came or work.push_commands):
            return
        for ordered in service.pending_commands(session, owner.box_id, unsent_only=not came):
            outgoing = answers.command(self._signer, ordered, now(session))
            if outgoing is not None:
                result.outgoing.append(outgoing)


Do = Callable[[Session, Result, str, Callable[[], bool | None]], bool]
"""How a named part of the work is done; False when it says so, says nothing, or could not be done."""


def _plainly(_session: Session, _result: Result, _part: str, job: Callable[[], bool | None]) -> bool:
    return bool(job())


def _apart(session: Session, result: Result, part: str, job: Callable[[], bool | None]) -> bool:
    """If it fails for its own sake, the other parts are done without it.

    A gate whose camera's secret cannot be read still gets its passes.
    """
    try:
        with savepoint(session):
            return bool(job())
    except Exception as error:
        if is_unavailable(error):
            raise
        result.failures[part] = error
        return False


def after_state(known: Known, state: State, moment: datetime) -> Known:
    """What is known after a report. One that was under way while something was sent does not count against it.

    What was sent while a box was away reached nobody: of one that comes its own word counts.
    """
    if not state.online:
        return replace(known, online=False)
    behind = (
        known.online
        and state.pass_epoch == known.epoch
        and (state.pass_version or 0) < known.version
        and not _is_due(known.passes_at, moment)
    )
    after = replace(known, online=True, config_version=state.config_version or 0)
    if behind:
        return after
    digest = bytes.fromhex(state.pass_digest) if state.pass_digest else None
    return replace(after, epoch=state.pass_epoch, version=state.pass_version or 0, digest=digest)


def _is_due(last: datetime | None, moment: datetime) -> bool:
    return last is None or moment - last > SEND_AGAIN_AFTER
