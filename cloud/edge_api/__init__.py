"""edge-api: HTTPS for boxes, and the only process that holds the CA's key."""

from collections.abc import Sequence

from cloud.kernel.settings import Settings


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Serve until SIGTERM."""
    from cloud.edge_api.server import serve

    return serve(settings, arguments)


def run_pki(settings: Settings, arguments: Sequence[str]) -> int:
    """Make keys and certificates."""
    from cloud.edge_api.pki import main

    return main(settings, arguments)
