"""What a company says of passes at a point; which points a pass for every one of its site was not let open."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, uuid, when

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tenant_table(
        "point_policy",
        uuid("point_id"),
        sa.Column("kinds", ARRAY(sa.Text()), nullable=True),
        sa.Column("residents", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("until_minute", sa.Integer(), nullable=True),
        when("changed_at"),
        sa.UniqueConstraint("organisation_id", "point_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "point_id"],
            ["point.organisation_id", "point.id"],
            name="fk_point_policy_point_id_point",
        ),
    )
    tenancy.tenant_table("point_policy", api="select insert update", worker="select")
    op.add_column("pass", sa.Column("left_out", ARRAY(sa.Text()), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("pass", "left_out")
    op.drop_table("point_policy")
