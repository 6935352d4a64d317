"""Where a point's barrier stands, as its box told it last; the fire alarm's contacts of a box."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel.ddl import jsonb, text, when
from cloud.kernel.tenancy import Role

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COLUMNS = ("barrier_position", "barrier_cause", "barrier_at")


def upgrade() -> None:
    op.add_column("box", sa.Column("fire", jsonb("fire").type, nullable=False, server_default="[]"))
    op.alter_column("box", "fire", server_default=None)
    op.add_column("point", text("barrier_position", nullable=True))
    op.add_column("point", text("barrier_cause", nullable=True))
    op.add_column("point", when("barrier_at", nullable=True))
    op.execute(f"GRANT UPDATE ({', '.join(COLUMNS)}) ON point TO {Role.INGEST}")


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("point", column)
    op.drop_column("box", "fire")
