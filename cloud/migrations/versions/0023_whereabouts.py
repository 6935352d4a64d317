"""Who is where, as the boxes report it; exits by guests' codes; what a passage says of zones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import text, uuid, when
from cloud.kernel.models import reference

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OF_PASSAGE = ("zone_id", "carrier", "flags", "left_carrier", "other_pass_id", "list_age_s", "nonce")


def upgrade() -> None:
    op.add_column("pass_use", sa.Column("exits", sa.BigInteger(), nullable=False, server_default="0"))
    places()
    op.add_column("passage", uuid("zone_id", nullable=True))
    op.add_column("passage", text("carrier", server_default=""))
    op.add_column("passage", sa.Column("flags", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.add_column("passage", text("left_carrier", nullable=True))
    op.add_column("passage", uuid("other_pass_id", nullable=True))
    op.add_column("passage", sa.Column("list_age_s", sa.BigInteger(), nullable=True))
    op.add_column("passage", sa.Column("nonce", sa.Integer(), nullable=True))


def downgrade() -> None:
    for column in OF_PASSAGE:
        op.drop_column("passage", column)
    op.drop_table("pass_place")
    op.drop_column("pass_use", "exits")


def places() -> None:
    op.create_table(
        "pass_place",
        uuid("site_id", primary_key=True),
        uuid("pass_id", primary_key=True),
        text("carrier", primary_key=True),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        uuid("zone_id", nullable=True),
        when("since"),
        uuid("household_id", nullable=True),
        uuid("passage_id"),
        sa.Column("was_known", sa.Boolean(), nullable=False),
        uuid("before_zone_id", nullable=True),
        when("before_since", nullable=True),
        reference("site_id", "site", ondelete="CASCADE"),
    )
    op.create_index(
        "ix_pass_place_inside",
        "pass_place",
        ["organisation_id", "site_id", "since"],
        postgresql_where=sa.text("zone_id IS NOT NULL"),
    )
    op.create_index("ix_pass_place_passage", "pass_place", ["passage_id"])
    tenancy.tenant_table(
        "pass_place",
        api="select",
        worker="select delete",
        ingest="select insert update delete",
        downlink="select",
    )
