"""Visitors whom the blacklist names are a conflict at the desk; boxes learn of listed phones; hosts' phones apart."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel.ddl import text, when
from cloud.kernel.tenancy import Role

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blocked", sa.Column("phones", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.execute(f"GRANT UPDATE (phones) ON blocked TO {Role.WORKER}")  # it hashes those of before
    op.add_column("guard_visit", text("host_phone", nullable=True))
    op.add_column("guard_visit", text("conflict", server_default=""))
    op.add_column("guard_visit", when("settled_at", nullable=True))
    op.add_column("guard_visit", text("settled_by", nullable=True))
    inside, conflict = sa.text("state = 'inside'"), sa.text("conflict <> ''")
    op.create_index(
        "ix_guard_visit_inside", "guard_visit", ["organisation_id", "site_id"], postgresql_where=inside
    )
    op.create_index(
        "ix_guard_visit_conflict",
        "guard_visit",
        ["organisation_id", "since", "id"],
        postgresql_where=conflict,
    )


def downgrade() -> None:
    for name in ("ix_guard_visit_conflict", "ix_guard_visit_inside"):
        op.drop_index(name, "guard_visit")
    for column in ("settled_by", "settled_at", "conflict", "host_phone"):
        op.drop_column("guard_visit", column)
    op.execute(f"REVOKE UPDATE (phones) ON blocked FROM {Role.WORKER}")
    op.drop_column("blocked", "phones")
