"""Passes that wait for a manager, and the kinds of pass that do."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy

revision = "0035"
down_revision = "0031"
branch_labels = None
depends_on = None

APPROVE = "passes.approve"
GRANTED = ("administrator", "manager")  # as in cloud/kernel/permissions.py when this was written
STATES = "state IN ('requested', 'issued', 'inside', 'left', 'refused', 'revoked')"
STATES_BEFORE = "state IN ('issued', 'inside', 'left', 'refused', 'revoked')"


def upgrade() -> None:
    op.add_column(
        "access_policy", sa.Column("approval", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    states(STATES)
    with tenancy.backfill():
        op.execute(
            f"UPDATE role SET permissions = ARRAY(SELECT DISTINCT unnest(permissions || ARRAY['{APPROVE}']::varchar[])"
            f" ORDER BY 1) WHERE code IN {GRANTED}"
        )


def downgrade() -> None:
    with tenancy.backfill():
        op.execute(f"UPDATE role SET permissions = array_remove(permissions, '{APPROVE}')")
        op.execute("UPDATE pass SET state = 'refused' WHERE state = 'requested'")
    states(STATES_BEFORE)
    op.drop_column("access_policy", "approval")


def states(condition: str) -> None:
    op.drop_constraint(op.f("ck_pass_state"), "pass")
    op.create_check_constraint(op.f("ck_pass_state"), "pass", condition)
