"""An order to mark whoever left unseen says by what they had come."""

from alembic import op

from cloud.kernel.ddl import text
from cloud.kernel.tenancy import Role

revision = "0064"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command", text("carrier", nullable=True))
    op.execute(f"GRANT UPDATE (carrier) ON command TO {Role.WORKER}")


def downgrade() -> None:
    op.drop_column("command", "carrier")
