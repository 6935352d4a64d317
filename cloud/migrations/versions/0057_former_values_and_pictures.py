"""Found without a scan: what a pass was before a change, by its age; whose a picture is that a guard took.

Nobody waits for it: each index is built beside the work.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_pass_history_former": (
        "pass_history",
        ["organisation_id", "at"],
        {"where": sa.text("data ? 'changes'")},
    ),
    "ix_gate_decision_still": ("gate_decision", ["still"], {"where": sa.text("still IS NOT NULL")}),
    "ix_guard_visit_photos": ("guard_visit", ["photos"], {"using": "gin"}),
    "ix_violation_photos": ("violation", ["photos"], {"using": "gin"}),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (table, columns, options) in INDEXES.items():
            op.execute(f"DROP INDEX IF EXISTS {name}")  # one that was left invalid half-way
            told = {f"postgresql_{key}": value for key, value in options.items()}
            op.create_index(name, table, columns, postgresql_concurrently=True, **told)


def downgrade() -> None:
    for name, (table, _columns, _options) in INDEXES.items():
        op.drop_index(name, table)
