"""The box's SQLite schema: ordered migrations, `PRAGMA user_version` counts those that were run."""

import sqlite3

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

    CREATE TABLE stream (
        n INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        last INTEGER NOT NULL DEFAULT 0,       -- sequence of the newest record, once it is closed: see `standing`
        head BLOB NOT NULL,                    -- hash there
        acked INTEGER NOT NULL DEFAULT 0,      -- the cloud has committed up to here
        closed INTEGER NOT NULL DEFAULT 0      -- superseded by a later stream of its kind
    );
    CREATE TABLE record (
        n INTEGER NOT NULL REFERENCES stream,
        sequence INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        hash BLOB NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (n, sequence)
    ) WITHOUT ROWID;

    CREATE TABLE dropped (                     -- the newest record that is no longer held, for its hash
        n INTEGER PRIMARY KEY REFERENCES stream,
        sequence INTEGER NOT NULL,
        hash BLOB NOT NULL
    );

    CREATE TABLE held (
        generation INTEGER NOT NULL,
        kind TEXT NOT NULL,
        id BLOB NOT NULL,
        version INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (generation, kind, id)
    ) WITHOUT ROWID;
    CREATE TABLE uses (pass BLOB PRIMARY KEY, entries INTEGER NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;

    CREATE TABLE command (
        id BLOB PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        stream BLOB,                           -- where its one answer stands
        sequence INTEGER,
        answer BLOB
    ) WITHOUT ROWID;

    CREATE TABLE config (version INTEGER PRIMARY KEY, body BLOB NOT NULL);

    CREATE TABLE file (
        sha256 TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        size INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        media_type TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX file_age ON file (kind, at_ms);
    """,
    # A closed stream ends where it was acknowledged; what lay beyond stands in the next one.
    """
    DELETE FROM record WHERE sequence > (SELECT acked FROM stream WHERE stream.n = record.n AND closed);
    UPDATE stream SET last = acked, head = coalesce(
        (SELECT hash FROM record WHERE record.n = stream.n AND sequence = acked),
        (SELECT hash FROM dropped WHERE dropped.n = stream.n AND sequence = acked), x'') WHERE closed;
    """,
    # Exits by guests' codes, and who is where; `carrier`: the plate, or '' on foot; `zone` NULL: outside.
    """
    ALTER TABLE uses ADD COLUMN exits INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE place (
        pass BLOB NOT NULL,
        carrier TEXT NOT NULL,
        zone BLOB,
        since_ms INTEGER NOT NULL,
        household BLOB,
        PRIMARY KEY (pass, carrier)
    ) WITHOUT ROWID;
    """,
    # Lasting alarms that were raised and not cleared yet: both sides of the wire know them by `id`.
    """
    CREATE TABLE alarm (
        source BLOB NOT NULL,                  -- point or device
        kind TEXT NOT NULL,
        part INTEGER NOT NULL,                 -- of the device: the input
        id BLOB NOT NULL,
        PRIMARY KEY (source, kind, part)
    ) WITHOUT ROWID;
    """,
    # The guard's workplace. A file that the cloud has stays for a while, since a guard may look at it.
    """
    ALTER TABLE file ADD COLUMN sent_ms INTEGER;

    CREATE TABLE guard_session (
        token BLOB PRIMARY KEY,                -- SHA-256 of what the browser shows
        guard BLOB NOT NULL,
        way TEXT NOT NULL,
        station TEXT NOT NULL,
        begun_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE guard_try (guard BLOB PRIMARY KEY, wrong INTEGER NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE shift (
        id BLOB PRIMARY KEY,
        guard BLOB NOT NULL,
        name TEXT NOT NULL,
        begun_ms INTEGER NOT NULL,
        ended_ms INTEGER,
        note TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;

    CREATE TABLE passage (                     -- told by the journal: see edge/guardhouse/chronicle.py
        id BLOB PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        point BLOB NOT NULL,
        pass BLOB,
        body BLOB NOT NULL,
        still TEXT,
        opened INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX passage_age ON passage (at_ms);
    CREATE INDEX passage_point ON passage (point, at_ms);
    CREATE INDEX passage_pass ON passage (pass, at_ms) WHERE pass IS NOT NULL;

    CREATE TABLE act (                         -- decisions, notes and violations, as they were answered
        id BLOB PRIMARY KEY,
        kind TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        shift BLOB,
        subject BLOB,                          -- the passage that was decided; what a note is about
        body BLOB NOT NULL,
        opened INTEGER,
        detail TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE INDEX act_age ON act (kind, at_ms);
    CREATE INDEX act_subject ON act (subject) WHERE subject IS NOT NULL;

    CREATE TABLE draft (                       -- passes made at the gate
        id BLOB PRIMARY KEY,
        body BLOB NOT NULL,                    -- a PassItem
        at_ms INTEGER NOT NULL,
        shift BLOB,
        visit BLOB,                            -- of a temporary card
        withdrawn INTEGER NOT NULL DEFAULT 0,
        taken INTEGER NOT NULL DEFAULT 0,      -- the cloud's own version is held
        conflict TEXT
    ) WITHOUT ROWID;
    CREATE INDEX draft_visit ON draft (visit) WHERE visit IS NOT NULL;
    CREATE TABLE visit (
        id BLOB PRIMARY KEY,
        body BLOB NOT NULL,
        state TEXT NOT NULL,
        card_out INTEGER NOT NULL,
        shift BLOB,
        registered_ms INTEGER NOT NULL,
        since_ms INTEGER NOT NULL,
        text TEXT NOT NULL                     -- folded, for the search
    ) WITHOUT ROWID;
    CREATE INDEX visit_age ON visit (registered_ms);
    """,
    # Points that a person has held open: they are so after a restart, too.
    """
    CREATE TABLE hold (
        point BLOB PRIMARY KEY,
        id BLOB NOT NULL,
        person TEXT NOT NULL,
        reason TEXT NOT NULL,
        until_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    # An open stream ends with its newest record: a gate waits for one page less than if that was written down, too.
    """
    CREATE VIEW standing AS
    SELECT n, id, kind, acked, closed,
        CASE WHEN closed THEN last ELSE coalesce(
            (SELECT sequence FROM record WHERE record.n = stream.n ORDER BY sequence DESC LIMIT 1),
            (SELECT sequence FROM dropped WHERE dropped.n = stream.n), last) END AS last,
        CASE WHEN closed THEN head ELSE coalesce(
            (SELECT hash FROM record WHERE record.n = stream.n ORDER BY sequence DESC LIMIT 1),
            (SELECT hash FROM dropped WHERE dropped.n = stream.n), head) END AS head
    FROM stream;
    """,
    # What a command asked, until it is answered: the answer after a restart tells it, too.
    """
    ALTER TABLE command ADD COLUMN asked BLOB;
    """,
    # What is searched in passages; NULL: of an earlier agent, filled in by edge/guardhouse/chronicle.py.
    """
    ALTER TABLE passage ADD COLUMN granted INTEGER;
    ALTER TABLE passage ADD COLUMN text BLOB;      -- folded
    """,
    # By what the guard could sign in when the session began; NULL: of an earlier agent.
    """
    ALTER TABLE guard_session ADD COLUMN credentials BLOB;
    """,
    # Openings that are no passage, told by the journal: see edge/guardhouse/openings.py.
    """
    CREATE TABLE opening (
        id BLOB PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        point BLOB NOT NULL,
        opened_by TEXT NOT NULL,
        body BLOB NOT NULL,                    -- as the page shows it
        still TEXT,
        opened INTEGER,
        detail TEXT NOT NULL DEFAULT '',
        text BLOB NOT NULL                     -- folded, for the search
    ) WITHOUT ROWID;
    CREATE INDEX opening_age ON opening (at_ms);
    """,
    # Guests' codes about which a guard may still decide: see edge/access/shown.py.
    """
    CREATE TABLE shown_code (passage BLOB PRIMARY KEY, at_ms INTEGER NOT NULL, payload BLOB NOT NULL) WITHOUT ROWID;
    """,
)


class SchemaError(Exception):
    """The file belongs to a newer agent, or is no store of a box."""


def migrate(connection: sqlite3.Connection) -> int:
    """Run what is missing, each migration in one transaction with its number. Returns the version."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise SchemaError(f"store: version {version}, this agent knows up to {len(MIGRATIONS)}")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;")
    return len(MIGRATIONS)
