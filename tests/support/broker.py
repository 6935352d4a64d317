"""A real mosquitto for tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.demo.servers.mosquitto import PLAIN, MosquittoServer

StartBroker = Callable[..., MosquittoServer]
"""Call it with a configuration text and, by name, a folder."""


@pytest.fixture
def start_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartBroker]:
    """A function that starts a broker with the configuration text it is given (TLS, ACL), on a free port.

    `{port}` and `{folder}` in the text are filled in; certificates may be laid into `folder` beforehand.
    """
    with ExitStack() as stack:

        def start(config: str = PLAIN, *, folder: Path | None = None) -> MosquittoServer:
            broker = MosquittoServer(folder or tmp_path_factory.mktemp("mosquitto"), config=config)
            stack.callback(broker.stop)
            broker.start()
            return broker

        yield start


@pytest.fixture
def broker(start_broker: StartBroker) -> MosquittoServer:
    """A broker without TLS that lets everyone in."""
    return start_broker()
