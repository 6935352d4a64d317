"""Every key that a box was enrolled with stays: a journal is proved by these, not by whatever lies beside it."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, uuid, when

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLE = "box_journal_key"


def upgrade() -> None:
    create_tenant_table(
        TABLE,
        uuid("box_id"),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        when("since"),
        tenancy.reference(TABLE, "box_id", "box", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "box_id", "key"),
        sa.CheckConstraint("length(key) = 32", name="key"),
    )
    tenancy.tenant_table(TABLE, api="select insert")
    # Ingest took no signature but by the key that the box had then.
    with tenancy.backfill():
        op.execute(
            f"INSERT INTO {TABLE} (id, organisation_id, box_id, key, since)"
            " SELECT gen_random_uuid(), organisation_id, box_id, key, min(since) FROM ("
            " SELECT organisation_id, box_id, key, received_at AS since FROM event_proof UNION ALL"
            " SELECT organisation_id, id, journal_key, enrolled_at FROM box"
            " WHERE journal_key IS NOT NULL AND enrolled_at IS NOT NULL"
            ") AS known GROUP BY organisation_id, box_id, key"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
