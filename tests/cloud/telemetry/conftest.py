"""A company in a real database, on both kinds of it."""

from tests.cloud.ingest.conftest import house, intake, migrated

__all__ = ["house", "intake", "migrated"]
