"""What every table of the house has in common.

A tenant table takes `TenantMixin`: a UUIDv7 `id` given by the service (`database.new_id`) and `organisation_id`. It is
unique by (organisation_id, id), so that a reference between tenant tables can include the company and never cross it:

    class Entrance(TenantMixin, Base):
        __tablename__ = "entrance"
        __table_args__ = tenant_table(reference("building_id", "building"))
        building_id: Mapped[UUID]
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Declarative base: aware timestamps, text without a length, jsonb, named constraints."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        str: Text(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class TenantMixin:
    """A row that belongs to one company; the database shows it to nobody else."""

    id: Mapped[UUID] = mapped_column(primary_key=True)

    @declared_attr
    @classmethod
    def organisation_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("organisation.id"))

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[SchemaItem, ...]:
        return tenant_table()


def tenant_table(*items: SchemaItem) -> tuple[SchemaItem, ...]:
    """Table arguments of a tenant table: its own items and the key that others refer to."""
    return (UniqueConstraint("organisation_id", "id"), *items)


def reference(
    column: str, table: str, *, ondelete: str | None = None, deferrable: bool | None = None
) -> ForeignKeyConstraint:
    """A reference to another tenant table that cannot cross companies.

    Its name is fk_<this table>_<column>_<table>: the convention alone would name every such key after organisation_id.
    """
    return _TenantReference(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
        ondelete=ondelete,
        deferrable=deferrable,
        initially="DEFERRED" if deferrable else None,
    )


class _TenantReference(ForeignKeyConstraint):
    """Takes its name from the second column, once it knows its table."""

    def _set_parent(self, parent: Any, **kw: Any) -> None:
        column, target = list(self.column_keys)[1], self.elements[0].target_fullname.partition(".")[0]
        self.name = f"fk_{parent.name}_{column}_{target}"
        super()._set_parent(parent, **kw)
