"""Limits of passes that open a point: how long, how many to one premises a day and at once."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_LIMITS = ("longest_days", "per_day", "standing")


def upgrade() -> None:
    for limit in _LIMITS:
        op.add_column("point_policy", sa.Column(limit, sa.Integer(), nullable=True))


def downgrade() -> None:
    for limit in reversed(_LIMITS):
        op.drop_column("point_policy", limit)
