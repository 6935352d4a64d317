"""What a pass was before a change is found by its age; residents are told what was decided of their passes."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import text, uuid

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

FORMER = sa.text("data ? 'changes'")
KIND = "kind IN ('used', 'approved', 'refused', 'revoked')"
OF_ONE = "(kind = 'used') = (passage_id IS NOT NULL) AND (kind = 'used') = (change_id IS NULL)"


def upgrade() -> None:
    op.create_index(
        "ix_pass_history_former", "pass_history", ["organisation_id", "at"], postgresql_where=FORMER
    )
    op.add_column("notice", text("kind", server_default="used"))
    op.alter_column("notice", "kind", server_default=None)
    op.add_column("notice", uuid("change_id", nullable=True))
    op.alter_column("notice", "passage_id", nullable=True)
    op.execute(  # the new column is empty: nothing is there to be looked through
        "ALTER TABLE notice ADD CONSTRAINT fk_notice_change_id_pass_history FOREIGN KEY (organisation_id, change_id)"
        " REFERENCES pass_history (organisation_id, id) ON DELETE CASCADE NOT VALID"
    )
    op.create_unique_constraint(
        "uq_notice_organisation_id_account_id_change_id",
        "notice",
        ["organisation_id", "account_id", "change_id"],
    )
    op.create_check_constraint(op.f("ck_notice_kind"), "notice", KIND)
    op.create_check_constraint(op.f("ck_notice_of_one"), "notice", OF_ONE)


def downgrade() -> None:
    with tenancy.backfill():
        op.execute("DELETE FROM notice WHERE kind <> 'used'")
    op.drop_constraint(op.f("ck_notice_of_one"), "notice")
    op.drop_constraint(op.f("ck_notice_kind"), "notice")
    op.drop_column("notice", "change_id")
    op.drop_column("notice", "kind")
    op.alter_column("notice", "passage_id", nullable=False)
    op.drop_index("ix_pass_history_former", "pass_history")
