"""An order says as what it was given: by the company's staff, a resident, or a guard. Keys of codes can be revoked."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel.ddl import when

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command", sa.Column("person_kind", sa.Text(), nullable=False, server_default=""))
    op.add_column("code_key", when("revoked_at", nullable=True))


def downgrade() -> None:
    op.drop_column("code_key", "revoked_at")
    op.drop_column("command", "person_kind")
