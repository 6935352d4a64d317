"""Cards of a company: which there are, with whom each is, and what became of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_TAKE_OVER = (
    # Every card that is on a pass, once: with whoever got the newest pass that stands; in stock where none does and
    # the newest was revoked or refused. Of any other nobody has said that it came back.
    """
    CREATE TEMPORARY TABLE known ON COMMIT DROP AS
    SELECT DISTINCT ON (c.organisation_id, c.keys[1])
           gen_random_uuid() AS id, c.organisation_id, c.keys[1] AS key, c.keys, c.format, c.printed, p.id AS pass_id,
           p.created_at, p.holder, p.state IN ('revoked', 'refused') AS is_back
    FROM pass_card c JOIN pass p ON p.organisation_id = c.organisation_id AND p.id = c.pass_id
    WHERE c.format NOT IN ('PIN', 'CODE') AND cardinality(c.keys) > 0
    ORDER BY c.organisation_id, c.keys[1], p.state IN ('revoked', 'refused'),
             coalesce(p.valid_until, 'infinity') DESC, p.created_at DESC
    """,
    """
    INSERT INTO card (id, organisation_id, key, keys, format, printed, label, state, since, by, pass_id, deposit,
                      created_at, search)
    SELECT id, organisation_id, key, keys, format, printed, '', CASE WHEN is_back THEN 'stock' ELSE 'given' END,
           created_at, '', CASE WHEN is_back THEN NULL ELSE pass_id END, '', created_at,
           regexp_replace(lower(printed || ' ' || key), '[^[:alnum:]]+', ' ', 'g')
    FROM known
    """,
    """
    INSERT INTO card_history (id, organisation_id, card_id, at, change, actor, pass_id, holder, deposit, note)
    SELECT gen_random_uuid(), organisation_id, id, created_at, 'given', '', pass_id, holder, '', ''
    FROM known WHERE NOT is_back
    """,
    """
    UPDATE pass_card c SET card_id = k.id FROM known k
    WHERE k.organisation_id = c.organisation_id AND k.key = c.keys[1] AND c.format NOT IN ('PIN', 'CODE')
      AND NOT k.is_back
    """,
)


def upgrade() -> None:
    create_tenant_table(
        "card",
        text("key"),
        sa.Column("keys", ARRAY(sa.Text()), nullable=False),
        *map(text, ("format", "printed", "label", "state")),
        when("since"),
        text("by"),
        uuid("pass_id", nullable=True),
        when("due_at", nullable=True),
        text("deposit"),
        when("created_at"),
        text("search"),
        tenancy.reference("card", "pass_id", "pass"),
        sa.UniqueConstraint("organisation_id", "key"),
        sa.CheckConstraint("state IN ('stock', 'given', 'lost', 'destroyed')", name="state"),
        sa.CheckConstraint("(state = 'given') <= (pass_id IS NOT NULL)", name="given"),
        sa.CheckConstraint("(pass_id IS NOT NULL) <= (state IN ('given', 'lost'))", name="held"),
    )
    op.create_index("ix_card_keys", "card", ["keys"], postgresql_using="gin")
    op.create_index("ix_card_since", "card", ["organisation_id", "since", "id"])
    is_held = sa.text("pass_id IS NOT NULL")
    op.create_index("ix_card_pass", "card", ["organisation_id", "pass_id"], postgresql_where=is_held)
    create_tenant_table(
        "card_history",
        uuid("card_id"),
        when("at"),
        *map(text, ("change", "actor")),
        uuid("account_id", nullable=True),
        uuid("pass_id", nullable=True),
        *map(text, ("holder", "deposit", "note")),
        tenancy.reference("card_history", "card_id", "card", ondelete="CASCADE"),
        tenancy.reference("card_history", "pass_id", "pass"),
    )
    op.create_index("ix_card_history_card", "card_history", ["organisation_id", "card_id", "at"])
    op.create_index(
        "ix_card_history_pass", "card_history", ["organisation_id", "pass_id"], postgresql_where=is_held
    )
    tenancy.tenant_table("card", api="select insert update", worker="select insert update")
    tenancy.tenant_table("card_history", api="select insert update", worker="select insert update")
    op.add_column("pass_card", uuid("card_id", nullable=True))
    op.execute(  # not validated, for the reason in 0020
        "ALTER TABLE pass_card ADD CONSTRAINT fk_pass_card_card_id_card FOREIGN KEY (organisation_id, card_id)"
        " REFERENCES card (organisation_id, id) NOT VALID"
    )
    op.create_index(
        "ix_pass_card_card",
        "pass_card",
        ["organisation_id", "card_id"],
        postgresql_where=sa.text("card_id IS NOT NULL"),
    )
    for role in (Role.API, Role.WORKER):
        op.execute(f"GRANT UPDATE (card_id) ON pass_card TO {role}")
    with tenancy.backfill():
        for statement in _TAKE_OVER:
            op.execute(statement)


def downgrade() -> None:
    for role in (Role.API, Role.WORKER):
        op.execute(f"REVOKE UPDATE (card_id) ON pass_card FROM {role}")
    op.drop_index("ix_pass_card_card", "pass_card")
    op.drop_constraint("fk_pass_card_card_id_card", "pass_card", type_="foreignkey")
    op.drop_column("pass_card", "card_id")
    op.drop_table("card_history")
    op.drop_table("card")
