"""How much room each company's files take, kept as a running total."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import uuid

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_usage",
        uuid("organisation_id", sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("bytes >= 0", name="bytes"),
    )
    tenancy.tenant_table("file_usage", api="select insert update", worker="select update")
    with tenancy.backfill():
        op.execute(
            "INSERT INTO file_usage SELECT organisation_id, sum(size) FROM stored_file GROUP BY organisation_id"
        )


def downgrade() -> None:
    op.drop_table("file_usage")
