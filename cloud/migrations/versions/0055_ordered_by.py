"""An order says as what it was given: by the company's staff, a resident, or a guard at the cloud's page."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command", sa.Column("person_kind", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("command", "person_kind")
