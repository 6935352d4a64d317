"""The moment at which most tests of the cloud happen, whatever the calendar says."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)  # noon in Yekaterinburg
OLDEST, NEWEST = NOON - timedelta(days=400), NOON + timedelta(days=28)
"""Between these the tests' database takes readings, as one that was migrated at NOON would."""
