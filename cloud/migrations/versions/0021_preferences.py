"""How a person likes what they see (columns of a list, theme): kept by account, and gone with it."""

from alembic import op
from sqlalchemy import ForeignKey

from cloud.kernel import tenancy
from cloud.kernel.ddl import jsonb, text, uuid, when
from cloud.kernel.tenancy import ACCOUNT

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_preference",
        uuid("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        text("key", primary_key=True),
        jsonb("value"),
        when("changed_at"),
    )
    own = f"account_id = {ACCOUNT}"
    tenancy.force_row_security("account_preference")
    tenancy.policy("account_preference", "select", using=own)
    tenancy.policy("account_preference", "insert", check=own)
    tenancy.policy("account_preference", "update", using=own, check=own)
    tenancy.policy("account_preference", "delete", using=own)
    tenancy.grant("account_preference", api="select insert update delete")


def downgrade() -> None:
    op.drop_table("account_preference")
