"""Found without a scan: the decision and the call of an order, by which the box names the picture of its opening.

Nobody waits for it: each index is built beside the work.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

INDEXES = {"ix_gate_decision_command": "gate_decision", "ix_call_command": "call"}


def upgrade() -> None:
    is_ordered = sa.text("command_id IS NOT NULL")
    with op.get_context().autocommit_block():
        for name, table in INDEXES.items():
            op.execute(f"DROP INDEX IF EXISTS {name}")  # one that was left invalid half-way
            op.create_index(
                name, table, ["command_id"], postgresql_concurrently=True, postgresql_where=is_ordered
            )


def downgrade() -> None:
    for name, table in INDEXES.items():
        op.drop_index(name, table)
