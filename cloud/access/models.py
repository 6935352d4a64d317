"""Tables of the access slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from cloud.access.types import TOLD
from cloud.kernel.models import Base, TenantMixin, reference, tenant_table


class PassCounter(Base):
    """The last pass number of a company: numbers are gapless, taken under this row's lock."""

    __tablename__ = "pass_counter"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class Pass(TenantMixin, Base):
    """A right to go through a site's points. Host and address are frozen as they were at issue."""

    __tablename__ = "pass"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("host_id", "person"),
        reference("premises_id", "premises"),
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint(
            "state IN ('requested', 'issued', 'inside', 'left', 'refused', 'revoked')", name="state"
        ),
        CheckConstraint("valid_until > valid_from", name="window"),
        CheckConstraint("entries > 0", name="entries"),
        CheckConstraint(
            "erased_at IS NULL OR (holder = '' AND vehicle = '' AND plates = '{}' AND host = '' AND phone IS NULL"
            " AND host_phone IS NULL AND address = '' AND note = '' AND search = '' AND document = ''"
            " AND document_key = '' AND faces = '{}')",
            name="erased",
        ),
        Index("ix_pass_changed", "organisation_id", "changed_at", "id"),
        Index("ix_pass_visit", "organisation_id", "valid_from", "id"),
        Index("ix_pass_site", "organisation_id", "site_id", "state"),
        Index("ix_pass_premises", "organisation_id", "premises_id"),
        Index("ix_pass_document", "site_id", "document_key", postgresql_where=text("document_key <> ''")),
        Index("ix_pass_faces", "faces", postgresql_using="gin", postgresql_where=text("faces <> '{}'")),
        Index("ix_pass_group", "organisation_id", "group_id", postgresql_where=text("group_id IS NOT NULL")),
    )

    number: Mapped[int] = mapped_column(BigInteger)
    site_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    holder: Mapped[str]
    vehicle: Mapped[str]
    plates: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    host_id: Mapped[UUID | None]
    host: Mapped[str]
    premises_id: Mapped[UUID | None]
    address: Mapped[str]
    phone: Mapped[str | None]  # the guest's own
    document: Mapped[str] = mapped_column(server_default="")  # likewise, as it was typed
    document_key: Mapped[str] = mapped_column(server_default="")  # protocols.documents.document_number
    host_phone: Mapped[str | None]  # frozen like the host's name
    service: Mapped[str]
    ticket_kind: Mapped[str | None]
    ticket_id: Mapped[UUID | None]
    ticket: Mapped[str]
    points: Mapped[list[Any]]  # ids as text; empty: every point of the site
    left_out: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), server_default="{}"
    )  # asked for every point: the names of those that would not be opened
    direction: Mapped[str | None]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    schedule: Mapped[list[Any]]  # protocols.held.Window, as JSON
    entries: Mapped[int | None] = mapped_column(Integer)
    uses: Mapped[int] = mapped_column(Integer)
    vehicles: Mapped[int | None] = mapped_column(Integer)  # of its premises, inside at once; frozen at issue
    faces: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), server_default="{}"
    )  # pictures by which panels know the holder: `Face.sha256`
    group_id: Mapped[UUID | None]  # of the table with which it came
    group: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # one more with each change of its form
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]  # who held it is forgotten: it had ended long enough ago
    search: Mapped[str]


class Card(TenantMixin, Base):
    """A card or fob of the company, once, however it is typed: what it is, and with whom.

    `state` and what stands beside it are of now, `CardHistory` tells how it came to that. What opens is the pass that
    the card is on (`PassCard`): a card that is with nobody is on none.
    """

    __tablename__ = "card"
    __table_args__ = tenant_table(
        reference("pass_id", "pass"),
        UniqueConstraint("organisation_id", "key"),
        CheckConstraint("state IN ('stock', 'given', 'lost', 'destroyed')", name="state"),
        CheckConstraint("(state = 'given') <= (pass_id IS NOT NULL)", name="given"),
        CheckConstraint("(pass_id IS NOT NULL) <= (state IN ('given', 'lost'))", name="held"),
        Index("ix_card_keys", "keys", postgresql_using="gin"),
        Index("ix_card_since", "organisation_id", "since", "id"),
        Index("ix_card_pass", "organisation_id", "pass_id", postgresql_where=text("pass_id IS NOT NULL")),
    )

    key: Mapped[str]  # the strongest match key
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    format: Mapped[str]
    printed: Mapped[str]
    label: Mapped[str]  # the company's own number of it, or what it looks like
    state: Mapped[str]
    since: Mapped[datetime]  # when it came into this state
    by: Mapped[str]  # who brought it there
    pass_id: Mapped[UUID | None]  # of whoever has it; of whoever lost it
    due_at: Mapped[datetime | None]  # until when it was given; None: as long as its pass is good
    deposit: Mapped[str]  # as it was written down, and not given back yet
    created_at: Mapped[datetime]
    search: Mapped[str]


class CardHistory(TenantMixin, Base):
    """Who gave a card to whom, took it back, or wrote it off."""

    __tablename__ = "card_history"
    __table_args__ = tenant_table(
        reference("card_id", "card", ondelete="CASCADE"),
        reference("pass_id", "pass"),
        Index("ix_card_history_card", "organisation_id", "card_id", "at"),
        Index(
            "ix_card_history_pass", "organisation_id", "pass_id", postgresql_where=text("pass_id IS NOT NULL")
        ),
    )

    card_id: Mapped[UUID]
    at: Mapped[datetime]
    change: Mapped[str]
    actor: Mapped[str]
    account_id: Mapped[UUID | None]
    pass_id: Mapped[UUID | None]
    holder: Mapped[str]  # as the pass named them then
    deposit: Mapped[str]
    note: Mapped[str]


class PassCard(TenantMixin, Base):
    """By what a pass opens: a card of the company's as it was typed, its match keys strongest first; or a PIN, a code.

    `card_id` is None for these, and for what a gate gave out until the company has judged it.
    """

    __tablename__ = "pass_card"
    __table_args__ = tenant_table(
        reference("pass_id", "pass", ondelete="CASCADE"),
        reference("card_id", "card"),
        Index("ix_pass_card_pass", "organisation_id", "pass_id"),
        Index(
            "ix_pass_card_card", "organisation_id", "card_id", postgresql_where=text("card_id IS NOT NULL")
        ),
        Index("ix_pass_card_keys", "keys", postgresql_using="gin"),
    )

    pass_id: Mapped[UUID]
    card_id: Mapped[UUID | None]
    format: Mapped[str]
    printed: Mapped[str]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))


class PassWatch(TenantMixin, Base):
    """An account that is told when a pass, or one key of it, is used. Shown to that account alone."""

    __tablename__ = "pass_watch"
    __table_args__ = tenant_table(
        reference("pass_id", "pass", ondelete="CASCADE"),
        UniqueConstraint("organisation_id", "pass_id", "account_id", "key"),
    )

    pass_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(server_default="")  # typed.key_of; empty: by whatever it is used
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    by_email: Mapped[bool]
    created_at: Mapped[datetime]


class PassHistory(TenantMixin, Base):
    """Who changed what on a pass, and why."""

    __tablename__ = "pass_history"
    __table_args__ = tenant_table(
        reference("pass_id", "pass", ondelete="CASCADE"),
        Index("ix_pass_history_pass", "organisation_id", "pass_id", "at"),
        Index("ix_pass_history_former", "organisation_id", "at", postgresql_where=text("data ? 'changes'")),
    )

    pass_id: Mapped[UUID]
    at: Mapped[datetime]
    change: Mapped[str]
    actor: Mapped[str]
    account_id: Mapped[UUID | None]
    reason: Mapped[str]
    data: Mapped[dict[str, Any]]

    @property
    def told_reason(self) -> str:
        """As residents may read it: see `types.TOLD`."""
        return self.reason if self.data.get(TOLD) else ""

    @property
    def changes(self) -> dict[str, list[Any]] | None:
        """What the form had and has, by field: `told.changes_of`."""
        return self.data.get("changes")

    @property
    def card(self) -> str | None:
        """Which one was put on the pass, or taken off."""
        return self.data.get("card")


class AccessPolicy(TenantMixin, Base):
    """What a company allows of a kind of pass; None: no limit of its own. `types.PolicyDraft` says what each means."""

    __tablename__ = "access_policy"
    __table_args__ = tenant_table(UniqueConstraint("organisation_id", "kind"))

    kind: Mapped[str]
    longest_days: Mapped[int | None] = mapped_column(Integer)
    per_day: Mapped[int | None] = mapped_column(Integer)
    standing: Mapped[int | None] = mapped_column(Integer)
    vehicles: Mapped[int | None] = mapped_column(Integer)
    approval: Mapped[bool] = mapped_column(server_default=text("false"))
    residents: Mapped[bool] = mapped_column(server_default=text("false"))
    from_minute: Mapped[int | None] = mapped_column(Integer)
    until_minute: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime]


class PointPolicy(TenantMixin, Base):
    """What a company says of passes at a point. `types.PointPolicyDraft` says what each means."""

    __tablename__ = "point_policy"
    __table_args__ = tenant_table(
        reference("point_id", "point"), UniqueConstraint("organisation_id", "point_id")
    )

    point_id: Mapped[UUID]
    kinds: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    residents: Mapped[bool]
    approval: Mapped[bool]
    from_minute: Mapped[int | None] = mapped_column(Integer)
    until_minute: Mapped[int | None] = mapped_column(Integer)
    longest_days: Mapped[int | None] = mapped_column(Integer)
    per_day: Mapped[int | None] = mapped_column(Integer)
    standing: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime]


class CodeKey(TenantMixin, Base):
    """A key that signs guests' codes of a site. The private half is sealed and never leaves the cloud."""

    __tablename__ = "code_key"
    __table_args__ = tenant_table(
        reference("site_id", "site", ondelete="CASCADE"),
        Index("ix_code_key_site", "organisation_id", "site_id", "valid_until"),
    )

    site_id: Mapped[UUID]
    public_key: Mapped[bytes]  # Ed25519, 32 bytes
    sealed: Mapped[bytes]  # empty once it is revoked
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Blocked(TenantMixin, Base):
    """A blacklist entry of a site: a card, a plate, or a person by name, phone and document. Removed, never deleted."""

    __tablename__ = "blocked"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        CheckConstraint(
            "cardinality(keys) + cardinality(plates) > 0 OR person_key <> '' OR document_key <> ''",
            name="target",
        ),
        Index("ix_blocked_site", "organisation_id", "site_id", "removed_at"),
    )

    site_id: Mapped[UUID]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    plates: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    card: Mapped[str]  # as it was typed
    person: Mapped[str]
    person_key: Mapped[str]  # the name folded: how a pass's holder is compared
    persons: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), server_default="{}"
    )  # as guests' codes name them
    phone: Mapped[str | None]
    document: Mapped[str] = mapped_column(server_default="")  # as it was typed
    document_key: Mapped[str] = mapped_column(
        server_default=""
    )  # its number: how a pass's document is compared
    documents: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), server_default="{}"
    )  # as boxes are told of it
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")  # likewise, the phone
    reason: Mapped[str]
    until: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    search: Mapped[str]


class PassageRow(TenantMixin, Base):
    """A decision that a box made at a point; `id` is the box's event id, so a record arrives once."""

    __tablename__ = "passage"
    __table_args__ = tenant_table(
        reference("site_id", "site"),
        reference("box_id", "box"),
        Index("ix_passage_at", "organisation_id", "at", "id"),
        Index("ix_passage_site_at", "organisation_id", "site_id", "at"),
        Index("ix_passage_pass", "organisation_id", "pass_id", "at"),
        Index("ix_passage_point_at", "organisation_id", "point_id", "at"),
        Index("ix_passage_still", "organisation_id", "still", postgresql_where=text("still IS NOT NULL")),
        Index("ix_passage_kept", "organisation_id", "at", postgresql_where=text("erased_at IS NULL")),
        CheckConstraint(
            "erased_at IS NULL OR (plate IS NULL AND credential IS NULL AND read = '' AND carrier = ''"
            " AND left_carrier IS NULL)",
            name="erased",
        ),
    )

    site_id: Mapped[UUID]
    box_id: Mapped[UUID]
    point_id: Mapped[UUID]  # as the box named it; the point may be gone from the configuration by now
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_trusted: Mapped[bool]
    direction: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    pass_id: Mapped[UUID | None]
    use: Mapped[int | None] = mapped_column(Integer)
    credential: Mapped[str | None]
    plate: Mapped[str | None]
    read: Mapped[str]
    source_id: Mapped[UUID | None]
    still: Mapped[str | None]  # SHA-256 of the picture, which may still be on its way
    still_removed_at: Mapped[datetime | None]  # its time or the room for it was up
    decision_us: Mapped[int] = mapped_column(Integer)
    weak_match: Mapped[bool]
    opened: Mapped[bool | None]  # None: the barrier has not answered yet
    latency_us: Mapped[int | None] = mapped_column(Integer)
    fault: Mapped[str]
    zone_id: Mapped[UUID | None]
    carrier: Mapped[str] = mapped_column(server_default="")
    flags: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), server_default="{}"
    )  # protocols.records.PassageFlag
    left_carrier: Mapped[str | None]
    other_pass_id: Mapped[UUID | None]
    list_age_s: Mapped[int | None] = mapped_column(BigInteger)
    nonce: Mapped[int | None] = mapped_column(Integer)
    erased_at: Mapped[datetime | None]  # what it said of persons is gone: its time was over
