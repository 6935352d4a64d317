"""A guard's session at a post that ended with the PIN or a card: the page says why."""

from alembic import op

from cloud.kernel.ddl import when

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gate_session", when("ended_at", nullable=True))


def downgrade() -> None:
    op.execute("TRUNCATE gate_session")  # else those that ended would go on
    op.drop_column("gate_session", "ended_at")
