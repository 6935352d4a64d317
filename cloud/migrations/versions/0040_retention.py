"""How long personal data is kept: limits of the installation, rules of companies, what was done by them."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# least, standard and most days. 152-ФЗ (art. 5) asks that nothing is kept longer than its purpose needs and names no
# number: these are what an installation begins with, and its operator's to change.
LIMITS = {
    "passages": (1, 365, 1095),
    "stills": (1, 90, 1095),
    "visitors": (1, 30, 365),
    "notes": (1, 365, 1095),
    "violations": (30, 1095, 1825),
    "sign_ins": (30, 365, 1095),
    "calls": (1, 90, 1095),
    "passes": (1, 365, 1095),
    "blacklist": (1, 365, 1825),
    "looks": (180, 1095, 1825),
    "audit": (180, 1095, 3650),
}
WIPED = {
    "passage": "plate IS NULL AND credential IS NULL AND read = '' AND carrier = '' AND left_carrier IS NULL",
    "pass": "holder = '' AND vehicle = '' AND plates = '{}' AND host = '' AND phone IS NULL AND host_phone IS NULL"
    " AND address = '' AND note = '' AND search = ''",
    "gate_decision": "plate IS NULL AND carrier = '' AND note = ''",
    "guard_shift": "note = ''",
    "violation": "plate IS NULL AND address = '' AND photos = '{}' AND note = '' AND search = ''",
    "box_event": "record = '' AND hash IS NOT NULL",
}
"""What holds of a row that is marked as erased: the database itself answers for it."""

BEFORE = {"stills": "stills_kept_days", "violations": "violations_kept_days"}
NOT_ERASED = sa.text("erased_at IS NULL")


def upgrade() -> None:
    marks()
    limits()
    rules()
    runs()
    take_over()
    rights()


def downgrade() -> None:
    for kind, name in BEFORE.items():
        op.add_column("organisation", sa.Column(name, sa.Integer(), nullable=True))
        with tenancy.backfill():
            standard = LIMITS[kind][1]
            op.execute(
                f"UPDATE organisation o SET {name} = coalesce((SELECT days FROM retention_rule r"
                f" WHERE r.organisation_id = o.id AND r.kind = '{kind}'), {standard})"
            )
        op.alter_column("organisation", name, nullable=False)
        op.create_check_constraint(name, "organisation", sa.text(f"{name} > 0"))
    for table in ("box_retention", "retention_run", "retention_rule", "retention_limit"):
        op.drop_table(table)
    op.drop_index("ix_box_event_kept", "box_event")
    op.drop_index("ix_passage_kept", "passage")
    for table in WIPED:
        op.drop_constraint(f"ck_{table}_erased", table)
        op.drop_column(table, "erased_at")


def marks() -> None:
    for table, condition in WIPED.items():
        op.add_column(table, when("erased_at", nullable=True))
        op.create_check_constraint("erased", table, sa.text(f"erased_at IS NULL OR ({condition})"))
    op.create_index("ix_passage_kept", "passage", ["organisation_id", "at"], postgresql_where=NOT_ERASED)
    op.create_index(
        "ix_box_event_kept",
        "box_event",
        ["organisation_id", "kind", "received_at"],
        postgresql_where=NOT_ERASED,
    )


def limits() -> None:
    made = op.create_table(
        "retention_limit",
        text("kind", primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("least", "standard", "most")),
        sa.CheckConstraint("0 < least AND least <= standard AND standard <= most", name="order"),
    )
    rows = [
        {"kind": kind, "least": least, "standard": standard, "most": most}
        for kind, (least, standard, most) in LIMITS.items()
    ]
    op.bulk_insert(made, rows)
    op.execute(f"GRANT ALL ON retention_limit TO {tenancy.MIGRATOR}")
    tenancy.grant("retention_limit", api="select", worker="select")


def rules() -> None:
    create_tenant_table(
        "retention_rule",
        text("kind"),
        sa.Column("days", sa.Integer(), nullable=False),
        when("changed_at"),
        text("changed_by"),
        sa.UniqueConstraint("organisation_id", "kind"),
        sa.CheckConstraint("days > 0", name="days"),
    )
    tenancy.tenant_table("retention_rule", api="select insert update delete", worker="select")


def runs() -> None:
    create_tenant_table(
        "retention_run",
        text("kind"),
        sa.Column("days", sa.Integer(), nullable=False),
        when("cutoff"),
        sa.Column("erased", sa.Integer(), nullable=False),
        when("oldest", nullable=True),
        when("at"),
        *map(text, ("outcome", "failure")),
        sa.CheckConstraint("outcome IN ('done', 'unfinished', 'failed')", name="outcome"),
    )
    op.create_index("ix_retention_run_kind", "retention_run", ["organisation_id", "kind", "at"])
    tenancy.tenant_table("retention_run", api="select", worker="select insert delete")
    create_tenant_table(
        "box_retention",
        uuid("box_id"),
        text("kind"),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        when("oldest", nullable=True),
        when("at"),
        sa.UniqueConstraint("organisation_id", "box_id", "kind"),
        tenancy.reference("box_retention", "box_id", "box", ondelete="CASCADE"),
    )
    tenancy.tenant_table("box_retention", api="select", ingest="select insert update")


def take_over() -> None:
    """What companies had set for pictures is now a rule like any other."""
    with tenancy.backfill():
        for kind, name in BEFORE.items():
            least, standard, most = LIMITS[kind]
            op.execute(
                "INSERT INTO retention_rule (id, organisation_id, kind, days, changed_at, changed_by)"
                f" SELECT gen_random_uuid(), id, '{kind}', least(greatest({name}, {least}), {most}), now(), ''"
                f" FROM organisation WHERE {name} <> {standard}"
            )
    for name in BEFORE.values():
        op.drop_constraint(f"ck_organisation_{name}", "organisation")
        op.drop_column("organisation", name)


def rights() -> None:
    """The worker erases, and nobody else: whoever erases must be able to look, and to lock what is to be emptied."""
    worker = Role.WORKER
    for table in ("passage", "gate_decision", "guard_shift", "violation", "violation_change"):
        op.execute(f"GRANT SELECT, UPDATE ON {table} TO {worker}")
    for table in ("guard_visit", "guard_note", "guard_sign_in", "blocked", "audit_entry", "pass_card"):
        op.execute(f"GRANT SELECT, DELETE ON {table} TO {worker}")
    op.execute(f'GRANT SELECT, UPDATE ON "pass", pass_history, box_event TO {worker}')
    op.execute(f"GRANT SELECT ON box_event TO {Role.API}")
