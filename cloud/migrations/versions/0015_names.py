"""Staff, the audit and series are sorted and searched by stored keys; an invitation keeps the name that was typed.

Beside that: a company may end its own invitations' links, and what is long over of sessions and links is forgotten.
The columns have defaults and the old `auth_account_ensure` stays, for processes that do not know them yet.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import text
from cloud.kernel.tenancy import ACCOUNT, CURRENT, Role
from cloud.kernel.text import search_text, sort_key

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEYS = {
    "account": ("sort_name", "search"),
    "audit_entry": ("search",),
    "series": ("sort_name", "search_name"),
}
INVITED = ("invited_name", "invited_sort_name", "invited_search")
ENSURE = "p_id uuid, p_email text, p_name text, p_sort_name text, p_search text, p_language text, p_now timestamptz"
OWN = f"account_id = {ACCOUNT}"
NEVER_JOINED = """
    (m.state = 'invited' OR m.state = 'ended' AND m.invited_by IS NOT NULL AND NOT EXISTS (
        SELECT FROM audit_entry e WHERE e.organisation_id = m.organisation_id AND e.object_kind = 'membership'
          AND e.object_id = m.id AND e.action = 'organisations.staff.join'))
    """


def upgrade() -> None:
    for table, columns in KEYS.items():
        for column in columns:
            op.add_column(table, text(column, server_default=""))
    for column in INVITED:
        op.add_column("membership", text(column, nullable=True))
    with tenancy.backfill():
        accounts()
        names()
        invitations()
    op.execute(f"GRANT UPDATE (sort_name, search) ON account TO {Role.API}")
    functions()
    links(f"{OWN} OR organisation_id = {CURRENT}")


def downgrade() -> None:
    links(OWN)
    tenancy.drop_crossing_function("account_purge", "p_before timestamptz")
    tenancy.drop_crossing_function("auth_account_ensure", ENSURE)
    for column in INVITED:
        op.drop_column("membership", column)
    for table, columns in KEYS.items():
        for column in columns:
            op.drop_column(table, column)


def accounts() -> None:
    rows = op.get_bind().execute(sa.text("SELECT id, name, email FROM account")).all()
    fill("account", "id", [row.id for row in rows], "uuid", "sort_name", [sort_key(row.name) for row in rows])
    found = [search_text(row.name, row.email) for row in rows]
    fill("account", "id", [row.id for row in rows], "uuid", "search", found)


def names() -> None:
    """One pass over each table: its names are few beside its rows."""
    by_name("audit_entry", "actor", "search", search_text)
    by_name("series", "name", "sort_name", sort_key)
    by_name("series", "name", "search_name", search_text)


def by_name(table: str, name: str, key: str, make: Callable[[str], str]) -> None:
    known = op.get_bind().execute(sa.text(f"SELECT DISTINCT {name} FROM {table}")).scalars().all()
    fill(table, name, list(known), "text", key, [make(each) for each in known])


def invitations() -> None:
    """What the inviter typed of an open invitation was kept nowhere but in its address."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT m.id, a.email FROM membership m JOIN account a ON a.id = m.account_id"
            f" WHERE {NEVER_JOINED}"
        )
    )
    known = rows.all()
    ids = [row.id for row in known]
    for column, keys in (
        ("invited_name", [row.email for row in known]),
        ("invited_sort_name", [sort_key(row.email) for row in known]),
        ("invited_search", [search_text(row.email) for row in known]),
    ):
        fill("membership", "id", ids, "uuid", column, keys)


def fill(table: str, by: str, values: list[object], kind: str, column: str, keys: list[str]) -> None:
    op.get_bind().execute(
        sa.text(
            f"UPDATE {table} t SET {column} = k.key"
            f" FROM unnest(CAST(:values AS {kind}[]), CAST(:keys AS text[])) AS k (value, key) WHERE t.{by} = k.value"
        ),
        {"values": values, "keys": keys},
    )


def functions() -> None:
    tenancy.crossing_function(
        "auth_account_ensure",
        ENSURE,
        "uuid",
        """
        INSERT INTO account (id, email, name, sort_name, search, language, is_operator, created_at)
        VALUES (p_id, p_email, p_name, p_sort_name, p_search, p_language, false, p_now) ON CONFLICT (email) DO NOTHING;
        SELECT id FROM account WHERE email = p_email;
        """,
        to=(Role.API,),
    )
    tenancy.crossing_function(
        "account_purge",
        "p_before timestamptz",
        "void",
        """
        DELETE FROM account_session WHERE least(expires_at, ended_at) < p_before;
        DELETE FROM account_token WHERE least(expires_at, used_at) < p_before;
        """,
        to=(Role.WORKER,),
    )


def links(own: str) -> None:
    """Whose links may be seen and used up."""
    op.execute(f"ALTER POLICY account_token_select ON account_token USING ({own})")
    op.execute(f"ALTER POLICY account_token_update ON account_token USING ({own}) WITH CHECK ({own})")
