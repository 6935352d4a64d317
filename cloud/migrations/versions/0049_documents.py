"""Persons on the blacklist by document, and documents of passes' holders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel.ddl import text

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_TARGET = "cardinality(keys) + cardinality(plates) > 0 OR person_key <> ''"
_ERASED = (
    "erased_at IS NULL OR (holder = '' AND vehicle = '' AND plates = '{}' AND host = '' AND phone IS NULL"
    " AND host_phone IS NULL AND address = '' AND note = '' AND search = ''"
)


def upgrade() -> None:
    for table in ("pass", "blocked"):
        op.add_column(table, text("document", server_default=""))
        op.add_column(table, text("document_key", server_default=""))
    op.add_column("blocked", sa.Column("documents", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    is_known = sa.text("document_key <> ''")
    op.create_index("ix_pass_document", "pass", ["site_id", "document_key"], postgresql_where=is_known)
    _check("blocked", "target", f"{_TARGET} OR document_key <> ''")
    _check("pass", "erased", f"{_ERASED} AND document = '' AND document_key = '')")


def downgrade() -> None:
    _check("pass", "erased", f"{_ERASED})")
    _check("blocked", "target", _TARGET)
    op.drop_index("ix_pass_document", "pass")
    op.drop_column("blocked", "documents")
    for table in ("pass", "blocked"):
        op.drop_column(table, "document_key")
        op.drop_column(table, "document")


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
