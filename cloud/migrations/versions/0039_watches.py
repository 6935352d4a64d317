"""Whom to tell when a pass is used, and what they were told."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import ACCOUNT

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tenant_table(
        "pass_watch",
        uuid("pass_id"),
        uuid("account_id", sa.ForeignKey("account.id")),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        when("created_at"),
        tenancy.reference("pass_watch", "pass_id", "pass", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "pass_id", "account_id"),
    )
    tenancy.tenant_table("pass_watch", api="select insert update delete", worker="select", ingest="select")
    create_tenant_table(
        "notice",
        uuid("account_id", sa.ForeignKey("account.id")),
        uuid("pass_id"),
        uuid("passage_id"),
        when("at"),
        text("outcome"),
        text("reason"),
        text("direction"),
        text("point"),
        when("made_at"),
        when("read_at", nullable=True),
        tenancy.reference("notice", "pass_id", "pass", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "account_id", "passage_id"),
    )
    op.create_index("ix_notice_at", "notice", ["account_id", "at", "id"])
    tenancy.tenant_table("notice", api="select update", worker="select insert delete")
    for table in ("pass_watch", "notice"):  # a person's own; processes that serve nobody see all
        op.execute(
            f"CREATE POLICY {table}_own ON {table} AS RESTRICTIVE FOR SELECT"
            f" USING (CASE WHEN {ACCOUNT} IS NULL THEN true ELSE account_id = {ACCOUNT} END)"
        )


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("pass_watch")
