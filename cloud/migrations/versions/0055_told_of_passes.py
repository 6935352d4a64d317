"""Residents are told what was decided of their passes, and may ask to be told of one key alone."""

from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import text, uuid

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

KIND = "kind IN ('used', 'approved', 'refused', 'revoked')"
OF_ONE = "(kind = 'used') = (passage_id IS NOT NULL) AND (kind = 'used') = (change_id IS NULL)"
WATCHED_ONCE = ["organisation_id", "pass_id", "account_id"]


def upgrade() -> None:
    watches()
    notices()


def watches() -> None:
    op.add_column("pass_watch", text("key", server_default=""))
    op.drop_constraint("uq_pass_watch_organisation_id_pass_id_account_id", "pass_watch")
    op.create_unique_constraint(
        "uq_pass_watch_organisation_id_pass_id_account_id_key", "pass_watch", [*WATCHED_ONCE, "key"]
    )


def notices() -> None:
    op.add_column("notice", text("kind", server_default="used"))
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
        op.execute("DELETE FROM pass_watch WHERE key <> ''")
    op.drop_constraint(op.f("ck_notice_of_one"), "notice")
    op.drop_constraint(op.f("ck_notice_kind"), "notice")
    op.drop_column("notice", "change_id")
    op.drop_column("notice", "kind")
    op.alter_column("notice", "passage_id", nullable=False)
    op.drop_constraint("uq_pass_watch_organisation_id_pass_id_account_id_key", "pass_watch")
    op.create_unique_constraint(
        "uq_pass_watch_organisation_id_pass_id_account_id", "pass_watch", WATCHED_ONCE
    )
    op.drop_column("pass_watch", "key")
