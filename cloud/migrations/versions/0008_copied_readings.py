"""A box restored from a copy sends again what the copy had not known to be committed: readings are told from copies.

`lock_streams` also tells when a stream from which the box has forked last moved: what the stream that follows it
carries from before may stand in the database already, and `telemetry.there` says which.
"""

from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LOCK_STREAMS = "p_boxes uuid[], p_streams uuid[], p_kinds text[], p_at timestamptz"
ANSWER = (
    "box_id uuid, stream_id uuid, organisation_id uuid, site_id uuid, journal_key bytea,"
    " enrolled_at timestamptz, kind text, sequence bigint, head bytea"
)
COLUMNS = (
    "s.box_id, s.stream_id, s.organisation_id, b.site_id, b.journal_key, b.enrolled_at,"
    " s.kind, s.sequence, s.head"
)
FORKED_AT = (
    "(SELECT max(o.moved_at) FROM box_stream o"
    " WHERE o.box_id = s.box_id AND o.kind = s.kind AND o.stream_id <> s.stream_id"
    " AND (o.superseded_by IS NOT NULL OR EXISTS (SELECT FROM stream_fork f"
    " WHERE f.organisation_id = o.organisation_id AND f.box_id = o.box_id AND f.stream_id = o.stream_id)))"
)


def upgrade() -> None:
    lock_streams(f"{ANSWER}, forked_at timestamptz", f"{COLUMNS}, {FORKED_AT}")
    # Narrow: whether this very moment of this series is there; ingest may still read no reading.
    op.execute("""
        CREATE FUNCTION telemetry.there(p_series bigint[], p_ts timestamptz[])
        RETURNS TABLE (series bigint, ts timestamptz) LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = telemetry, pg_temp AS $$
          SELECT w.series, w.ts FROM unnest(p_series, p_ts) AS w (series, ts)
          WHERE EXISTS (SELECT FROM telemetry.reading r WHERE r.series = w.series AND r.ts = w.ts)
        $$""")
    op.execute("REVOKE ALL ON FUNCTION telemetry.there(bigint[], timestamptz[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION telemetry.there(bigint[], timestamptz[]) TO {Role.INGEST}")


def downgrade() -> None:
    op.execute("DROP FUNCTION telemetry.there(bigint[], timestamptz[])")
    lock_streams(ANSWER, COLUMNS)


def lock_streams(answer: str, columns: str) -> None:
    """As in 0004, with another answer."""
    tenancy.drop_crossing_function("lock_streams", LOCK_STREAMS)
    tenancy.crossing_function(
        "lock_streams",
        LOCK_STREAMS,
        f"TABLE ({answer})",
        f"""
        BEGIN
          INSERT INTO box_stream AS s (box_id, stream_id, organisation_id, kind, sequence, head, opened_at, moved_at)
            SELECT b.id, w.stream, b.organisation_id, w.kind, 0,
                   sha256('domovoy/1 stream '::bytea || decode(replace(w.stream::text, '-', ''), 'hex')), p_at, p_at
            FROM unnest(p_boxes, p_streams, p_kinds) AS w (box, stream, kind) JOIN box b ON b.id = w.box
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
            ORDER BY b.id, w.stream
            ON CONFLICT DO NOTHING;
          RETURN QUERY
            SELECT {columns}
            FROM unnest(p_boxes, p_streams) AS w (box, stream)
            JOIN box_stream s ON s.box_id = w.box AND s.stream_id = w.stream
            JOIN box b ON b.id = s.box_id
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
            ORDER BY s.box_id, s.stream_id FOR UPDATE OF s;
        END""",
        to=(Role.INGEST,),
        language="plpgsql",
    )
