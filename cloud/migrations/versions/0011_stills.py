"""What a file is to its company, how long pictures are kept, and which passages lost theirs."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import text, when
from cloud.kernel.tenancy import Role

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEPT = {"stills_kept_days": 90, "violations_kept_days": 1095}
_IS_KIND = sa.text("kind IN ('still', 'violation', 'document')")
_HAS_STILL = sa.text("still IS NOT NULL")


def upgrade() -> None:
    kinds()
    retention()
    op.add_column("passage", when("still_removed_at", nullable=True))
    op.create_index("ix_passage_still", "passage", ["organisation_id", "still"], postgresql_where=_HAS_STILL)
    op.execute(f"GRANT UPDATE (still_removed_at) ON passage TO {Role.WORKER}")
    tenancy.crossing_function(
        "files_unclaimed",
        "p_hashes text[]",
        "SETOF text",
        "SELECT h FROM unnest(p_hashes) AS h WHERE NOT EXISTS (SELECT FROM stored_file f WHERE f.sha256 = h)",
        to=(Role.WORKER,),
    )


def downgrade() -> None:
    tenancy.drop_crossing_function("files_unclaimed", "p_hashes text[]")
    op.execute(f"REVOKE UPDATE (still_removed_at) ON passage FROM {Role.WORKER}")
    op.drop_index("ix_passage_still", "passage")
    op.drop_column("passage", "still_removed_at")
    for name in KEPT:
        op.drop_column("organisation", name)
    op.drop_index("ix_stored_file_age", "stored_file")
    op.drop_constraint("ck_stored_file_kind", "stored_file")
    op.drop_column("stored_file", "kind")


def kinds() -> None:
    """What boxes sent until now bears its hash as its name."""
    op.add_column("stored_file", text("kind", nullable=True))
    with tenancy.backfill():
        op.execute("UPDATE stored_file SET kind = CASE WHEN name = sha256 THEN 'still' ELSE 'document' END")
    op.alter_column("stored_file", "kind", nullable=False)
    op.create_check_constraint("kind", "stored_file", _IS_KIND)
    op.create_index("ix_stored_file_age", "stored_file", ["organisation_id", "kind", "created_at", "id"])


def retention() -> None:
    for name, days in KEPT.items():
        op.add_column("organisation", sa.Column(name, sa.Integer(), nullable=True))
        with tenancy.backfill():
            op.execute(f"UPDATE organisation SET {name} = {days}")
        op.alter_column("organisation", name, nullable=False)
        op.create_check_constraint(name, "organisation", sa.text(f"{name} > 0"))
