"""Passes that were issued before are found by their service and ticket, too.

As 0019, nobody waits for it: a batch is a transaction of its own, a pass that is edited meanwhile is left alone, and
what is done already stays as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from cloud.kernel.tenancy import MIGRATOR
from cloud.kernel.text import search_text

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

BATCH = 500
FIRST = "00000000-0000-0000-0000-000000000000"
CHOSEN = sa.text("""
    SELECT id, search, service, ticket FROM pass
    WHERE id > :after AND (service <> '' OR ticket <> '') AND erased_at IS NULL ORDER BY id LIMIT :batch
    """)
FILL = sa.text("""
    UPDATE pass p SET search = k.search
    FROM unnest(CAST(:ids AS uuid[]), CAST(:before AS text[]), CAST(:searches AS text[])) AS k (id, before, search)
    WHERE p.id = k.id AND p.search = k.before
    """)


def upgrade() -> None:
    with op.get_context().autocommit_block(), migrator():
        after = FIRST
        while (last := fill(after)) is not None:
            after = last


def downgrade() -> None:
    """Words more to be found by do no harm."""


@contextmanager
def migrator() -> Iterator[None]:
    """As `tenancy.backfill`, beyond one transaction."""
    op.execute(f"SET ROLE {MIGRATOR}")
    try:
        yield
    finally:
        op.execute("RESET ROLE")


def fill(after: str) -> str | None:
    """One batch; its last id."""
    connection = op.get_bind()
    rows = connection.execute(CHOSEN, {"after": after, "batch": BATCH}).all()
    changed = [(row, found) for row in rows if (found := with_words(row)) != row.search]
    if changed:
        connection.execute(
            FILL,
            {
                "ids": [row.id for row, _ in changed],
                "before": [row.search for row, _ in changed],
                "searches": [found for _, found in changed],
            },
        )
    return str(rows[-1].id) if rows else None


def with_words(row: sa.Row) -> str:
    there = f" {row.search} "
    words = (word for word in (row.service, row.ticket) if f" {search_text(word)} " not in there)
    return search_text(row.search, *words)
