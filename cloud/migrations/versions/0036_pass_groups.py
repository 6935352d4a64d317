"""Passes that came with one table belong to a group."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pass", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column("pass", sa.Column("group", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_pass_group",
        "pass",
        ["organisation_id", "group_id"],
        postgresql_where=sa.text("group_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_pass_group", "pass")
    op.drop_column("pass", "group")
    op.drop_column("pass", "group_id")
