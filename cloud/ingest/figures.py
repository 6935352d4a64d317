"""What ingest counts."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter(
    "domovoy_ingest_messages_total", "Messages by channel and what became of them", ["channel", "outcome"]
)
READINGS = Counter("domovoy_ingest_readings_total", "Readings committed")
EVENTS = Counter("domovoy_ingest_events_total", "Events committed by kind", ["kind"])
REFUSED = Counter("domovoy_ingest_refused_total", "What was set aside, by reason", ["reason"])
UNKNOWN = Counter("domovoy_ingest_unknown_types_total", "Types that only newer boxes know", ["channel"])
FAULTS = Counter("domovoy_ingest_faults_total", "Micro-batches that failed and are tried again", ["kind"])
COMMIT_SECONDS = Histogram(
    "domovoy_ingest_commit_seconds",
    "A micro-batch from its first statement to its commit",
    ["lane"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)
HELD = Gauge("domovoy_ingest_held_messages", "Messages received and not yet committed", ["lane"])
OVERFLOWS = Counter(
    "domovoy_ingest_overflows_total", "Messages for which there was no room; boxes send them again"
)
CONNECTED = Gauge("domovoy_ingest_connected", "Whether the broker is connected")
