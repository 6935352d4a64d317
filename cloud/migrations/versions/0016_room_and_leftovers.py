"""Room for readings counts up to its first hole; events that are done are forgotten; files of people can be removed."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PURGE = "p_before timestamptz, p_limit int"
REMOVE = "files.remove"
GRANTED = ("administrator", "manager")  # as in cloud/kernel/permissions.py when this was written


def upgrade() -> None:
    room()
    op.create_index(
        "ix_domain_event_done", "domain_event", ["done_at"], postgresql_where=sa.text("done_at IS NOT NULL")
    )
    tenancy.crossing_function(
        "domain_event_purge",
        PURGE,
        "void",
        "DELETE FROM domain_event WHERE id IN"
        " (SELECT id FROM domain_event WHERE done_at < p_before ORDER BY done_at LIMIT p_limit)",
        to=(Role.WORKER,),
    )
    op.execute(f"GRANT DELETE ON stored_file TO {Role.API}")
    with tenancy.backfill():
        op.execute(
            f"UPDATE role SET permissions = ARRAY(SELECT DISTINCT unnest(permissions || ARRAY['{REMOVE}']::varchar[])"
            f" ORDER BY 1) WHERE code IN {GRANTED}"
        )


def downgrade() -> None:
    with tenancy.backfill():
        op.execute(f"UPDATE role SET permissions = array_remove(permissions, '{REMOVE}')")
    op.execute(f"REVOKE DELETE ON stored_file FROM {Role.API}")
    tenancy.drop_crossing_function("domain_event_purge", PURGE)
    op.drop_index("ix_domain_event_done", "domain_event")
    op.execute("DROP FUNCTION readings_ready_until(timestamptz)")
    op.execute("DROP FUNCTION telemetry.ready_until(timestamptz)")


def room() -> None:
    """Beside the functions without a moment, which code of the release before still asks."""
    native = op.get_bind().exec_driver_sql("SELECT telemetry.backend()").scalar() == "native"
    answer = (
        """
        SELECT CASE WHEN EXISTS (SELECT FROM telemetry.partitions() p
                                 WHERE p.starts <= p_from AND p_from < p.starts + interval '7 days')
          THEN (SELECT min(p.starts) + interval '7 days' FROM telemetry.partitions() p
                WHERE p.starts + interval '7 days' > p_from
                  AND NOT EXISTS (SELECT FROM telemetry.partitions() n
                                  WHERE n.starts = p.starts + interval '7 days'))
          ELSE p_from END"""
        if native
        else "SELECT 'infinity'::timestamptz"
    )
    op.execute(
        "CREATE FUNCTION telemetry.ready_until(p_from timestamptz) RETURNS timestamptz LANGUAGE sql STABLE"
        f" SET timezone = 'UTC' AS $${answer}$$"
    )
    op.execute("""
        CREATE FUNCTION readings_ready_until(p_from timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = telemetry, pg_temp AS 'SELECT telemetry.ready_until(p_from)'""")
    op.execute("REVOKE ALL ON FUNCTION readings_ready_until(timestamptz) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION readings_ready_until(timestamptz) TO {', '.join(Role)}")
