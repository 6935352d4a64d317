"""Passes with their cards and history, the blacklist, passages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, jsonb, text, uuid, when
from cloud.kernel.models import reference
from cloud.kernel.tenancy import Role

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LAPSED_ARGUMENTS = "p_before timestamptz, p_limit int"


def upgrade() -> None:
    pass_counter()
    passes()
    cards_and_history()
    blocked()
    passage()
    functions()


def downgrade() -> None:
    tenancy.drop_crossing_function("access_lapsed", LAPSED_ARGUMENTS)
    for table in ("passage", "blocked", "pass_history", "pass_card", "pass", "pass_counter"):
        op.drop_table(table)


def texts(name: str) -> sa.Column:
    return sa.Column(name, ARRAY(sa.Text()), nullable=False)


def whole(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def pass_counter() -> None:
    op.create_table(
        "pass_counter",
        uuid("organisation_id", sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    tenancy.tenant_table("pass_counter", api="select insert update", worker="select insert update")


def passes() -> None:
    create_tenant_table(
        "pass",
        sa.Column("number", sa.BigInteger(), nullable=False),
        uuid("site_id"),
        *map(text, ("kind", "state", "holder", "vehicle")),
        texts("plates"),
        uuid("host_id", nullable=True),
        text("host"),
        uuid("premises_id", nullable=True),
        text("address"),
        text("phone", nullable=True),
        text("host_phone", nullable=True),
        text("service"),
        text("ticket_kind", nullable=True),
        uuid("ticket_id", nullable=True),
        text("ticket"),
        jsonb("points"),
        text("direction", nullable=True),
        when("valid_from"),
        when("valid_until", nullable=True),
        jsonb("schedule"),
        whole("entries", nullable=True),
        whole("uses"),
        text("note"),
        when("created_at"),
        when("changed_at"),
        text("search"),
        reference("site_id", "site"),
        reference("host_id", "person"),
        reference("premises_id", "premises"),
        sa.UniqueConstraint("organisation_id", "number"),
        sa.CheckConstraint("state IN ('issued', 'inside', 'left', 'refused', 'revoked')", name="state"),
        sa.CheckConstraint("valid_until > valid_from", name="window"),
        sa.CheckConstraint("entries > 0", name="entries"),
    )
    op.create_index("ix_pass_changed", "pass", ["organisation_id", "changed_at", "id"])
    op.create_index("ix_pass_visit", "pass", ["organisation_id", "valid_from", "id"])
    op.create_index("ix_pass_site", "pass", ["organisation_id", "site_id", "state"])
    tenancy.tenant_table(
        "pass", api="select insert update", worker="select insert update", ingest="select update"
    )


def cards_and_history() -> None:
    create_tenant_table(
        "pass_card",
        uuid("pass_id"),
        *map(text, ("format", "printed")),
        texts("keys"),
        reference("pass_id", "pass", ondelete="CASCADE"),
    )
    op.create_index("ix_pass_card_pass", "pass_card", ["organisation_id", "pass_id"])
    op.create_index("ix_pass_card_keys", "pass_card", ["keys"], postgresql_using="gin")
    tenancy.tenant_table("pass_card", api="select insert delete", worker="select")
    create_tenant_table(
        "pass_history",
        uuid("pass_id"),
        when("at"),
        *map(text, ("change", "actor")),
        uuid("account_id", nullable=True),
        text("reason"),
        jsonb("data"),
        reference("pass_id", "pass", ondelete="CASCADE"),
    )
    op.create_index("ix_pass_history_pass", "pass_history", ["organisation_id", "pass_id", "at"])
    tenancy.tenant_table("pass_history", api="select insert", worker="select insert", ingest="insert")


def blocked() -> None:
    create_tenant_table(
        "blocked",
        uuid("site_id"),
        texts("keys"),
        texts("plates"),
        *map(text, ("card", "person", "person_key")),
        text("phone", nullable=True),
        text("reason"),
        when("until", nullable=True),
        text("created_by"),
        when("created_at"),
        when("removed_at", nullable=True),
        text("removed_by", nullable=True),
        text("search"),
        reference("site_id", "site"),
        sa.CheckConstraint("cardinality(keys) + cardinality(plates) > 0 OR person_key <> ''", name="target"),
    )
    op.create_index("ix_blocked_site", "blocked", ["organisation_id", "site_id", "removed_at"])
    tenancy.tenant_table("blocked", api="select insert update", worker="select")


def passage() -> None:
    create_tenant_table(
        "passage",
        uuid("site_id"),
        uuid("box_id"),
        uuid("point_id"),
        when("at"),
        when("received_at"),
        sa.Column("clock_trusted", sa.Boolean(), nullable=False),
        *map(text, ("direction", "outcome", "reason")),
        uuid("pass_id", nullable=True),
        whole("use", nullable=True),
        text("credential", nullable=True),
        text("plate", nullable=True),
        text("read"),
        uuid("source_id", nullable=True),
        text("still", nullable=True),
        whole("decision_us"),
        sa.Column("weak_match", sa.Boolean(), nullable=False),
        sa.Column("opened", sa.Boolean()),
        whole("latency_us", nullable=True),
        text("fault"),
        reference("site_id", "site"),
        reference("box_id", "box"),
    )
    op.create_index("ix_passage_at", "passage", ["organisation_id", "at", "id"])
    op.create_index("ix_passage_site_at", "passage", ["organisation_id", "site_id", "at"])
    op.create_index("ix_passage_pass", "passage", ["organisation_id", "pass_id", "at"])
    tenancy.tenant_table("passage", api="select", worker="select", ingest="select insert update")


def functions() -> None:
    tenancy.crossing_function(  # held items that boxes need no more; the sweep's view
        "access_lapsed",
        LAPSED_ARGUMENTS,
        "TABLE (organisation_id uuid, site_id uuid, kind text, item_id uuid)",
        """
        SELECT h.organisation_id, h.site_id, h.kind, h.item_id
        FROM held_item h
        LEFT JOIN pass p ON h.kind = 'pass' AND p.id = h.item_id
        LEFT JOIN blocked b ON h.kind = 'block' AND b.id = h.item_id
        WHERE p.valid_until < p_before AND p.state <> 'inside'
           OR p.state IN ('revoked', 'refused') AND p.changed_at < p_before
           OR b.until < p_before
        ORDER BY h.organisation_id, h.site_id, h.item_id
        LIMIT p_limit
        """,
        to=(Role.WORKER,),
    )
