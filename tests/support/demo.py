"""A whole demo for the tests that need one: all processes, its company, its simulated sites.

Starting it takes a minute: mark such tests `@pytest.mark.timeout(600)` and `system` or `web`.
"""

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from deploy.demo import company
from deploy.demo.layout import ROOT, Layout
from deploy.demo.sites import GATE, SiteFiles
from deploy.demo.world import Demo
from deploy.setup import web
from tests.support.postgres import throwaway_folder


@dataclass(frozen=True)
class RunningDemo:
    """Where it is, who may come in, and how its devices are moved."""

    url: str
    demo: Demo

    def login(self, role: str) -> tuple[str, str]:
        """Address and password of the person with a role (`dispatcher`, `administrator`, …)."""
        if role == company.ADMINISTRATOR.role:
            return company.ADMINISTRATOR.login, self.demo.layout.secret("administrator")
        employee = next(user for user in (*company.STAFF, company.APP_RESIDENT) if user.role == role)
        return employee.login, self.demo.layout.secret("staff")

    @property
    def gate_control(self) -> str:
        """The control API of the gate's simulated devices; cameras `entry-camera`, `exit-camera`."""
        port = SiteFiles(self.demo.layout, GATE).port("control")
        return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def running_demo(request: pytest.FixtureRequest) -> Iterator[RunningDemo]:
    """One demo for the whole session; the web app is served when it is built, and it is built when a browser comes."""
    if any(item.get_closest_marker("web") for item in request.session.items):
        web.provide(ROOT)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with throwaway_folder() as folder:
        demo = Demo(Layout(folder), print)
        try:
            demo.start()
            yield RunningDemo(demo.stack.public_url, demo)
        finally:
            demo.stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)
