"""Keys that sign guests' codes; blacklisted persons by keyed hashes; whose a pass is, for a guest's link."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, uuid, when
from cloud.kernel.models import reference
from cloud.kernel.tenancy import Role

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ARGUMENTS = "p_pass uuid"


def upgrade() -> None:
    create_tenant_table(
        "code_key",
        uuid("site_id"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        when("valid_from"),
        when("valid_until"),
        reference("site_id", "site", ondelete="CASCADE"),
    )
    op.create_index("ix_code_key_site", "code_key", ["organisation_id", "site_id", "valid_until"])
    tenancy.tenant_table("code_key", api="select insert update")
    op.add_column("blocked", sa.Column("persons", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    tenancy.crossing_function(
        "access_pass_company",
        ARGUMENTS,
        "uuid",
        "SELECT organisation_id FROM pass WHERE id = p_pass",
        to=(Role.API,),
    )


def downgrade() -> None:
    tenancy.drop_crossing_function("access_pass_company", ARGUMENTS)
    op.drop_column("blocked", "persons")
    op.drop_table("code_key")
