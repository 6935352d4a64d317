"""The name of the group in which ingest processes share their subscription: each installation's own.

The broker lets anybody join a group by its name, and gives each message to one member: whoever knew it could swallow
what others send. So it is made up here, and told to ingest alone.
"""

import secrets

from alembic import op

from cloud.kernel.tenancy import Role

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = secrets.token_hex(16)
    op.execute(f"CREATE FUNCTION ingest_group() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '{name}' $$")
    op.execute("REVOKE EXECUTE ON FUNCTION ingest_group() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION ingest_group() TO {Role.INGEST}")


def downgrade() -> None:
    op.execute("DROP FUNCTION ingest_group()")
