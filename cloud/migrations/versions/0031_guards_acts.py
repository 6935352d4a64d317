"""What guards did at the gates: sign-ins, shifts, decisions, visits, notes, passes made there; violations as cases."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CHARGE = "violations.charge"  # which the roles named learn
CHARGING = ("administrator", "manager", "accountant")
TABLES = (
    "violation_change",
    "violation",
    "violation_counter",
    "gate_draft",
    "guard_note",
    "guard_visit",
    "gate_decision",
    "guard_shift",
    "guard_sign_in",
)


def upgrade() -> None:
    sign_ins_and_shifts()
    decisions()
    visits_and_notes()
    drafts()
    violations()
    with tenancy.backfill():
        codes = ", ".join(f"'{code}'" for code in CHARGING)
        op.execute(
            f"UPDATE role SET permissions = ARRAY(SELECT DISTINCT unnest(permissions || ARRAY['{CHARGE}']::varchar[])"
            f" ORDER BY 1) WHERE code IN ({codes})"
        )
    # A pass that was made at a gate is kept as it arrives; a worker judges it.
    op.execute(f'GRANT INSERT ON "pass" TO {Role.INGEST}')
    op.execute(f"GRANT SELECT, INSERT ON pass_card TO {Role.INGEST}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON pass_counter TO {Role.INGEST}")
    # Where no box counts, a guard's decision at the cloud's page does.
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON pass_use TO {Role.API}")
    op.execute(f"GRANT UPDATE ON pass_use TO {Role.WORKER}")  # what was surely not done counts no more


def downgrade() -> None:
    with tenancy.backfill():
        op.execute(f"UPDATE role SET permissions = array_remove(permissions, '{CHARGE}')")
    op.execute(f"REVOKE INSERT, UPDATE ON pass_use FROM {Role.API}, {Role.WORKER}")
    op.execute(f"REVOKE ALL ON pass_counter FROM {Role.INGEST}")
    op.execute(f"REVOKE ALL ON pass_card FROM {Role.INGEST}")
    op.execute(f'REVOKE INSERT ON "pass" FROM {Role.INGEST}')
    for table in TABLES:
        op.drop_table(table)


def sign_ins_and_shifts() -> None:
    act_table(
        "guard_sign_in",
        uuid("guard_id", nullable=True),
        text("guard"),
        when("at"),
        *map(text, ("way", "outcome")),
        text("station", nullable=True),
    )
    act_table(
        "guard_shift",
        uuid("guard_id"),
        text("guard"),
        when("begun_at"),
        when("ended_at", nullable=True),
        text("note"),
    )
    op.create_index("ix_guard_sign_in_at", "guard_sign_in", ["organisation_id", "at", "id"])
    op.create_index("ix_guard_shift_begun", "guard_shift", ["organisation_id", "begun_at", "id"])


def decisions() -> None:
    act_table(
        "gate_decision",
        *by_guard(),
        uuid("point_id"),
        when("at"),
        when("received_at"),
        sa.Column("clock_trusted", sa.Boolean(), nullable=False),
        *map(text, ("direction", "verdict")),
        text("reason", nullable=True),
        text("note"),
        sa.Column("blacklisted", sa.Boolean(), nullable=False),
        uuid("passage_id", nullable=True),
        uuid("pass_id", nullable=True),
        sa.Column("use", sa.Integer(), nullable=True),
        text("plate", nullable=True),
        uuid("zone_id", nullable=True),
        text("carrier"),
        text("still", nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=True),
        sa.Column("latency_us", sa.Integer(), nullable=True),
        text("fault"),
        uuid("command_id", nullable=True),
    )
    index("gate_decision", "at", "at", "id")
    index("gate_decision", "passage", "passage_id")
    index("gate_decision", "pass", "pass_id", "at")
    index("gate_decision", "shift", "shift_id")


def visits_and_notes() -> None:
    act_table(
        "guard_visit",
        *by_guard(),
        *map(text, ("state", "name", "document")),
        text("phone", nullable=True),
        text("plate", nullable=True),
        *map(text, ("host", "address")),
        uuid("premises_id", nullable=True),
        text("purpose"),
        uuid("pass_id", nullable=True),
        uuid("point_id", nullable=True),
        text("card", nullable=True),
        sa.Column("card_back", sa.Boolean(), nullable=False),
        texts("photos"),
        text("note"),
        when("registered_at"),
        when("since"),
        when("changed_at"),
        text("search"),
    )
    index("guard_visit", "since", "since", "id")
    act_table(
        "guard_note",
        *by_guard(),
        when("at"),
        text("text"),
        uuid("pass_id", nullable=True),
        uuid("passage_id", nullable=True),
        uuid("visit_id", nullable=True),
    )
    index("guard_note", "pass", "pass_id")
    index("guard_note", "shift", "shift_id")


def drafts() -> None:
    act_table(
        "gate_draft",
        *by_guard(),
        when("at"),
        text("state"),
        uuid("premises_id", nullable=True),
        text("reason"),
        when("judged_at", nullable=True),
        when("settled_at", nullable=True),
        text("settled_by", nullable=True),
        tenancy.reference("gate_draft", "id", "pass"),
    )
    index("gate_draft", "state", "state", "at", "id")


def violations() -> None:
    op.create_table(
        "violation_counter",
        uuid("organisation_id", sa.ForeignKey("organisation.id"), primary_key=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    tenancy.tenant_table("violation_counter", api="select insert update", ingest="select insert update")
    act_table(
        "violation",
        *by_guard(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *map(text, ("kind", "state")),
        when("at"),
        when("received_at"),
        text("plate", nullable=True),
        text("address"),
        uuid("premises_id", nullable=True),
        uuid("pass_id", nullable=True),
        uuid("passage_id", nullable=True),
        texts("photos"),
        text("note"),
        when("changed_at"),
        text("search"),
        sa.UniqueConstraint("organisation_id", "number"),
    )
    index("violation", "at", "at", "id")
    index("violation", "state", "state", "at", "id")
    create_tenant_table(
        "violation_change",
        uuid("violation_id"),
        when("at"),
        *map(text, ("state", "actor")),
        uuid("account_id", nullable=True),
        text("note"),
        tenancy.reference("violation_change", "violation_id", "violation", ondelete="CASCADE"),
    )
    index("violation_change", "violation", "violation_id", "at")
    tenancy.tenant_table("violation_change", api="select insert", worker="select", ingest="insert")


def act_table(table: str, *columns: sa.schema.SchemaItem) -> None:
    """What came of a box, or was done at the cloud's own page."""
    create_tenant_table(
        table,
        uuid("site_id"),
        uuid("box_id", nullable=True),
        *columns,
        tenancy.reference(table, "site_id", "site"),
        tenancy.reference(table, "box_id", "box"),
    )
    rights = "select insert update"
    tenancy.tenant_table(table, api=rights, worker="select update", ingest=rights)


def by_guard() -> tuple[sa.Column[Any], ...]:
    return uuid("guard_id"), text("guard"), uuid("shift_id", nullable=True)


def texts(name: str) -> sa.Column[Any]:
    return sa.Column(name, ARRAY(sa.Text()), nullable=False)


def index(table: str, name: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{name}", table, ["organisation_id", *columns])
