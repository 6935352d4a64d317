"""What the gate board asks for at every passage: the last one of each point."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_passage_point_at", "passage", ["organisation_id", "point_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_passage_point_at", "passage")
