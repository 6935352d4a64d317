"""Orders to boxes forget who gave them when the audit trail does; erased passes, which resident asked for them."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import when
from cloud.kernel.tenancy import Role

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

WIPED = "person = '' AND account_id IS NULL AND reason = ''"


def upgrade() -> None:
    op.add_column("command", when("erased_at", nullable=True))
    op.create_check_constraint("erased", "command", sa.text(f"erased_at IS NULL OR ({WIPED})"))
    op.create_index(
        "ix_command_kept",
        "command",
        ["organisation_id", "issued_at"],
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.execute(f"GRANT UPDATE (person, account_id, reason, erased_at) ON command TO {Role.WORKER}")
    with tenancy.backfill():
        op.execute(
            "UPDATE pass_history h SET actor = '', account_id = NULL FROM pass p"
            " WHERE p.id = h.pass_id AND p.erased_at IS NOT NULL AND h.account_id IN"
            " (SELECT account_id FROM resident r WHERE r.organisation_id = h.organisation_id)"
        )


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE (person, account_id, reason, erased_at) ON command FROM {Role.WORKER}")
    op.drop_index("ix_command_kept", "command")
    op.drop_constraint("ck_command_erased", "command")
    op.drop_column("command", "erased_at")
