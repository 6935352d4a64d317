"""What a box's configuration was drafted from when it was sent last, as a fingerprint: lists tell changes not sent."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# As cloud/sites/unsent.py has it; what boxes were sent cannot be opened here, so each is taken to know what is now.
AS_SENT = """
UPDATE box b SET drafted_from = sha256(convert_to(jsonb_build_array(s.name, s.time_zone,
  (SELECT jsonb_agg(jsonb_build_array(p.id, p.name, p.barrier, p.readers, p.camera_id) ORDER BY p.id)
   FROM point p WHERE p.box_id = b.id AND p.archived_at IS NULL),
  (SELECT jsonb_agg(jsonb_build_array(d.id, d.driver, d.name, d.settings, encode(d.secrets, 'hex')) ORDER BY d.id)
   FROM device d WHERE d.box_id = b.id),
  (SELECT jsonb_agg(m.value - 'name') FROM jsonb_array_elements(b.meters) AS m)
)::text, 'UTF8'))
FROM site s WHERE s.id = b.site_id AND b.config_version > 0
"""


def upgrade() -> None:
    op.add_column("box", sa.Column("drafted_from", sa.LargeBinary(), nullable=True))
    with tenancy.backfill():
        op.get_bind().execute(sa.text(AS_SENT))


def downgrade() -> None:
    op.drop_column("box", "drafted_from")
