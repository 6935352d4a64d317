"""A site may belong to a complex, so that lists can show one complex alone."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import uuid

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("site", uuid("complex_id", nullable=True))
    # Not validated: the column is new and empty, and FORCE keeps even the owner from looking. Every write is checked.
    op.execute(
        "ALTER TABLE site ADD CONSTRAINT fk_site_complex_id_complex FOREIGN KEY (organisation_id, complex_id)"
        " REFERENCES complex (organisation_id, id) NOT VALID"
    )
    op.create_index("ix_site_complex", "site", ["organisation_id", "complex_id"])
    with tenancy.backfill():
        where_there_is_no_choice()


def downgrade() -> None:
    op.drop_column("site", "complex_id")


def where_there_is_no_choice() -> None:
    """A company's only complex is that of its sites; with several, people say which."""
    op.get_bind().execute(
        sa.text(
            "UPDATE site s SET complex_id = c.id FROM complex c WHERE c.organisation_id = s.organisation_id"
            " AND NOT EXISTS (SELECT FROM complex o WHERE o.organisation_id = c.organisation_id AND o.id <> c.id)"
        )
    )
