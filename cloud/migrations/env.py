"""Alembic's environment: runs as domovoy_owner, with timeouts, and fails loudly where row security would hide rows."""

import importlib

import psycopg
from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from cloud.kernel.models import Base

# Every module that declares tables; `alembic check` compares them with the migrations.
MODELS = (
    "cloud.kernel.tables",
    "cloud.organisations.models",
    "cloud.housing.models",
    "cloud.people.models",
    "cloud.sites.models",
    "cloud.telemetry.models",
    "cloud.access.models",
    "cloud.access.face_models",
    "cloud.calls.models",
    "cloud.meters.models",
    "cloud.residents.models",
    "cloud.guard.models",
    "cloud.privacy.models",
)

for module in MODELS:
    importlib.import_module(module)


def run() -> None:
    url = context.config.attributes["url"]
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.execute(text("SET row_security = off"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
