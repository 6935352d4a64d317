"""The face of telemetry: series and charts for people, streams and readings for ingest."""

from cloud.telemetry.readings import COPY_STATEMENT, RegisterError, copy_rows
from cloud.telemetry.readings import row as reading_row
from cloud.telemetry.series import archive_series, assign_box, create_series, find_series, series_of_meter
from cloud.telemetry.streams import (
    JournalEntry,
    LockedStream,
    Refused,
    StreamKey,
    count_unknown,
    keep_journal,
    keep_proof,
    lock_streams,
    move_streams,
    quarantine,
    record_fork,
    record_gap,
    series_sites,
    supersede,
    touch_hours,
)
from cloud.telemetry.types import QuarantineReason, ReadingQuality, Resolution, SeriesDraft, SeriesKind

ReadingRow = bytes
"""A reading in PostgreSQL's binary COPY format."""

__all__ = [
    "series_of_meter",
    "find_series",
    "create_series",
    "assign_box",
    "archive_series",
    "COPY_STATEMENT",
    "JournalEntry",
    "LockedStream",
    "QuarantineReason",
    "ReadingQuality",
    "ReadingRow",
    "Refused",
    "RegisterError",
    "Resolution",
    "SeriesDraft",
    "SeriesKind",
    "StreamKey",
    "copy_rows",
    "count_unknown",
    "keep_journal",
    "keep_proof",
    "lock_streams",
    "move_streams",
    "quarantine",
    "reading_row",
    "record_fork",
    "record_gap",
    "series_sites",
    "supersede",
    "touch_hours",
]
