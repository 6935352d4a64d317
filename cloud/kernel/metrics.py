"""Prometheus metrics that the kernel counts; a slice declares its own beside its code."""

from prometheus_client import Counter, Gauge, Histogram

HTTP_SECONDS = Histogram(
    "domovoy_http_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DOMAIN_EVENTS = Counter("domovoy_domain_events_total", "Domain events by outcome of a delivery", ["outcome"])
JOBS = Counter("domovoy_jobs_total", "Background jobs by outcome", ["job", "outcome"])
JOB_SECONDS = Histogram("domovoy_job_seconds", "Time that a background job took", ["job"])
QUEUE_UNREACHABLE = Counter("domovoy_queue_unreachable_total", "Hints not sent: the sweep does their work")
MAIL = Counter("domovoy_mail_total", "Letters by outcome", ["outcome"])
WATCHERS = Gauge("domovoy_watchers", "Open event streams of this process")
WATCHERS_DROPPED = Counter(
    "domovoy_watchers_dropped_total", "Streams told to reload: too slow or too far behind"
)
LISTENER_FAULTS = Counter("domovoy_listener_faults_total", "Lost connections of the process's LISTEN")
