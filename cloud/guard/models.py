"""Tables of the guard slice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class Guard(TenantMixin, Base):
    """How a member of staff signs in at the boxes' own pages; `id` is the membership's.

    `name` and `may_work` are the membership's as they were last looked at: boxes and ingest go by them.
    """

    __tablename__ = "guard"
    __table_args__ = tenant_table(reference("id", "membership"))

    name: Mapped[str]
    sort_name: Mapped[str]
    search: Mapped[str]
    pin_hash: Mapped[str]  # argon2id; empty: no PIN
    pin_set_at: Mapped[datetime | None]
    enabled: Mapped[bool]
    may_work: Mapped[bool]  # is staff, and has a role that may keep watch
    site_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))  # empty: all sites of the company
    changed_at: Mapped[datetime]
    wrong_pins: Mapped[int] = mapped_column(server_default="0")  # one after another, at the cloud's own page
    locked_until: Mapped[datetime | None]  # there


class GuardCard(TenantMixin, Base):
    """A card by which a guard signs in: what was typed, what it was taken for, its match keys, strongest first."""

    __tablename__ = "guard_card"
    __table_args__ = tenant_table(
        reference("guard_id", "guard", ondelete="CASCADE"),
        Index("ix_guard_card_guard", "organisation_id", "guard_id"),
    )

    guard_id: Mapped[UUID]
    format: Mapped[str]
    printed: Mapped[str]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))


class Post(TenantMixin, Base):
    """A computer at a gate where guards sign in at the cloud's page, by PIN or card, as they do at a box's own.

    It became one by a code that was shown once (`code_hash`, good until `code_until`), and shows `token_hash`'s token.
    """

    __tablename__ = "gate_post"
    __table_args__ = tenant_table(
        reference("site_id", "site", ondelete="CASCADE"),
        UniqueConstraint("code_hash"),
        UniqueConstraint("token_hash"),
        Index("ix_gate_post_site", "organisation_id", "site_id"),
    )

    site_id: Mapped[UUID]
    name: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    code_hash: Mapped[bytes | None]
    code_until: Mapped[datetime | None]
    token_hash: Mapped[bytes | None]  # None: no computer is this post yet
    joined_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class PostSession(TenantMixin, Base):
    """A guard at a post."""

    __tablename__ = "gate_session"
    __table_args__ = tenant_table(
        reference("post_id", "gate_post", ondelete="CASCADE"),
        reference("guard_id", "guard", ondelete="CASCADE"),
        UniqueConstraint("token_hash"),
        Index("ix_gate_session_post", "organisation_id", "post_id"),
        Index("ix_gate_session_guard", "organisation_id", "guard_id", "begun_at"),
    )

    post_id: Mapped[UUID]
    guard_id: Mapped[UUID]
    way: Mapped[str]
    token_hash: Mapped[bytes]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # the guard got another PIN, or lost a card; who asks is told


class _Act(TenantMixin):
    """What came of a box (`box_id`), or was done at the cloud's own page."""

    site_id: Mapped[UUID]
    box_id: Mapped[UUID | None]


class _ByGuard(_Act):
    """`guard`: the name, as it was then."""

    guard_id: Mapped[UUID]
    guard: Mapped[str]
    shift_id: Mapped[UUID | None]


def _act_table(table: str, *indexes: tuple[str, ...]) -> tuple[SchemaItem, ...]:
    """`indexes`: the name's last part, then the columns."""
    made = (Index(f"ix_{table}_{name}", "organisation_id", *columns) for name, *columns in indexes)
    return tenant_table(reference("site_id", "site"), reference("box_id", "box"), *made)


class SignInRow(_Act, Base):
    """A try to sign in at a box's page, or the end of a session."""

    __tablename__ = "guard_sign_in"
    __table_args__ = _act_table("guard_sign_in", ("at", "at", "id"))

    guard_id: Mapped[UUID | None]  # None: a card that is no guard's
    guard: Mapped[str]
    at: Mapped[datetime]
    way: Mapped[str]
    outcome: Mapped[str]
    station: Mapped[str | None]


class ShiftRow(_Act, Base):
    """A guard's turn of duty. `note`: handed over at its end."""

    __tablename__ = "guard_shift"
    __table_args__ = _act_table("guard_shift", ("begun", "begun_at", "id"))

    guard_id: Mapped[UUID]
    guard: Mapped[str]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    note: Mapped[str]
    erased_at: Mapped[datetime | None]  # the note is gone: its time was over


class GateDecisionRow(_ByGuard, Base):
    """A guard's decision at a lane, about a passage or of itself."""

    __tablename__ = "gate_decision"
    __table_args__ = (
        *_act_table(
            "gate_decision",
            ("at", "at", "id"),
            ("passage", "passage_id"),
            ("pass", "pass_id", "at"),
            ("shift", "shift_id"),
        ),
        Index("ix_gate_decision_still", "still", postgresql_where=text("still IS NOT NULL")),
        Index("ix_gate_decision_command", "command_id", postgresql_where=text("command_id IS NOT NULL")),
    )

    point_id: Mapped[UUID]  # as the box named it
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_trusted: Mapped[bool]
    direction: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[str]
    blacklisted: Mapped[bool]  # opened in spite of the blacklist
    passage_id: Mapped[UUID | None]
    pass_id: Mapped[UUID | None]
    use: Mapped[int | None] = mapped_column(Integer)
    plate: Mapped[str | None]
    zone_id: Mapped[UUID | None]
    carrier: Mapped[str]
    still: Mapped[str | None]
    opened: Mapped[bool | None]  # None: nothing was to be opened, or the barrier has not answered yet
    latency_us: Mapped[int | None] = mapped_column(Integer)
    fault: Mapped[str]
    command_id: Mapped[UUID | None]  # that carries out what was decided at the cloud's page
    erased_at: Mapped[datetime | None]  # what it said of persons is gone: its time was over


class VisitRow(_ByGuard, Base):
    """A visitor, as the newest report has them."""

    __tablename__ = "guard_visit"
    __table_args__ = (
        *_act_table("guard_visit", ("since", "since", "id")),
        Index("ix_guard_visit_photos", "photos", postgresql_using="gin"),
        Index(
            "ix_guard_visit_inside", "organisation_id", "site_id", postgresql_where=text("state = 'inside'")
        ),
        Index(
            "ix_guard_visit_conflict",
            "organisation_id",
            "since",
            "id",
            postgresql_where=text("conflict <> ''"),
        ),
    )

    state: Mapped[str]
    name: Mapped[str]
    document: Mapped[str]
    phone: Mapped[str | None]
    plate: Mapped[str | None]
    host: Mapped[str]
    host_phone: Mapped[str | None]
    address: Mapped[str]
    premises_id: Mapped[UUID | None]  # as it was told; no reference
    purpose: Mapped[str]
    pass_id: Mapped[UUID | None]
    point_id: Mapped[UUID | None]
    card: Mapped[str | None]
    card_back: Mapped[bool]
    photos: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    note: Mapped[str]
    registered_at: Mapped[datetime]
    since: Mapped[datetime]  # of the state
    changed_at: Mapped[datetime]
    search: Mapped[str]
    conflict: Mapped[str] = mapped_column(server_default="")  # why the blacklist does not let it stand
    settled_at: Mapped[datetime | None]  # somebody at the desk has seen the conflict
    settled_by: Mapped[str | None]


class NoteRow(_ByGuard, Base):
    """A guard's words about a pass, a passage or a visit, or about the shift."""

    __tablename__ = "guard_note"
    __table_args__ = _act_table("guard_note", ("pass", "pass_id"), ("shift", "shift_id"))

    at: Mapped[datetime]
    text: Mapped[str]
    pass_id: Mapped[UUID | None]
    passage_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]


class GateDraft(_ByGuard, Base):
    """A pass that was made at a gate, by the pass's id, and whether the company lets it stand."""

    __tablename__ = "gate_draft"
    __table_args__ = (*_act_table("gate_draft", ("state", "state", "at", "id")), reference("id", "pass"))

    at: Mapped[datetime]
    state: Mapped[str]
    premises_id: Mapped[UUID | None]  # as it was told
    reason: Mapped[str]  # why it is not taken over
    judged_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # somebody at the desk has seen the conflict
    settled_by: Mapped[str | None]


class ViolationCounter(Base):
    """The last violation's number of a company."""

    __tablename__ = "violation_counter"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class ViolationRow(_ByGuard, Base):
    """A violation as a case."""

    __tablename__ = "violation"
    __table_args__ = (
        *_act_table("violation", ("at", "at", "id"), ("state", "state", "at", "id")),
        UniqueConstraint("organisation_id", "number"),
        Index("ix_violation_photos", "photos", postgresql_using="gin"),
    )

    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    state: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    plate: Mapped[str | None]
    address: Mapped[str]
    premises_id: Mapped[UUID | None]  # as it was told; no reference
    pass_id: Mapped[UUID | None]
    passage_id: Mapped[UUID | None]
    photos: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    note: Mapped[str]
    changed_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]  # what it said of persons is gone: its time was over
    search: Mapped[str]


class ViolationChange(TenantMixin, Base):
    """Who brought a case into which state, and why."""

    __tablename__ = "violation_change"
    __table_args__ = tenant_table(
        reference("violation_id", "violation", ondelete="CASCADE"),
        Index("ix_violation_change_violation", "organisation_id", "violation_id", "at"),
    )

    violation_id: Mapped[UUID]
    at: Mapped[datetime]
    state: Mapped[str]
    actor: Mapped[str]
    account_id: Mapped[UUID | None]
    note: Mapped[str]
