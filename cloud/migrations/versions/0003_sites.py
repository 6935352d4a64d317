"""Sites: boxes and what they say, points, devices, enrolment, configuration, commands, the replication log."""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, jsonb, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "pass_use",
    "held_log",
    "held_item",
    "command",
    "desired_config",
    "point",
    "device",
    "box_certificate",
    "enrolment_code",
    "box_state",
    "box",
    "zone",
    "site",
)


def upgrade() -> None:
    places()
    enrolment()
    equipment()
    orders()
    replication()
    secure()
    functions()


def downgrade() -> None:
    for name, arguments in FUNCTIONS:
        tenancy.drop_crossing_function(name, arguments)
    for table in TABLES:
        op.drop_table(table)


def number(name: str, *, nullable: bool = False, **more) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, **more)


def octets(name: str, *, nullable: bool = False, **more) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable, **more)


def index(table: str, tail: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{tail}", table, ["organisation_id", *columns])


def places() -> None:
    create_tenant_table(
        "site",
        text("name"),
        text("sort_name"),
        text("search_name"),
        text("time_zone"),
        uuid("pass_epoch"),
        number("pass_version"),
        octets("pass_digest"),
        when("created_at"),
    )
    index("site", "sort_name", "sort_name", "id")
    create_tenant_table(
        "zone", uuid("site_id"), text("name"), text("sort_name"), tenancy.reference("zone", "site_id", "site")
    )
    index("zone", "site", "site_id")
    create_tenant_table(
        "box",
        uuid("site_id"),
        text("name"),
        text("sort_name"),
        text("search_name"),
        when("created_at"),
        when("enrolled_at", nullable=True),
        when("revoked_at", nullable=True),
        octets("journal_key", nullable=True),
        number("config_version"),
        jsonb("meters"),
        tenancy.reference("box", "site_id", "site"),
    )
    index("box", "site", "site_id")
    create_tenant_table(
        "box_state",
        sa.Column("online", sa.Boolean(), nullable=False),
        when("seen_at", nullable=True),
        when("changed_at"),
        when("reported_at", nullable=True),
        text("software", nullable=True),
        uuid("pass_epoch", nullable=True),
        number("pass_version", nullable=True),
        text("pass_digest", nullable=True),
        number("config_version", nullable=True),
        text("clock", nullable=True),
        number("events_waiting", nullable=True),
        when("events_oldest_at", nullable=True),
        number("readings_waiting", nullable=True),
        when("readings_oldest_at", nullable=True),
        number("disk_free_mb", nullable=True),
        tenancy.reference("box_state", "id", "box", ondelete="CASCADE"),
    )


def enrolment() -> None:
    create_tenant_table(
        "enrolment_code",
        uuid("box_id"),
        octets("hash", unique=True),
        when("created_at"),
        when("expires_at"),
        when("cancelled_at", nullable=True),
        when("used_at", nullable=True),
        octets("request_hash", nullable=True),
        tenancy.reference("enrolment_code", "box_id", "box", ondelete="CASCADE"),
    )
    index("enrolment_code", "box", "box_id")
    create_tenant_table(
        "box_certificate",
        uuid("box_id"),
        text("serial", unique=True),
        octets("request_hash"),
        text("pem"),
        when("issued_at"),
        when("expires_at"),
        when("revoked_at", nullable=True),
        tenancy.reference("box_certificate", "box_id", "box", ondelete="CASCADE"),
    )
    index("box_certificate", "request", "box_id", "request_hash")


def equipment() -> None:
    create_tenant_table(
        "device",
        uuid("box_id"),
        text("driver"),
        text("name"),
        text("sort_name"),
        text("search_name"),
        jsonb("settings"),
        octets("secrets", nullable=True),
        jsonb("secret_names"),
        text("status", nullable=True),
        when("status_at", nullable=True),
        text("status_detail"),
        tenancy.reference("device", "box_id", "box", ondelete="CASCADE"),
    )
    index("device", "box", "box_id")
    create_tenant_table(
        "point",
        uuid("site_id"),
        uuid("box_id"),
        uuid("zone_id", nullable=True),
        text("name"),
        text("sort_name"),
        text("search_name"),
        jsonb("barrier", nullable=True),
        jsonb("readers"),
        uuid("camera_id", nullable=True),
        when("archived_at", nullable=True),
        tenancy.reference("point", "site_id", "site"),
        tenancy.reference("point", "box_id", "box"),
        tenancy.reference("point", "zone_id", "zone"),
    )
    index("point", "site", "site_id")
    index("point", "box", "box_id")


def orders() -> None:
    create_tenant_table(
        "desired_config",
        uuid("box_id"),
        number("version"),
        octets("body"),
        when("created_at"),
        uuid("account_id", nullable=True),
        text("person"),
        sa.Column("applied", sa.Boolean(), nullable=True),
        when("answered_at", nullable=True),
        jsonb("errors"),
        tenancy.reference("desired_config", "box_id", "box", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "box_id", "version"),
    )
    create_tenant_table(
        "command",
        uuid("box_id"),
        text("kind"),
        uuid("target", nullable=True),
        uuid("account_id", nullable=True),
        text("person"),
        text("reason"),
        when("issued_at"),
        when("expires_at"),
        when("sent_at", nullable=True),
        when("lapsed_at", nullable=True),
        when("answered_at", nullable=True),
        text("outcome", nullable=True),
        text("outcome_reason", nullable=True),
        text("detail"),
        tenancy.reference("command", "box_id", "box", ondelete="CASCADE"),
    )
    index("command", "box", "box_id", "issued_at")
    open_only = sa.text("answered_at IS NULL AND lapsed_at IS NULL")
    op.create_index("ix_command_open", "command", ["expires_at"], postgresql_where=open_only)


def replication() -> None:
    for table, columns in {
        "held_item": (
            text("kind", primary_key=True),
            uuid("item_id", primary_key=True),
            number("version"),
            octets("body"),
        ),
        "held_log": (
            number("version", primary_key=True, autoincrement=False),
            text("kind"),
            uuid("item_id"),
            octets("body", nullable=True),
            octets("digest"),
            when("at"),
        ),
        "pass_use": (uuid("pass_id", primary_key=True), number("entries")),
    }.items():
        op.create_table(
            table,
            uuid("site_id", primary_key=True),
            uuid("organisation_id", sa.ForeignKey("organisation.id")),
            *columns,
            tenancy.reference(table, "site_id", "site", ondelete="CASCADE"),
        )


def secure() -> None:
    everything = "select insert update delete"
    readers = {"worker": "select", "ingest": "select", "downlink": "select"}
    for table in ("site", "zone", "box", "point", "device", "desired_config", "command", "box_state"):
        tenancy.tenant_table(table, api=everything, **readers)
    tenancy.tenant_table("enrolment_code", api=everything)
    tenancy.tenant_table("box_certificate", api=everything, worker="select")
    for table in ("held_item", "held_log"):
        tenancy.tenant_table(table, api=everything, worker=everything, ingest="select", downlink="select")
    tenancy.tenant_table(
        "pass_use", api="select", worker="select", ingest="select insert update", downlink="select"
    )
    for role, table, columns in (
        (Role.WORKER, "site", "pass_version, pass_digest"),
        (Role.INGEST, "device", "status, status_at, status_detail"),
        (Role.INGEST, "command", "answered_at, outcome, outcome_reason, detail"),
        (Role.INGEST, "desired_config", "applied, answered_at, errors"),
        (Role.DOWNLINK, "command", "sent_at, lapsed_at"),
    ):
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {role}")
    op.execute(f"GRANT INSERT, UPDATE ON box_state TO {Role.DOWNLINK}")


def functions() -> None:
    tenancy.crossing_function(  # whose box this is; "revoked" is judged by the caller in its own transaction
        "box_owner",
        "p_box uuid",
        "TABLE (organisation_id uuid, site_id uuid, journal_key bytea, enrolled_at timestamptz,"
        " revoked_at timestamptz)",
        "SELECT organisation_id, site_id, journal_key, enrolled_at, revoked_at FROM box WHERE id = p_box",
        to=(Role.API, Role.INGEST, Role.DOWNLINK),
    )
    tenancy.crossing_function(  # what every box should hold: the sweep's view
        "box_targets",
        "",
        "TABLE (box_id uuid, organisation_id uuid, site_id uuid, pass_epoch uuid, pass_version bigint,"
        " config_version bigint)",
        "SELECT b.id, b.organisation_id, b.site_id, s.pass_epoch, s.pass_version, b.config_version"
        " FROM box b JOIN site s ON s.id = b.site_id WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL",
        to=(Role.DOWNLINK,),
    )
    tenancy.crossing_function(  # commands without an answer whose time is over
        "command_overdue",
        "p_now timestamptz, p_limit int",
        "TABLE (command_id uuid, organisation_id uuid)",
        "SELECT id, organisation_id FROM command WHERE answered_at IS NULL AND lapsed_at IS NULL"
        " AND expires_at < p_now ORDER BY expires_at LIMIT p_limit",
        to=(Role.DOWNLINK,),
    )
    tenancy.crossing_function(
        "enrolment_code_owner",
        "p_hash bytea",
        "uuid",
        "SELECT organisation_id FROM enrolment_code WHERE hash = p_hash",
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "box_denied",
        "",
        "SETOF uuid",
        "SELECT id FROM box WHERE revoked_at IS NOT NULL AND enrolled_at IS NOT NULL",
        to=(Role.API,),
    )
    tenancy.crossing_function(  # expired ones need no line: nobody accepts them anyhow
        "certificate_revoked",
        "p_now timestamptz",
        "TABLE (serial text, revoked_at timestamptz)",
        "SELECT serial, revoked_at FROM box_certificate WHERE revoked_at IS NOT NULL AND expires_at > p_now",
        to=(Role.API,),
    )


FUNCTIONS = (
    ("box_owner", "p_box uuid"),
    ("box_targets", ""),
    ("command_overdue", "p_now timestamptz, p_limit int"),
    ("enrolment_code_owner", "p_hash bytea"),
    ("box_denied", ""),
    ("certificate_revoked", "p_now timestamptz"),
)
