"""The certificate of a box's guard's page: one that was uploaded, sealed, and what the box says that it serves."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel.ddl import jsonb

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("box", sa.Column("page_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("box", jsonb("page_uploaded", nullable=True))
    op.add_column("box_state", jsonb("page", nullable=True))


def downgrade() -> None:
    op.drop_column("box_state", "page")
    op.drop_column("box", "page_uploaded")
    op.drop_column("box", "page_sealed")
