"""The models and the migrations describe one schema."""

from alembic import command

from cloud.kernel.migrating import alembic_config
from tests.support.postgres import Database


def test_models_equal_migrations(module_database: Database) -> None:
    command.check(alembic_config(module_database.owner_url))
