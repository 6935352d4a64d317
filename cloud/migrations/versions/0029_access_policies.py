"""What a company allows of each kind of pass; how many vehicles of one household may be inside at once."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, when

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LIMITS = ("longest_days", "per_day", "standing", "vehicles", "from_minute", "until_minute")


def upgrade() -> None:
    create_tenant_table(
        "access_policy",
        text("kind"),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in LIMITS),
        when("changed_at"),
        sa.UniqueConstraint("organisation_id", "kind"),
    )
    tenancy.tenant_table("access_policy", api="select insert update", worker="select")
    op.add_column("pass", sa.Column("vehicles", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("pass", "vehicles")
    op.drop_table("access_policy")
