"""A box may open only so many streams a year: a stolen one could fill the disk with watermarks."""

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = "p_boxes uuid[], p_streams uuid[], p_kinds text[], p_at timestamptz"
AFTER = f"{BEFORE}, p_most bigint"
ANSWER = (
    "box_id uuid, stream_id uuid, organisation_id uuid, site_id uuid, journal_key bytea,"
    " enrolled_at timestamptz, kind text, sequence bigint, head bytea, forked_at timestamptz"
)
HAS_ROOM = (
    "AND (SELECT count(*) FROM box_stream o"
    " WHERE o.box_id = b.id AND o.opened_at > p_at - interval '365 days') < p_most"
)


def upgrade() -> None:
    tenancy.drop_crossing_function("lock_streams", BEFORE)
    lock_streams(AFTER, HAS_ROOM)


def downgrade() -> None:
    tenancy.drop_crossing_function("lock_streams", AFTER)
    lock_streams(BEFORE, "")


def lock_streams(parameters: str, has_room: str) -> None:
    """As in 0008, but for what a box must fulfil to open another stream; a missing stream has no row in the answer."""
    tenancy.crossing_function(
        "lock_streams",
        parameters,
        f"TABLE ({ANSWER})",
        f"""
        BEGIN
          INSERT INTO box_stream AS s (box_id, stream_id, organisation_id, kind, sequence, head, opened_at, moved_at)
            SELECT b.id, w.stream, b.organisation_id, w.kind, 0,
                   sha256('domovoy/1 stream '::bytea || decode(replace(w.stream::text, '-', ''), 'hex')), p_at, p_at
            FROM unnest(p_boxes, p_streams, p_kinds) AS w (box, stream, kind) JOIN box b ON b.id = w.box
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
            {has_room}
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
