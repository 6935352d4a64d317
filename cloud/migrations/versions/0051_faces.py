"""Faces of persons with their consents, and which passes they belong to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from cloud.kernel import tenancy
from cloud.kernel.ddl import create_tenant_table, text, uuid, when

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

# least, standard and most days. 152-ФЗ (art. 21) gives thirty days to destroy what has lost its purpose; a consent that
# was withdrawn is kept for as long as somebody may ask whether there was one.
LIMITS = {"faces": (1, 30, 365), "consents": (30, 1095, 3650)}
KINDS, KINDS_BEFORE = (
    sa.text(f"kind IN ({names})")
    for names in ("'still', 'violation', 'document', 'face'", "'still', 'violation', 'document'")
)
ERASED_BEFORE = (
    "erased_at IS NULL OR (holder = '' AND vehicle = '' AND plates = '{}' AND host = '' AND phone IS NULL"
    " AND host_phone IS NULL AND address = '' AND note = '' AND search = '' AND document = ''"
    " AND document_key = '')"
)
ERASED = ERASED_BEFORE[:-1] + " AND faces = '{}')"


def upgrade() -> None:
    consents()
    faces()
    op.add_column("pass", sa.Column("faces", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.create_index(
        "ix_pass_faces", "pass", ["faces"], postgresql_using="gin", postgresql_where=sa.text("faces <> '{}'")
    )
    constrain("pass", "erased", sa.text(ERASED))
    constrain("stored_file", "kind", KINDS)
    with tenancy.backfill():
        for kind, (least, standard, most) in LIMITS.items():
            op.execute(f"INSERT INTO retention_limit VALUES ('{kind}', {least}, {standard}, {most})")


def downgrade() -> None:
    with tenancy.backfill():
        op.execute("DELETE FROM retention_rule WHERE kind IN ('faces', 'consents')")
        op.execute("DELETE FROM retention_limit WHERE kind IN ('faces', 'consents')")
        op.execute("DELETE FROM stored_file WHERE kind = 'face'")
    constrain("stored_file", "kind", KINDS_BEFORE)
    constrain("pass", "erased", sa.text(ERASED_BEFORE))
    op.drop_index("ix_pass_faces", "pass")
    op.drop_column("pass", "faces")
    op.drop_table("face")
    op.drop_table("face_consent")


def consents() -> None:
    create_tenant_table(
        "face_consent",
        uuid("person_id"),
        text("how"),
        text("text_version"),
        sa.Column("given_on", sa.Date(), nullable=False),
        when("recorded_at"),
        text("recorded_by"),
        uuid("account_id", sa.ForeignKey("account.id"), nullable=True),
        text("note"),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        when("withdrawn_at", nullable=True),
        text("withdrawn_by"),
        text("withdrawn_how", nullable=True),
        tenancy.reference("face_consent", "person_id", "person"),
        sa.UniqueConstraint("organisation_id", "id", "in_force"),
        sa.CheckConstraint("how IN ('app', 'paper')", name="how"),
        sa.CheckConstraint("withdrawn_how IN ('app', 'company')", name="withdrawn_how"),
        sa.CheckConstraint(
            "in_force = (withdrawn_at IS NULL) AND in_force = (withdrawn_how IS NULL)", name="in_force"
        ),
    )
    op.create_index("ix_face_consent_person", "face_consent", ["organisation_id", "person_id"])
    op.create_index(
        "ix_face_consent_one",
        "face_consent",
        ["organisation_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("in_force"),
    )
    tenancy.tenant_table("face_consent", api="select insert update", worker="select delete")
    tenancy.narrow_to_premises("face_consent", "false")


def faces() -> None:
    """A picture refers to a consent that is in force, so the database takes neither a picture without one, nor a
    withdrawal that leaves the picture.
    """
    create_tenant_table(
        "face",
        uuid("person_id"),
        uuid("consent_id"),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        text("sha256"),
        sa.Column("size", sa.Integer(), nullable=False),
        when("stored_at"),
        text("stored_by"),
        tenancy.reference("face", "person_id", "person"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "consent_id", "in_force"],
            ["face_consent.organisation_id", "face_consent.id", "face_consent.in_force"],
            name="fk_face_consent_id_face_consent",
        ),
        sa.UniqueConstraint("organisation_id", "person_id"),
        sa.UniqueConstraint("organisation_id", "sha256"),
        sa.CheckConstraint("in_force", name="in_force"),
    )
    tenancy.tenant_table("face", api="select insert update delete", worker="select update delete")  # to lock
    tenancy.narrow_to_premises("face", "false")


def constrain(table: str, name: str, condition: sa.TextClause) -> None:
    op.drop_constraint(f"ck_{table}_{name}", table)
    op.create_check_constraint(name, table, condition)
