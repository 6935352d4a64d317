"""The port on which a process without HTTP of its own shows what it counts: GET /metrics, for Prometheus.

This module imports prometheus_client only where it is used: the library decides at its import whether it counts in
memory or, for a process that works in children, in files that parent and children share.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from cloud.kernel.settings import Settings

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own name


class MetricsPortError(Exception):
    """The port cannot be had; the text says why."""


def count_in_children(settings: Settings) -> None:
    """Have this process and its children count together; before anything imports prometheus_client."""
    if not settings.metrics_port or _FOLDER in os.environ:
        return
    folder, owner = tempfile.mkdtemp(prefix="domovoy-metrics-"), os.getpid()
    os.environ[_FOLDER] = folder

    def remove() -> None:
        if os.getpid() == owner:  # not when a child ends
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """Within, the port answers; without the setting there is none. Raises MetricsPortError."""
    if not settings.metrics_port:
        yield
        return
    from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = REGISTRY
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        server, thread = start_http_server(
            settings.metrics_port, addr=settings.metrics_host, registry=registry
        )
    except OSError as error:
        place = f"{settings.metrics_host}:{settings.metrics_port}"
        raise MetricsPortError(f"no metrics on {place} (DOMOVOY_METRICS_PORT): {error.strerror}") from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
