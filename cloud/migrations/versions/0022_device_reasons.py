"""Why a device does not work: a reason that the faces have words for, and its number, beside the driver's own text."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel.ddl import text
from cloud.kernel.tenancy import Role

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", text("status_reason", nullable=True))
    op.add_column("device", sa.Column("status_number", sa.Integer(), nullable=True))
    op.execute(f"GRANT UPDATE (status_reason, status_number) ON device TO {Role.INGEST}")


def downgrade() -> None:
    op.drop_column("device", "status_number")
    op.drop_column("device", "status_reason")
