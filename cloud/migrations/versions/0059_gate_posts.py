"""Guards' posts at the cloud's own page: which computer is one, who signed in there by PIN or card."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_FUNCTIONS = {
    "gate_post_by_code": (
        "p_hash bytea, p_now timestamptz",
        "TABLE (organisation_id uuid, id uuid)",
        (
            "SELECT p.organisation_id, p.id FROM gate_post p JOIN organisation o ON o.id = p.organisation_id"
            " WHERE p.code_hash = p_hash AND p.code_until > p_now AND o.closed_at IS NULL"
        ),
    ),
    "gate_post_by_token": (
        "p_hash bytea",
        "TABLE (organisation_id uuid, id uuid)",
        (
            "SELECT p.organisation_id, p.id FROM gate_post p JOIN organisation o ON o.id = p.organisation_id"
            " WHERE p.token_hash = p_hash AND o.closed_at IS NULL"
        ),
    ),
    "gate_session_by_token": (
        "p_hash bytea, p_since timestamptz",
        "TABLE (organisation_id uuid, id uuid, account_id uuid)",
        (
            "SELECT s.organisation_id, s.id, m.account_id FROM gate_session s"
            " JOIN organisation o ON o.id = s.organisation_id JOIN membership m ON m.id = s.guard_id"
            " JOIN account a ON a.id = m.account_id"
            " WHERE s.token_hash = p_hash AND s.begun_at > p_since AND o.closed_at IS NULL AND a.disabled_at IS NULL"
        ),
    ),
}
"""By name: arguments, what it returns, body."""


def upgrade() -> None:
    create_tenant_table(
        "gate_post",
        uuid("site_id"),
        text("name"),
        text("made_by"),
        when("made_at"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True, unique=True),
        when("code_until", nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True, unique=True),
        when("joined_at", nullable=True),
        when("seen_at", nullable=True),
        tenancy.reference("gate_post", "site_id", "site", ondelete="CASCADE"),
    )
    op.create_index("ix_gate_post_site", "gate_post", ["organisation_id", "site_id"])
    create_tenant_table(
        "gate_session",
        uuid("post_id"),
        uuid("guard_id"),
        text("way"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        when("begun_at"),
        tenancy.reference("gate_session", "post_id", "gate_post", ondelete="CASCADE"),
        tenancy.reference("gate_session", "guard_id", "guard", ondelete="CASCADE"),
    )
    op.create_index("ix_gate_session_post", "gate_session", ["organisation_id", "post_id"])
    op.create_index("ix_gate_session_guard", "gate_session", ["organisation_id", "guard_id", "begun_at"])
    for table in ("gate_post", "gate_session"):
        tenancy.tenant_table(table, api="select insert update delete")
    op.add_column("guard", sa.Column("wrong_pins", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("guard", when("locked_until", nullable=True))
    for name, (arguments, returns, body) in _FUNCTIONS.items():
        tenancy.crossing_function(name, arguments, returns, body, to=(Role.API,))


def downgrade() -> None:
    for name, (arguments, _returns, _body) in _FUNCTIONS.items():
        tenancy.drop_crossing_function(name, arguments)
    op.drop_column("guard", "locked_until")
    op.drop_column("guard", "wrong_pins")
    op.drop_table("gate_session")
    op.drop_table("gate_post")
