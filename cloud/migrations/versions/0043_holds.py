"""A point that a person has held open: until when an order holds it, and what its box told of that last."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel.ddl import jsonb, when
from cloud.kernel.tenancy import Role

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command", when("until", nullable=True))
    op.add_column("point", sa.Column("hold", jsonb("hold").type, nullable=True))
    op.add_column("point", when("hold_at", nullable=True))
    op.execute(f"GRANT UPDATE (hold, hold_at) ON point TO {Role.INGEST}")


def downgrade() -> None:
    op.drop_column("point", "hold_at")
    op.drop_column("point", "hold")
    op.drop_column("command", "until")
