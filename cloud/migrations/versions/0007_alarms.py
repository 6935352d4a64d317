"""Alarms of boxes, and who may see and acknowledge them."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# As in cloud/kernel/permissions.py when this was written; companies may have changed them since.
GRANTED = {
    "administrator": ["alarms.read", "alarms.acknowledge", "quarantine.read"],
    "manager": ["alarms.read", "alarms.acknowledge"],
    "dispatcher": ["alarms.read", "alarms.acknowledge"],
    "engineer": ["alarms.read", "alarms.acknowledge"],
    "guard": ["alarms.read"],
}


def upgrade() -> None:
    alarms()
    permissions()


def downgrade() -> None:
    with tenancy.backfill():
        for permission in GRANTED["administrator"]:
            op.execute(f"UPDATE role SET permissions = array_remove(permissions, '{permission}')")
    op.drop_table("alarm")


def alarms() -> None:
    create_tenant_table(
        "alarm",
        uuid("site_id"),
        uuid("box_id"),
        uuid("source_id", nullable=True),
        *map(text, ("kind", "severity", "detail", "search")),
        sa.Column("notice", sa.Boolean(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        when("raised_at"),
        when("last_at"),
        when("cleared_at", nullable=True),
        when("acknowledged_at", nullable=True),
        uuid("acknowledged_by", nullable=True),
        text("acknowledged_person", nullable=True),
        tenancy.reference("alarm", "site_id", "site"),
        tenancy.reference("alarm", "box_id", "box", ondelete="CASCADE"),
    )
    op.create_index("ix_alarm_raised", "alarm", ["organisation_id", "raised_at", "id"])
    op.create_index(
        "ix_alarm_notice",
        "alarm",
        ["organisation_id", "box_id", "kind"],
        unique=True,
        postgresql_where=sa.text("notice AND cleared_at IS NULL"),
    )
    tenancy.tenant_table("alarm", api="select", worker="select insert update", ingest="select insert update")
    acknowledged = "acknowledged_at, acknowledged_by, acknowledged_person, cleared_at"
    op.execute(f"GRANT UPDATE ({acknowledged}) ON alarm TO {Role.API}")


def permissions() -> None:
    """The roles that every company started with learn the new permissions."""
    with tenancy.backfill():
        for code, granted in GRANTED.items():
            named = ", ".join(f"'{permission}'" for permission in granted)
            op.execute(
                f"UPDATE role SET permissions = ARRAY(SELECT DISTINCT unnest(permissions || ARRAY[{named}]::varchar[])"
                f" ORDER BY 1) WHERE code = '{code}'"
            )
