"""Telemetry: series, readings with their aggregates, and what the cloud knows of the boxes' streams.

Readings and aggregates live in a schema of their own and carry no row security (PostgreSQL refuses COPY into such a
table, TimescaleDB refuses aggregates over one): nobody but the owner may read them, everyone reads the views, which
join the walled `series`. With TimescaleDB they are a hypertable and continuous aggregates, else partitions and tables.
"""

import sqlalchemy as sa
from alembic import op

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when
from cloud.kernel.tenancy import Role

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "unknown_type",
    "quarantine",
    "event_proof",
    "box_event",
    "stream_fork",
    "stream_gap",
    "box_stream",
)
LOCK_STREAMS = "p_boxes uuid[], p_streams uuid[], p_kinds text[], p_at timestamptz"
MOVE_STREAMS = "p_boxes uuid[], p_streams uuid[], p_sequences bigint[], p_heads bytea[], p_at timestamptz"


def upgrade() -> None:
    series()
    op.execute("CREATE SCHEMA telemetry")
    # Views read as their owner; the services reach nothing below but what is granted here.
    op.execute(f"GRANT USAGE ON SCHEMA telemetry TO {Role.INGEST}")
    aggregate_functions()
    if use_timescale():
        timescale()
    else:
        native()
    op.execute(f"GRANT INSERT ON telemetry.reading TO {Role.INGEST}")
    views()
    streams()
    secure()
    functions()


def downgrade() -> None:
    tenancy.drop_crossing_function("series_sites", "p_series bigint[]")
    tenancy.drop_crossing_function("lock_streams", LOCK_STREAMS)
    tenancy.drop_crossing_function("move_streams", MOVE_STREAMS)
    for table in TABLES:
        op.drop_table(table)
    for view in ("reading_point", "reading_hour", "reading_day"):
        op.execute(f"DROP VIEW {view}")
    op.execute("DROP FUNCTION readings_ready_until()")
    op.execute("DROP SCHEMA telemetry CASCADE")
    op.drop_table("series")


def series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        uuid("site_id"),
        uuid("box_id", nullable=True),
        uuid("meter_id", nullable=True),
        text("channel"),
        text("name"),
        text("unit"),
        text("kind"),
        sa.Column("scale", sa.Numeric(), nullable=False),
        sa.Column("modulus", sa.Numeric(), nullable=True),
        when("created_at"),
        when("archived_at", nullable=True),
        sa.UniqueConstraint("organisation_id", "id"),
        sa.CheckConstraint("kind IN ('counter', 'gauge')", name="kind"),
        sa.CheckConstraint("scale <> 0", name="scale"),
        tenancy.reference("series", "site_id", "site"),
        tenancy.reference("series", "box_id", "box"),
    )
    op.create_index("ix_series_site", "series", ["organisation_id", "site_id"])
    op.create_index(
        "ix_series_meter",
        "series",
        ["meter_id", "channel"],
        unique=True,
        postgresql_where=sa.text("meter_id IS NOT NULL"),
    )
    tenancy.tenant_table("series", api="select insert update", worker="select insert update", ingest="select")


def use_timescale() -> bool:
    """TimescaleDB where the server has it loaded: one of its settings tells, without a superuser's rights."""
    row = op.get_bind().exec_driver_sql(
        "SELECT current_setting('timescaledb.disable_load', true) IS NOT NULL AND"
        " EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')"
    )
    if not row.scalar():
        return False
    op.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    return True


def aggregate_functions() -> None:
    """What a counter lost by going back: `drops` of an hour's values, `span_drops` of a day's hours.

    Both give {sum of the values before each drop, number of drops}; consumption is last - first + that sum.
    """
    op.execute("""
        CREATE FUNCTION telemetry.drops_step(state float8[], value float8) RETURNS float8[]
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        BEGIN
          IF value < state[1] THEN
            RETURN ARRAY[value, state[2] + state[1], state[3] + 1];
          END IF;
          state[1] := value;
          RETURN state;
        END $$""")
    op.execute("""
        CREATE FUNCTION telemetry.span_drops_step(state float8[], first float8, last float8, drops float8[])
        RETURNS float8[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE between bool := first < state[1];
        BEGIN
          RETURN ARRAY[
            last,
            state[2] + drops[1] + CASE WHEN between THEN state[1] ELSE 0 END,
            state[3] + drops[2] + CASE WHEN between THEN 1 ELSE 0 END];
        END $$""")
    op.execute("""
        CREATE FUNCTION telemetry.drops_final(state float8[]) RETURNS float8[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT state[2:3]'""")
    op.execute("""
        CREATE AGGREGATE telemetry.drops(float8) (
          sfunc = telemetry.drops_step, stype = float8[], finalfunc = telemetry.drops_final,
          initcond = '{-Infinity,0,0}')""")
    op.execute("""
        CREATE AGGREGATE telemetry.span_drops(float8, float8, float8[]) (
          sfunc = telemetry.span_drops_step, stype = float8[], finalfunc = telemetry.drops_final,
          initcond = '{-Infinity,0,0}')""")


READING = """
    ts timestamptz NOT NULL,
    series bigint NOT NULL,
    raw bigint,
    value float8,
    quality smallint NOT NULL"""

HOUR = """
    series,
    count(*) AS n,
    sum(value) AS total,
    min(value) AS minimum,
    max(value) AS maximum,
    (array_agg(value ORDER BY ts, value))[1] AS first_value,
    (array_agg(value ORDER BY ts DESC, value DESC))[1] AS last_value,
    telemetry.drops(value ORDER BY ts, value) AS drops"""

DAY = """
    series,
    sum(n)::bigint AS n,
    sum(total) AS total,
    min(minimum) AS minimum,
    max(maximum) AS maximum,
    (array_agg(first_value ORDER BY bucket))[1] AS first_value,
    (array_agg(last_value ORDER BY bucket DESC))[1] AS last_value,
    telemetry.span_drops(first_value, last_value, drops ORDER BY bucket) AS drops"""

GOOD = "value IS NOT NULL AND quality & 255 = 0"


def timescale() -> None:
    op.execute(f"CREATE TABLE telemetry.reading ({READING})")
    op.execute(
        "SELECT create_hypertable('telemetry.reading', by_range('ts', interval '1 day'),"
        " create_default_indexes => false)"
    )
    reading_indexes()
    op.execute(
        "ALTER TABLE telemetry.reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'series',"
        " timescaledb.compress_orderby = 'ts')"
    )
    for name, source, time, columns, where in (
        ("hour", "reading", "ts", HOUR, f"WHERE {GOOD}"),
        ("day", "hour", "bucket", DAY, ""),
    ):
        op.execute(
            f"CREATE MATERIALIZED VIEW telemetry.{name}"
            " WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS"
            f" SELECT time_bucket('1 {name}', {time}) AS bucket, {columns}"
            f" FROM telemetry.{source} {where} GROUP BY 1, 2 WITH NO DATA"
        )
    # TimescaleDB itself remembers what changed behind an aggregate.
    op.execute("CREATE FUNCTION telemetry.touch(p_hours timestamptz[]) RETURNS void LANGUAGE sql AS 'SELECT'")
    op.execute("CREATE FUNCTION telemetry.backend() RETURNS text LANGUAGE sql AS $$SELECT 'timescale'$$")
    op.execute(
        "CREATE FUNCTION telemetry.ready_until() RETURNS timestamptz LANGUAGE sql AS"
        " $$SELECT 'infinity'::timestamptz$$"
    )


def reading_indexes() -> None:
    op.execute("CREATE INDEX ix_reading_series ON telemetry.reading (series, ts)")
    op.execute("CREATE INDEX ix_reading_ts ON telemetry.reading USING brin (ts) WITH (autosummarize = on)")


def native() -> None:
    op.execute(f"CREATE TABLE telemetry.reading ({READING}) PARTITION BY RANGE (ts)")
    reading_indexes()
    for name in ("hour", "day"):
        op.execute(
            f"CREATE TABLE telemetry.{name} (bucket timestamptz NOT NULL, series bigint NOT NULL,"
            " n bigint NOT NULL, total float8 NOT NULL, minimum float8 NOT NULL, maximum float8 NOT NULL,"
            " first_value float8 NOT NULL, last_value float8 NOT NULL, drops float8[] NOT NULL,"
            " PRIMARY KEY (series, bucket))"
        )
        op.execute(f"CREATE INDEX ix_{name}_bucket ON telemetry.{name} USING brin (bucket)")
    # No key: writers at the same hour must not wait for each other. `domovoy maintain` empties it.
    op.execute("CREATE TABLE telemetry.touched_hour (bucket timestamptz NOT NULL)")
    op.execute(
        "CREATE FUNCTION telemetry.touch(p_hours timestamptz[]) RETURNS void LANGUAGE sql AS"
        " 'INSERT INTO telemetry.touched_hour SELECT unnest(p_hours)'"
    )
    op.execute(f"GRANT INSERT ON telemetry.touched_hour TO {Role.INGEST}")
    native_refresh()
    native_partitions()


def native_refresh() -> None:
    op.execute("CREATE FUNCTION telemetry.backend() RETURNS text LANGUAGE sql AS $$SELECT 'native'$$")
    columns = "n, total, minimum, maximum, first_value, last_value, drops"
    update = ", ".join(f"{column} = excluded.{column}" for column in columns.split(", "))
    for name, source, time, select, where in (
        ("hour", "reading", "ts", HOUR, f"AND {GOOD}"),
        ("day", "hour", "bucket", DAY, ""),
    ):
        op.execute(
            f"CREATE FUNCTION telemetry.refresh_{name}(p_bucket timestamptz) RETURNS void LANGUAGE sql AS $$"
            f" INSERT INTO telemetry.{name} (bucket, series, {columns})"
            f" SELECT p_bucket, {select} FROM telemetry.{source}"
            f" WHERE {time} >= p_bucket AND {time} < p_bucket + interval '1 {name}' {where} GROUP BY series"
            f" ON CONFLICT (series, bucket) DO UPDATE SET {update} $$"
        )


def native_partitions() -> None:
    """A partition holds a week, from Monday 00:00 UTC; its name carries that date."""
    op.execute("""
        CREATE FUNCTION telemetry.make_partitions(p_from timestamptz, p_until timestamptz) RETURNS int
        LANGUAGE plpgsql SET timezone = 'UTC' AS $$
        DECLARE
          start timestamptz := date_trunc('week', p_from);
          part text;
          made int := 0;
        BEGIN
          WHILE start < p_until LOOP
            part := 'reading_' || to_char(start, 'YYYYMMDD');
            IF to_regclass('telemetry.' || part) IS NULL THEN
              EXECUTE format('CREATE TABLE telemetry.%I PARTITION OF telemetry.reading'
                ' FOR VALUES FROM (%L) TO (%L)', part, start, start + interval '7 days');
              made := made + 1;
            END IF;
            start := start + interval '7 days';
          END LOOP;
          RETURN made;
        END $$""")
    op.execute("""
        CREATE FUNCTION telemetry.partitions() RETURNS TABLE (name text, starts timestamptz)
        LANGUAGE sql STABLE SET timezone = 'UTC' AS $$
          SELECT c.relname::text, to_timestamp(substr(c.relname, 9), 'YYYYMMDD')
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'telemetry.reading'::regclass ORDER BY 2 $$""")
    op.execute("""
        CREATE FUNCTION telemetry.ready_until() RETURNS timestamptz LANGUAGE sql STABLE AS $$
          SELECT max(starts) + interval '7 days' FROM telemetry.partitions() $$""")
    op.execute("SELECT telemetry.make_partitions(now() - interval '400 days', now() + interval '28 days')")


def views() -> None:
    """A raw register beyond 2^63 is kept as its negative twin and a bit of `quality` says so."""
    op.execute("""
        CREATE VIEW reading_point WITH (security_barrier) AS
        SELECT s.organisation_id, r.series AS series_id, r.ts,
               CASE WHEN r.quality & 256 = 0 THEN r.raw::numeric ELSE r.raw::numeric + 18446744073709551616 END
                 AS raw,
               r.value, (r.quality & 255)::smallint AS quality
        FROM series s JOIN telemetry.reading r ON r.series = s.id""")
    for name in ("hour", "day"):
        op.execute(f"""
            CREATE VIEW reading_{name} WITH (security_barrier) AS
            SELECT s.organisation_id, a.series AS series_id, a.bucket, a.n, a.total, a.minimum, a.maximum,
                   a.first_value, a.last_value, a.drops[1] AS dropped, a.drops[2]::int AS resets
            FROM series s JOIN telemetry.{name} a ON a.series = s.id""")
    op.execute("""
        CREATE FUNCTION readings_ready_until() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = telemetry, pg_temp AS 'SELECT telemetry.ready_until()'""")
    op.execute("REVOKE ALL ON FUNCTION readings_ready_until() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION readings_ready_until() TO {', '.join(Role)}")
    for name in ("point", "hour", "day"):
        op.execute(f"GRANT SELECT ON reading_{name} TO {Role.API}, {Role.WORKER}")


def streams() -> None:
    op.create_table(
        "box_stream",
        uuid("box_id", primary_key=True),
        uuid("stream_id", primary_key=True),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        text("kind"),
        big("sequence"),
        octets("head"),
        when("opened_at"),
        when("moved_at"),
        uuid("superseded_by", nullable=True),
        tenancy.reference("box_stream", "box_id", "box", ondelete="CASCADE"),
    )
    create_tenant_table(
        "stream_gap",
        uuid("box_id"),
        uuid("stream_id"),
        big("first"),
        big("last"),
        when("noticed_at"),
        tenancy.reference("stream_gap", "box_id", "box", ondelete="CASCADE"),
    )
    create_tenant_table(
        "stream_fork",
        uuid("box_id"),
        uuid("stream_id"),
        big("sequence"),
        octets("cloud_head"),
        octets("box_head"),
        when("noticed_at"),
        sa.UniqueConstraint("organisation_id", "box_id", "stream_id", "box_head"),
        tenancy.reference("stream_fork", "box_id", "box", ondelete="CASCADE"),
    )
    journal()
    leftovers()


def journal() -> None:
    op.create_table(
        "box_event",
        uuid("box_id", primary_key=True),
        uuid("stream_id", primary_key=True),
        big("sequence", primary_key=True, autoincrement=False),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        text("kind"),
        octets("record"),
        when("received_at"),
        tenancy.reference("box_event", "box_id", "box", ondelete="CASCADE"),
    )
    op.create_index("ix_box_event_received", "box_event", ["received_at"])
    op.create_table(
        "event_proof",
        uuid("box_id", primary_key=True),
        uuid("stream_id", primary_key=True),
        big("last", primary_key=True, autoincrement=False),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        octets("head"),
        octets("signature"),
        octets("key"),
        when("received_at"),
        tenancy.reference("event_proof", "box_id", "box", ondelete="CASCADE"),
    )


def leftovers() -> None:
    create_tenant_table(
        "quarantine",
        uuid("box_id"),
        uuid("stream_id", nullable=True),
        big("sequence", nullable=True),
        text("channel"),
        text("reason"),
        text("detail"),
        octets("content"),
        octets("digest"),
        big("size"),
        big("times"),
        when("first_at"),
        when("last_at"),
        sa.UniqueConstraint("organisation_id", "box_id", "digest"),
        tenancy.reference("quarantine", "box_id", "box", ondelete="CASCADE"),
    )
    op.create_index("ix_quarantine_last_at", "quarantine", ["organisation_id", "last_at"])
    op.create_table(
        "unknown_type",
        uuid("box_id", primary_key=True),
        text("channel", primary_key=True),
        text("type", primary_key=True),
        uuid("organisation_id", sa.ForeignKey("organisation.id")),
        big("times"),
        when("first_at"),
        when("last_at"),
        tenancy.reference("unknown_type", "box_id", "box", ondelete="CASCADE"),
    )


def secure() -> None:
    for table in TABLES:
        tenancy.tenant_table(
            table, api="select", worker="select", ingest="select insert update", downlink="select"
        )


def functions() -> None:
    # Boxes that are unknown, not enrolled or revoked have no row in the answer. Everyone locks in the same order;
    # new rows come first, so that nobody waits for a new stream while holding an old one.
    tenancy.crossing_function(
        "lock_streams",
        LOCK_STREAMS,
        "TABLE (box_id uuid, stream_id uuid, organisation_id uuid, site_id uuid, journal_key bytea,"
        " enrolled_at timestamptz, kind text,"
        " sequence bigint, head bytea)",
        """
        BEGIN
          INSERT INTO box_stream AS s (box_id, stream_id, organisation_id, kind, sequence, head, opened_at, moved_at)
            SELECT b.id, w.stream, b.organisation_id, w.kind, 0,
                   sha256('domovoy/1 stream '::bytea || decode(replace(w.stream::text, '-', ''), 'hex')), p_at, p_at
            FROM unnest(p_boxes, p_streams, p_kinds) AS w (box, stream, kind) JOIN box b ON b.id = w.box
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
            ORDER BY b.id, w.stream
            ON CONFLICT DO NOTHING;
          RETURN QUERY
            SELECT s.box_id, s.stream_id, s.organisation_id, b.site_id, b.journal_key,
                   b.enrolled_at, s.kind, s.sequence, s.head
            FROM unnest(p_boxes, p_streams) AS w (box, stream)
            JOIN box_stream s ON s.box_id = w.box AND s.stream_id = w.stream
            JOIN box b ON b.id = s.box_id
            WHERE b.enrolled_at IS NOT NULL AND b.revoked_at IS NULL
            ORDER BY s.box_id, s.stream_id FOR UPDATE OF s;
        END""",
        to=(Role.INGEST,),
        language="plpgsql",
    )
    tenancy.crossing_function(
        "move_streams",
        MOVE_STREAMS,
        "void",
        "UPDATE box_stream s SET sequence = w.sequence, head = w.head, moved_at = p_at"
        " FROM unnest(p_boxes, p_streams, p_sequences, p_heads) AS w (box, stream, sequence, head)"
        " WHERE s.box_id = w.box AND s.stream_id = w.stream",
        to=(Role.INGEST,),
    )
    tenancy.crossing_function(
        "series_sites",
        "p_series bigint[]",
        "TABLE (series bigint, site_id uuid)",
        "SELECT id, site_id FROM series WHERE id = ANY (p_series)",
        to=(Role.INGEST,),
    )


def big(name: str, *, nullable: bool = False, **more) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, **more)


def octets(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)
