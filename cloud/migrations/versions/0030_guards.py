"""Guards' sign-ins at the boxes' own pages, and who may do what with guards' acts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# As in cloud/kernel/permissions.py when this was written; companies may have changed them since.
GRANTED = {
    "administrator": ["gate.work", "guards.manage", "watch.read", "violations.read", "violations.manage"],
    "manager": ["gate.work", "guards.manage", "watch.read", "violations.read", "violations.manage"],
    "dispatcher": ["watch.read", "violations.read", "violations.manage"],
    "accountant": ["violations.read"],
    "guard": ["gate.work"],
}


def upgrade() -> None:
    create_tenant_table(
        "guard",
        text("name"),
        text("sort_name"),
        text("search"),
        text("pin_hash"),
        when("pin_set_at", nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("may_work", sa.Boolean(), nullable=False),
        sa.Column("site_ids", ARRAY(sa.Uuid()), nullable=False),
        when("changed_at"),
        tenancy.reference("guard", "id", "membership"),
    )
    create_tenant_table(
        "guard_card",
        uuid("guard_id"),
        text("format"),
        text("printed"),
        sa.Column("keys", ARRAY(sa.Text()), nullable=False),
        tenancy.reference("guard_card", "guard_id", "guard", ondelete="CASCADE"),
    )
    op.create_index("ix_guard_card_guard", "guard_card", ["organisation_id", "guard_id"])
    tenancy.tenant_table(
        "guard", api="select insert update", worker="select insert update", ingest="select", downlink=""
    )
    tenancy.tenant_table("guard_card", api="select insert delete", worker="select delete")
    tenancy.crossing_function(
        "guard_companies",
        "",
        "TABLE (organisation_id uuid)",
        "SELECT DISTINCT organisation_id FROM guard",
        to=(Role.WORKER,),
    )
    permissions()


def downgrade() -> None:
    with tenancy.backfill():
        for permission in GRANTED["administrator"]:
            op.execute(f"UPDATE role SET permissions = array_remove(permissions, '{permission}')")
    tenancy.drop_crossing_function("guard_companies", "")
    op.drop_table("guard_card")
    op.drop_table("guard")


def permissions() -> None:
    """The roles that every company started with learn the new permissions."""
    with tenancy.backfill():
        for code, granted in GRANTED.items():
            named = ", ".join(f"'{permission}'" for permission in granted)
            op.execute(
                f"UPDATE role SET permissions = ARRAY(SELECT DISTINCT unnest(permissions || ARRAY[{named}]::varchar[])"
                f" ORDER BY 1) WHERE code = '{code}'"
            )
