"""Residents' accounts and what they may see, whose door a point is, and calls at intercoms."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import ACCOUNT, ALLOWED, PREMISES

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ORDERED = "('guest', 'service', 'recurring')"  # what residents may order unless a company says otherwise
OF_PASSES = f"pass_id = ANY (ARRAY(SELECT id FROM pass WHERE premises_id = ANY ({PREMISES})))"
NARROWED = {
    "pass": f"premises_id = ANY ({PREMISES})",
    "pass_card": OF_PASSES,
    "pass_history": OF_PASSES,
    "passage": OF_PASSES,
    "premises": f"id = ANY ({PREMISES})",
    "residency": f"premises_id = ANY ({PREMISES})",
    "call": f"premises_id = ANY ({PREMISES})",
}


def upgrade() -> None:
    residents()
    points()
    calls()
    op.add_column(
        "access_policy", sa.Column("residents", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    with tenancy.backfill():
        op.execute(f"UPDATE access_policy SET residents = kind IN {ORDERED}")
    op.create_index("ix_pass_premises", "pass", ["organisation_id", "premises_id"])
    for table, condition in NARROWED.items():
        tenancy.narrow_to_premises(table, condition)
    for table in ("person", "residency", "premises", "building", "complex"):  # whom a call is for
        tenancy.grant(table, ingest="select")


def downgrade() -> None:
    for table in ("person", "residency", "premises", "building", "complex"):
        op.execute(f"REVOKE SELECT ON {table} FROM domovoy_ingest")
    for table in NARROWED:
        op.execute(f'DROP POLICY "{table}_premises" ON "{table}"')
    op.drop_index("ix_pass_premises", "pass")
    op.drop_column("access_policy", "residents")
    op.drop_table("call")
    op.drop_constraint(op.f("ck_point_entrance"), "point")
    for column in ("residents", "entrance_id", "building_id"):
        op.drop_column("point", column)
    op.drop_table("resident")


def residents() -> None:
    create_tenant_table(
        "resident",
        uuid("person_id"),
        uuid("account_id", sa.ForeignKey("account.id")),
        text("email"),
        text("state"),
        when("invited_at"),
        text("invited_by"),
        when("joined_at", nullable=True),
        when("ended_at", nullable=True),
        tenancy.reference("resident", "person_id", "person"),
        sa.UniqueConstraint("organisation_id", "person_id"),
        sa.CheckConstraint("state IN ('invited', 'active', 'ended')", name="state"),
    )
    op.create_index(
        "ix_resident_one_person",
        "resident",
        ["organisation_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index("ix_resident_account", "resident", ["account_id"])
    tenancy.tenant_table("resident", api="select insert update", worker="select", ingest="select")
    mine = f"organisation_id = ANY ({ALLOWED}) OR account_id = {ACCOUNT}"
    op.execute(f"ALTER POLICY resident_select ON resident USING ({mine})")


def points() -> None:
    op.add_column("point", sa.Column("building_id", sa.Uuid(), nullable=True))
    op.add_column("point", sa.Column("entrance_id", sa.Uuid(), nullable=True))
    op.add_column(
        "point", sa.Column("residents", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    for column, target in (("building_id", "building"), ("entrance_id", "entrance")):
        op.execute(  # the new column is empty: nothing is there to be looked through
            f"ALTER TABLE point ADD CONSTRAINT fk_point_{column}_{target} FOREIGN KEY (organisation_id, {column})"
            f" REFERENCES {target} (organisation_id, id) NOT VALID"
        )
    op.create_check_constraint(
        op.f("ck_point_entrance"), "point", "entrance_id IS NULL OR building_id IS NOT NULL"
    )


def calls() -> None:
    create_tenant_table(
        "call",
        uuid("site_id"),
        uuid("box_id"),
        uuid("point_id"),
        uuid("panel_id"),
        text("number"),
        uuid("premises_id", nullable=True),
        text("address"),
        when("started_at"),
        when("received_at"),
        when("answered_at", nullable=True),
        when("opened_at", nullable=True),
        when("ended_at", nullable=True),
        text("still", nullable=True),
        text("answer", nullable=True),
        when("decided_at", nullable=True),
        uuid("account_id", nullable=True),
        text("person"),
        uuid("command_id", nullable=True),
        text("search"),
        tenancy.reference("call", "site_id", "site"),
        tenancy.reference("call", "box_id", "box"),
        tenancy.reference("call", "premises_id", "premises"),
        sa.CheckConstraint("answer IN ('open', 'refuse')", name="answer"),
    )
    op.create_index("ix_call_at", "call", ["organisation_id", "started_at", "id"])
    op.create_index("ix_call_premises", "call", ["organisation_id", "premises_id", "started_at"])
    op.create_index(
        "ix_call_still",
        "call",
        ["organisation_id", "still"],
        postgresql_where=sa.text("still IS NOT NULL"),
    )
    tenancy.tenant_table("call", api="select update", worker="select delete", ingest="select insert update")
