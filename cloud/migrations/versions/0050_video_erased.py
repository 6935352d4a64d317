"""Up to when what a box erased was made: video goes by a quota, not by its days alone."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("box_retention", sa.Column("erased_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("box_retention", "erased_until")
