"""Passes that were issued before cards could be searched for are found by their cards, too.

Nobody waits for it: a batch is a transaction of its own, and a pass that is edited meanwhile is left alone, since its
edit has done the same. What is done already stays as it is, so a migration that was cut short may begin anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import sqlalchemy as sa
from alembic import op

from cloud.kernel.tenancy import MIGRATOR
from cloud.kernel.text import search_text
from protocols.cards import CardError, Credential, parse_printed

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BATCH = 500
FIRST = "00000000-0000-0000-0000-000000000000"
WITH_CARDS = sa.text("""
    WITH batch AS (SELECT id, organisation_id, search FROM pass WHERE id > :after ORDER BY id LIMIT :batch)
    SELECT b.id, b.search, array_agg(c.printed ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL) AS printed,
           array_agg(c.keys[1] ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL) AS keys
    FROM batch b LEFT JOIN pass_card c ON c.organisation_id = b.organisation_id AND c.pass_id = b.id
    GROUP BY b.id, b.search ORDER BY b.id
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
    rows = connection.execute(WITH_CARDS, {"after": after, "batch": BATCH}).all()
    changed = [(row, found) for row in rows if row.keys and (found := with_cards(row)) != row.search]
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


def with_cards(row: sa.Row) -> str:
    words = chain.from_iterable(map(card_words, row.printed, row.keys))
    there = f" {row.search} "
    return search_text(row.search, *(word for word in words if f" {search_text(word)} " not in there))


def card_words(printed: str, key: str) -> list[str]:
    """As `access.passes` made them when this was written: what was typed, the hexadecimal and the printed number."""
    card = reading(printed, key)
    words = [printed]
    if card is not None:
        words.append(card.uid_hex or "")
        if card.facility is not None and card.number is not None:
            words += [f"{card.facility:03},{card.number:05}", f"{card.facility:03}{card.number:05}"]
    return list(dict.fromkeys(words))


def reading(printed: str, key: str) -> Credential | None:
    """Of all that the typed number may mean, the card that was chosen."""
    try:
        readings = parse_printed(printed)
    except CardError:
        return None
    return next((card for card in readings if card.keys()[0] == key), None)
