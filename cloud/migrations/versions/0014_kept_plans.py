"""What every micro-batch calls keeps its plan: an SQL function that changes rows is planned anew at every call."""

from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOVE_STREAMS = "p_boxes uuid[], p_streams uuid[], p_sequences bigint[], p_heads bytea[], p_at timestamptz"
MOVE = (
    "UPDATE box_stream s SET sequence = w.sequence, head = w.head, moved_at = p_at"
    " FROM unnest(p_boxes, p_streams, p_sequences, p_heads) AS w (box, stream, sequence, head)"
    " WHERE s.box_id = w.box AND s.stream_id = w.stream"
)
TOUCH = "INSERT INTO telemetry.touched_hour SELECT unnest(p_hours)"


def upgrade() -> None:
    functions("plpgsql", "BEGIN {}; END")


def downgrade() -> None:
    functions("sql", "{}")


def functions(language: str, body: str) -> None:
    tenancy.drop_crossing_function("move_streams", MOVE_STREAMS)
    tenancy.crossing_function(
        "move_streams", MOVE_STREAMS, "void", body.format(MOVE), to=(Role.INGEST,), language=language
    )
    if op.get_bind().exec_driver_sql("SELECT telemetry.backend()").scalar() == "native":
        op.execute(
            "CREATE OR REPLACE FUNCTION telemetry.touch(p_hours timestamptz[]) RETURNS void"
            f" LANGUAGE {language} AS $${body.format(TOUCH)}$$"
        )
