"""The company, the kernel's tables, accounts, roles and sessions, and the functions that sign-in and sweeps need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, jsonb, text, uuid, when
from cloud.kernel.tenancy import ACCOUNT, CURRENT, Role

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    organisation()
    kernel_tables()
    kernel_records()
    accounts()
    staff()
    secure_kernel()
    secure_accounts()
    kernel_functions()
    limit_functions()
    account_functions()
    platform_functions()


def organisation() -> None:
    op.create_table(
        "organisation",
        uuid("id", primary_key=True),
        text("name"),
        text("sort_name"),
        text("inn", nullable=True),
        text("language"),
        text("time_zone"),
        sa.Column("administrators_need_totp", sa.Boolean(), nullable=False),
        when("created_at"),
        when("closed_at", nullable=True),
    )
    tenancy.tenant_table(
        "organisation",
        api="select insert update",
        worker="select",
        ingest="select",
        downlink="select",
        column="id",
    )


def kernel_tables() -> None:
    create_tenant_table(
        "domain_event",
        text("name"),
        jsonb("payload"),
        when("at"),
        text("correlation_id", nullable=True),
        when("due_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handled", ARRAY(sa.String()), nullable=False),
        text("failure", nullable=True),
        when("done_at", nullable=True),
    )
    op.create_index(
        "ix_domain_event_due", "domain_event", ["due_at"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_table(
        "realtime_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        uuid("organisation_id"),
        text("kind"),
        uuid("object_id"),
        text("permission"),
        when("at"),
    )
    op.create_index("ix_realtime_event_at", "realtime_event", ["at"])


def kernel_records() -> None:
    create_tenant_table(
        "audit_entry",
        when("at"),
        uuid("account_id", nullable=True),
        text("actor"),
        text("action"),
        text("object_kind"),
        uuid("object_id"),
        jsonb("changes"),
        text("correlation_id", nullable=True),
        text("address", nullable=True),
    )
    op.create_index("ix_audit_entry_time", "audit_entry", ["organisation_id", "at"])
    op.create_index("ix_audit_entry_object", "audit_entry", ["organisation_id", "object_kind", "object_id"])
    create_tenant_table(
        "stored_file",
        text("sha256"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        text("media_type"),
        text("name"),
        when("created_at"),
        sa.UniqueConstraint("organisation_id", "sha256"),
    )
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"])
    op.create_table(
        "rate_limit",
        text("key", primary_key=True),
        when("window_start"),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_index("ix_rate_limit_window_start", "rate_limit", ["window_start"])
    op.create_table(
        "mail_message",
        uuid("id", primary_key=True),
        text("recipient"),
        text("subject"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        when("at"),
        when("due_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        text("failure", nullable=True),
        when("sent_at", nullable=True),
    )
    op.create_index(
        "ix_mail_message_due", "mail_message", ["due_at"], postgresql_where=sa.text("sent_at IS NULL")
    )


def accounts() -> None:
    op.create_table(
        "account",
        uuid("id", primary_key=True),
        text("email", unique=True),
        text("name"),
        text("language"),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        when("created_at"),
        when("disabled_at", nullable=True),
        when("totp_since", nullable=True),
    )
    op.create_table(
        "account_secret",
        uuid("account_id", sa.ForeignKey("account.id"), primary_key=True),
        text("password_hash"),
        sa.Column("totp_sealed", sa.LargeBinary()),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "account_session",
        uuid("id", primary_key=True),
        uuid("account_id", sa.ForeignKey("account.id")),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        text("kind"),
        when("created_at"),
        when("seen_at"),
        when("expires_at"),
        when("ended_at", nullable=True),
        text("address", nullable=True),
        text("user_agent", nullable=True),
        sa.Column("totp_passed", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_account_session_account", "account_session", ["account_id", "created_at"])
    op.create_table(
        "account_token",
        uuid("id", primary_key=True),
        uuid("account_id", sa.ForeignKey("account.id")),
        uuid("organisation_id", sa.ForeignKey("organisation.id"), nullable=True),
        text("purpose"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        when("created_at"),
        when("expires_at"),
        when("used_at", nullable=True),
    )
    op.create_index("ix_account_token_account_id", "account_token", ["account_id"])
    op.create_table(
        "recovery_code",
        uuid("id", primary_key=True),
        uuid("account_id", sa.ForeignKey("account.id")),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        when("used_at", nullable=True),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])
    op.create_table(
        "platform",
        sa.Column(
            "id", sa.SmallInteger(), primary_key=True, autoincrement=False, server_default=sa.text("1")
        ),
        sa.Column("first_run_hash", sa.LargeBinary()),
        when("claimed_at", nullable=True),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def staff() -> None:
    create_tenant_table(
        "role",
        text("code", nullable=True),
        text("name"),
        sa.Column("permissions", ARRAY(sa.String()), nullable=False),
        when("created_at"),
        sa.UniqueConstraint("organisation_id", "name"),
        sa.UniqueConstraint("organisation_id", "code"),
    )
    create_tenant_table(
        "membership",
        uuid("account_id", sa.ForeignKey("account.id")),
        text("state"),
        when("created_at"),
        uuid("invited_by", nullable=True),
        when("changed_at"),
        sa.UniqueConstraint("organisation_id", "account_id"),
    )
    op.create_index("ix_membership_account_id", "membership", ["account_id"])
    op.create_table(
        "membership_role",
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        uuid("membership_id", primary_key=True),
        uuid("role_id", primary_key=True),
        tenancy.reference("membership_role", "membership_id", "membership", ondelete="CASCADE"),
        tenancy.reference("membership_role", "role_id", "role"),
    )
    for table in ("role", "membership", "membership_role"):
        tenancy.tenant_table(table, api="select insert update delete", worker="select")


def secure_kernel() -> None:
    everyone = {"ingest": "insert", "downlink": "insert"}
    tenancy.tenant_table("domain_event", api="insert", worker="select insert update", **everyone)
    tenancy.tenant_table("audit_entry", api="select insert", worker="insert", **everyone)
    tenancy.tenant_table(
        "stored_file", api="select insert update", worker="select delete", ingest="select", downlink="select"
    )
    for table in ("realtime_event", "rate_limit", "platform"):  # reached by functions alone
        tenancy.force_row_security(table)
    for role in Role:  # readiness compares it with the code's newest revision
        op.execute(f"GRANT SELECT ON alembic_version TO {role.value}")
    op.execute(f"GRANT ALL ON mail_message TO {tenancy.MIGRATOR}")
    tenancy.grant("mail_message", api="insert", worker="select insert update delete")


def secure_accounts() -> None:
    """A person's own rows; colleagues see the account, never its secret."""
    own, own_id = f"account_id = {ACCOUNT}", f"id = {ACCOUNT}"
    tenancy.force_row_security("account")
    shared = "EXISTS (SELECT FROM membership m WHERE m.account_id = account.id)"
    tenancy.policy("account", "select", using=f"{own_id} OR {shared}")
    tenancy.policy("account", "update", using=own_id, check=own_id)
    tenancy.grant("account", api="select", worker="select")
    op.execute("GRANT UPDATE (name, language, totp_since) ON account TO domovoy_api")
    for table in ("account_secret", "account_session", "recovery_code"):
        tenancy.force_row_security(table)
        for action in ("select", "update", "delete"):
            tenancy.policy(table, action, using=own)
        tenancy.policy(table, "insert", check=own)
        tenancy.grant(table, api="select insert update delete")
    tenancy.force_row_security("account_token")
    tenancy.policy("account_token", "select", using=own)
    tenancy.policy("account_token", "update", using=own, check=own)
    tenancy.policy("account_token", "insert", check=f"{own} OR organisation_id = {CURRENT}")
    tenancy.grant("account_token", api="select insert update")


def kernel_functions() -> None:
    tenancy.crossing_function(
        "domain_event_due",
        "p_now timestamptz, p_limit int",
        "TABLE (id uuid, organisation_id uuid)",
        "SELECT id, organisation_id FROM domain_event WHERE done_at IS NULL AND due_at <= p_now"
        " ORDER BY due_at LIMIT p_limit",
        to=(Role.WORKER,),
    )
    # Ids must grow in commit order, or a reader that resumes after one would miss a slower neighbour: the lock is taken
    # as the last thing before the commit. NOTIFY serialises commits in the same way anyhow.
    tenancy.crossing_function(
        "realtime_publish",
        "p_at timestamptz, p_organisations uuid[], p_kinds text[], p_objects uuid[], p_permissions text[]",
        "void",
        """
        SELECT pg_advisory_xact_lock(7236979, 1);
        INSERT INTO realtime_event (organisation_id, kind, object_id, permission, at)
        SELECT e.organisation, e.kind, e.object, e.permission, p_at
        FROM unnest(p_organisations, p_kinds, p_objects, p_permissions)
             WITH ORDINALITY AS e (organisation, kind, object, permission, position)
        ORDER BY e.position;
        SELECT pg_notify('domovoy', p_organisations[1] || ' ' || p_kinds[1] || ' ' || p_objects[1]);
        """,
        to=tuple(Role),
    )
    tenancy.crossing_function(
        "realtime_since",
        "p_after bigint, p_limit int",
        "TABLE (id bigint, organisation_id uuid, kind text, object_id uuid, permission text, at timestamptz)",
        "SELECT id, organisation_id, kind, object_id, permission, at FROM realtime_event WHERE id > p_after"
        " ORDER BY id LIMIT p_limit",
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "realtime_kept",
        "",
        "TABLE (oldest bigint, newest bigint)",
        "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM realtime_event",
        to=(Role.API,),
    )
    tenancy.crossing_function(  # the newest stays: it tells a reader where the end is
        "realtime_purge",
        "p_before timestamptz",
        "void",
        "DELETE FROM realtime_event WHERE at < p_before AND id < (SELECT max(id) FROM realtime_event)",
        to=(Role.WORKER,),
    )


def limit_functions() -> None:
    tenancy.crossing_function(  # seconds to wait, 0: go on
        "rate_limit_take",
        "p_key text, p_now timestamptz, p_window interval, p_most int",
        "int",
        """
        INSERT INTO rate_limit AS r (key, window_start, count) VALUES (p_key, p_now, 1)
        ON CONFLICT (key) DO UPDATE SET
            window_start = CASE WHEN r.window_start + p_window <= p_now THEN p_now ELSE r.window_start END,
            count = CASE WHEN r.window_start + p_window <= p_now THEN 1 ELSE r.count + 1 END
        RETURNING CASE WHEN r.count > p_most
            THEN greatest(1, ceil(extract(epoch FROM r.window_start + p_window - p_now)))::int ELSE 0 END
        """,
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "rate_limit_forget", "p_key text", "void", "DELETE FROM rate_limit WHERE key = p_key", to=(Role.API,)
    )
    tenancy.crossing_function(
        "rate_limit_purge",
        "p_before timestamptz",
        "void",
        "DELETE FROM rate_limit WHERE window_start < p_before",
        to=(Role.WORKER,),
    )
    tenancy.crossing_function(
        "organisation_ids",
        "",
        "SETOF uuid",
        "SELECT id FROM organisation WHERE closed_at IS NULL ORDER BY id",
        to=(Role.WORKER, Role.INGEST, Role.DOWNLINK),
    )


def account_functions() -> None:
    tenancy.crossing_function(
        "auth_account",
        "p_email text",
        "uuid",
        "SELECT id FROM account WHERE email = p_email AND disabled_at IS NULL",
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "auth_account_ensure",
        "p_id uuid, p_email text, p_name text, p_language text, p_now timestamptz",
        "uuid",
        """
        INSERT INTO account (id, email, name, language, is_operator, created_at)
        VALUES (p_id, p_email, p_name, p_language, false, p_now) ON CONFLICT (email) DO NOTHING;
        SELECT id FROM account WHERE email = p_email;
        """,
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "auth_session",
        "p_token_hash bytea, p_now timestamptz",
        "TABLE (session_id uuid, account_id uuid, email text, name text, language text, is_operator boolean,"
        " kind text, seen_at timestamptz, totp_passed boolean, memberships jsonb)",
        """
        #variable_conflict use_column
        BEGIN RETURN QUERY
        SELECT s.id, a.id, a.email, a.name, a.language, a.is_operator, s.kind, s.seen_at, s.totp_passed,
            (SELECT coalesce(jsonb_agg(jsonb_build_object(
                 'organisation', m.organisation_id,
                 'name', o.name,
                 'needs_totp', o.administrators_need_totp,
                 'roles', (SELECT coalesce(jsonb_agg(
                     jsonb_build_object('code', r.code, 'permissions', r.permissions)), '[]')
                           FROM membership_role mr JOIN role r ON r.id = mr.role_id
                           WHERE mr.membership_id = m.id)) ORDER BY o.sort_name), '[]')
             FROM membership m JOIN organisation o ON o.id = m.organisation_id
             WHERE m.account_id = a.id AND m.state = 'active' AND o.closed_at IS NULL)
        FROM account_session s JOIN account a ON a.id = s.account_id
        WHERE s.token_hash = p_token_hash AND s.ended_at IS NULL AND s.expires_at > p_now AND a.disabled_at IS NULL;
        END
        """,
        to=(Role.API,),
        language="plpgsql",  # keeps its plan; an SQL function would plan anew at every request
    )
    tenancy.crossing_function(
        "auth_token",
        "p_token_hash bytea",
        "TABLE (id uuid, account_id uuid, organisation_id uuid, purpose text, expires_at timestamptz,"
        " used_at timestamptz, email text, name text, has_password boolean)",
        """
        SELECT t.id, t.account_id, t.organisation_id, t.purpose, t.expires_at, t.used_at, a.email, a.name,
            EXISTS (SELECT FROM account_secret s WHERE s.account_id = a.id)
        FROM account_token t JOIN account a ON a.id = t.account_id
        WHERE t.token_hash = p_token_hash AND a.disabled_at IS NULL
        """,
        to=(Role.API,),
    )


def platform_functions() -> None:
    tenancy.crossing_function(  # false: already claimed
        "platform_offer",
        "p_hash bytea",
        "boolean",
        """
        INSERT INTO platform (id, first_run_hash) VALUES (1, p_hash)
        ON CONFLICT (id) DO UPDATE SET first_run_hash = p_hash WHERE platform.claimed_at IS NULL
        RETURNING true
        """,
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "platform_claimed",
        "",
        "boolean",
        "SELECT EXISTS (SELECT FROM platform WHERE claimed_at IS NOT NULL)",
        to=(Role.API,),
    )
    tenancy.crossing_function(  # true once, for the holder of the token
        "platform_claim",
        "p_hash bytea, p_account uuid, p_now timestamptz",
        "boolean",
        """
        WITH claimed AS (
            UPDATE platform SET claimed_at = p_now, first_run_hash = NULL
            WHERE claimed_at IS NULL AND first_run_hash = p_hash RETURNING 1
        ), promoted AS (
            UPDATE account SET is_operator = true WHERE id = p_account AND EXISTS (SELECT FROM claimed) RETURNING 1
        )
        SELECT EXISTS (SELECT FROM promoted)
        """,
        to=(Role.API,),
    )
