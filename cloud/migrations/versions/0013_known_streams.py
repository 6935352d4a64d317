"""Watermarks move often and streams open once: locking inserts only what is missing, and pages keep room for updates.

A page with room takes a watermark's next version beside the one before, without a word to the index.
"""

from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LOCK_STREAMS = "p_boxes uuid[], p_streams uuid[], p_kinds text[], p_at timestamptz, p_most bigint"
ANSWER = (
    "box_id uuid, stream_id uuid, organisation_id uuid, site_id uuid, journal_key bytea,"
    " enrolled_at timestamptz, kind text, sequence bigint, head bytea, forked_at timestamptz"
)
ONLY_MISSING = "AND NOT EXISTS (SELECT FROM box_stream k WHERE k.box_id = w.box AND k.stream_id = w.stream)"


def upgrade() -> None:
    op.execute("ALTER TABLE box_stream SET (fillfactor = 50)")
    lock_streams(ONLY_MISSING)


def downgrade() -> None:
    lock_streams("")
    op.execute("ALTER TABLE box_stream RESET (fillfactor)")


def lock_streams(only: str) -> None:
    """As in 0010, but for which streams it tries to open."""
    tenancy.drop_crossing_function("lock_streams", LOCK_STREAMS)
    tenancy.crossing_function(
        "lock_streams",
        LOCK_STREAMS,
        f"TABLE ({ANSWER})",
        f"""
        BEGIN
          INSERT INTO box_stream AS s (box_id, stream_id, organisation_id, kind, sequence, head, opened_at, moved_at)
            SELECT b.id, w.stream, b.organisation_id, w.kind, 0,
                   sha256('domovoy/1 stream '::bytea || decode(replace(w.stream::text, '-', ''), 'hex')), p_at, p_at
            FROM unnest(p_boxes, p_streams, p_kinds) AS w (box, stream, kind) JOIN box b ON b.id = w.box
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
              {only}
              AND (SELECT count(*) FROM box_stream o
                   WHERE o.box_id = b.id AND o.opened_at > p_at - interval '365 days') < p_most
            ORDER BY b.id, w.stream
            ON CONFLICT DO NOTHING;
          RETURN QUERY
            SELECT s.box_id, s.stream_id, s.organisation_id, b.site_id, b.journal_key, b.enrolled_at,
                   s.kind, s.sequence, s.head,
                   (SELECT max(o.moved_at) FROM box_stream o
                    WHERE o.box_id = s.box_id AND o.kind = s.kind AND o.stream_id <> s.stream_id
                    AND (o.superseded_by IS NOT NULL OR EXISTS (SELECT FROM stream_fork f
                    WHERE f.organisation_id = o.organisation_id AND f.box_id = o.box_id
                      AND f.stream_id = o.stream_id)))
            FROM unnest(p_boxes, p_streams) AS w (box, stream)
            JOIN box_stream s ON s.box_id = w.box AND s.stream_id = w.stream
            JOIN box b ON b.id = s.box_id
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
            ORDER BY s.box_id, s.stream_id FOR UPDATE OF s;
        END""",
        to=(Role.INGEST,),
        language="plpgsql",
    )
