"""The face of telemetry: series and charts for people, streams and readings for ingest."""

from cloud.telemetry.charts import Chart, Point, chart, latest
from cloud.telemetry.extracts import EXPORT_KEY
from cloud.telemetry.extracts import Line as ExtractLine
from cloud.telemetry.extracts import check as check_extract
from cloud.telemetry.extracts import write as write_extract
from cloud.telemetry.journal import Cause, Report
from cloud.telemetry.readiness import LEAST_AHEAD, what_is_missing
from cloud.telemetry.readings import COPY_STATEMENT, RegisterError, Rows, stored_time, unix_ms
from cloud.telemetry.retention import KEPT
from cloud.telemetry.series import archive_series, assign_box, create_series, find_series, series_of_meter
from cloud.telemetry.streams import (
    JournalEntry,
    LockedStream,
    Refused,
    StreamKey,
    count_unknown,
    keep_anchor,
    keep_journal,
    keep_proof,
    lock_streams,
    move_streams,
    quarantine,
    readings_there,
    record_fork,
    record_gap,
    series_at_sites,
    supersede,
)
from cloud.telemetry.types import QuarantineReason, ReadingQuality, Resolution, SeriesDraft, SeriesKind
from cloud.telemetry.upkeep import Connection as OwnerConnection
from cloud.telemetry.upkeep import (
    Retention,
    clear_leftovers,
    compress,
    drop_old,
    prepare,
    ready_until,
    refresh,
)

__all__ = [
    "COPY_STATEMENT",
    "EXPORT_KEY",
    "KEPT",
    "LEAST_AHEAD",
    "Cause",
    "Chart",
    "ExtractLine",
    "JournalEntry",
    "LockedStream",
    "OwnerConnection",
    "Point",
    "QuarantineReason",
    "ReadingQuality",
    "Refused",
    "RegisterError",
    "Report",
    "Resolution",
    "Retention",
    "Rows",
    "SeriesDraft",
    "SeriesKind",
    "StreamKey",
    "archive_series",
    "assign_box",
    "chart",
    "check_extract",
    "clear_leftovers",
    "compress",
    "count_unknown",
    "create_series",
    "drop_old",
    "find_series",
    "keep_anchor",
    "keep_journal",
    "keep_proof",
    "latest",
    "lock_streams",
    "move_streams",
    "prepare",
    "quarantine",
    "readings_there",
    "ready_until",
    "record_fork",
    "record_gap",
    "refresh",
    "series_at_sites",
    "series_of_meter",
    "stored_time",
    "supersede",
    "unix_ms",
    "what_is_missing",
    "write_extract",
]
