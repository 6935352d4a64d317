"""Complexes, buildings, entrances, premises; people and where they live."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid
from cloud.kernel.models import reference

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HOUSING = ("complex", "building", "entrance", "premises")
PEOPLE = ("person", "residency")


def upgrade() -> None:
    housing()
    people()
    for table in (*HOUSING, *PEOPLE):
        tenancy.tenant_table(table, api="select insert update delete", worker="select update")


def downgrade() -> None:
    for table in reversed((*HOUSING, *PEOPLE)):
        op.drop_table(table)


def check(condition: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def housing() -> None:
    create_tenant_table(
        "complex",
        *map(text, ("name", "kind", "address", "time_zone", "sort_key", "search")),
        sa.UniqueConstraint("organisation_id", "name"),
        check("kind IN ('settlement', 'apartments')", "kind"),
    )
    create_tenant_table(
        "building",
        uuid("complex_id"),
        *map(text, ("name", "kind", "address")),
        sa.Column("floors", sa.SmallInteger()),
        *map(text, ("sort_key", "search")),
        reference("complex_id", "complex"),
        sa.UniqueConstraint("organisation_id", "complex_id", "name"),
        check("kind IN ('house', 'tower', 'plot', 'service')", "kind"),
        check("floors BETWEEN 1 AND 200", "floors"),
    )
    create_tenant_table(
        "entrance",
        uuid("building_id"),
        *map(text, ("name", "sort_key")),
        reference("building_id", "building"),
        sa.UniqueConstraint("organisation_id", "building_id", "name"),
    )
    create_tenant_table(
        "premises",
        uuid("building_id"),
        uuid("entrance_id", nullable=True),
        *map(text, ("kind", "number")),
        sa.Column("floor", sa.SmallInteger()),
        sa.Column("area_m2", sa.Numeric(10, 2)),
        *map(text, ("address", "sort_key", "search")),
        reference("building_id", "building"),
        reference("entrance_id", "entrance"),
        sa.UniqueConstraint("organisation_id", "building_id", "kind", "number"),
        check("kind IN ('flat', 'house', 'plot', 'office', 'storage', 'parking')", "kind"),
        check("area_m2 > 0", "area"),
    )
    op.create_index("ix_premises_order", "premises", ["organisation_id", "sort_key", "id"])


def people() -> None:
    create_tenant_table(
        "person",
        text("name"),
        sa.Column("phones", ARRAY(sa.Text()), nullable=False),
        text("email", nullable=True),
        *map(text, ("note", "sort_key", "search")),
    )
    op.create_index("ix_person_order", "person", ["organisation_id", "sort_key", "id"])
    create_tenant_table(
        "residency",
        uuid("person_id"),
        uuid("premises_id"),
        text("role"),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        reference("person_id", "person"),
        reference("premises_id", "premises"),
        check("role IN ('owner', 'tenant', 'resident', 'representative')", "role"),
        check("until >= since", "period"),
    )
    op.create_index("ix_residency_premises", "residency", ["organisation_id", "premises_id"])
    op.create_index("ix_residency_person", "residency", ["organisation_id", "person_id"])
