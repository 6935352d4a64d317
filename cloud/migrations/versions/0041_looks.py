"""The ledger of who looked at whose data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, jsonb, text, uuid, when

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tenant_table(
        "look",
        when("at"),
        text("kind"),
        uuid("account_id", nullable=True),
        uuid("guard_id", nullable=True),
        *map(text, ("who", "role", "operation", "screen")),
        jsonb("asked"),
        sa.Column("subjects", ARRAY(sa.Text()), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        text("address", nullable=True),
        uuid("site_id", nullable=True),
        uuid("box_id", nullable=True),
        text("search"),
        tenancy.reference("look", "site_id", "site"),
        tenancy.reference("look", "box_id", "box"),
    )
    op.create_index("ix_look_at", "look", ["organisation_id", "at", "id"])
    op.create_index("ix_look_subjects", "look", ["subjects"], postgresql_using="gin")
    # Whoever looks adds an entry and changes none; the worker alone takes away what is too old.
    tenancy.tenant_table("look", api="select insert", ingest="select insert", worker="select delete")


def downgrade() -> None:
    op.drop_table("look")
