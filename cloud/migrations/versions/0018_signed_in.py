"""Who is signed in is asked at every request: memberships come as arrays, which cost less to make and to read."""

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ARGUMENTS = "p_token_hash bytea, p_now timestamptz"
SESSION = (
    "session_id uuid, account_id uuid, email text, name text, language text, is_operator boolean, kind text,"
    " seen_at timestamptz, totp_passed boolean"
)
AS_ARRAYS = (
    f"TABLE ({SESSION}, organisations uuid[], organisation_names text[], need_totp boolean[], role_codes text[],"
    " role_permissions text[])"
)
ARRAYS = """
    #variable_conflict use_column
    BEGIN RETURN QUERY
    SELECT s.id, a.id, a.email, a.name, a.language, a.is_operator, s.kind, s.seen_at, s.totp_passed, held.*
    FROM account_session s JOIN account a ON a.id = s.account_id, LATERAL (
        SELECT coalesce(array_agg(organisation_id), '{}'), array_agg(name), array_agg(administrators_need_totp),
            array_agg(code), array_agg(permissions)
        FROM (
            SELECT m.organisation_id, o.name, o.administrators_need_totp, r.code, r.permissions::text
            FROM membership m JOIN organisation o ON o.id = m.organisation_id
                LEFT JOIN membership_role mr ON mr.membership_id = m.id LEFT JOIN role r ON r.id = mr.role_id
            WHERE m.account_id = a.id AND m.state = 'active' AND o.closed_at IS NULL
            ORDER BY o.sort_name, o.id
        ) AS each
    ) AS held
    WHERE s.token_hash = p_token_hash AND s.ended_at IS NULL AND s.expires_at > p_now AND a.disabled_at IS NULL;
    END
"""
AS_JSON = f"TABLE ({SESSION}, memberships jsonb)"
JSON = """
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
"""


def upgrade() -> None:
    function(AS_ARRAYS, ARRAYS)


def downgrade() -> None:
    function(AS_JSON, JSON)


def function(returns: str, body: str) -> None:
    tenancy.drop_crossing_function("auth_session", ARGUMENTS)
    tenancy.crossing_function(
        "auth_session",
        ARGUMENTS,
        returns,
        body,
        to=(Role.API,),
        language="plpgsql",  # keeps its plan; an SQL function would plan anew at every request
    )
