"""Words for migrations: the house's usual columns and the shape of a tenant table."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB


def when(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A moment: timestamptz."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def text(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable, **options)


def uuid(name: str, *more: sa.ForeignKey, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), *more, nullable=nullable, **options)


def jsonb(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, JSONB(), nullable=nullable)


def create_tenant_table(table: str, *items: sa.schema.SchemaItem) -> None:
    """A table as `models.TenantMixin` has it: id, organisation_id, and the key that references include."""
    op.create_table(
        table,
        uuid("id", primary_key=True),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        *items,
        sa.UniqueConstraint("organisation_id", "id"),
    )
