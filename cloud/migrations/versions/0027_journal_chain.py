"""The journal keeps each record's hash, and the hash of what it no longer holds: so a change is found and named."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import text, uuid, when
from protocols import chain

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("box_event", sa.Column("hash", sa.LargeBinary(), nullable=True))
    op.create_table(
        "journal_anchor",
        uuid("box_id", primary_key=True),
        uuid("stream_id", primary_key=True),
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        text("cause"),
        when("noted_at"),
        tenancy.reference("journal_anchor", "box_id", "box", ondelete="CASCADE"),
    )
    tenancy.tenant_table("journal_anchor", api="select", worker="select", ingest="select insert")
    with tenancy.backfill():
        hash_what_is_there()


def downgrade() -> None:
    op.drop_table("journal_anchor")
    op.drop_column("box_event", "hash")


def hash_what_is_there() -> None:
    """From each stream's first record on; beyond a hole nobody knows the hash before it, and none is set."""
    bind = op.get_bind()
    for box, stream in bind.execute(sa.text("SELECT DISTINCT box_id, stream_id FROM box_event")).all():
        head, sequence = chain.genesis(stream), 0
        place = {"box": box, "stream": stream}
        while rows := bind.execute(_NEXT, place | {"after": sequence}).all():
            for number, record in rows:
                if number != sequence + 1:
                    break
                head, sequence = chain.link(head, bytes(record)), number
                bind.execute(_SET, place | {"sequence": sequence, "hash": head})
            else:
                continue
            break


_NEXT = sa.text(
    "SELECT sequence, record FROM box_event WHERE box_id = :box AND stream_id = :stream AND sequence > :after"
    f" ORDER BY sequence LIMIT {_AT_ONCE}"
)
_SET = sa.text(
    "UPDATE box_event SET hash = :hash WHERE box_id = :box AND stream_id = :stream AND sequence = :sequence"
)
