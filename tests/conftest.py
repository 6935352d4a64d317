"""The fixtures that every area shares: real servers, whole processes."""

pytest_plugins = [
    "tests.support.broker",
    "tests.support.mail",
    "tests.support.postgres",
    "tests.support.processes",
    "tests.support.queue",
]
