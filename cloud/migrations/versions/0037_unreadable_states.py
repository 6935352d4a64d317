"""What downlink cannot read of a box is set aside, too."""

from alembic import op

from cloud.kernel.tenancy import Role

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = "quarantine, unknown_type"


def upgrade() -> None:
    op.execute(f"GRANT INSERT, UPDATE ON {TABLES} TO {Role.DOWNLINK}")


def downgrade() -> None:
    op.execute(f"REVOKE INSERT, UPDATE ON {TABLES} FROM {Role.DOWNLINK}")
