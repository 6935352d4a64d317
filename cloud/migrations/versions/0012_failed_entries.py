"""What failed sign-ins need: the companies that an account opens, and whether a try is the first beyond a limit."""

from cloud.kernel import tenancy
from cloud.kernel.tenancy import Role

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ARGUMENTS = "p_key text, p_now timestamptz, p_window interval, p_most int"
COUNT = """
    INSERT INTO rate_limit AS r (key, window_start, count) VALUES (p_key, p_now, 1)
    ON CONFLICT (key) DO UPDATE SET
        window_start = CASE WHEN r.window_start + p_window <= p_now THEN p_now ELSE r.window_start END,
        count = CASE WHEN r.window_start + p_window <= p_now THEN 1 ELSE r.count + 1 END
    RETURNING CASE WHEN r.count > p_most
        THEN greatest(1, ceil(extract(epoch FROM r.window_start + p_window - p_now)))::int ELSE 0 END
    """


def upgrade() -> None:
    limit("TABLE (wait_s int, is_first boolean)", f"{COUNT}, r.count = p_most + 1")
    tenancy.crossing_function(
        "auth_companies",
        "p_account uuid",
        "SETOF uuid",
        "SELECT m.organisation_id FROM membership m JOIN organisation o ON o.id = m.organisation_id"
        " WHERE m.account_id = p_account AND m.state = 'active' AND o.closed_at IS NULL ORDER BY 1",
        to=(Role.API,),
    )


def downgrade() -> None:
    tenancy.drop_crossing_function("auth_companies", "p_account uuid")
    limit("int", COUNT)


def limit(returns: str, body: str) -> None:
    tenancy.drop_crossing_function("rate_limit_take", ARGUMENTS)
    tenancy.crossing_function("rate_limit_take", ARGUMENTS, returns, body, to=(Role.API,))
