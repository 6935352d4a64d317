"""Words of telemetry that other slices use."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from uuid import UUID


class SeriesKind(StrEnum):
    """A counter only grows (its differences matter), a gauge goes up and down."""

    COUNTER = "counter"
    GAUGE = "gauge"


class Resolution(StrEnum):
    """How finely a chart is drawn."""

    RAW = "raw"
    HOUR = "hour"
    DAY = "day"


class ReadingQuality(IntEnum):
    """How a reading's quality is stored (the low byte)."""

    GOOD = 0
    NOT_A_NUMBER = 1
    DEVICE_ERROR = 2
    OUT_OF_RANGE = 3
    CLOCK_UNKNOWN = 4


class QuarantineReason(StrEnum):
    """Why a record or message was set aside."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    FOREIGN_SERIES = "foreign_series"
    FOREIGN_POINT = "foreign_point"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    BAD_SIGNATURE = "bad_signature"
    BROKEN_CHAIN = "broken_chain"
    UNKNOWN_TYPE = "unknown_type"
    TOO_MANY = "too_many"  # the box had more set aside than is kept; `times` says how many more
    REFUSED = "refused"  # the slice that it belongs to could not take it


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDraft:
    """A series to be made."""

    site_id: UUID
    name: str
    unit: str
    kind: SeriesKind
    scale: Decimal = Decimal(1)
    modulus: Decimal | None = None
    box_id: UUID | None = None
    meter_id: UUID | None = None
    channel: str = ""
