"""Meters that boxes poll."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.models import reference

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tenant_table(
        "meter",
        *map(text, ("name", "serial", "resource")),
        uuid("premises_id", nullable=True),
        uuid("building_id", nullable=True),
        uuid("box_id"),
        uuid("device_id"),
        text("profile"),
        sa.Column("unit", sa.SmallInteger(), nullable=False),
        sa.Column("period_s", sa.Float(), nullable=False),
        sa.Column("channels", ARRAY(sa.Text()), nullable=False),
        when("created_at"),
        when("removed_at", nullable=True),
        *map(text, ("sort_key", "search")),
        *(reference(f"{table}_id", table) for table in ("premises", "building", "box", "device")),
        sa.CheckConstraint("unit BETWEEN 0 AND 247", name="unit"),
        sa.CheckConstraint("period_s > 0", name="period"),
    )
    op.create_index("ix_meter_box", "meter", ["organisation_id", "box_id"])
    op.create_index("ix_meter_order", "meter", ["organisation_id", "sort_key", "id"])
    tenancy.tenant_table("meter", api="select insert update", worker="select update")


def downgrade() -> None:
    op.drop_table("meter")
